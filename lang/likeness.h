// What a person takes for the same: words that sound alike in Chinese, forms of one character,
// letters that look alike. From tables that are made when sop is built, of what ICU knows
// (cmake/likeness_tables.cpp).
#pragma once

#include <string>
#include <string_view>

namespace sop::lang {

// A Chinese character, of those with a meaning (not its kana or punctuation).
bool is_han(char32_t character);
bool has_han(std::string_view text);

// A traditional character as the simplified one: `會` as `会`. Others as they are.
char32_t simplified(char32_t character);

// How Chinese is read aloud, in small letters without tones: `会员` as `huiyuan`. A character of
// several readings has its commonest; `ü` and `v` are `u`. Of what is not Chinese the letters stay,
// in small, and digits.
std::string pinyin(std::string_view text);
// Letters a to z that can be read as such syllables; capitals and `_` count for nothing.
bool is_pinyin(std::string_view text);

// Texts in NFC that look alike have one skeleton (UTS #39, over what full-width letters stand for).
std::string skeleton(std::string_view text);

// The alphabets that share the shapes of many letters.
enum class Script { latin, greek, cyrillic, other };
Script script_of(char32_t character);

}  // namespace sop::lang
