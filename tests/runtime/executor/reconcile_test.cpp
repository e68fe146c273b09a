// Channels whose platforms are asked what became of messages of which nobody can tell whether they
// were taken.
#include <catch2/catch.hpp>

#include <set>
#include <stdexcept>

#include "runtime/executor/executor.h"
#include "runtime/scheduler/retry.h"
#include "tests/support/sources.h"
#include "tests/support/world.h"

namespace sop::runtime {

using namespace sop::tests;
using Outcomes = std::map<std::string, int>;

namespace {

constexpr const char* said_taken = "sent: taken, says the platform";

lang::Plan posts(std::vector<std::chrono::seconds> times = {8h}) {
    Draft draft;
    draft.rule("post", daily(std::move(times))).steps = {
        {"start", at_start(), {draft.post("Hello")}}};
    return draft.plan;
}

// A member is told "one" when it opens, "two" an hour later, and nothing any more once it left.
lang::Plan letters() {
    return plan_of(R"(sop 1
tag member
event opened {}
event left {}
channel hook { kind webhook }
playbook members {
  timezone Asia/Shanghai
  for members tagged member
  via hook
  letter: on opened exit on left as "left" {
    send "one"
    after 1h: send "two"
  }
})");
}

WorldOptions reconciling() {
    return {.unknown = UnknownPolicy::reconcile};
}

// The first attempt at each message gets no answer, whether or not it was taken; later ones do.
void answer_later_ones(World& world, bool first_is_taken) {
    world.platform().answer = [first_is_taken](const Attempt& attempt) {
        if (attempt.number > 1) return Answer{};
        return Answer{.kind = Answer::Kind::unknown, .reason = "?", .taken = first_is_taken};
    };
}

// The same for a process that will be killed before any answer.
void leave_under_way(World& world, bool is_taken) {
    world.platform().answer = [is_taken](const Attempt&) {
        return Answer{.kind = Answer::Kind::never, .taken = is_taken};
    };
}

void ask_in_vain(World& world) {
    world.platform().ask_answer = [](const Attempt&) {
        return AskAnswer{AskAnswer::Kind::not_known, "HTTP 500"};
    };
}

void ask_for_truth(World& world) {
    world.platform().ask_answer = [](const Attempt&) { return AskAnswer{}; };
}

std::set<std::string> keys(const Platform& platform) {
    std::set<std::string> found;
    for (const Attempt& attempt : platform.attempts) found.insert(attempt.key);
    return found;
}

}  // namespace

TEST_CASE("what was not taken waits for its time when the clock was set back meanwhile",
          "[executor][reconcile][clock]") {
    World world{posts(), "2026-11-16 07:00", reconciling()};
    world.group("g1");
    leave_under_way(world, false);
    world.run_until("2026-11-16 08:00");
    world.crash_until("2026-11-15 09:00");
    world.platform().answer = [](const Attempt&) { return Answer{}; };
    world.run_until("2026-11-16 07:59");
    CHECK(world.platform().attempts.size() == 1);
    world.run_until("2026-11-16 08:00");
    CHECK(world.platform().attempts.size() == 2);
    CHECK(world.outcomes() == Outcomes{{"sent", 1}});
}

TEST_CASE("the platform is asked about what it may have taken", "[executor][reconcile]") {
    SECTION("it was taken") {
        World world{posts(), "2026-11-16 07:00", reconciling()};
        world.groups(3);
        answer_later_ones(world, true);
        world.run_until("2026-11-16 08:00");
        CHECK(world.outcomes() == Outcomes{{"pending: ?", 3}});
        CHECK(world.platform().questions.empty());
        world.run_until("2026-11-16 09:00");
        CHECK(world.outcomes() == Outcomes{{said_taken, 3}});
        CHECK(world.platform().attempts.size() == 3);
        CHECK(world.platform().questions.size() == 3);
    }
    SECTION("it was not") {
        World world{posts(), "2026-11-16 07:00", reconciling()};
        world.groups(3);
        answer_later_ones(world, false);
        world.run_until("2026-11-16 08:00:05");
        CHECK(world.outcomes() == Outcomes{{"sent", 3}});
        CHECK(world.delivered().size() == 3);
        CHECK(world.platform().attempts.size() == 6);
        CHECK(keys(world.platform()).size() == 3);
    }
    SECTION("it never is") {
        World world{posts(), "2026-11-16 07:00", reconciling()};
        world.group("g1");
        world.platform().answer = [](const Attempt&) {
            return Answer{.kind = Answer::Kind::unknown, .reason = "?", .taken = false};
        };
        world.run_until("2026-11-16 09:00");
        CHECK(world.outcomes() == Outcomes{{"failed: not taken, says the platform", 1}});
        CHECK(world.platform().attempts.size() == attempts_max);
    }
}

TEST_CASE("a question says which message it is about", "[executor][reconcile]") {
    World world{posts(), "2026-11-16 07:00", reconciling()};
    world.group("g1");
    answer_later_ones(world, true);
    world.run_until("2026-11-16 09:00");
    const Attempt& attempt = world.platform().attempts.at(0);
    const Attempt& question = world.platform().questions.at(0);
    CHECK(question.delivery == attempt.delivery);
    CHECK(question.key == attempt.key);
    CHECK(question.target == attempt.target);
    CHECK(question.text == attempt.text);
    CHECK(question.number == attempt.number);
}

TEST_CASE("a platform that cannot tell is asked for a day, more and more seldom",
          "[executor][reconcile]") {
    World world{posts(), "2026-11-16 07:00", reconciling()};
    world.group("g1");
    answer_later_ones(world, true);
    ask_in_vain(world);
    world.run_until("2026-11-17 07:59");
    CHECK(world.outcomes() == Outcomes{{"pending: asked whether it was taken: HTTP 500", 1}});
    // The next day's post comes to the same.
    world.platform().answer = [](const Attempt&) { return Answer{}; };
    world.run_until("2026-11-17 12:00");
    CHECK(world.outcomes() ==
          Outcomes{{"unknown: asked 60 times whether it was taken: HTTP 500", 1}, {"sent", 1}});
    const auto& asked_at = world.platform().asked_at;
    REQUIRE(asked_at.size() == asks_max);
    CHECK(asked_at.front() - world.platform().attempted_at.front() < 2s);
    for (std::size_t i = 1; i < asked_at.size(); ++i) {
        CHECK(asked_at[i] - asked_at[i - 1] >= 1s);
        CHECK(asked_at[i] - asked_at[i - 1] <= ask_delay_max + ask_delay_max / 4);
    }
    CHECK(asked_at.back() - asked_at.front() > 22h);
    CHECK(asked_at.back() - asked_at.front() < 28h);
}

TEST_CASE("a platform that asks to wait is not asked before", "[executor][reconcile]") {
    World world{posts(), "2026-11-16 07:00", reconciling()};
    world.group("g1");
    answer_later_ones(world, true);
    world.platform().ask_answer = [](const Attempt&) {
        return AskAnswer{.kind = AskAnswer::Kind::not_known, .reason = "busy", .retry_after = 5min};
    };
    world.run_until("2026-11-16 08:04");
    ask_for_truth(world);
    world.run_until("2026-11-16 08:30");
    CHECK(world.outcomes() == Outcomes{{said_taken, 1}});
    const auto& asked_at = world.platform().asked_at;
    REQUIRE(asked_at.size() == 2);
    CHECK(asked_at[1] - asked_at[0] == 5min);
}

TEST_CASE("a platform that gives no answer holds up no message", "[executor][reconcile]") {
    World world{posts({8h, 9h}), "2026-11-16 07:00", reconciling()};
    world.groups(50);
    world.platform().in_flight_max = 1;
    world.platform().questions_max = 2;
    world.platform().ask_answer = [](const Attempt&) {
        return AskAnswer{.kind = AskAnswer::Kind::never};
    };
    world.platform().answer = [](const Attempt& attempt) {
        const bool is_lost = attempt.target <= "g0010";
        return Answer{.kind = is_lost ? Answer::Kind::unknown : Answer::Kind::sent, .delay = 10ms};
    };
    world.run_until("2026-11-16 09:00:01");
    CHECK(world.outcomes() == Outcomes{{"sent", 80}, {"pending", 20}});
    CHECK(world.platform().questions.size() == 2);
    CHECK_FALSE(world.executor().next_due() <= world.clock().now());
}

TEST_CASE("what was under way at a kill is asked about, however often it is killed",
          "[executor][reconcile]") {
    const bool is_taken = GENERATE(true, false);
    CAPTURE(is_taken);
    World world{posts(), "2026-11-16 07:00", reconciling()};
    world.groups(10);
    world.platform().in_flight_max = 4;
    leave_under_way(world, is_taken);
    world.run_until("2026-11-16 08:00:01");
    REQUIRE(world.platform().attempts.size() == 4);
    world.platform().answer = [](const Attempt&) { return Answer{}; };
    // Each start asks the same questions, and the process dies before it has an answer.
    world.platform().ask_answer = [](const Attempt&) {
        return AskAnswer{.kind = AskAnswer::Kind::never};
    };
    for (int kills = 0; kills < 5; ++kills) {
        world.crash();
        world.tick(2s);
        CHECK(world.outcomes() ==
              Outcomes{{"sent", 6}, {"pending: stopped while it was being sent", 4}});
        CHECK(world.platform().questions.size() == static_cast<std::size_t>(4 * (kills + 1)));
    }
    ask_for_truth(world);
    world.crash();
    world.run_until("2026-11-16 08:01");
    CHECK(world.outcomes() ==
          (is_taken ? Outcomes{{"sent", 6}, {said_taken, 4}} : Outcomes{{"sent", 10}}));
    CHECK(world.delivered().size() == 10);
    CHECK(keys(world.platform()).size() == 10);
}

TEST_CASE("what is under way at a clean stop is asked about by the next start",
          "[executor][reconcile]") {
    World world{posts(), "2026-11-16 07:00", reconciling()};
    world.groups(3);
    leave_under_way(world, false);
    world.run_until("2026-11-16 08:00:01");
    world.executor().drain(world.clock().now());
    CHECK(world.outcomes() == Outcomes{{"pending: stopped while waiting for the answer", 3}});
    world.platform().answer = [](const Attempt&) { return Answer{}; };
    world.crash();
    world.run_until("2026-11-16 08:01");
    CHECK(world.outcomes() == Outcomes{{"sent", 3}});
    CHECK(world.delivered().size() == 3);
}

TEST_CASE("what was not taken and is too late by then is not sent any more",
          "[executor][reconcile][late]") {
    struct Row {
        const char* what;
        bool is_taken;
        Outcomes outcomes;
    };
    const Row rows[] = {
        {"taken", true, {{said_taken, 1}, {"skipped: late", 2}}},
        {"not taken",
         false,
         {{"failed: stopped while it was being sent", 1}, {"skipped: late", 2}}},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.what) {
            World world{posts(), "2026-11-16 07:00", reconciling()};
            world.groups(3);
            world.platform().in_flight_max = 1;
            leave_under_way(world, row.is_taken);
            world.run_until("2026-11-16 08:00:01");
            ask_in_vain(world);
            world.crash_until("2026-11-16 09:00");
            world.run_until("2026-11-16 09:00:02");
            // The next start was away for a moment only, and the message stays too late.
            ask_for_truth(world);
            world.crash();
            world.run_until("2026-11-16 09:30");
            CHECK(world.outcomes() == row.outcomes);
            CHECK(world.platform().attempts.size() == 1);
        }
    }
}

TEST_CASE("what was not taken is not sent when it waited too long for the answer",
          "[executor][reconcile][late]") {
    World world{posts(), "2026-11-16 07:00", reconciling()};
    world.group("g1");
    answer_later_ones(world, false);
    ask_in_vain(world);
    world.run_until("2026-11-16 10:00");
    ask_for_truth(world);
    world.run_until("2026-11-16 11:00");
    CHECK(world.outcomes() == Outcomes{{"failed: not taken, says the platform", 1}});
    CHECK(world.platform().attempts.size() == 1);
}

TEST_CASE("who leaves while the platform is asked gets nothing any more",
          "[executor][reconcile][flow]") {
    struct Row {
        const char* what;
        bool is_taken;
        bool is_answered;
        bool is_killed;
        Outcomes outcomes;
    };
    const Row rows[] = {
        {"taken", true, true, false, {{said_taken, 1}}},
        {"not taken", false, true, false, {{"exited: left", 1}}},
        {"not taken, and killed", false, true, true, {{"exited: left", 1}}},
        {"nobody knows",
         true,
         false,
         false,
         {{"unknown: asked 60 times whether it was taken: HTTP 500", 1}}},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.what) {
            World world{letters(), "2026-11-16 08:00", reconciling()};
            world.member("m1");
            answer_later_ones(world, row.is_taken);
            ask_in_vain(world);
            world.event("o1", "opened", std::nullopt, "m1");
            world.run_until("2026-11-16 08:10");
            world.event("l1", "left", std::nullopt, "m1");
            world.run_until("2026-11-16 08:11");
            CHECK(world.outcomes() == Outcomes{{"pending: left", 1}});
            if (row.is_killed) world.crash();
            if (row.is_answered) ask_for_truth(world);
            world.run_until("2026-11-18 08:00");
            CHECK(world.outcomes() == row.outcomes);
            CHECK(world.platform().attempts.size() == 1);
        }
    }
}

TEST_CASE("who leaves while a message is under way gets no other try of it",
          "[executor][reconcile][flow]") {
    struct Row {
        const char* what;
        UnknownPolicy unknown;
        Answer answer;
        Outcomes outcomes;
    };
    using Kind = Answer::Kind;
    const Answer busy{.kind = Kind::retry, .reason = "busy", .delay = 5min};
    const Answer lost{.kind = Kind::unknown, .reason = "?", .delay = 5min, .taken = false};
    const Answer never{.kind = Kind::never};
    const Row rows[] = {
        {"refused", UnknownPolicy::hold, busy, {{"exited: left", 1}}},
        {"taken", UnknownPolicy::hold, {.delay = 5min}, {{"sent", 1}}},
        {"no answer, asked", UnknownPolicy::reconcile, lost, {{"exited: left", 1}}},
        {"no answer, sent again", UnknownPolicy::resend, lost, {{"unknown: ?", 1}}},
        {"killed, held",
         UnknownPolicy::hold,
         never,
         {{"unknown: stopped while it was being sent", 1}}},
        {"killed, sent again",
         UnknownPolicy::resend,
         never,
         {{"unknown: stopped while it was being sent", 1}}},
        {"killed, asked", UnknownPolicy::reconcile, never, {{"exited: left", 1}}},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.what) {
            World world{letters(), "2026-11-16 08:00", {.unknown = row.unknown}};
            world.member("m1");
            world.platform().answer = [&row](const Attempt&) { return row.answer; };
            world.event("o1", "opened", std::nullopt, "m1");
            world.run_until("2026-11-16 08:01");
            world.event("l1", "left", std::nullopt, "m1");
            world.run_until("2026-11-16 08:02");
            CHECK(world.outcomes() == Outcomes{{"attempting: left", 1}});
            if (row.answer.kind == Kind::never) world.crash();
            world.run_until("2026-11-16 12:00");
            CHECK(world.outcomes() == row.outcomes);
            CHECK(world.platform().attempts.size() == 1);
        }
    }
}

TEST_CASE("a platform is asked while the rule is paused, and nothing is sent",
          "[executor][reconcile][pause]") {
    struct Row {
        PauseMode mode;
        const char* resumed_at;
        Outcomes outcomes;
    };
    const Row rows[] = {
        {PauseMode::hold, "2026-11-16 08:04", {{"sent", 1}}},
        {PauseMode::hold, "2026-11-16 08:30", {{"failed: not taken, says the platform", 1}}},
        {PauseMode::skip, "2026-11-16 08:04", {{"skipped: paused", 1}}},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(to_text(row.mode) << " until " << row.resumed_at) {
            World world{posts(), "2026-11-16 07:00", reconciling()};
            world.group("g1");
            answer_later_ones(world, false);
            world.run_until("2026-11-16 08:00");
            Pause pause{"members", "post", row.mode, world.clock().now(), std::nullopt};
            world.store().put_pause(pause);
            world.run_until("2026-11-16 08:03");
            CHECK(world.platform().questions.size() == 1);
            CHECK(world.platform().attempts.size() == 1);
            world.run_until(row.resumed_at);
            pause.resumed_at = world.clock().now();
            world.store().put_pause(pause);
            world.run_until("2026-11-16 09:00");
            CHECK(world.outcomes() == row.outcomes);
        }
    }
}

TEST_CASE("a wait after a message that is asked about begins with the answer",
          "[executor][reconcile][flow]") {
    World world{plan_of(R"(sop 1
tag member
event opened {}
event reply {}
channel hook { kind webhook }
playbook members {
  timezone Asia/Shanghai
  for members tagged member
  via hook
  letter: on opened {
    send "one"
    wait for reply within 1h {
      yes: send "thanks"
      no: send "hello?"
    }
  }
})"),
                "2026-11-16 08:00", reconciling()};
    world.member("m1");
    answer_later_ones(world, true);
    ask_in_vain(world);
    world.event("o1", "opened", std::nullopt, "m1");
    world.run_until("2026-11-16 10:00");
    ask_for_truth(world);
    world.run_until("2026-11-16 10:45");
    REQUIRE(world.outcomes() == Outcomes{{said_taken, 1}});
    const Instant answered_at = world.platform().asked_at.back();
    world.platform().answer = [](const Attempt&) { return Answer{}; };
    world.run_until("2026-11-16 13:00");
    REQUIRE(world.platform().attempted_at.size() == 2);
    CHECK(world.platform().attempted_at[1] == answered_at + 1h);
}

TEST_CASE("what the platform says it did not take uses no quota", "[executor][reconcile][limits]") {
    const bool is_taken = GENERATE(true, false);
    CAPTURE(is_taken);
    lang::Plan plan = posts({8h, 12h});
    plan.channels.front().quota = lang::ChannelLimit{1, lang::ChannelLimit::Per::day};
    World world{plan, "2026-11-16 00:00", reconciling()};
    world.group("g1");
    world.platform().answer = [&](const Attempt& attempt) {
        if (attempt.planned_for != instant("2026-11-16 08:00")) return Answer{};
        return Answer{.kind = Answer::Kind::unknown, .reason = "?", .taken = is_taken};
    };
    ask_in_vain(world);
    // Too late then to be sent again.
    world.run_until("2026-11-16 10:30");
    ask_for_truth(world);
    world.run_until("2026-11-16 13:00");
    CHECK(world.outcomes() ==
          (is_taken ? Outcomes{{said_taken, 1}, {"refused: quota", 1}}
                    : Outcomes{{"failed: not taken, says the platform", 1}, {"sent", 1}}));
}

TEST_CASE("a start with another policy goes on with it", "[executor][reconcile][restart]") {
    struct Row {
        UnknownPolicy policy;
        Outcomes outcomes;
        std::size_t attempts;
    };
    const Row rows[] = {
        {UnknownPolicy::hold, {{"unknown: channel `hook` is no longer asked what it took", 1}}, 1},
        {UnknownPolicy::resend, {{"sent", 1}}, 2},
        {UnknownPolicy::reconcile, {{said_taken, 1}}, 1},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(static_cast<int>(row.policy)) {
            World world{posts(), "2026-11-16 07:00", reconciling()};
            world.group("g1");
            answer_later_ones(world, true);
            ask_in_vain(world);
            world.run_until("2026-11-16 08:00:10");
            ask_for_truth(world);
            world.set_unknown_policy(row.policy);
            world.crash();
            world.run_until("2026-11-16 09:00");
            CHECK(world.outcomes() == row.outcomes);
            CHECK(world.platform().attempts.size() == row.attempts);
        }
    }
}

TEST_CASE("what is asked about is unknown when its channel is gone", "[executor][reconcile]") {
    World world{posts(), "2026-11-16 07:00", reconciling()};
    world.group("g1");
    answer_later_ones(world, true);
    ask_in_vain(world);
    world.run_until("2026-11-16 08:00:10");
    ManualClock clock(world.clock().now());
    Wakeup wakeup;
    Executor executor(world.store(), clock, wakeup, zones(), {});
    executor.recover();
    CHECK(world.outcomes() == Outcomes{{"unknown: channel `hook` is no longer set up", 1}});
}

TEST_CASE("a channel that cannot be asked has no such policy", "[executor][reconcile]") {
    World world{posts(), "2026-11-16 07:00", reconciling()};
    world.platform().questions_max = 0;
    CHECK_THROWS_AS(world.crash(), std::invalid_argument);
}

TEST_CASE("a message sent again by hand is asked about, refused though it was",
          "[executor][reconcile][doubt]") {
    World world{posts(), "2026-11-16 07:00", {.unknown = UnknownPolicy::hold}};
    world.group("g1");
    answer_later_ones(world, true);
    world.run_until("2026-11-16 08:01");
    REQUIRE(world.outcomes() == Outcomes{{"unknown: ?", 1}});
    world.set_unknown_policy(UnknownPolicy::reconcile);
    world.crash();
    world.store().send_again(world.platform().attempts[0].delivery, world.clock().now());
    world.platform().answer = [](const Attempt&) {
        return Answer{Answer::Kind::failed, "HTTP 409"};
    };
    world.run_until("2026-11-16 09:00");
    CHECK(world.outcomes() == Outcomes{{said_taken, 1}});
}

}  // namespace sop::runtime
