// What staff are asked: the task stands, is told, is reminded of, and its answer or the end of its
// time takes the run on, whatever happens to the executor.
#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "runtime/executor/executor.h"
#include "runtime/scheduler/staff.h"
#include "tests/support/sources.h"
#include "tests/support/world.h"

namespace sop::runtime {

using namespace sop::tests;
using Outcomes = std::map<std::string, int>;

namespace {

lang::Plan plan_with(const std::string& rules, const std::string& kind = "groups") {
    return plan_of(R"(sop 1
tag member, called, wanted
role owner, admin
event order { sku: text }
event leaving { }
channel hook { kind webhook }
channel shop { kind webhook }
playbook members {
  timezone Asia/Shanghai
  for )" + kind + R"( tagged member
  via hook
  )" + rules + "\n}\n");
}

lang::Plan handover() {
    return plan_with(R"(handover: on order exit on leaving as "left" {
    task "Call {group.name}" to owner within 4h {
      done: tag called
            post "they were called"
      late: task "Overdue: {group.name}" to admin within 1h
            post "nobody called"
    }
    after 1h: post "end"
  })");
}

lang::Plan approval() {
    return plan_with(R"(sale "The sale": on order {
    approve by owner within 2h {
      yes: post "the sale is on"
      no: post "no sale"
    }
  })");
}

// "1 owner late: Call Group g1" for each task.
std::vector<std::string> tasks_of(World& world) {
    std::vector<std::string> tasks;
    for (const Task& task : world.store().list_tasks({})) {
        std::string text =
            fmt::format("{} {} {}: {}", task.id, task.role, to_text(task.state), task.text);
        if (!task.by.empty() || !task.note.empty())
            text += fmt::format(" ({}, {})", task.by, task.note);
        tasks.push_back(std::move(text));
    }
    return tasks;
}

// "10:00 task Call Group g1 to owner-g1": what the platform got, each kind of it.
std::vector<std::string> told(World& world) {
    const Platform& platform = world.platform();
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < platform.attempts.size(); ++i) {
        const Attempt& attempt = platform.attempts[i];
        std::string line = local_text(platform.attempted_at[i]).substr(11) + " ";
        line += attempt.command ? attempt.command->verb : "post";
        line += " " + attempt.text;
        if (attempt.command && !attempt.command->members.empty())
            line += fmt::format(" to {}", fmt::join(attempt.command->members, ", "));
        lines.push_back(std::move(line));
    }
    return lines;
}

void answer(World& world, TaskId task, TaskState as = TaskState::done, const std::string& by = {},
            const std::string& note = {}) {
    world.store().add_event(task_answer(task, {as, world.clock().now(), by, note}));
}

void walk(World& world, const std::string& until, bool killed) {
    if (!killed) return world.run_until(until);
    while (world.clock().now() < instant(until)) {
        const auto due = world.executor().next_due();
        const Instant next = due ? std::min(*due, instant(until)) : instant(until);
        world.sleep_until(local_text(std::max(next, world.clock().now())));
        world.crash();
        if (world.turn()) world.crash();
        while (world.turn()) {
        }
    }
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("a task that is done takes its branch at once, and the run goes on", "[executor][task]") {
    for (const bool killed : {false, true}) {
        DYNAMIC_SECTION((killed ? "killed at each round" : "undisturbed")) {
            World world{handover(), "2026-11-16 10:00"};
            world.group("g1");
            world.event("o1", "order", "g1", std::nullopt, {{"sku", "x"}});
            walk(world, "2026-11-16 10:30", killed);
            CHECK(tasks_of(world) == Lines{"1 owner open: Call Group g1"});
            answer(world, 1, TaskState::done, "lily", "she comes");
            walk(world, "2026-11-17 00:00", killed);
            CHECK(tasks_of(world) == Lines{"1 owner done: Call Group g1 (lily, she comes)"});
            CHECK(told(world) == Lines{"10:00 task Call Group g1 to owner-g1",
                                       "10:30 post they were called", "11:30 post end"});
            CHECK(world.store().find_group("g1")->tags == Lines{"called", "member"});
            CHECK(world.store().open_runs_of("g1").empty());
            world.check_accounts();
        }
    }
}

TEST_CASE("staff are reminded at half the time; a task that is late takes its branch at the end",
          "[executor][task]") {
    for (const bool killed : {false, true}) {
        DYNAMIC_SECTION((killed ? "killed at each round" : "undisturbed")) {
            World world{handover(), "2026-11-16 10:00"};
            world.group("g1");
            world.event("o1", "order", "g1", std::nullopt, {{"sku", "x"}});
            walk(world, "2026-11-17 00:00", killed);
            // The escalation has nobody to go to, and stands in the list.
            CHECK(tasks_of(world) ==
                  Lines{"1 owner late: Call Group g1", "2 admin open: Overdue: Group g1"});
            CHECK(told(world) == Lines{"10:00 task Call Group g1 to owner-g1",
                                       "12:00 remind Call Group g1 to owner-g1",
                                       "14:00 post nobody called", "15:00 post end"});
            // What was under way when it was killed nobody knows.
            if (!killed)
                CHECK(world.outcomes() == Outcomes{{"sent", 4}, {"refused: no holder", 2}});
            world.check_accounts();
        }
    }
}

TEST_CASE("an answer at the very end of a task's time comes too late", "[executor][task]") {
    for (const auto& [at, state] :
         {std::pair{"2026-11-16 13:59:59.999", "done"}, std::pair{"2026-11-16 14:00", "late"}}) {
        for (const bool away : {false, true}) {
            DYNAMIC_SECTION(at << (away ? ", while the executor is away" : "")) {
                World world{handover(), "2026-11-16 10:00"};
                world.group("g1");
                world.event("o1", "order", "g1", std::nullopt, {{"sku", "x"}});
                world.run_until("2026-11-16 10:01");
                if (away) {
                    world.sleep_until(at);
                } else {
                    world.run_until(at);
                }
                answer(world, 1);
                world.run_until("2026-11-16 16:00");
                CHECK(world.store().find_group("g1")->tags ==
                      (std::string(state) == "done" ? Lines{"called", "member"} : Lines{"member"}));
                // What is done late is known as done; the run went on without it.
                CHECK(tasks_of(world)[0] == "1 owner done: Call Group g1");
            }
        }
    }
}

TEST_CASE("an approval goes on with yes or no, and with no when nobody answers",
          "[executor][task]") {
    struct Row {
        std::optional<TaskState> answer;
        const char* task;
        const char* post;
    };
    const Row rows[] = {
        {TaskState::done, "1 owner done: The sale: the sale is on", "10:10 post the sale is on"},
        {TaskState::rejected, "1 owner rejected: The sale: the sale is on", "10:10 post no sale"},
        {std::nullopt, "1 owner late: The sale: the sale is on", "12:00 post no sale"},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.task) {
            World world{approval(), "2026-11-16 10:00"};
            world.group("g1");
            world.event("o1", "order", "g1", std::nullopt, {{"sku", "x"}});
            world.run_until("2026-11-16 10:10");
            if (row.answer) answer(world, 1, *row.answer);
            world.run_until("2026-11-17 00:00");
            CHECK(tasks_of(world) == Lines{row.task});
            CHECK(told(world).front() == "10:00 approve The sale: the sale is on to owner-g1");
            CHECK(told(world).back() == row.post);
            CHECK(world.store().open_runs_of("g1").empty());
        }
    }
}

TEST_CASE("a task that is rejected is as one that is late", "[executor][task]") {
    World world{handover(), "2026-11-16 10:00"};
    world.group("g1");
    world.event("o1", "order", "g1", std::nullopt, {{"sku", "x"}});
    world.run_until("2026-11-16 10:30");
    answer(world, 1, TaskState::rejected);
    world.run_until("2026-11-16 10:31");
    CHECK(tasks_of(world) ==
          Lines{"1 owner rejected: Call Group g1", "2 admin open: Overdue: Group g1"});
    CHECK(told(world).back() == "10:30 post nobody called");
}

TEST_CASE("a task without branches does not hold its run", "[executor][task]") {
    World world{plan_with(R"(hello: on order {
    task "Look at {event.sku}" to owner within 1h
    post "thanks"
  })"),
                "2026-11-16 10:00"};
    world.group("g1");
    world.event("o1", "order", "g1", std::nullopt, {{"sku", "x"}});
    world.run_until("2026-11-16 12:00");
    CHECK(told(world) == Lines{"10:00 task Look at x to owner-g1", "10:00 post thanks",
                               "10:30 remind Look at x to owner-g1"});
    CHECK(world.store().open_runs_of("g1").empty());
    CHECK(tasks_of(world) == Lines{"1 owner open: Look at x"});
    answer(world, 1);
    world.run_until("2026-11-16 12:01");
    CHECK(tasks_of(world) == Lines{"1 owner done: Look at x"});
}

TEST_CASE("the tasks of a run that ends early are cancelled", "[executor][task]") {
    SECTION("it exits") {
        World world{handover(), "2026-11-16 10:00"};
        world.group("g1");
        world.event("o1", "order", "g1", std::nullopt, {{"sku", "x"}});
        world.run_until("2026-11-16 10:30");
        world.event("l1", "leaving", "g1");
        world.run_until("2026-11-16 20:00");
        CHECK(tasks_of(world) == Lines{"1 owner cancelled: Call Group g1 (, left)"});
        CHECK(told(world) == Lines{"10:00 task Call Group g1 to owner-g1"});
        answer(world, 1);
        world.run_until("2026-11-16 20:01");
        CHECK(tasks_of(world) == Lines{"1 owner cancelled: Call Group g1 (, left)"});
        CHECK(world.troubles() == Lines{"event task:1: there is no such task that is open"});
    }
    SECTION("it stops") {
        World world{plan_with(R"(hello: on order {
    task "Look" to owner within 1h
    stop "enough"
  })"),
                    "2026-11-16 10:00"};
        world.group("g1");
        world.event("o1", "order", "g1", std::nullopt, {{"sku", "x"}});
        world.run_until("2026-11-16 12:00");
        CHECK(tasks_of(world) == Lines{"1 owner cancelled: Look (, enough)"});
    }
    SECTION("it is replaced") {
        World world{plan_with(R"(hello: on order concurrent replace {
    task "Look at {event.sku}" to owner within 1h { done: post "thanks" }
  })"),
                    "2026-11-16 10:00"};
        world.group("g1");
        world.event("o1", "order", "g1", std::nullopt, {{"sku", "x"}});
        world.run_until("2026-11-16 10:10");
        world.event("o2", "order", "g1", std::nullopt, {{"sku", "y"}});
        world.run_until("2026-11-16 10:20");
        CHECK(tasks_of(world) ==
              Lines{"1 owner cancelled: Look at x (, replaced)", "2 owner open: Look at y"});
    }
}

TEST_CASE("a pause holds what follows an answer, and a stop has the same result",
          "[executor][task]") {
    Lines results[2];
    for (const bool paused : {false, true}) {
        World world{handover(), "2026-11-16 10:00"};
        world.group("g1");
        world.event("o1", "order", "g1", std::nullopt, {{"sku", "x"}});
        world.run_until("2026-11-16 10:10");
        if (paused) {
            world.store().put_pause({"members", "", PauseMode::hold, world.clock().now(), {}});
            world.run_until("2026-11-16 10:29");
        } else {
            world.sleep_until("2026-11-16 10:29");
        }
        answer(world, 1);
        if (paused) {
            world.run_until("2026-11-16 10:30");
            Pause pause = world.store().list_pauses().at(0);
            CHECK(told(world).size() == 1);
            pause.resumed_at = world.clock().now();
            world.store().put_pause(pause);
        } else {
            world.sleep_until("2026-11-16 10:30");
        }
        world.run_until("2026-11-16 20:00");
        results[paused ? 1 : 0] = told(world);
        CHECK(tasks_of(world) == Lines{"1 owner done: Call Group g1"});
    }
    CHECK(results[0] == results[1]);
    CHECK(results[0].at(1) == "10:30 post they were called");
}

TEST_CASE("a pause holds reminders, and a stop has the same result", "[executor][task]") {
    // Before the task's time is over, and after it.
    const std::string until = GENERATE("2026-11-16 13:00", "2026-11-16 15:00");
    CAPTURE(until);
    Lines results[2];
    for (const bool paused : {false, true}) {
        World world{handover(), "2026-11-16 10:00"};
        world.group("g1");
        world.event("o1", "order", "g1", std::nullopt, {{"sku", "x"}});
        world.run_until("2026-11-16 10:10");
        if (paused) {
            world.store().put_pause({"members", "", PauseMode::hold, world.clock().now(), {}});
            world.run_until(until);
            CHECK(world.outcomes() == Outcomes{{"sent", 1}});
            Pause pause = world.store().list_pauses().at(0);
            pause.resumed_at = world.clock().now();
            world.store().put_pause(pause);
        } else {
            world.sleep_until(until);
        }
        world.run_until("2026-11-16 20:00");
        results[paused ? 1 : 0] = told(world);
    }
    CHECK(results[0] == results[1]);
    const bool in_time = until == "2026-11-16 13:00";
    CHECK(results[0].at(1) ==
          (in_time ? "13:00 remind Call Group g1 to owner-g1" : "16:00 post end"));
}

TEST_CASE("a rule's own pause goes before its playbook's also for reminders", "[executor][task]") {
    World world{handover(), "2026-11-16 10:00"};
    world.group("g1");
    world.event("o1", "order", "g1", std::nullopt, {{"sku", "x"}});
    world.run_until("2026-11-16 10:10");
    world.store().put_pause({"members", "", PauseMode::hold, world.clock().now(), {}});
    world.store().put_pause({"members", "handover", PauseMode::skip, world.clock().now(), {}});
    world.run_until("2026-11-16 13:00");
    CHECK(world.outcomes() == Outcomes{{"sent", 1}, {"skipped: paused", 1}});
}

TEST_CASE("while a rule is paused to skip, staff are not asked", "[executor][task]") {
    World world{handover(), "2026-11-16 10:00"};
    world.group("g1");
    world.store().put_pause({"members", "", PauseMode::skip, world.clock().now(), {}});
    world.run_until("2026-11-16 10:01");
    world.event("o1", "order", "g1", std::nullopt, {{"sku", "x"}});
    world.run_until("2026-11-16 20:00");
    CHECK(tasks_of(world).empty());
    world.check_accounts();
}

TEST_CASE("a run that waits for staff is moved to another version with its task",
          "[executor][task][version]") {
    World world{handover(), "2026-11-16 10:00"};
    world.group("g1");
    world.event("o1", "order", "g1", std::nullopt, {{"sku", "x"}});
    world.run_until("2026-11-16 10:10");
    world.deploy(plan_with(R"(handover: on order {
    tag wanted
    task "Call {group.name} soon" to owner within 4h {
      done: post "called by the new rule"
    }
  })"));
    const auto answered = world.carry_out({.kind = VersionRequestKind::migrate});
    CHECK(answered.moved == 1);
    answer(world, 1);
    world.run_until("2026-11-16 20:00");
    CHECK(tasks_of(world) == Lines{"1 owner done: Call Group g1"});
    CHECK(told(world).back() == "10:10 post called by the new rule");
}

TEST_CASE("a task for staff is never too late to be asked, and waits for its channel",
          "[executor][task]") {
    World world{handover(), "2026-11-16 10:00"};
    world.group("g1");
    world.event("o1", "order", "g1", std::nullopt, {{"sku", "x"}});
    world.sleep_until("2026-11-16 18:00");
    world.platform().in_flight_max = 0;
    world.run_until("2026-11-16 21:30");
    world.platform().in_flight_max = 100;
    world.crash();
    world.run_until("2026-11-16 21:31");
    // Its time counts from when the step was done.
    CHECK(tasks_of(world) == Lines{"1 owner open: Call Group g1"});
    CHECK(told(world).front() == "21:30 task Call Group g1 to owner-g1");
}

TEST_CASE("a rule for members asks the staff of the event's group, else of the member's",
          "[executor][task]") {
    World world{
        plan_with(R"(hello: on order { task "Call {member.name}" to owner within 1h })", "members"),
        "2026-11-16 10:00"};
    world.group("g1");
    world.group("g2");
    world.member("m1", {"member"}, {"g1"});
    world.event("o1", "order", std::nullopt, "m1", {{"sku", "x"}});
    world.event("o2", "order", "g2", "m1", {{"sku", "x"}});
    world.run_until("2026-11-16 10:01");
    CHECK(told(world) ==
          Lines{"10:00 task Call Member m1 to owner-g1", "10:00 task Call Member m1 to owner-g2"});
    CHECK(world.store().list_tasks({.group = "g2"}).size() == 1);
    CHECK(world.store().list_tasks({.role = "admin"}).empty());
}

TEST_CASE("a call goes to its channel with its fields, and its outcome is recorded",
          "[executor][call]") {
    World world{plan_with(R"(hello: on order { call shop { who: group.id, what: event.sku } })"),
                "2026-11-16 10:00"};
    world.configure_channel("shop");
    world.crash();
    world.group("g1");
    world.event("o1", "order", "g1", std::nullopt, {{"sku", "x"}});
    world.run_until("2026-11-16 10:01");
    REQUIRE(world.platform().attempts.size() == 1);
    const auto& command = world.platform().attempts[0].command;
    REQUIRE(command);
    CHECK(*command == Command{"call", {{"who", "g1"}, {"what", "x"}}, {}});
    CHECK(world.outcomes() == Outcomes{{"sent", 1}});
}

TEST_CASE("a call whose channel is not set up has failed", "[executor][call]") {
    World world{plan_with(R"(hello: on order { call shop { who: group.id } })"),
                "2026-11-16 10:00"};
    world.group("g1");
    world.event("o1", "order", "g1", std::nullopt, {{"sku", "x"}});
    world.run_until("2026-11-16 10:01");
    CHECK(world.outcomes() == Outcomes{{"failed: channel `shop` is not set up", 1}});
}

}  // namespace sop::runtime
