// Worlds by chance (tests/sim): the executor keeps its promises in each, and a seed is a world.
#include <catch2/catch.hpp>

#include "tests/sim/simulation.h"

namespace sop::sim {

namespace {

void check_seeds(std::uint64_t first, std::uint64_t last) {
    std::size_t deaths = 0;
    std::size_t attempts = 0;
    std::size_t questions = 0;
    for (std::uint64_t seed = first; seed <= last; ++seed) {
        const SimulationResult result = simulate(seed);
        INFO("again: ./dev sim --seed " << seed << " --log");
        CHECK(result.violations == std::vector<std::string>{});
        deaths += result.deaths;
        attempts += result.attempts;
        questions += result.questions;
    }
    // A world in which nothing happens proves nothing.
    CHECK(deaths > last - first);
    CHECK(attempts > 100 * (last - first));
    CHECK(questions > last - first);
}

}  // namespace

TEST_CASE("the executor keeps its promises in worlds made by chance", "[simulation]") {
    check_seeds(1, 4);
}

TEST_CASE("the executor keeps its promises in many worlds made by chance", "[simulation][long]") {
    check_seeds(1000, 1300);
}

TEST_CASE("one seed gives one log, byte for byte, and another seed another", "[simulation]") {
    const ScenarioOptions options{.days = 2};
    const SimulationResult first = simulate(7, options);
    const SimulationResult again = simulate(7, options);
    const SimulationResult other = simulate(8, options);
    CHECK(first.log == again.log);
    CHECK(first.log != other.log);
    CHECK(first.attempts > 0);
}

}  // namespace sop::sim
