// One world from one seed: what it is, what befalls it, and whether the executor kept its promises.
//
// The real executor works on the real store; the disk below it, the clock, the platforms and the
// people are made up. Everything comes from the seed, so that the same seed gives the same log byte
// for byte.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/sim/scenario.h"

namespace sop::sim {

struct SimulationResult {
    std::string log;
    std::vector<std::string> violations;
    std::chrono::milliseconds simulated{};
    std::size_t attempts = 0;
    std::size_t questions = 0;  // to platforms, what they took
    std::size_t messages = 0;   // planned
    std::size_t deaths = 0;     // of the process
};

SimulationResult simulate(std::uint64_t seed, const ScenarioOptions& options = {});

}  // namespace sop::sim
