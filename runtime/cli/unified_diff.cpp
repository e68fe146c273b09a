// The shortest list of edits is found as E. Myers describes ("An O(ND) Difference Algorithm and Its
// Variations", 1986): with d edits so far, the furthest place on each diagonal of the grid of old
// and new lines is known, and one more edit leads from a diagonal to its neighbours. The places of
// each d are kept, to walk back from the end. That takes room and time with the square of d, so two
// texts with little in common are shown as one change, all of the old lines and all of the new.
#include "runtime/cli/unified_diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

namespace sop::runtime::cli {

namespace {

constexpr std::size_t context_lines = 3;
constexpr std::ptrdiff_t edits_max = 2000;

using Lines = std::vector<std::string_view>;  // each with its line end, if it has one

Lines lines_of(std::string_view text) {
    Lines lines;
    while (!text.empty()) {
        const std::size_t length = std::min(text.find('\n'), text.size() - 1) + 1;
        lines.push_back(text.substr(0, length));
        text.remove_prefix(length);
    }
    return lines;
}

enum class Kind : char { same = ' ', removed = '-', added = '+' };

struct Edit {
    Kind kind;
    std::string_view line;
};
using Edits = std::vector<Edit>;

void append(Edits& edits, Kind kind, const Lines& lines, std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) edits.push_back({kind, lines[i]});
}

// For one number of edits: how many old lines are behind the furthest place on each diagonal, which
// is the number of old lines there less that of new lines.
class Furthest {
  public:
    explicit Furthest(std::ptrdiff_t edits)
        : offset_(edits + 1), old_lines_(static_cast<std::size_t>(2 * edits + 3), 0) {}

    std::ptrdiff_t& operator[](std::ptrdiff_t diagonal) {
        return old_lines_[static_cast<std::size_t>(diagonal + offset_)];
    }
    std::ptrdiff_t operator[](std::ptrdiff_t diagonal) const {
        return old_lines_[static_cast<std::size_t>(diagonal + offset_)];
    }

  private:
    std::ptrdiff_t offset_;
    std::vector<std::ptrdiff_t> old_lines_;
};

class Comparison {
  public:
    Comparison(const Lines& old_lines, const Lines& new_lines)
        : old_(old_lines),
          new_(new_lines),
          old_size_(std::ssize(old_)),
          new_size_(std::ssize(new_)) {}

    // Nothing when more edits than edits_max are needed.
    std::optional<Edits> run() {
        for (std::ptrdiff_t edits = 0; edits <= std::min(edits_max, old_size_ + new_size_);
             ++edits) {
            if (reaches_end(edits)) return walk_back(edits);
        }
        return std::nullopt;
    }

  private:
    bool same(std::ptrdiff_t old_line, std::ptrdiff_t new_line) const {
        return old_[static_cast<std::size_t>(old_line)] == new_[static_cast<std::size_t>(new_line)];
    }

    // Whether the last edit before a diagonal adds a line: it came from the diagonal above.
    static bool adds(const Furthest& before, std::ptrdiff_t diagonal, std::ptrdiff_t edits) {
        return diagonal == -edits ||
               (diagonal != edits && before[diagonal - 1] < before[diagonal + 1]);
    }

    bool reaches_end(std::ptrdiff_t edits) {
        Furthest now(edits);
        for (std::ptrdiff_t diagonal = -edits; diagonal <= edits; diagonal += 2) {
            std::ptrdiff_t old_line = 0;
            if (edits > 0) {
                const Furthest& before = steps_.back();
                old_line =
                    adds(before, diagonal, edits) ? before[diagonal + 1] : before[diagonal - 1] + 1;
            }
            std::ptrdiff_t new_line = old_line - diagonal;
            while (old_line < old_size_ && new_line < new_size_ && same(old_line, new_line)) {
                ++old_line;
                ++new_line;
            }
            now[diagonal] = old_line;
            if (old_line >= old_size_ && new_line >= new_size_) {
                steps_.push_back(std::move(now));
                return true;
            }
        }
        steps_.push_back(std::move(now));
        return false;
    }

    Edits walk_back(std::ptrdiff_t edits) const {
        Edits backwards;
        std::ptrdiff_t old_line = old_size_;
        std::ptrdiff_t new_line = new_size_;
        const auto take_same = [&](std::ptrdiff_t until) {
            for (; old_line > until; --new_line)
                backwards.push_back({Kind::same, old_[static_cast<std::size_t>(--old_line)]});
        };
        for (; edits > 0; --edits) {
            const Furthest& before = steps_[static_cast<std::size_t>(edits - 1)];
            const std::ptrdiff_t diagonal = old_line - new_line;
            if (adds(before, diagonal, edits)) {
                take_same(before[diagonal + 1]);
                backwards.push_back({Kind::added, new_[static_cast<std::size_t>(--new_line)]});
            } else {
                take_same(before[diagonal - 1] + 1);
                backwards.push_back({Kind::removed, old_[static_cast<std::size_t>(--old_line)]});
            }
        }
        take_same(0);
        std::reverse(backwards.begin(), backwards.end());
        return backwards;
    }

    const Lines& old_;
    const Lines& new_;
    std::ptrdiff_t old_size_;
    std::ptrdiff_t new_size_;
    std::vector<Furthest> steps_{};  // by the number of edits
};

Edits edits_between(const Lines& old_lines, const Lines& new_lines) {
    if (auto edits = Comparison(old_lines, new_lines).run()) return std::move(*edits);
    Edits edits;
    append(edits, Kind::removed, old_lines, 0, old_lines.size());
    append(edits, Kind::added, new_lines, 0, new_lines.size());
    return edits;
}

// ---- as text ----

// A hunk counts its lines from 1; of none it names the line before.
std::string range(std::size_t lines_before, std::size_t count) {
    const std::size_t first = count == 0 ? lines_before : lines_before + 1;
    return count == 1 ? fmt::format("{}", first) : fmt::format("{},{}", first, count);
}

std::string line_text(const Edit& edit) {
    std::string text = static_cast<char>(edit.kind) + std::string(edit.line);
    if (!text.ends_with('\n')) text += "\n\\ No newline at end of file\n";
    return text;
}

std::size_t count_of(const Edits& edits, std::size_t begin, std::size_t end, Kind other) {
    const auto first = edits.begin();
    return static_cast<std::size_t>(std::count_if(
        first + static_cast<std::ptrdiff_t>(begin), first + static_cast<std::ptrdiff_t>(end),
        [&](const Edit& edit) { return edit.kind != other; }));
}

std::string hunk(const Edits& edits, std::size_t begin, std::size_t end) {
    std::string text = fmt::format(
        "@@ -{} +{} @@\n",
        range(count_of(edits, 0, begin, Kind::added), count_of(edits, begin, end, Kind::added)),
        range(count_of(edits, 0, begin, Kind::removed),
              count_of(edits, begin, end, Kind::removed)));
    for (std::size_t i = begin; i < end; ++i) text += line_text(edits[i]);
    return text;
}

std::size_t next_change(const Edits& edits, std::size_t from) {
    while (from < edits.size() && edits[from].kind == Kind::same) ++from;
    return from;
}

// Changes whose context would meet are one hunk.
std::size_t end_of_hunk(const Edits& edits, std::size_t change) {
    std::size_t last = change;
    for (std::size_t i = change; i < edits.size() && i <= last + 2 * context_lines + 1; ++i) {
        if (edits[i].kind != Kind::same) last = i;
    }
    return std::min(last + context_lines + 1, edits.size());
}

}  // namespace

std::string unified_diff(std::string_view old_text, std::string_view new_text,
                         std::string_view old_name, std::string_view new_name) {
    if (old_text == new_text) return {};
    const Lines old_lines = lines_of(old_text);
    const Lines new_lines = lines_of(new_text);
    const Edits edits = edits_between(old_lines, new_lines);
    std::string text = fmt::format("--- {}\n+++ {}\n", old_name, new_name);
    std::size_t change = next_change(edits, 0);
    while (change < edits.size()) {
        const std::size_t end = end_of_hunk(edits, change);
        text += hunk(edits, change - std::min(change, context_lines), end);
        change = next_change(edits, end);
    }
    return text;
}

}  // namespace sop::runtime::cli
