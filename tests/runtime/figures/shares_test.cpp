#include "runtime/figures/shares.h"

#include <catch2/catch.hpp>

namespace sop::runtime {

TEST_CASE("Wilson's interval is that of the tables", "[figures][shares]") {
    // 10 of 100 and 0 of 10, as textbooks have them.
    const auto tenth = confidence_interval({10, 100}).value();
    CHECK(tenth.from == Approx(0.0552).margin(0.0001));
    CHECK(tenth.to == Approx(0.1744).margin(0.0001));
    const auto none = confidence_interval({0, 10}).value();
    CHECK(none.from == 0);
    CHECK(none.to == Approx(0.2775).margin(0.0001));
    CHECK(confidence_interval({5, 5})->to == 1);
    CHECK_FALSE(confidence_interval({0, 0}));
}

TEST_CASE("two shares differ as surely as the test says", "[figures][shares]") {
    // 60 of 200 against 90 of 200: z = 3.098, p = 0.0019.
    CHECK(chance_of_difference({60, 200}, {90, 200}).value() == Approx(0.0019).margin(0.0001));
    CHECK(chance_of_difference({90, 200}, {60, 200}).value() == Approx(0.0019).margin(0.0001));
    CHECK(chance_of_difference({50, 100}, {50, 100}).value() == Approx(1));
    CHECK_FALSE(chance_of_difference({0, 100}, {0, 100}));
    CHECK_FALSE(chance_of_difference({1, 1}, {0, 0}));
}

}  // namespace sop::runtime
