// "Did you mean …?": the declared name closest to one that is not.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sop::lang {

// Edits (insert, delete, replace, swap of neighbours) between two texts, counted in code points;
// case and width (`ＶＩＰ`) ignored.
std::size_t edit_distance(std::string_view a, std::string_view b);

// The candidate that may have been meant; nothing when none is close. In this order:
//   1. the one with the fewest edits, within max(1, length / 3), that leave something of the word.
//      Between traditional and simplified characters there are none: `會員` is `会员`;
//   2. of several with equally few, and where there is none with few, one that sounds the same in
//      Chinese: `会圆` or `huiyuan` for `会员`;
//   3. of equals, the first.
std::optional<std::string> closest(std::string_view word,
                                   const std::vector<std::string>& candidates);

// "; did you mean `…`?", to stand behind what says that there is no such name; empty when no
// candidate is close.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace sop::lang
