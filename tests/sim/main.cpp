// sop_simulator: worlds by chance, one for each seed, until a promise is broken.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>

#include "tests/sim/simulation.h"

namespace {

using sop::sim::ScenarioOptions;
using sop::sim::simulate;
using sop::sim::SimulationResult;

struct Totals {
    std::size_t worlds = 0;
    std::size_t failed = 0;
    std::size_t messages = 0;
    std::size_t attempts = 0;
    std::size_t questions = 0;
    std::size_t deaths = 0;
    double simulated_seconds = 0;
};

// The options that make the same world again.
std::string arguments_of(std::uint64_t seed, const ScenarioOptions& options) {
    std::string arguments = fmt::format("--seed {}", seed);
    if (options.rules != 0) arguments += fmt::format(" --rules {}", options.rules);
    if (options.days != 0) arguments += fmt::format(" --days {}", options.days);
    if (options.calm) arguments += " --calm";
    return arguments;
}

void run(std::uint64_t seed, const ScenarioOptions& options, bool shows_log, Totals& totals) {
    const std::string again = "./dev sim " + arguments_of(seed, options);
    ++totals.worlds;
    SimulationResult result;
    try {
        result = simulate(seed, options);
    } catch (const std::exception& error) {
        ++totals.failed;
        fmt::print("seed {} broke off: {}\n  again: {} --log\n", seed, error.what(), again);
        std::fflush(stdout);
        return;
    }
    if (shows_log) fmt::print("{}", result.log);
    totals.messages += result.messages;
    totals.attempts += result.attempts;
    totals.questions += result.questions;
    totals.deaths += result.deaths;
    totals.simulated_seconds += std::chrono::duration<double>(result.simulated).count();
    if (result.violations.empty()) return;
    ++totals.failed;
    fmt::print("seed {} broke {} promises, the first of them:\n", seed, result.violations.size());
    for (std::size_t i = 0; i < std::min<std::size_t>(result.violations.size(), 5); ++i)
        fmt::print("  {}\n", result.violations[i]);
    fmt::print("  again: {} --log\n", again);
    // Whoever stops a long search has seen what it found.
    std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{
        "Simulates the executor in worlds made by chance: random playbooks, people and platforms, "
        "a clock that steps, a disk that fails, kills and cuts of the power, pauses, deploys, "
        "rollbacks, migrations and other zone data. After each, what was planned and sent is held "
        "against what was promised. A seed gives the same world each time."};
    std::uint64_t first = 1;
    std::uint64_t seeds = 100;
    std::optional<std::uint64_t> seed;
    bool shows_log = false;
    ScenarioOptions options;
    app.add_option("--seeds", seeds, "how many worlds, from --first on")->capture_default_str();
    app.add_option("--first", first, "the first seed")->capture_default_str();
    app.add_option("--seed", seed, "this one world alone");
    app.add_option("--rules", options.rules, "rules of each world (0: by chance)");
    app.add_option("--days", options.days, "days that each world is looked at (0: by chance)");
    app.add_flag("--calm", options.calm, "nothing breaks, nobody deploys: for measuring");
    app.add_flag("--log", shows_log, "print what happened");
    CLI11_PARSE(app, argc, argv);

    Totals totals;
    const auto begin = std::chrono::steady_clock::now();
    for (std::uint64_t i = 0; i < (seed ? 1 : seeds); ++i) {
        run(seed.value_or(first) + i, options, shows_log, totals);
    }
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
    fmt::print(
        "{} worlds, {} failed: {:.0f} days, {} messages, {} attempts, {} questions, {} deaths of "
        "the process in {:.1f} s, {:.0f} times real time\n",
        totals.worlds, totals.failed, totals.simulated_seconds / 86400, totals.messages,
        totals.attempts, totals.questions, totals.deaths, taken.count(),
        totals.simulated_seconds / taken.count());
    return totals.failed == 0 ? 0 : 1;
}
