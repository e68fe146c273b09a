#include "lang/likeness.h"

#include "lang/likeness_tables.h"
#include "lang/unicode.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <vector>

namespace sop::lang {

namespace {

// Appends to `result` what `become` makes of each character, or where it makes nothing, the
// character as it is written.
std::string rewrite(std::string_view text, std::string_view (*become)(char32_t)) {
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint current = code_point_at(text, at);
        const std::string_view written = text.substr(at, current.length);
        const std::string_view made = become(current.value);
        result += made.empty() ? written : made;
        at += current.length;
    }
    return result;
}

// The entry of a table in the order of characters.
template <typename Table>
auto find(const Table& table, char32_t character) -> decltype(std::begin(table)) {
    const auto at = std::lower_bound(
        std::begin(table), std::end(table), character,
        [](const auto& entry, char32_t wanted) { return entry.character < wanted; });
    return at != std::end(table) && at->character == character ? at : std::end(table);
}

std::string_view syllable_of(char32_t character) {
    const char32_t index = character - likeness::readings_begin;
    if (character < likeness::readings_begin || index >= std::size(likeness::readings)) return {};
    return likeness::syllables[likeness::readings[index]].letters;
}

std::string_view shape_of(char32_t character) {
    const auto at = find(likeness::look_alikes, character);
    if (at == std::end(likeness::look_alikes)) return {};
    return {reinterpret_cast<const char*>(likeness::shapes) + at->shape, at->size};
}

std::string letters_of(std::string_view text) {
    std::string letters;
    for (const char character : text) {
        if (character == '_') continue;
        const bool is_capital = character >= 'A' && character <= 'Z';
        const char letter = is_capital ? static_cast<char>(character - 'A' + 'a') : character;
        letters += letter == 'v' ? 'u' : letter;
    }
    return letters;
}

// ---- syllables ----

constexpr std::array<std::string_view, 24> initials{"",  "b", "p", "m", "f", "d",  "t",  "n",
                                                    "l", "g", "k", "h", "j", "q",  "x",  "r",
                                                    "z", "c", "s", "y", "w", "zh", "ch", "sh"};
constexpr std::array<std::string_view, 32> finals{
    "a",   "o",  "e",  "ai", "ei", "ao", "ou",  "an",  "en",   "ang", "eng",
    "ong", "er", "i",  "ia", "ie", "iu", "in",  "iao", "ian",  "ing", "iang",
    "u",   "ua", "uo", "ue", "ui", "un", "uai", "uan", "uang", "iong"};

// The lengths of the syllables that a text may begin with.
std::vector<std::size_t> syllables_at(std::string_view text) {
    std::vector<std::size_t> lengths;
    for (const std::string_view initial : initials) {
        if (!text.starts_with(initial)) continue;
        for (const std::string_view final_part : finals) {
            if (text.substr(initial.size()).starts_with(final_part))
                lengths.push_back(initial.size() + final_part.size());
        }
    }
    return lengths;
}

}  // namespace

bool is_han(char32_t character) {
    return (character >= 0x4E00 && character <= 0x9FFF) ||
           (character >= 0x3400 && character <= 0x4DBF) ||
           (character >= 0xF900 && character <= 0xFAFF) ||
           (character >= 0x20000 && character <= 0x323AF);
}

bool has_han(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint current = code_point_at(text, at);
        if (is_han(current.value)) return true;
        at += current.length;
    }
    return false;
}

char32_t simplified(char32_t character) {
    const auto at = find(likeness::simplified_characters, character);
    return at == std::end(likeness::simplified_characters) ? character : at->simplified;
}

std::string pinyin(std::string_view text) {
    return letters_of(rewrite(text, syllable_of));
}

bool is_pinyin(std::string_view text) {
    const std::string letters = letters_of(text);
    std::vector<bool> reached(letters.size() + 1);
    reached[0] = true;
    for (std::size_t at = 0; at < letters.size(); ++at) {
        if (!reached[at]) continue;
        for (const std::size_t length : syllables_at(std::string_view(letters).substr(at)))
            reached[at + length] = true;
    }
    return !letters.empty() && reached.back();
}

std::string skeleton(std::string_view text) {
    return rewrite(text, shape_of);
}

Script script_of(char32_t character) {
    const auto range = std::upper_bound(
        std::begin(likeness::script_ranges), std::end(likeness::script_ranges), character,
        [](char32_t wanted, const likeness::ScriptRange& entry) { return wanted < entry.end; });
    const bool found = range != std::end(likeness::script_ranges) && range->begin <= character;
    return found ? range->script : Script::other;
}

}  // namespace sop::lang
