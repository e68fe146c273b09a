// How much a channel takes, and what becomes of what it may have taken.
#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "runtime/executor/executor.h"
#include "runtime/scheduler/retry.h"
#include "tests/support/world.h"

namespace sop::runtime {

using namespace sop::tests;
using Outcomes = std::map<std::string, int>;
using lang::ChannelLimit;

namespace {

struct Limits {
    std::optional<ChannelLimit> budget{};
    std::optional<ChannelLimit> quota{};
};

// A post at each of the times.
lang::Plan posts(const Limits& limits, std::vector<std::chrono::seconds> times) {
    Draft draft;
    draft.plan.channels.front().budget = limits.budget;
    draft.plan.channels.front().quota = limits.quota;
    draft.rule("post", daily(std::move(times))).steps = {
        {"start", at_start(), {draft.post("Hello")}}};
    return draft.plan;
}

// "08:00 20, 08:01 20": how many attempts were made when.
std::string attempts_by_time(const Platform& platform) {
    std::map<std::string, int> counts;
    for (const Instant at : platform.attempted_at) ++counts[local_text(at).substr(11)];
    std::string result;
    for (const auto& [time, count] : counts)
        result += (result.empty() ? "" : ", ") + time + " " + std::to_string(count);
    return result;
}

}  // namespace

TEST_CASE("a budget makes messages wait", "[executor][limits]") {
    World world{posts({.budget = ChannelLimit{20, ChannelLimit::Per::minute}}, {8h}),
                "2026-11-16 07:00"};
    world.groups(50);
    world.run_until("2026-11-16 08:10");
    CHECK(attempts_by_time(world.platform()) == "08:00 20, 08:01 20, 08:02 10");
    CHECK(world.outcomes() == Outcomes{{"sent", 50}});
}

TEST_CASE("no span holds more attempts than the budget, retries and kills included",
          "[executor][limits]") {
    constexpr std::size_t allowed = 20;
    World world{posts({.budget = ChannelLimit{allowed, ChannelLimit::Per::minute}}, {8h, 9h}),
                "2026-11-16 07:00"};
    int number = 0;
    world.platform().answer = [&number](const Attempt&) {
        ++number;
        const auto delay = std::chrono::milliseconds{100 + 370 * (number % 11)};
        if (number % 5 == 0) return Answer{Answer::Kind::retry, "HTTP 429", delay};
        return Answer{Answer::Kind::sent, "", delay};
    };
    world.platform().in_flight_max = 7;
    world.groups(90);
    for (const char* kill_at : {"2026-11-16 08:00:01", "2026-11-16 08:01:30", "2026-11-16 08:02"}) {
        world.run_until(kill_at);
        world.crash();
    }
    world.run_until("2026-11-16 11:00");
    const auto& times = world.platform().attempted_at;
    REQUIRE(times.size() > 180);
    for (std::size_t i = allowed; i < times.size(); ++i)
        CHECK(times[i] - times[i - allowed] >= 1min);
    const auto outcomes = world.outcomes();
    CHECK(outcomes.at("sent") >= 180 - 3 * 7);
}

TEST_CASE("what finds no room gives up on time", "[executor][limits]") {
    World world{posts({.budget = ChannelLimit{1, ChannelLimit::Per::day}}, {8h}),
                "2026-11-16 07:00"};
    world.groups(150);
    world.run_until("2026-11-16 10:00");
    CHECK(world.outcomes() == Outcomes{{"sent", 1}, {"pending", 149}});
    world.run_until("2026-11-16 10:00:00.001");
    CHECK(world.outcomes() == Outcomes{{"sent", 1}, {"skipped: budget", 149}});
    world.run_until("2026-11-17 08:00");
    CHECK(world.outcomes() == Outcomes{{"sent", 2}, {"pending", 149}, {"skipped: budget", 149}});
}

TEST_CASE("an order waits for room for as long as it takes, and keeps nobody busy",
          "[executor][limits]") {
    lang::Plan plan = posts({.budget = ChannelLimit{1, ChannelLimit::Per::day}}, {8h});
    plan.playbooks[0].rules[0].steps[0].actions = {lang::Call{"hook", {}}};
    World world{plan, "2026-11-16 07:00"};
    world.groups(2);
    world.run_until("2026-11-16 09:00");
    // Longer than a message would wait.
    world.sleep_until("2026-11-16 12:00");
    int rounds = 0;
    while (world.turn() && rounds < 10) ++rounds;
    REQUIRE(rounds < 10);
    world.run_until("2026-11-17 07:59");
    CHECK(world.outcomes() == Outcomes{{"sent", 1}, {"pending", 1}});
    world.run_until("2026-11-17 08:00:01");
    CHECK(attempts_by_time(world.platform()) == "08:00 2");
}

TEST_CASE("a deploy that allows more is used at once", "[executor][limits]") {
    World world{posts({.budget = ChannelLimit{5, ChannelLimit::Per::hour}}, {8h}),
                "2026-11-16 07:00"};
    world.groups(20);
    world.run_until("2026-11-16 08:10");
    CHECK(world.outcomes() == Outcomes{{"sent", 5}, {"pending", 15}});
    world.deploy(posts({.budget = ChannelLimit{12, ChannelLimit::Per::hour}}, {8h}));
    world.run_until("2026-11-16 08:20");
    CHECK(world.outcomes() == Outcomes{{"sent", 12}, {"pending", 8}});
    world.deploy(posts({}, {8h}));
    world.run_until("2026-11-16 08:21");
    CHECK(world.outcomes() == Outcomes{{"sent", 20}});
}

TEST_CASE("a quota refuses what a subject is to get beyond it", "[executor][limits]") {
    struct Row {
        const char* what;
        ChannelLimit quota;
        std::vector<std::chrono::seconds> times;
        Outcomes outcomes;
    };
    const Row rows[] = {
        {"one a day", {1, ChannelLimit::Per::day}, {8h, 9h}, {{"sent", 6}, {"refused: quota", 6}}},
        {"two a day", {2, ChannelLimit::Per::day}, {8h, 9h}, {{"sent", 12}}},
        {"one an hour", {1, ChannelLimit::Per::hour}, {8h, 9h}, {{"sent", 12}}},
        {"one an hour, too soon",
         {1, ChannelLimit::Per::hour},
         {8h, 9h - 1s},
         {{"sent", 6}, {"refused: quota", 6}}},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.what) {
            World world{posts({.quota = row.quota}, row.times), "2026-11-16 00:00"};
            world.groups(3);
            world.run_until("2026-11-16 08:30");
            world.crash();
            world.run_until("2026-11-18 00:00");
            CHECK(world.outcomes() == row.outcomes);
        }
    }
}

TEST_CASE("what was certainly not taken uses no quota", "[executor][limits]") {
    World world{posts({.quota = ChannelLimit{1, ChannelLimit::Per::day}}, {8h, 9h, 10h}),
                "2026-11-16 00:00"};
    world.group("g1");
    world.platform().answer = [](const Attempt& attempt) {
        if (attempt.planned_for == instant("2026-11-16 08:00"))
            return Answer{Answer::Kind::failed, "HTTP 404"};
        return Answer{attempt.number == 1 ? Answer::Kind::retry : Answer::Kind::unknown, "?"};
    };
    world.run_until("2026-11-17 00:00");
    // Who knows whether the one of nine o'clock was taken: it counts.
    CHECK(world.outcomes() ==
          Outcomes{{"failed: HTTP 404", 1}, {"unknown: ?", 1}, {"refused: quota", 1}});
}

TEST_CASE("a channel may send again what it may have sent", "[executor][limits][doubt]") {
    struct Row {
        const char* what;
        std::vector<Answer::Kind> answers;  // the last goes on
        std::size_t attempts;
        Outcomes outcomes;
    };
    using Kind = Answer::Kind;
    const Row rows[] = {
        {"taken in the end", {Kind::unknown, Kind::unknown, Kind::sent}, 3, {{"sent", 1}}},
        {"never an answer", {Kind::unknown}, attempts_max, {{"unknown: ?", 1}}},
        {"refused in the end", {Kind::unknown, Kind::failed}, 2, {{"unknown: ?", 1}}},
        {"refused for long", {Kind::unknown, Kind::retry}, attempts_max, {{"unknown: ?", 1}}},
        {"refused, never in doubt", {Kind::retry, Kind::failed}, 2, {{"failed: ?", 1}}},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.what) {
            World world{posts({}, {8h}), "2026-11-16 07:00", {.unknown = UnknownPolicy::resend}};
            world.platform().answer = [&row](const Attempt& attempt) {
                const auto at = static_cast<std::size_t>(attempt.number) - 1;
                const Kind kind = row.answers[std::min(at, row.answers.size() - 1)];
                return Answer{kind, kind == Kind::sent ? "" : "?"};
            };
            world.group("g1");
            world.run_until("2026-11-16 12:00");
            const auto& attempts = world.platform().attempts;
            CHECK(attempts.size() == row.attempts);
            for (const Attempt& attempt : attempts) CHECK(attempt.key == attempts.front().key);
            CHECK(world.outcomes() == row.outcomes);
        }
    }
}

TEST_CASE("after a kill what was under way is held or sent again", "[executor][limits][doubt]") {
    const auto unknown = GENERATE(UnknownPolicy::hold, UnknownPolicy::resend);
    World world{posts({}, {8h}), "2026-11-16 07:00", {.unknown = unknown}};
    world.groups(10);
    world.platform().in_flight_max = 4;
    world.platform().answer = [](const Attempt&) { return Answer{Answer::Kind::never}; };
    world.run_until("2026-11-16 08:00:01");
    REQUIRE(world.platform().attempts.size() == 4);
    world.platform().answer = [](const Attempt&) { return Answer{}; };
    world.crash();
    world.run_until("2026-11-16 09:00");
    if (unknown == UnknownPolicy::resend) {
        CHECK(world.outcomes() == Outcomes{{"sent", 10}});
        CHECK(world.platform().attempts.size() == 14);
    } else {
        CHECK(world.outcomes() ==
              Outcomes{{"sent", 6}, {"unknown: stopped while it was being sent", 4}});
        CHECK(world.platform().attempts.size() == 10);
    }
}

// Nobody refused it then: what counts as tries is what the platform answered.
TEST_CASE("however often it is killed in the middle of it, a message is tried as often as ever",
          "[executor][limits][doubt]") {
    const auto unknown = GENERATE(UnknownPolicy::resend, UnknownPolicy::reconcile);
    World world{posts({}, {8h}), "2026-11-16 07:00", {.unknown = unknown}};
    world.groups(1);
    world.platform().answer = [](const Attempt&) { return Answer{Answer::Kind::never}; };
    world.run_until("2026-11-16 08:00:01");
    for (int kills = 0; kills < 2 * attempts_max; ++kills) {
        world.crash();
        world.run_until(
            fmt::format("2026-11-16 08:{:02}:{:02}", (kills + 1) / 6, (kills + 1) % 6 * 10));
    }
    REQUIRE(world.platform().attempts.size() > 2 * attempts_max);
    world.platform().answer = [&, refusals = 0](const Attempt&) mutable {
        return Answer{++refusals < attempts_max ? Answer::Kind::retry : Answer::Kind::sent};
    };
    world.crash();
    world.run_until("2026-11-16 09:00");
    CHECK(world.outcomes() == Outcomes{{"sent", 1}});
}

TEST_CASE("what may have been sent waits for its time when the clock was set back meanwhile",
          "[executor][limits][doubt][clock]") {
    World world{posts({}, {8h}), "2026-11-16 07:00", {.unknown = UnknownPolicy::resend}};
    world.groups(1);
    world.platform().answer = [](const Attempt&) { return Answer{Answer::Kind::never}; };
    world.run_until("2026-11-16 08:00");
    world.crash_until("2026-11-15 09:00");
    world.platform().answer = [](const Attempt&) { return Answer{}; };
    world.run_until("2026-11-16 07:59");
    CHECK(world.platform().attempts.size() == 1);
    world.run_until("2026-11-16 08:00");
    CHECK(world.platform().attempts.size() == 2);
    CHECK(world.outcomes() == Outcomes{{"sent", 1}});
}

TEST_CASE("what may have been sent is not called late after a long stop",
          "[executor][limits][doubt]") {
    World world{posts({}, {8h}), "2026-11-16 07:00", {.unknown = UnknownPolicy::resend}};
    world.groups(3);
    world.platform().in_flight_max = 1;
    world.platform().answer = [](const Attempt&) { return Answer{Answer::Kind::never}; };
    world.run_until("2026-11-16 08:00:01");
    world.crash_until("2026-11-16 11:00");
    CHECK(world.outcomes() ==
          Outcomes{{"unknown: stopped while it was being sent", 1}, {"skipped: late", 2}});
}

}  // namespace sop::runtime
