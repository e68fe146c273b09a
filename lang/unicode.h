// The few facts about Unicode the language needs; the one door to utf8proc.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sop::lang {

// The offset of the first byte that is not valid UTF-8, or nothing.
std::optional<std::size_t> find_invalid_utf8(std::string_view text);

// The code point at `offset` of valid UTF-8, and its length in bytes.
struct CodePoint {
    char32_t value = 0;
    std::size_t length = 0;
};
CodePoint code_point_at(std::string_view text, std::size_t offset);

// Terminal cells a line takes: wide characters 2, combining marks 0, emoji sequences as one
// cluster; a tab moves to the next multiple of `tab_width`, counted from `start_cell`.
std::size_t display_width(std::string_view text, std::size_t start_cell = 0,
                          std::size_t tab_width = 4);

// UAX #31 by general category: letters and letter numbers start a name; marks, digits and
// connectors may follow.
bool starts_name(char32_t code_point);
bool continues_name(char32_t code_point);

// Controls that reorder text on screen (UAX #9): refused everywhere outside comments, as they make
// a file read other than it is.
bool is_bidi_control(char32_t code_point);

// Whether there is nothing in it to be seen: white space, controls and format characters at most.
bool is_blank(std::string_view text);

// Canonical composition, so that names typed in two ways compare equal.
std::string to_nfc(std::string_view text);

// The same without what case and width say: `ＶＩＰ` as `vip`.
std::string folded(std::string_view text);

}  // namespace sop::lang
