// What becomes of a message between its decision and its outcome.
#include <catch2/catch.hpp>

#include "runtime/executor/executor.h"
#include "runtime/scheduler/retry.h"
#include "tests/support/machine.h"
#include "tests/support/world.h"

namespace sop::runtime {

using namespace sop::tests;
using Outcomes = std::map<std::string, int>;

namespace {

lang::Plan one_post(std::optional<std::chrono::seconds> window = std::nullopt) {
    Draft draft;
    draft.rule("post", daily({8h}, window)).steps = {{"start", at_start(), {draft.post("Hello")}}};
    return draft.plan;
}

Answer answer(Answer::Kind kind, std::string reason = "") {
    return {kind, std::move(reason)};
}

}  // namespace

TEST_CASE("an attempt carries all the platform needs", "[executor][delivery]") {
    World world{one_post(), "2026-11-16 07:00"};
    world.group("g1");
    world.run_until("2026-11-16 08:00");
    REQUIRE(world.platform().attempts.size() == 1);
    const Attempt& attempt = world.platform().attempts.front();
    CHECK(attempt.playbook == "members");
    CHECK(attempt.rule == "post");
    CHECK(attempt.step == "start");
    CHECK(attempt.target_kind == lang::SubjectKind::group);
    CHECK(attempt.target == "g1");
    CHECK(attempt.target_name == "Group g1");
    CHECK(attempt.text == "Hello");
    CHECK(attempt.planned_for == instant("2026-11-16 08:00"));
    CHECK(attempt.number == 1);
    CHECK(attempt.key.size() == 32);
}

TEST_CASE("a post on time waits for the disk once", "[executor][delivery]") {
    Machine machine{instant("2026-11-16 07:00"), {}};
    machine.start();
    machine.store().put_group({"g1", "Group g1", "", {"member"}});
    machine.executor().deploy(one_post());
    machine.run_for(30min);
    const auto syncs_before = machine.disk().calls(DiskCall::sync);
    std::int64_t syncs = 0;
    machine.platform("hook").answer = [&](const Attempt&) {
        syncs = machine.disk().calls(DiskCall::sync) - syncs_before;
        return Answer{};
    };
    machine.run_for(1h);
    CHECK(syncs == 1);
}

TEST_CASE("an answer settles a message for good", "[executor][delivery]") {
    struct Row {
        const char* what;
        Answer answer;
        Outcomes outcomes;
    };
    const Row rows[] = {
        {"sent", answer(Answer::Kind::sent), {{"sent", 1}}},
        {"failed", answer(Answer::Kind::failed, "HTTP 404"), {{"failed: HTTP 404", 1}}},
        {"unknown is held",
         answer(Answer::Kind::unknown, "no answer in 10 s"),
         {{"unknown: no answer in 10 s", 1}}},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.what) {
            World world{one_post(), "2026-11-16 07:00"};
            world.platform().answer = [&row](const Attempt&) { return row.answer; };
            world.group("g1");
            world.run_until("2026-11-16 12:00");
            world.crash();
            world.run_until("2026-11-17 00:00");
            CHECK(world.outcomes() == row.outcomes);
            CHECK(world.platform().attempts.size() == 1);
        }
    }
}

TEST_CASE("a refusal is tried again, later each time, and in the end failed",
          "[executor][delivery]") {
    World world{one_post(), "2026-11-16 07:00"};
    world.platform().answer = [](const Attempt&) {
        return answer(Answer::Kind::retry, "HTTP 503");
    };
    world.group("g1");
    world.run_until("2026-11-16 12:00");
    const Platform& platform = world.platform();
    REQUIRE(platform.attempts.size() == attempts_max);
    for (std::size_t i = 0; i < platform.attempts.size(); ++i) {
        CHECK(platform.attempts[i].number == static_cast<int>(i) + 1);
        CHECK(platform.attempts[i].key == platform.attempts[0].key);
        if (i == 0) continue;
        const auto delay = retry_delay(static_cast<int>(i), platform.attempts[0].key, std::nullopt);
        CHECK(platform.attempted_at[i] - platform.attempted_at[i - 1] == delay.value());
    }
    CHECK(world.outcomes() == Outcomes{{"failed: HTTP 503", 1}});
}

TEST_CASE("a refusal that ends in time is sent", "[executor][delivery]") {
    World world{one_post(), "2026-11-16 07:00"};
    world.platform().answer = [](const Attempt& attempt) {
        if (attempt.number > 2) return Answer{};
        return Answer{Answer::Kind::retry, "HTTP 429", 0ms, 90s};
    };
    world.group("g1");
    world.run_until("2026-11-16 08:02:59");
    CHECK(world.outcomes() == Outcomes{{"pending: HTTP 429", 1}});
    world.run_until("2026-11-16 08:03");
    CHECK(world.outcomes() == Outcomes{{"sent", 1}});
}

TEST_CASE("a stop in the middle of retries counts the attempts made", "[executor][delivery]") {
    World world{one_post(), "2026-11-16 07:00"};
    world.platform().answer = [](const Attempt&) {
        return answer(Answer::Kind::retry, "HTTP 503");
    };
    world.group("g1");
    world.run_until("2026-11-16 08:00:02");
    world.crash();
    world.run_until("2026-11-16 12:00");
    CHECK(world.platform().attempts.size() == attempts_max);
    CHECK(world.outcomes() == Outcomes{{"failed: HTTP 503", 1}});
}

TEST_CASE("no more attempts are under way than the channel takes", "[executor][delivery]") {
    World world{one_post(), "2026-11-16 07:00"};
    world.platform().in_flight_max = 16;
    int number = 0;
    world.platform().answer = [&number](const Attempt&) {
        return Answer{Answer::Kind::sent, "", std::chrono::milliseconds{10 + (7 * number++) % 50}};
    };
    world.groups(900);
    world.run_until("2026-11-16 08:10");
    CHECK(world.outcomes() == Outcomes{{"sent", 900}});
    CHECK(world.platform().in_flight_seen == 16);
}

TEST_CASE("a message that waits too long for its channel runs out of budget",
          "[executor][delivery]") {
    struct Row {
        const char* what;
        std::optional<std::chrono::seconds> window;
        const char* first_skipped;
    };
    const Row rows[] = {
        {"two hours", std::nullopt, "2026-11-16 10:00:00.001"},
        {"the end of its window", 30min, "2026-11-16 08:30"},
        {"a window longer than two hours", 5h, "2026-11-16 10:00:00.001"},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.what) {
            World world{one_post(row.window), "2026-11-16 07:00"};
            world.platform().in_flight_max = 0;
            world.groups(2);
            const Instant first_skipped = instant(row.first_skipped);
            world.tick(first_skipped - 1ms - world.clock().now());
            CHECK(world.outcomes() == Outcomes{{"pending", 2}});

            SECTION("but not a moment before") {
                world.platform().in_flight_max = 1;
                world.tick(0ms);
                CHECK(world.outcomes() == Outcomes{{"sent", 2}});
            }
            SECTION("from then on") {
                world.tick(1ms);
                world.platform().in_flight_max = 1;
                world.tick(0ms);
                CHECK(world.outcomes() == Outcomes{{"skipped: budget", 2}});
                CHECK(world.platform().attempts.empty());
            }
        }
    }
}

TEST_CASE("a message refused until its time is over has failed", "[executor][delivery]") {
    World world{one_post(2s), "2026-11-16 07:00"};
    world.platform().answer = [](const Attempt&) {
        return answer(Answer::Kind::retry, "HTTP 503");
    };
    world.group("g1");
    world.run_until("2026-11-16 09:00");
    CHECK(world.outcomes() == Outcomes{{"failed: HTTP 503", 1}});
    CHECK(world.platform().attempts.size() == 2);
}

TEST_CASE("a channel that breaks leaves its batch in doubt and the loop goes on",
          "[executor][delivery]") {
    World world{one_post(), "2026-11-16 07:00"};
    world.platform().in_flight_max = 3;
    bool is_broken = true;
    world.platform().answer = [&is_broken](const Attempt&) -> Answer {
        if (std::exchange(is_broken, false)) throw std::runtime_error("out of order");
        return {};
    };
    world.groups(5);
    world.run_until("2026-11-16 08:01");
    CHECK(world.outcomes() ==
          Outcomes{{"sent", 2}, {"unknown: channel `hook` broke: out of order", 3}});
    CHECK(world.troubles() == std::vector<std::string>{"channel `hook` broke: out of order"});
}

TEST_CASE("a channel that breaks while it is asked for answers leaves its attempts in doubt",
          "[executor][delivery]") {
    World world{one_post(), "2026-11-16 07:00"};
    world.platform().in_flight_max = 3;
    world.groups(5);
    world.sleep_until("2026-11-16 08:00");
    REQUIRE(world.turn());
    world.platform().breaks_on_collect = true;
    world.tick(1min);
    // What it answers later to those attempts no longer counts.
    CHECK(world.outcomes() ==
          Outcomes{{"sent", 2}, {"unknown: channel `hook` broke: out of order", 3}});
    CHECK(world.platform().attempts.size() == 5);
}

TEST_CASE("a clean stop records what comes back and gives up the rest", "[executor][delivery]") {
    World world{one_post(), "2026-11-16 07:00"};
    world.platform().in_flight_max = 3;
    world.platform().answer = [](const Attempt& attempt) {
        return answer(attempt.target == "g0002" ? Answer::Kind::never : Answer::Kind::sent);
    };
    world.groups(5);
    world.sleep_until("2026-11-16 08:00");
    REQUIRE(world.turn());
    CHECK(world.outcomes() == Outcomes{{"attempting", 3}, {"pending", 2}});
    world.executor().drain(world.clock().now() + 5s);
    CHECK(world.outcomes() == Outcomes{{"pending", 2},
                                       {"sent", 2},
                                       {"unknown: stopped while waiting for the answer", 1}});
    CHECK(world.platform().attempts.size() == 3);
    CHECK(local_text(world.clock().now()) == "2026-11-16 08:00:05");

    SECTION("and the next start sends what was not begun") {
        world.crash();
        world.tick(0ms);
        CHECK(world.platform().attempts.size() == 5);
        world.check_accounts();
    }
}

TEST_CASE("a message whose channel is gone at the next start has failed", "[executor][delivery]") {
    World world{one_post(), "2026-11-16 07:00"};
    world.platform().in_flight_max = 0;
    world.group("g1");
    world.run_until("2026-11-16 08:00");
    Executor bare{world.store(), world.clock(), world.wakeup(), zones(), {}};
    bare.recover();
    CHECK(world.outcomes() == Outcomes{{"failed: channel `hook` is no longer set up", 1}});
}

TEST_CASE("a group that is gone gets nothing more and its run is over", "[executor][delivery]") {
    // A run for a group the directory does not have: as if it was taken out after the run began.
    World world{one_post(1h), "2026-11-16 07:00"};
    const RuleId rule = world.store().find_or_add_rule("members", "post", Instant{}).id;
    Firing firing;
    firing.rule = rule;
    firing.key = "2026-11-16T06:00:00 Asia/Shanghai";
    firing.plan = world.store().latest_plan()->version;
    firing.start_at = instant("2026-11-16 07:00");
    firing.end_at = firing.start_at + 1h;
    firing.expanded = true;
    Run run;
    run.firing = world.store().add_firing(firing).value();
    run.rule = rule;
    run.subject = "gone";
    run.due_at = firing.start_at;
    world.store().add_run(run);
    world.tick(0ms);
    CHECK(world.outcomes() == Outcomes{{"exited: gone", 1}});
    CHECK_FALSE(world.store().has_open_run(rule, "gone"));
}

}  // namespace sop::runtime
