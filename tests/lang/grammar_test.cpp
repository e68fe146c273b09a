#include "lang/grammar.h"

#include <catch2/catch.hpp>
#include <tao/pegtl/contrib/analyze.hpp>

TEST_CASE("the grammar has no endless loop", "[grammar]") {
    CHECK(tao::pegtl::analyze<sop::lang::grammar::document>(1) == 0);
}
