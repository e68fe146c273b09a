#include "lang/likeness.h"

#include <catch2/catch.hpp>
#include <string>

namespace sop::lang {

TEST_CASE("a traditional character has a simplified one", "[likeness]") {
    CHECK(simplified(U'會') == U'会');
    CHECK(simplified(U'週') == U'周');
    CHECK(simplified(U'发') == U'发');
    CHECK(simplified(U'髮') == U'发');
    CHECK(simplified(U'a') == U'a');
    CHECK(simplified(U'カ') == U'カ');
    CHECK(simplified(U'\U0010FFFF') == U'\U0010FFFF');
}

TEST_CASE("Chinese is read aloud", "[likeness]") {
    struct Row {
        const char* text;
        const char* pinyin;
    };
    const Row rows[] = {
        {"", ""},
        {"Step_1", "step1"},
        {"会员", "huiyuan"},
        {"會員", "huiyuan"},
        {"KOL會員群", "kolhuiyuanqun"},
        {"女儿", "nuer"},
        {"绿色", "luse"},
        {"lvse", "luse"},
        {"カ", "カ"},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.text) {
            CHECK(pinyin(row.text) == row.pinyin);
        }
    }
}

TEST_CASE("letters that can be syllables of Chinese are told from others", "[likeness]") {
    for (const char* text : {"huiyuan", "HuiYuan", "hui_yuan", "zhuangtai", "xi_an", "er", "nv"}) {
        INFO(text);
        CHECK(is_pinyin(text));
    }
    for (const char* text : {"", "_", "member", "thursday", "a1", "huiyuan2", "会员"}) {
        INFO(text);
        CHECK_FALSE(is_pinyin(text));
    }
}

TEST_CASE("letters are of an alphabet", "[likeness]") {
    CHECK(script_of(U'a') == Script::latin);
    CHECK(script_of(U'ｖ') == Script::latin);
    CHECK(script_of(U'é') == Script::latin);
    CHECK(script_of(U'а') == Script::cyrillic);
    CHECK(script_of(U'ο') == Script::greek);
    for (const char32_t character : {U'1', U'_', U'会', U'カ', U'\0', U'\U0010FFFF'})
        CHECK(script_of(character) == Script::other);
}

TEST_CASE("what looks alike has one skeleton", "[likeness]") {
    struct Row {
        const char* a;
        const char* b;
        bool alike;
    };
    const Row rows[] = {
        {"vip", "v\u0456p", true},                          // Cyrillic і
        {"vip", "ｖｉｐ", true},   {"book", "bοοk", true},  // Greek ο
        {"力", "カ", true},        {"二月", "ニ月", true},  {"vip", "vap", false},
        {"会员", "會員", false},   {"café", "cafe", false},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.a << " and " << row.b) {
            CHECK((skeleton(row.a) == skeleton(row.b)) == row.alike);
        }
    }
}

}  // namespace sop::lang
