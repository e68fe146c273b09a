#include "tests/sim/simulation.h"

#include "tests/sim/simulated_world.h"

namespace sop::sim {

SimulationResult simulate(std::uint64_t seed, const ScenarioOptions& options) {
    return SimulatedWorld(seed, options).run();
}

}  // namespace sop::sim
