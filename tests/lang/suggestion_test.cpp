#include "lang/suggestion.h"

#include <catch2/catch.hpp>
#include <optional>
#include <string>
#include <vector>

namespace sop::lang {

TEST_CASE("edits are counted in code points, with swaps and without case", "[suggestion]") {
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
        {"É", "é", 1},
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
        {"Chinese", "会源群", {"会员", "会员群"}, "会员群"},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.behaviour) {
            CHECK(closest(row.word, row.candidates) == row.expected);
        }
    }
}

}  // namespace sop::lang
