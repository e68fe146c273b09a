#include "runtime/scheduler/flow.h"

#include <catch2/catch.hpp>

#include <stdexcept>

#include "tests/support/sources.h"

namespace sop::runtime {

namespace {

// The steps of a rule with waits in branches, as they are counted.
const lang::Rule& course() {
    static const lang::Plan plan = tests::plan_of(R"(sop 1
tag reader
event opened { what: text }
event order {}
channel hook { kind webhook }
playbook course {
  timezone Asia/Shanghai
  for members tagged reader
  via hook
  funnel: on opened("a1") {
    send "1"
    wait for opened("a2") within 1 day {
      yes: send "2"
           wait for order within 1h { yes: send "3" }
      no: {
        after 1h: send "4"
        after 1h: send "5"
      }
    }
    send "6"
    if start.date == 2026-11-16 { send "7" } else { after 1h: send "8" }
    wait for order within 1h { yes: send "9" }
    next day at 09:00: send "10"
  }
}
)");
    return plan.playbooks[0].rules[0];
}

}  // namespace

TEST_CASE("steps are counted depth first and named by their labels", "[scheduler][flow]") {
    const std::vector<std::string> expected{
        "start",
        "start / yes",
        "start / yes / yes",
        "start / no / after 1h",
        "start / no / after 1h (2)",
        "start / if",
        "start / else / after 1h",
        "start / yes (2)",
        "next day at 09:00",
    };
    std::vector<std::string> paths;
    for (std::size_t step = 0; step < count_steps(course()); ++step)
        paths.push_back(step_path(course(), step));
    CHECK(paths == expected);
    CHECK_FALSE(has_step(course(), expected.size()));
    CHECK_THROWS_AS(step_at(course(), expected.size()), std::out_of_range);
}

TEST_CASE("a step knows what comes after it and where it stands", "[scheduler][flow]") {
    CHECK(place_of(course(), 0).next == 8);
    CHECK_FALSE(place_of(course(), 0).inside);
    CHECK_FALSE(place_of(course(), 1).next);
    CHECK(place_of(course(), 2).inside == Position{1, 1});
    CHECK(place_of(course(), 3).next == 4);
    CHECK(place_of(course(), 4).inside == Position{0, 1});
    // Nothing is sure behind a wait; behind a branch what is left of its step is.
    CHECK_FALSE(following_step(course(), {0, 0}));
    CHECK_FALSE(following_step(course(), {0, 4}));
    CHECK(following_step(course(), {0, 5}) == 8);
    CHECK(following_step(course(), {3, 0}) == 4);
    CHECK_FALSE(following_step(course(), {4, 0}));
    CHECK(following_step(course(), {7, 0}) == 8);
    CHECK_FALSE(following_step(course(), {8, 0}));
}

TEST_CASE("an answer is what comes at the very moment of an event", "[scheduler][flow]") {
    struct Row {
        Position position;
        bool is_answer;
    };
    const Row rows[] = {
        {{0, 0}, true},   // the event that starts the rule
        {{0, 2}, false},  // after a wait
        {{1, 0}, true},   // the event that answers it
        {{2, 0}, true},   // in a branch of a branch
        {{3, 0}, false},  // an hour later
        {{8, 0}, false},
    };
    for (const Row& row : rows) {
        INFO(row.position.step << ", " << row.position.action);
        CHECK(is_answer(course(), row.position) == row.is_answer);
    }
    CHECK(wait_after(course(), {0, 0}) != nullptr);
    CHECK(wait_after(course(), {0, 2}) == nullptr);
    CHECK(wait_after(course(), {8, 0}) == nullptr);
}

}  // namespace sop::runtime
