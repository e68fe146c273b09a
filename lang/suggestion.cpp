#include "lang/suggestion.h"

#include <fmt/format.h>

#include <algorithm>

#include "lang/likeness.h"
#include "lang/unicode.h"

namespace sop::lang {

namespace {

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char character) { return (character & 0x80) == 0; });
}

// What edits are counted on: case and width are none, and neither are the forms of a Chinese
// character where `as_simplified` says so.
std::u32string folded_code_points(std::string_view text, bool as_simplified = false) {
    std::u32string letters;
    letters.reserve(text.size());
    bool has_others = false;  // than ASCII and Chinese characters
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint current = code_point_at(text, at);
        const bool is_upper = current.value >= U'A' && current.value <= U'Z';
        letters.push_back(is_upper ? current.value - U'A' + U'a' : current.value);
        has_others = has_others || (current.value >= 0x80 && !is_han(current.value));
        at += current.length;
    }
    if (has_others) {
        letters.clear();
        const std::string plain = folded(text);
        for (std::size_t at = 0; at < plain.size();) {
            const CodePoint current = code_point_at(plain, at);
            letters.push_back(current.value);
            at += current.length;
        }
    }
    if (as_simplified)
        for (char32_t& letter : letters) letter = simplified(letter);
    return letters;
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

// The candidates with the fewest edits, of those with few enough.
std::vector<const std::string*> nearest(std::string_view word,
                                        const std::vector<std::string>& candidates) {
    const bool chinese =
        has_han(word) && std::any_of(candidates.begin(), candidates.end(), has_han);
    const std::u32string wanted = folded_code_points(word, chinese);
    std::vector<const std::string*> near;
    std::size_t distance_max = std::max<std::size_t>(1, wanted.size() / 3);
    for (const std::string& candidate : candidates) {
        const std::u32string offered = folded_code_points(candidate, chinese);
        const std::size_t longer = std::max(wanted.size(), offered.size());
        const std::size_t size_difference = longer - std::min(wanted.size(), offered.size());
        // The difference in length is a lower bound, and cheap: most names of a long list end here.
        if (size_difference > distance_max) continue;
        const std::size_t distance = distance_of(wanted, offered);
        // As many edits as letters leave nothing of the word.
        if (distance > distance_max || (distance > 0 && distance == longer)) continue;
        if (distance < distance_max) near.clear();
        distance_max = distance;
        near.push_back(&candidate);
    }
    return near;
}

// The first that is read aloud as the word is. Letters a to z are taken for pinyin only where they
// can be that and the candidate is Chinese; one edit is then forgiven in a long word, as the one
// reading that is known of a character need not be that of the author's word.
const std::string* sounds_like(std::string_view word,
                               const std::vector<const std::string*>& candidates) {
    constexpr std::size_t forgiving_size = 6;
    const bool spelt_out = is_ascii(word);
    if (spelt_out ? !is_pinyin(word) : !has_han(word)) return nullptr;
    const std::string* similar = nullptr;
    std::string wanted;
    for (const std::string* candidate : candidates) {
        if (!has_han(*candidate)) continue;
        if (wanted.empty()) wanted = pinyin(word);
        const std::string offered = pinyin(*candidate);
        if (offered == wanted) return candidate;
        const bool forgiven = spelt_out && wanted.size() >= forgiving_size && !similar &&
                              edit_distance(wanted, offered) == 1;
        if (forgiven) similar = candidate;
    }
    return similar;
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
    return distance_of(folded_code_points(a), folded_code_points(b));
}

std::optional<std::string> closest(std::string_view word,
                                   const std::vector<std::string>& candidates) {
    const std::vector<const std::string*> near = nearest(word, candidates);
    if (near.size() == 1) return *near.front();
    if (const std::string* sounding = sounds_like(word, near)) return *sounding;
    if (!near.empty()) return *near.front();

    std::vector<const std::string*> all;
    for (const std::string& candidate : candidates) all.push_back(&candidate);
    const std::string* sounding = sounds_like(word, all);
    return sounding ? std::optional<std::string>(*sounding) : std::nullopt;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
    const auto near = closest(word, candidates);
    return near ? fmt::format("; did you mean `{}`?", *near) : "";
}

}  // namespace sop::lang
