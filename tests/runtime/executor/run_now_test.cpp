// A rule of the calendar that people have fire at a time of their own.
#include <catch2/catch.hpp>

#include "runtime/executor/executor.h"
#include "runtime/scheduler/event_match.h"
#include "tests/support/world.h"

namespace sop::runtime {

using namespace sop::tests;
using Outcomes = std::map<std::string, int>;

namespace {

lang::Plan sale() {
    Draft draft;
    draft.rule("sale", daily({20h}, 2h)).steps = {
        {"start - 10m", at_start(-10min), {draft.post("soon")}},
        {"start",
         at_start(),
         {draft.post({{"until ",
                       field(lang::FieldReference::Owner::end, "time", lang::ValueType::time)}})}},
        {"end", at_end(), {draft.post("closed")}}};
    draft.plan.events = {{"opened", {}}};
    draft.rule("hello", on_event("opened")).steps = {{"start", at_start(), {draft.post("hello")}}};
    return draft.plan;
}

void run_now(World& world, const std::string& id, const std::string& rule,
             std::optional<std::string> group = std::nullopt) {
    world.event(id, run_now_event, std::move(group), std::nullopt, {{run_now_rule, rule}});
}

std::string told(const World& world) {
    std::string result;
    for (const Delivered& each : world.delivered()) {
        if (!result.empty()) result += ", ";
        result += each.at.substr(11) + " " + each.text + " " + each.target;
    }
    return result;
}

}  // namespace

TEST_CASE("a rule fires once more when it is asked for, besides its own times",
          "[executor][run_now]") {
    for (const bool killed : {false, true}) {
        DYNAMIC_SECTION((killed ? "killed" : "undisturbed")) {
            World world(sale(), "2026-11-16 07:00");
            world.groups(2);
            world.run_until("2026-11-16 08:00");
            run_now(world, "r1", "members.sale");
            world.tick(0ms);
            if (killed) world.crash();
            world.run_until("2026-11-16 12:00");
            run_now(world, "r1", "members.sale");
            world.run_until("2026-11-16 12:30");
            CHECK(told(world) ==
                  "08:00 until 10:00 g0001, 08:00 until 10:00 g0002, 10:00 closed g0001, 10:00 "
                  "closed g0002");
            // What lies before the moment is late by then.
            CHECK(world.outcomes() == Outcomes{{"sent", 4}, {"skipped: late", 2}});
            world.run_until("2026-11-16 23:00");
            CHECK(world.outcomes() == Outcomes{{"sent", 10}, {"skipped: late", 2}});
            world.check_accounts();
        }
    }
}

TEST_CASE("it may be for one group alone, if the rule is for it", "[executor][run_now]") {
    World world(sale(), "2026-11-16 08:00");
    world.groups(3);
    world.group("other", {});
    run_now(world, "r1", "members.sale", "g0002");
    run_now(world, "r2", "members.sale", "other");
    world.run_until("2026-11-16 12:00");
    CHECK(told(world) == "08:00 until 10:00 g0002, 10:00 closed g0002");
}

TEST_CASE("asked for while nobody was there, it is too late or not like any message",
          "[executor][run_now]") {
    for (const char* back : {"2026-11-16 08:04", "2026-11-16 08:06"}) {
        World world(sale(), "2026-11-16 08:00");
        world.group("g1");
        run_now(world, "r1", "members.sale");
        world.sleep_until(back);
        world.run_until("2026-11-16 09:00");
        CHECK(world.delivered().size() == (std::string(back) == "2026-11-16 08:04" ? 1 : 0));
    }
}

TEST_CASE("a rule that is not there is reported; one on an event is for those who are named",
          "[executor][run_now]") {
    World world(sale(), "2026-11-16 08:00");
    world.group("g1");
    run_now(world, "r1", "members.nothing");
    run_now(world, "r2", "members.hello");
    world.run_until("2026-11-16 09:00");
    CHECK(world.delivered().empty());
    CHECK(world.troubles() ==
          std::vector<std::string>{"event r1: the plan in force has no such rule that can begin"});
}

}  // namespace sop::runtime
