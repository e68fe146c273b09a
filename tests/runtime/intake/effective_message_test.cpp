#include "runtime/intake/effective_message.h"

#include <catch2/catch.hpp>

namespace sop::runtime {

TEST_CASE("a bare sticker and a word that checks in are no effective message",
          "[intake][effective]") {
    for (const char* text : {"", "  ", "👍", "👍👍 ❤️", "[微笑]", "[微笑][玫瑰] ", "！！！", "...",
                             "1", " 1 ", "１", "签到", "打卡", "Check In", "ＣＨＥＣＫＩＮ", "~"}) {
        CAPTURE(text);
        CHECK_FALSE(is_effective_message(text));
    }
    for (const char* text : {"好", "ok", "11", "签到了", "[微笑] 好的", "👍 谢谢", "2",
                             "ありがとう", "привет", "[未完"}) {
        CAPTURE(text);
        CHECK(is_effective_message(text));
    }
}

}  // namespace sop::runtime
