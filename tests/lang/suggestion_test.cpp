#include "lang/suggestion.h"

#include <catch2/catch.hpp>
#include <optional>
#include <string>
#include <vector>

namespace sop::lang {

TEST_CASE("edits are counted in code points, with swaps and without case and width",
          "[suggestion]") {
    struct Row {
        const char* a;
        const char* b;
        std::size_t distance;
    };
    const Row rows[] = {
        {"", "", 0},
        {"", "abc", 3},
        {"abc", "", 3},
        {"member", "member", 0},
        {"member", "membr", 1},
        {"membr", "member", 1},
        {"member", "mamber", 1},
        {"thrusday", "thursday", 1},
        {"Member", "mEMBER", 0},
        {"ab", "ba", 1},
        {"ca", "abc", 3},
        {"kitten", "sitting", 3},
        {"会员", "会友", 1},
        {"会员", "员会", 1},
        {"É", "é", 0},
        {"ＶＩＰ", "vip", 0},
        {"ｖｉｐ1", "vip2", 1},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.a << " and " << row.b) {
            CHECK(edit_distance(row.a, row.b) == row.distance);
            CHECK(edit_distance(row.b, row.a) == row.distance);
        }
    }
}

TEST_CASE("the nearest name is offered when it is near", "[suggestion]") {
    struct Row {
        const char* behaviour;
        const char* word;
        std::vector<std::string> candidates;
        std::optional<std::string> expected;
    };
    const Row rows[] = {
        {"a swap", "thrusday", {"monday", "thursday", "tuesday"}, "thursday"},
        {"the nearest of several", "reed_1", {"read_2", "read_1"}, "read_1"},
        {"the first among equals", "cat", {"bat", "cut"}, "bat"},
        {"one edit is allowed for short words", "no", {"now"}, "now"},
        {"but not two", "no", {"nine"}, std::nullopt},
        {"a third of the length for long ones", "membership", {"mmbershp_"}, "mmbershp_"},
        {"and not more", "membership", {"mmbrshp_"}, std::nullopt},
        {"nothing near", "order", {"shared", "opened"}, std::nullopt},
        {"nothing declared", "order", {}, std::nullopt},
        {"only the case differs",
         "asia/shanghai",
         {"Asia/Tokyo", "Asia/Shanghai"},
         "Asia/Shanghai"},
        {"nothing of a short word is left", "x", {"y"}, std::nullopt},
        {"full-width letters", "ＶＩＰ", {"vap", "vip"}, "vip"},
        {"Chinese", "会源群", {"会员", "会员群"}, "会员群"},
        {"not one letter of Chinese for another", "买", {"发", "在"}, std::nullopt},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.behaviour) {
            CHECK(closest(row.word, row.candidates) == row.expected);
        }
    }
}

TEST_CASE("a Chinese name is found by its other characters and by its sound", "[suggestion][han]") {
    struct Row {
        const char* behaviour;
        const char* word;
        std::vector<std::string> candidates;
        std::optional<std::string> expected;
    };
    const Row rows[] = {
        {"traditional for simplified", "會員", {"人员", "会员"}, "会员"},
        {"simplified for traditional", "会员", {"人員", "會員"}, "會員"},
        {"before what is an edit away", "持續", {"持久", "持续"}, "持续"},
        {"and with an edit", "會員群主", {"会员群"}, "会员群"},
        {"pinyin", "huiyuan", {"积分", "会员"}, "会员"},
        {"pinyin with capitals", "HuiYuan", {"积分", "会员"}, "会员"},
        {"pinyin in parts", "hui_yuan", {"积分", "会员"}, "会员"},
        {"of a traditional name", "huiyuan", {"積分", "會員"}, "會員"},
        {"of a keyword", "duixiang", {"经", "对象"}, "对象"},
        {"with two letters swapped", "huiyaun", {"积分", "会员"}, "会员"},
        {"with one letter missing", "huiyan", {"积分", "会员"}, "会员"},
        {"with the other reading of a character", "chongfu", {"重复"}, "重复"},
        {"not in a short word", "jifan", {"积分"}, std::nullopt},
        {"an edit comes before the sound", "huiyuan", {"会员", "huiyuan_1"}, "huiyuan_1"},
        {"equal sounds", "会圆", {"会议", "会员"}, "会员"},
        {"equal sounds throughout", "辉圆", {"积分", "会员"}, "会员"},
        {"no edit, no sound", "订单", {"积分", "会员"}, std::nullopt},
        {"an English word is no pinyin", "member", {"会员"}, std::nullopt},
        {"a name of both", "vip辉圆", {"vip会员"}, "vip会员"},
        {"Latin names are not read aloud", "红宝", {"hongbao"}, std::nullopt},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.behaviour) {
            CHECK(closest(row.word, row.candidates) == row.expected);
        }
    }
}

}  // namespace sop::lang
