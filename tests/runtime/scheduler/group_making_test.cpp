// Hand-worked tables of who comes into which group.
#include "runtime/scheduler/group_making.h"

#include <catch2/catch.hpp>

namespace sop::runtime {

namespace {

using Ids = std::vector<std::string>;

Instant at(int minute) {
    return Instant(std::chrono::minutes(minute));
}

// "s1 s2 p1": who begins with `s` carries the tag.
std::vector<Invitee> people(const std::string& text) {
    std::vector<Invitee> result;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find(' ', begin), text.size());
        result.push_back({text.substr(begin, end - begin), text[begin] == 's'});
        begin = end + 1;
    }
    return result;
}

std::string chosen(const std::string& candidates, const GroupComposition& composition) {
    std::string text;
    for (const std::string& id : choose_invited(people(candidates), composition))
        text += (text.empty() ? "" : " ") + id;
    return text;
}

}  // namespace

TEST_CASE("members come in the order of joining, then of ids; those of long ago first",
          "[scheduler][groups]") {
    CHECK(in_order_of_joining({{"d", at(5)}, {"b", at(9)}, {"a", at(9)}, {"z", {}}, {"c", {}}}) ==
          Ids{"c", "z", "d", "a", "b"});
    CHECK(in_order_of_joining({}).empty());
}

TEST_CASE("groups are full but for the last", "[scheduler][groups]") {
    using Groups = std::vector<Ids>;
    CHECK(groups_of_size({"a", "b", "c", "d", "e"}, 2) == Groups{{"a", "b"}, {"c", "d"}, {"e"}});
    CHECK(groups_of_size({"a", "b", "c", "d"}, 2) == Groups{{"a", "b"}, {"c", "d"}});
    CHECK(groups_of_size({"a", "b"}, 200) == Groups{{"a", "b"}});
    CHECK(groups_of_size({"a", "b", "c"}, 0) == Groups{{"a", "b", "c"}});
    CHECK(groups_of_size({}, 2).empty());
}

TEST_CASE("invitations hold a composition", "[scheduler][groups]") {
    struct Row {
        const char* name;
        const char* candidates;
        GroupComposition composition;
        const char* chosen;
    };
    const Row rows[] = {
        {"no composition asked for", "s1 p1 p2 p3", {0, 0, 0}, "s1 p1 p2 p3"},
        // 3 of 10 are exactly 30 %.
        {"three leave room for seven",
         "s1 s2 s3 p1 p2 p3 p4 p5 p6 p7 p8",
         {30, 0, 0},
         "s1 s2 s3 p1 p2 p3 p4 p5 p6 p7"},
        // 1 of 3 are 33 %, 1 of 4 are 25 %.
        {"one leaves room for two", "s1 p1 p2 p3", {30, 0, 0}, "s1 p1 p2"},
        // 2 of 6 are 33 %, 2 of 7 are 28.6 %.
        {"two leave room for four", "s1 s2 p1 p2 p3 p4 p5", {30, 0, 0}, "s1 s2 p1 p2 p3 p4"},
        {"nobody with the tag, nobody without", "p1 p2", {30, 0, 0}, ""},
        {"too many with the tag are all invited", "s1 s2 s3 p1", {30, 0, 0}, "s1 s2 s3 p1"},
        {"those invited before count", "p1 p2 p3", {30, 3, 5}, "p1 p2"},
        {"one more with the tag makes room for those left over",
         "s4 p1 p2 p3",
         {30, 3, 7},
         "s4 p1 p2"},
        {"the composition is missed already", "s1 p1", {50, 1, 5}, "s1"},
        {"the order of the candidates is kept", "p1 s1 p2 p3", {50, 0, 0}, "p1 s1"},
        {"all are to have the tag", "s1 p1 s2", {100, 0, 0}, "s1 s2"},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.name) {
            CHECK(chosen(row.candidates, row.composition) == row.chosen);
        }
    }
}

}  // namespace sop::runtime
