// The wall clock is set, the machine sleeps: nothing twice, and both are told.
#include <catch2/catch.hpp>

#include "runtime/clock/clock_watch.h"
#include "runtime/executor/executor.h"
#include "tests/support/world.h"

namespace sop::runtime {

using namespace sop::tests;
using Outcomes = std::map<std::string, int>;

TEST_CASE("a clock that is set goes through the late rule, fires nothing twice, and is told",
          "[executor][clock]") {
    struct Row {
        std::chrono::milliseconds by;
        Outcomes outcomes;  // until two days later by the stopwatch
    };
    const auto row = GENERATE(values<Row>({
        {-48h, {{"sent", 1}}},  // the wall comes to the 19th again, which has fired
        {-1h, {{"sent", 2}}},
        {-1s, {{"sent", 3}}},
        {1s, {{"sent", 3}}},
        {1h, {{"sent", 3}}},
        {48h, {{"sent", 3}, {"skipped: late", 2}}},
    }));
    CAPTURE(row.by.count());
    Draft draft;
    draft.rule("sale", daily({20h})).steps = {{"start", at_start(), {draft.post("sale")}}};
    World world{draft.plan, "2026-11-19 12:00"};
    world.group("g1");
    world.run_until("2026-11-19 20:30");
    world.clock().step(row.by);
    world.tick(48h);
    CHECK(world.clock_steps() == std::vector{row.by});
    std::map<Instant, int> per_occasion;
    for (const Attempt& attempt : world.platform().attempts) ++per_occasion[attempt.planned_for];
    for (const auto& [planned_for, count] : per_occasion) CHECK(count == 1);
    CHECK(world.outcomes() == row.outcomes);
    world.check_accounts();
}

TEST_CASE("a machine that sleeps is told of, and is no step of the clock", "[executor][clock]") {
    Draft draft;
    draft.rule("sale", daily({20h})).steps = {{"start", at_start(), {draft.post("sale")}}};
    World world{draft.plan, "2026-11-19 12:00"};
    world.group("g1");
    world.run_until("2026-11-19 19:00");
    world.sleep_until("2026-11-19 21:00");
    world.run_until("2026-11-19 22:00");
    CHECK(world.clock_steps().empty());
    CHECK(world.absences() == std::vector{instant("2026-11-19 19:00")});
    CHECK(world.outcomes() == Outcomes{{"skipped: late", 1}});
}

TEST_CASE("a slow clock adds up to a step", "[clock]") {
    ManualClock clock{instant("2026-11-19 12:00")};
    ClockWatch watch;
    CHECK_FALSE(watch.find_step(clock).has_value());
    for (int i = 0; i < 9; ++i) {
        clock.advance(1min);
        clock.step(-100ms);
        CHECK_FALSE(watch.find_step(clock).has_value());
    }
    clock.advance(1min);
    clock.step(-100ms);
    CHECK(watch.find_step(clock) == -1000ms);
    CHECK_FALSE(watch.find_step(clock).has_value());
}

}  // namespace sop::runtime
