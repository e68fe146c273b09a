#include "lang/rare.h"

#include <catch2/catch.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sop::lang {

TEST_CASE("what few have takes a pointer, and is used as an optional", "[rare]") {
    STATIC_REQUIRE(sizeof(Rare<std::string>) == sizeof(void*));
    Rare<std::string> none;
    CHECK_FALSE(none);
    CHECK_FALSE(none.has_value());
    CHECK_FALSE(Rare<std::string>(std::nullopt).has_value());
    CHECK_FALSE(Rare<std::string>(std::optional<std::string>()).has_value());

    Rare<std::string> some = "text";
    REQUIRE(some);
    CHECK(*some == "text");
    CHECK(some->size() == 4);
    CHECK(*Rare<std::string>(std::optional<std::string>("text")) == "text");
    some.reset();
    CHECK_FALSE(some);
    CHECK(some.emplace(3, 'x') == "xxx");
}

TEST_CASE("copies of what few have are their own, and equal", "[rare]") {
    const Rare<std::string> none;
    Rare<std::string> one = "one";
    Rare<std::string> other = one;
    CHECK(one == other);
    *other = "other";
    CHECK(*one == "one");
    CHECK_FALSE(one == other);
    CHECK_FALSE(one == none);
    CHECK_FALSE(none == one);
    CHECK(none == Rare<std::string>());

    other = one;
    CHECK(one == other);
    Rare<std::string>& itself = other;
    other = itself;
    CHECK(*other == "one");
    const Rare<std::string> moved = std::move(other);
    CHECK(*moved == "one");
    one = none;
    CHECK_FALSE(one);
}

TEST_CASE("a list of what few have takes a pointer, and is used as a vector", "[rare]") {
    STATIC_REQUIRE(sizeof(RareList<std::string>) == sizeof(void*));
    RareList<std::string> list;
    CHECK(list.empty());
    CHECK(list.size() == 0);
    CHECK(list.begin() == list.end());
    CHECK(list == RareList<std::string>(std::vector<std::string>{}));

    list.push_back("one");
    list.push_back("two");
    CHECK(list == RareList<std::string>{"one", "two"});
    for (std::string& text : list) text += "s";
    CHECK(list.list() == std::vector<std::string>{"ones", "twos"});
    CHECK(list.front() == "ones");
    CHECK(list.back() == "twos");
    CHECK(list[1] == "twos");

    const RareList<std::string> copy = list;
    list.clear();
    CHECK(list.empty());
    CHECK(copy.size() == 2);
}

}  // namespace sop::lang
