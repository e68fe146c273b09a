#include "lang/unicode.h"

#include <catch2/catch.hpp>
#include <optional>
#include <string>

namespace sop::lang {

TEST_CASE("the first byte that is not UTF-8 is found", "[unicode]") {
    struct Row {
        const char* behaviour;
        std::string text;
        std::optional<std::size_t> expected;
    };
    const Row rows[] = {
        {"nothing", "", std::nullopt},
        {"ASCII", "sop 1\n", std::nullopt},
        {"Chinese and emoji", "会员群 😀", std::nullopt},
        {"a zero byte is a character", std::string("a\0b", 3), std::nullopt},
        {"a lone continuation", "ab\x80", 2},
        {"a character cut short at the end", "会\xE4\xBC", 3},
        {"a character cut short in the middle", "\xE4\xBC x", 0},
        {"an overlong slash", "a\xC0\xAF", 1},
        {"a surrogate", "\xED\xA0\x80", 0},
        {"beyond the last code point", "\xF4\x90\x80\x80", 0},
        {"GB 18030 text", "\xBB\xE1\xD4\xB1", 0},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.behaviour) {
            CHECK(find_invalid_utf8(row.text) == row.expected);
        }
    }
}

TEST_CASE("code points are read with their length", "[unicode]") {
    const std::string text = "aé会😀";
    CHECK(code_point_at(text, 0).value == U'a');
    CHECK(code_point_at(text, 1).value == U'é');
    CHECK(code_point_at(text, 3).value == U'会');
    CHECK(code_point_at(text, 3).length == 3);
    CHECK(code_point_at(text, 6).value == U'😀');
    CHECK(code_point_at(text, 6).length == 4);
}

TEST_CASE("width is counted in the cells a terminal takes", "[unicode]") {
    struct Row {
        const char* behaviour;
        std::string text;
        std::size_t cells;
    };
    const Row rows[] = {
        {"nothing", "", 0},
        {"ASCII", "every", 5},
        {"Chinese", "会员", 4},
        {"full-width punctuation", "开始：", 6},
        {"half-width katakana", "ｶﾅ", 2},
        {"Hangul", "한국", 4},
        {"Hangul in parts", "\u1112\u1161\u11AB", 2},
        {"a combining mark", "e\u0301x", 2},
        {"an emoji", "😀", 2},
        {"a family joined to one", "👨‍👩‍👧‍👦", 2},
        {"a skin tone", "👍🏽", 2},
        {"a flag", "🇨🇳", 2},
        {"two flags", "🇨🇳🇯🇵", 4},
        {"a symbol shown as an emoji", "❤️x", 3},
        {"a key cap", "1️⃣", 2},
        {"a zero-width blank", "a\u200Bb", 2},
        {"a tab to the next stop", "ab\tc", 5},
        {"a tab on a stop", "abcd\te", 9},
        {"a tab behind wide characters", "会员x\te", 9},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.behaviour) {
            CHECK(display_width(row.text) == row.cells);
        }
    }
    CHECK(display_width("\tx", 3) == 2);
    CHECK(display_width("\tx", 0, 8) == 9);
}

TEST_CASE("names are letters, then letters, marks, digits and connectors", "[unicode]") {
    for (const char32_t code_point : {U'a', U'Z', U'é', U'会', U'ひ', U'한', U'я', U'Ⅷ', U'ʰ'}) {
        CHECK(starts_name(code_point));
        CHECK(continues_name(code_point));
    }
    for (const char32_t code_point : {U'_', U'0', U'９', U'\u0301', U'\u203F'}) {
        CHECK_FALSE(starts_name(code_point));
        CHECK(continues_name(code_point));
    }
    for (const char32_t code_point :
         {U' ', U'-', U'.', U'{', U':', U'😀', U'€', U'\u200D', U'\uFE0F', U'\u3164', U'\u0000'}) {
        CAPTURE(static_cast<std::uint32_t>(code_point));
        CHECK_FALSE(starts_name(code_point));
        CHECK_FALSE(continues_name(code_point));
    }
}

TEST_CASE("controls that reorder text are known", "[unicode]") {
    for (const char32_t code_point :
         {U'\u061C', U'\u200E', U'\u200F', U'\u202A', U'\u202E', U'\u2066', U'\u2069'}) {
        CHECK(is_bidi_control(code_point));
    }
    for (const char32_t code_point :
         {U'a', U'א', U'\u200D', U'\u2029', U'\u202F', U'\u2065', U'\u206A'}) {
        CHECK_FALSE(is_bidi_control(code_point));
    }
}

TEST_CASE("what shows nothing is blank", "[unicode]") {
    for (const char* text : {"", " ", " \n\t", "\u3000\u00a0", "\u200b\ufeff"})
        CHECK(is_blank(text));
    for (const char* text : {"a", " . ", "会", "😀"}) CHECK_FALSE(is_blank(text));
}

TEST_CASE("names typed in two ways become one", "[unicode]") {
    CHECK(to_nfc("e\u0301") == "é");
    CHECK(to_nfc("é") == "é");
    CHECK(to_nfc("\u1112\u1161\u11AB") == "한");
    CHECK(to_nfc("plain") == "plain");
    CHECK(to_nfc("") == "");
    // Compatibility forms stay what they are: a full-width letter is another name.
    CHECK(to_nfc("Ａ") == "Ａ");
    CHECK(to_nfc("\xFF") == "\xFF");
}

TEST_CASE("case and width are folded away", "[unicode]") {
    CHECK(folded("ＶＩＰ会员") == "vip会员");
    CHECK(folded("E\u0301") == "é");
    CHECK(folded("plain") == "plain");
    CHECK(folded("") == "");
    CHECK(folded("\xFF") == "\xFF");
}

}  // namespace sop::lang
