#include "lang/suggestion.h"

#include <algorithm>

#include "lang/unicode.h"

namespace sop::lang {

namespace {

std::u32string folded_code_points(std::string_view text) {
    std::u32string result;
    result.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint current = code_point_at(text, at);
        const bool is_upper = current.value >= U'A' && current.value <= U'Z';
        result.push_back(is_upper ? current.value - U'A' + U'a' : current.value);
        at += current.length;
    }
    return result;
}

std::size_t distance_of(const std::u32string& a, const std::u32string& b) {
    // Three rows of the table suffice: a swap of neighbours looks two rows back, nothing looks
    // further.
    std::vector<std::size_t> before_last(b.size() + 1);
    std::vector<std::size_t> last(b.size() + 1);
    std::vector<std::size_t> current(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) {
        current[j] = j;
    }
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::swap(before_last, last);
        std::swap(last, current);
        current[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            current[j] = std::min({last[j] + 1, current[j - 1] + 1, replaced});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                current[j] = std::min(current[j], before_last[j - 2] + 1);
            }
        }
    }
    return current[b.size()];
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
    return distance_of(folded_code_points(a), folded_code_points(b));
}

std::optional<std::string> closest(std::string_view word,
                                   const std::vector<std::string>& candidates) {
    const std::u32string wanted = folded_code_points(word);
    const std::size_t distance_max = std::max<std::size_t>(1, wanted.size() / 3);
    const std::string* nearest = nullptr;
    std::size_t nearest_distance = distance_max + 1;
    for (const std::string& candidate : candidates) {
        const std::u32string offered = folded_code_points(candidate);
        const std::size_t size_difference =
            std::max(wanted.size(), offered.size()) - std::min(wanted.size(), offered.size());
        // The difference in length is a lower bound, and cheap: most names of a long list end here.
        if (size_difference >= nearest_distance) {
            continue;
        }
        const std::size_t distance = distance_of(wanted, offered);
        if (distance < nearest_distance) {
            nearest = &candidate;
            nearest_distance = distance;
        }
    }
    return nearest == nullptr ? std::nullopt : std::optional<std::string>(*nearest);
}

}  // namespace sop::lang
