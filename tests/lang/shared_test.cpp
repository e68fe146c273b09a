#include "lang/shared.h"

#include <catch2/catch.hpp>
#include <string>

namespace sop::lang {

TEST_CASE("a shared value is kept once, and is its own again when it is changed", "[shared]") {
    const Shared<std::string> one(std::string("text"));
    Shared<std::string> other(std::string("text"));
    CHECK(one == other);
    CHECK(&*one != &*other);

    other.share(one);
    CHECK(&*one == &*other);
    CHECK(other->size() == 4);

    other.edit() += "s";
    CHECK(*other == "texts");
    CHECK(*one == "text");
    CHECK_FALSE(one == other);

    other.share(one);
    CHECK(*other == "texts");
}

TEST_CASE("a shared value has the usual one until it is told another", "[shared]") {
    Shared<std::string> none;
    const Shared<std::string> other;
    CHECK(none->empty());
    CHECK(&*none == &*other);
    none.edit() = "text";
    CHECK(other->empty());
}

}  // namespace sop::lang
