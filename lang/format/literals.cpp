#include "lang/format/literals.h"

#include "lang/text_lines.h"

#include <algorithm>
#include <charconv>
#include <vector>

namespace sop::lang::formatting {

namespace {

constexpr std::string_view digits = "0123456789";

// The runs of digits of a literal.
std::vector<std::string> numbers_of(std::string_view written) {
    std::vector<std::string> numbers;
    while (true) {
        written.remove_prefix(std::min(written.find_first_of(digits), written.size()));
        if (written.empty()) return numbers;
        const std::size_t length = std::min(written.find_first_not_of(digits), written.size());
        numbers.emplace_back(written.substr(0, length));
        written.remove_prefix(length);
    }
}

std::string padded(std::string_view written, char separator) {
    std::string result;
    for (const std::string& number : numbers_of(written)) {
        if (!result.empty()) result += separator;
        result += (number.size() == 1 ? "0" : "") + number;
    }
    return result;
}

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n')) {
        lines.push_back(text.substr(0, at));
        text.remove_prefix(at + 1);
    }
    lines.push_back(text);
    return lines;
}

bool is_blank(std::string_view line) {
    return indent_of(line) == line.size();
}

std::string on_lines(const std::string& inner, std::size_t indent) {
    const auto lines = lines_of(inner);
    // What all lines would be indented by reads as layout only beside a line that has no more.
    const bool can_indent = std::any_of(lines.begin(), lines.end(), [](std::string_view line) {
        return !line.empty() && indent_of(line) == 0;
    });
    if (!can_indent)
        return "\"\"\"" + std::string(is_blank(lines.front()) ? "\n" : "") + inner + "\n\"\"\"";
    const std::string margin(indent, ' ');
    std::string result = "\"\"\"\n";
    for (const std::string_view line : lines) {
        if (!line.empty()) result.append(margin).append(line);
        result += '\n';
    }
    return result + margin + "\"\"\"";
}

}  // namespace

std::string padded_time(std::string_view written) {
    return padded(written, ':');
}

std::string padded_date(std::string_view written) {
    return padded(written, '-');
}

std::string duration_text(std::string_view written, Dialect from, Dialect to) {
    std::string result;
    while (!written.empty()) {
        const std::size_t length = std::min(written.find_first_not_of(digits), written.size());
        const std::string_view count = written.substr(0, length);
        written.remove_prefix(length);
        const std::size_t letters = std::min(written.find_first_of(digits), written.size());
        const auto unit = find_unit(written.substr(0, letters), from);
        const bool apart = to == Dialect::en && unit > Unit::hour;
        if (apart && !result.empty()) result += ' ';
        result.append(count).append(apart ? " " : "");
        result +=
            unit ? unit_spelling(*unit, is_one(count) ? 1 : 2, to) : written.substr(0, letters);
        written.remove_prefix(letters);
    }
    return result;
}

int ordinal_number(std::string_view written) {
    written.remove_prefix(std::min(written.find_first_of(digits), written.size()));
    int number = 0;
    std::from_chars(written.data(), written.data() + written.size(), number);
    return number;
}

bool is_one(std::string_view number) {
    return number.ends_with('1') && number.find_first_not_of('0') == number.size() - 1;
}

std::string without_layout(std::string inner) {
    remove_line_layout({&inner});
    return inner;
}

std::string quoted_text(const std::string& inner, std::string_view between_holes,
                        std::size_t indent) {
    const auto has = [&](std::string_view quote) {
        return between_holes.find(quote) != std::string_view::npos;
    };
    if (inner.find('\n') != std::string::npos) return on_lines(inner, indent);
    if (!has("\"")) return "\"" + inner + "\"";
    if (!has("」")) return "「" + inner + "」";
    if (!has("”")) return "“" + inner + "”";
    // A quote right before the closing ones would be taken for the first of them.
    return inner.ends_with('"') ? on_lines(inner, indent) : "\"\"\"" + inner + "\"\"\"";
}

}  // namespace sop::lang::formatting
