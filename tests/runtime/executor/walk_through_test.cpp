#include "runtime/executor/walk_through.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "runtime/store/sqlite/sqlite_store.h"
#include "tests/support/world.h"

namespace sop::tests {
namespace {

using runtime::DeliveryState;
using runtime::DueDelivery;
using runtime::every_row;
using runtime::walk_through;

// Posts at three times a day, one of them put off by quiet hours; a series with a step an hour
// after what was done; a cap that not all of it fits in.
lang::Plan busy_plan() {
    Draft draft;
    lang::Rule& morning = draft.rule("morning", daily({8h, 12h, 23h}));
    morning.steps = {{"start", at_start(), {draft.post("Good day")}}};
    morning.guards.edit().quiet = lang::QuietHours{22h, 7h};
    lang::Rule& series = draft.rule("series", daily({9h}, 2h));
    series.steps = {{"start", at_start(), {draft.post("We begin")}},
                    {"after 1h", after(1h), {draft.post("Still on")}},
                    {"end", at_end(), {draft.post("We end")}}};
    series.guards.edit().limits = {{.count = 2}};
    return draft.plan;
}

std::vector<std::string> lines(World& world, DeliveryState state) {
    std::vector<std::string> result;
    for (const DueDelivery& due :
         world.store().list_deliveries({.state = state, .limit = every_row}))
        result.push_back(local_text(due.delivery.planned_for) + " " + due.rule + " " + due.subject);
    std::sort(result.begin(), result.end());
    return result;
}

}  // namespace

TEST_CASE("a copy makes unknown exactly what the original has sent meanwhile", "[walk_through]") {
    const auto copied_at = GENERATE("2026-11-18 09:30", "2026-11-18 11:00", "2026-11-19 23:30");
    const std::string now = "2026-11-20 11:30";
    World original(busy_plan(), "2026-11-18 07:30");
    World copy(busy_plan(), "2026-11-18 07:30");
    for (World* world : {&original, &copy}) {
        world->groups(3);
        world->run_until(copied_at);
    }
    const auto sent_before = lines(original, DeliveryState::sent);
    original.run_until(now);
    copy.sleep_until(now);

    walk_through(copy.store(), zones(), instant(now));
    const auto sent = lines(original, DeliveryState::sent);
    std::vector<std::string> meanwhile;
    std::set_difference(sent.begin(), sent.end(), sent_before.begin(), sent_before.end(),
                        std::back_inserter(meanwhile));
    REQUIRE_FALSE(meanwhile.empty());
    CHECK(lines(copy, DeliveryState::unknown) == meanwhile);
    CHECK(lines(copy, DeliveryState::skipped) == lines(original, DeliveryState::skipped));
    CHECK(lines(copy, DeliveryState::pending) == lines(original, DeliveryState::pending));

    // From here on it does what the original would have done.
    const std::size_t attempts = copy.platform().attempts.size();
    copy.crash();
    copy.run_until("2026-11-22 12:30");
    original.run_until("2026-11-22 12:30");
    const auto delivered = original.delivered();
    const auto taken = copy.delivered();
    const auto since = static_cast<std::ptrdiff_t>(sent.size());
    CHECK(std::vector(taken.begin() + static_cast<std::ptrdiff_t>(attempts), taken.end()) ==
          std::vector(delivered.begin() + since, delivered.end()));
    copy.check_accounts();
}

TEST_CASE(
    "what was waiting or under way when the copy was made becomes unknown, and walking again "
    "changes nothing",
    "[walk_through]") {
    Draft draft;
    draft.rule("daily", daily({20h})).steps = {{"start", at_start(), {draft.post("Hello")}}};
    World world(draft.plan, "2026-11-18 07:30");
    world.groups(5);
    world.platform().in_flight_max = 2;
    world.platform().answer = [](const runtime::Attempt&) {
        return Answer{.kind = Answer::Kind::never};
    };
    world.run_until("2026-11-18 20:00");
    REQUIRE(world.outcomes() == std::map<std::string, int>{{"attempting", 2}, {"pending", 3}});
    const Instant now = instant("2026-11-18 20:40");
    for (int times = 0; times < 2; ++times) {
        walk_through(world.store(), zones(), now);
        CHECK(world.outcomes() ==
              std::map<std::string, int>{
                  {"unknown: stopped while it was being sent", 2},
                  {"unknown: may have been sent from another copy of the store", 3}});
    }
}

TEST_CASE("a store that never had a plan has missed nothing", "[walk_through]") {
    const auto store = runtime::open_memory_store();
    walk_through(*store, zones(), instant("2026-11-19 07:30"));
    CHECK_FALSE(store->present_until());
}

}  // namespace sop::tests
