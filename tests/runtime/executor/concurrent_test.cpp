// An event for a subject whose run goes on.
#include <catch2/catch.hpp>

#include "runtime/executor/executor.h"
#include "tests/support/world.h"

namespace sop::runtime {

using namespace sop::tests;
using Outcomes = std::map<std::string, int>;

namespace {

// "one" at the event, "two" an hour after.
lang::Plan funnel(lang::Concurrency concurrent) {
    Draft draft;
    draft.plan.events = {{"opened", {}}};
    lang::Rule& rule = draft.rule("funnel", on_event("opened"), lang::SubjectKind::member);
    rule.steps = {{"start", at_start(), {draft.post("one")}},
                  {"after 1h", after(1h), {draft.post("two")}}};
    rule.guards.edit().concurrent = concurrent;
    return draft.plan;
}

// "08:00 one m1, …"
std::string told(const World& world) {
    std::string result;
    for (const Delivered& each : world.delivered()) {
        if (!result.empty()) result += ", ";
        result += each.at.substr(11) + " " + each.text + " " + each.target;
    }
    return result;
}

}  // namespace

TEST_CASE("an event for a subject whose run goes on does what the rule says",
          "[executor][concurrent]") {
    using lang::Concurrency;
    struct Row {
        Concurrency concurrent;
        const char* told;
    };
    const Row rows[] = {
        {Concurrency::skip, "08:00 one m1, 08:30 one m2, 09:00 two m1, 09:30 two m2"},
        {Concurrency::parallel,
         "08:00 one m1, 08:30 one m1, 08:30 one m2, 09:00 two m1, 09:30 two m1, 09:30 two m2"},
        {Concurrency::replace,
         "08:00 one m1, 08:30 one m1, 08:30 one m2, 09:30 two m1, 09:30 two m2"},
        {Concurrency::queue,
         "08:00 one m1, 08:30 one m2, 09:00 two m1, 09:00 one m1, 09:30 two m2, 10:00 two m1"},
    };
    for (const Row& row : rows) {
        for (const bool killed : {false, true}) {
            DYNAMIC_SECTION(static_cast<int>(row.concurrent) << (killed ? ", killed" : "")) {
                World world{funnel(row.concurrent), "2026-11-16 08:00"};
                world.member("m1");
                world.member("m2");
                world.event("e1", "opened", std::nullopt, "m1");
                world.run_until("2026-11-16 08:30");
                world.event("e2", "opened", std::nullopt, "m1");
                world.event("e3", "opened", std::nullopt, "m2");
                world.tick(0ms);
                if (killed) world.crash();
                world.run_until("2026-11-16 12:00");
                CHECK(told(world) == row.told);
            }
        }
    }
}

TEST_CASE("what the replaced run has not sent yet is cancelled", "[executor][concurrent]") {
    World world{funnel(lang::Concurrency::replace), "2026-11-16 08:00"};
    world.platform().in_flight_max = 0;
    world.member("m1");
    world.event("e1", "opened", std::nullopt, "m1");
    world.run_until("2026-11-16 08:01");
    CHECK(world.outcomes() == Outcomes{{"pending", 1}});
    world.event("e2", "opened", std::nullopt, "m1");
    world.run_until("2026-11-16 08:02");
    CHECK(world.outcomes() == Outcomes{{"cancelled: replaced", 1}, {"pending", 1}});
    world.platform().in_flight_max = 10;
    world.run_until("2026-11-16 12:00");
    CHECK(world.outcomes() == Outcomes{{"cancelled: replaced", 1}, {"sent", 2}});
}

TEST_CASE("a queue is bounded", "[executor][concurrent]") {
    World world{funnel(lang::Concurrency::queue), "2026-11-16 08:00"};
    world.member("m1");
    for (int i = 0; i < 150; ++i)
        world.event("e" + std::to_string(i), "opened", std::nullopt, "m1");
    world.run_until("2026-11-30 00:00");
    // One ran and a hundred waited.
    CHECK(world.outcomes() == Outcomes{{"sent", 202}});
}

TEST_CASE("what waits for a run of the calendar of an earlier version begins after it",
          "[executor][concurrent][version]") {
    Draft before;
    before.rule("welcome", daily({8h})).steps = {
        {"start", at_start(), {before.post("one")}},
        {"start + 2h", at_start(2h), {before.post("two")}}};
    Draft after;
    after.plan.events = {{"opened", {}}};
    lang::Rule& rule = after.rule("welcome", on_event("opened"));
    rule.steps = {{"start", at_start(), {after.post("three")}}};
    rule.guards.edit().concurrent = lang::Concurrency::queue;
    World world{before.plan, "2026-11-16 07:00"};
    world.group("g1");
    world.run_until("2026-11-16 09:00");
    world.deploy(after.plan);
    world.event("e1", "opened", "g1");
    world.run_until("2026-11-16 09:59");
    CHECK(world.delivered().size() == 1);
    world.run_until("2026-11-16 10:01");
    CHECK(world.delivered().size() == 3);
}

}  // namespace sop::runtime
