// Which messages say something.
#pragma once

#include <string>

namespace sop::runtime {

// No for a bare sticker and for a word that checks in. A bare sticker is a text without a letter,
// a digit or an ideograph outside brackets: nothing, "👍👍", "[微笑]", "！！！". Words that check
// in, in any case and width, are: 1, 到, 签到, 簽到, 打卡, "check in", checkin, check-in, "sign
// in". Whoever hands in a message and knows better says so in its field `effective`.
bool is_effective_message(const std::string& text);

}  // namespace sop::runtime
