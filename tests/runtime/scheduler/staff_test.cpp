// What staff are asked and answer, and what a run does meanwhile.
#include "runtime/scheduler/staff.h"

#include <catch2/catch.hpp>

#include "runtime/scheduler/creation.h"
#include "runtime/scheduler/step.h"
#include "tests/support/sources.h"
#include "tests/support/world.h"

namespace sop::runtime {

using namespace sop::tests;

namespace {

const Instant eight = instant("2026-11-19 20:00");

lang::Plan plan_with(const std::string& steps) {
    return plan_of(R"(sop 1
tag member, seen
role owner
playbook p {
  timezone Asia/Shanghai
  for groups tagged member
  via log
  rule "The rule": every day at 20:00 for 2h {
)" + steps + "\n}\n}\n");
}

struct Decided {
    explicit Decided(const std::string& steps) : plan(plan_with(steps)) {}

    StepDecision operator()(Position position = {}, bool skips_paused = false) const {
        StepContext context = this->context();
        context.skips_paused = skips_paused;
        return decide_step(context, position, eight, 0, {subject});
    }
    StepContext context() const {
        StepContext context{plan, rule(), zone("Asia/Shanghai"), {eight, eight + 2h}};
        context.channel = "log";
        context.now = eight + 1min;
        return context;
    }
    const lang::Rule& rule() const { return plan.playbooks[0].rules[0]; }

    lang::Plan plan;
    Subject subject = Group{"g1", "One", "anna", {"member"}};
};

const char* const asks = R"(    start: task "Call {group.name}" to owner within 4h {
      done: { after 1h: post "done" }
      late: post "late"
    }
    end: post "end")";

}  // namespace

TEST_CASE("a task with branches is waited for until its time is over", "[scheduler][staff]") {
    const Decided decide(asks);
    const StepDecision decision = decide();
    REQUIRE(decision.effects.size() == 1);
    const auto& asked = std::get<AskedStaff>(decision.effects[0].what);
    CHECK(asked.text == "Call One");
    CHECK(asked.role == "owner");
    CHECK(asked.group == "g1");
    CHECK_FALSE(asked.is_approval);
    // From when the step was done.
    CHECK(asked.due_at == eight + 4h + 1min);
    CHECK(decision.next == AfterStep{WaitForEvent{{0, 0}, eight, eight + 4h + 1min}});

    const StepContext context = decide.context();
    CHECK(end_wait(context, {0, 0}, true, eight + 10min) ==
          AfterStep{GoOn{{1, 0}, eight + 1h + 1min}});
    CHECK(end_wait(context, {0, 0}, false, eight + 10min) ==
          AfterStep{GoOn{{2, 0}, eight + 10min}});
}

TEST_CASE("a task without branches is asked and left", "[scheduler][staff]") {
    const Decided decide(R"(start: task "Look" to owner within 1 day
           post "thanks")");
    const StepDecision decision = decide();
    REQUIRE(decision.effects.size() == 2);
    CHECK(std::get<AskedStaff>(decision.effects[0].what).due_at == instant("2026-11-20 20:01"));
    CHECK(std::get<SendText>(decision.effects[1].what).text == "thanks");
    CHECK(decision.next == AfterStep{RunOver{}});
}

TEST_CASE("an approval tells what is to be approved", "[scheduler][staff]") {
    const auto text = [](const std::string& steps) {
        return std::get<AskedStaff>(Decided(steps)().effects[0].what).text;
    };
    CHECK(text(R"(start: approve by owner within 1h { yes: post "Sale in {group.name}" })") ==
          "The rule: Sale in One");
    CHECK(text("start: approve by owner within 1h { yes: tag seen }") == "The rule");
}

TEST_CASE("while its rule is paused to skip, staff are not asked and have not answered",
          "[scheduler][staff]") {
    const StepDecision decision = Decided(asks)({}, true);
    REQUIRE(decision.effects.size() == 1);
    CHECK(std::get<Withhold>(decision.effects[0].what).reason == "paused");
    CHECK(decision.next == AfterStep{GoOn{{2, 0}, eight}});
}

TEST_CASE("staff are reminded at half the time", "[scheduler][staff]") {
    CHECK(reminder_at(eight, eight + 4h) == eight + 2h);
    CHECK(reminder_at(eight, eight + 1ms) == eight);
}

TEST_CASE("an answer is read as it was written, and nothing else is one", "[scheduler][staff]") {
    const TaskEnd end{TaskState::rejected, eight, "lily", "not today"};
    const Event event = task_answer(12, end);
    CHECK(event.id == "task:12");
    const auto read = read_task_answer(event);
    REQUIRE(read);
    CHECK(read->task == 12);
    CHECK(read->end.state == TaskState::rejected);
    CHECK(read->end.at == eight);
    CHECK(read->end.by == "lily");
    CHECK(read->end.note == "not today");
    CHECK_FALSE(read_task_answer(Event{.type = task_answer_event}));
    CHECK_FALSE(read_task_answer(
        Event{.type = task_answer_event, .fields = {{"task", "12x"}, {"as", "done"}}}));
    CHECK_FALSE(read_task_answer(
        Event{.type = task_answer_event, .fields = {{"task", "12"}, {"as", "late"}}}));
}

TEST_CASE("a run whose groups were to be created before is missed, others are not",
          "[scheduler][groups]") {
    const lang::Plan plan = plan_of(R"(sop 1
tag member
playbook p {
  timezone Asia/Shanghai
  for groups tagged member
  via log
  flash: every month on 18 at 20:00 {
    start - 4 days at 10:00: post "soon"
    start - 3 days at 10:00: create group "Flash {n}" from members tagged member
    start: post "go"
  }
}
)");
    const lang::Rule& rule = plan.playbooks[0].rules[0];
    CHECK(creates_groups(rule));
    struct Row {
        const char* now;
        std::optional<std::string> missed;
    };
    const Row rows[] = {
        {"2026-11-14 12:00", std::nullopt},
        {"2026-11-15 10:00", std::nullopt},
        {"2026-11-15 10:00:00.001", "2026-11-18 20:00"},
        {"2026-11-18 20:00", "2026-11-18 20:00"},
        {"2026-11-18 20:00:00.001", std::nullopt},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.now) {
            const Instant now = instant(row.now);
            const auto missed = missed_creation(rule, zone("Asia/Shanghai"), now - 1ms, now);
            CHECK((missed ? std::optional(local_text(*missed)) : std::nullopt) == row.missed);
        }
    }
    // What the version before has begun is its own.
    const Instant now = instant("2026-11-16 09:00");
    const Instant used =
        fired_through_at(rule, zone("Asia/Shanghai"), instant("2026-11-01 00:00"), now);
    CHECK(used == instant("2026-11-18 20:00"));
    CHECK_FALSE(missed_creation(rule, zone("Asia/Shanghai"), used, now));
}

}  // namespace sop::runtime
