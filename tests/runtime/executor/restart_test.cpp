// What a kill, a stop and a slow platform leave behind.
#include <catch2/catch.hpp>
#include <set>

#include "runtime/executor/executor.h"
#include "tests/support/world.h"

namespace sop::runtime {

using namespace sop::tests;
using Outcomes = std::map<std::string, int>;

namespace {

lang::Plan posting_at(std::vector<std::chrono::seconds> times) {
    Draft draft;
    draft.rule("post", daily(std::move(times))).steps = {
        {"start", at_start(), {draft.post("Hello")}}};
    return draft.plan;
}

// Groups that were addressed more than once at one planned time.
int doubles(World& world) {
    std::set<std::pair<std::string, Instant>> seen;
    int count = 0;
    for (const Attempt& attempt : world.platform().attempts) {
        if (!seen.insert({attempt.target, attempt.planned_for}).second) ++count;
    }
    return count;
}

}  // namespace

TEST_CASE("a kill between any two rounds loses no post and repeats none", "[executor][restart]") {
    constexpr int groups = 7;
    constexpr int places = 2;
    const auto prepare = [](World& world) {
        world.platform().in_flight_max = places;
        world.groups(groups);
        world.sleep_until("2026-11-16 08:00");
    };
    int rounds_needed = 0;
    World undisturbed{posting_at({8h}), "2026-11-16 07:00", {.page_rows = 3}};
    prepare(undisturbed);
    while (undisturbed.turn()) ++rounds_needed;
    REQUIRE(rounds_needed > 4);
    CHECK(undisturbed.outcomes() == Outcomes{{"sent", groups}});

    for (int rounds = 0; rounds <= rounds_needed; ++rounds) {
        World world{posting_at({8h}), "2026-11-16 07:00", {.page_rows = 3}};
        prepare(world);
        for (int i = 0; i < rounds; ++i) world.turn();
        world.crash();
        world.tick(1h);

        CAPTURE(rounds);
        CHECK(doubles(world) == 0);
        CHECK(world.platform().attempts.size() == groups);
        Outcomes outcomes = world.outcomes();
        const int unknown = outcomes["unknown: stopped while it was being sent"];
        CHECK(unknown <= places);
        CHECK(outcomes["sent"] + unknown == groups);
    }
}

TEST_CASE("a kill in the middle of sending leaves no more in doubt than was in flight",
          "[executor][restart]") {
    constexpr int groups = 20;
    for (std::size_t kill_at = 1; kill_at <= groups; ++kill_at) {
        World world{posting_at({8h}), "2026-11-16 07:00"};
        world.platform().in_flight_max = 4;
        world.platform().kill_at = kill_at;
        world.groups(groups);
        world.sleep_until("2026-11-16 08:00");
        CHECK_THROWS_AS(world.tick(0ms), Killed);
        world.crash();
        world.tick(1h);

        CAPTURE(kill_at);
        CHECK(doubles(world) == 0);
        Outcomes outcomes = world.outcomes();
        const int unknown = outcomes["unknown: stopped while it was being sent"];
        CHECK(unknown >= 1);
        CHECK(unknown <= 4);
        CHECK(outcomes["sent"] + unknown == groups);
        CHECK(world.platform().in_flight_seen <= 4);
    }
}

TEST_CASE("twenty-five hundred groups are expanded in pages, each once, over a kill",
          "[executor][restart]") {
    World world{posting_at({8h}), "2026-11-16 07:00"};
    world.groups(2500);
    world.sleep_until("2026-11-16 08:00");
    // Three pages of five hundred rows, then the kill.
    for (int i = 0; i < 3; ++i) REQUIRE(world.turn());
    const auto open = world.store().firings_to_expand(1);
    REQUIRE(open.size() == 1);
    CHECK(open.front().expanded_through > "g1400");
    CHECK(open.front().expanded_through < "g1500");
    world.crash();
    world.tick(1min);

    CHECK(world.store().firings_to_expand(1).empty());
    CHECK(doubles(world) == 0);
    Outcomes outcomes = world.outcomes();
    CHECK(outcomes["sent"] + outcomes["unknown: stopped while it was being sent"] == 2500);
    CHECK(outcomes["unknown: stopped while it was being sent"] <= 100);
    CHECK(outcomes.size() == 2);
}

TEST_CASE("a post exactly as late as allowed is sent, a moment later it is not",
          "[executor][late]") {
    struct Row {
        const char* back_at;
        Outcomes outcomes;
    };
    const Row rows[] = {
        {"2026-11-16 08:00:00.001", {{"sent", 2}}},
        {"2026-11-16 08:05", {{"sent", 2}}},
        {"2026-11-16 08:05:00.001", {{"skipped: late", 2}}},
        {"2026-11-17 07:59", {{"skipped: late", 2}}},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.back_at) {
            World stopped{posting_at({8h}), "2026-11-16 07:00"};
            stopped.groups(2);
            stopped.crash_until(row.back_at);
            stopped.tick(0ms);
            CHECK(stopped.outcomes() == row.outcomes);

            // A process that was there but got no time gives the same.
            World overloaded{posting_at({8h}), "2026-11-16 07:00"};
            overloaded.groups(2);
            overloaded.sleep_until(row.back_at);
            overloaded.tick(0ms);
            CHECK(overloaded.outcomes() == row.outcomes);
        }
    }
}

TEST_CASE("of several posts missed only the newest is sent", "[executor][late]") {
    World world{posting_at({8h, 8h + 1min, 8h + 2min, 8h + 10min}), "2026-11-16 07:00"};
    world.groups(3);
    world.crash_until("2026-11-16 08:03");
    world.run_until("2026-11-16 08:11");
    CHECK(world.outcomes() == Outcomes{{"sent", 6}, {"skipped: late", 6}});
    const auto delivered = world.delivered();
    REQUIRE(delivered.size() == 6);
    CHECK(delivered[0].at == "2026-11-16 08:03");
    CHECK(world.platform().attempts[0].planned_for == instant("2026-11-16 08:02"));
    CHECK(delivered[3].at == "2026-11-16 08:10");
}

TEST_CASE("of several steps of one run missed only the newest is sent", "[executor][late]") {
    Draft draft;
    draft.rule("sale", daily({20h}, 1h)).steps = {
        {"start - 2m", at_start(-2min), {draft.post("Soon"), lang::ChangeTag{true, "warned"}}},
        {"start", at_start(), {draft.post("Now")}},
        {"end", at_end(), {draft.post("Closed")}}};
    World world{draft.plan, "2026-11-16 07:00"};
    world.group("g1");
    world.crash_until("2026-11-16 20:01");
    world.run_until("2026-11-16 22:00");
    CHECK(world.delivered() ==
          std::vector<Delivered>{{"2026-11-16 20:01", "sale", "start", "g1", "Now"},
                                 {"2026-11-16 21:00", "sale", "end", "g1", "Closed"}});
    CHECK(world.outcomes() == Outcomes{{"sent", 2}, {"skipped: late", 1}});
    // Tags are changed however late it is.
    CHECK(world.store().find_group("g1")->tags == std::vector<std::string>{"member", "warned"});
}

TEST_CASE("a post is not overtaken by one its group is not to get", "[executor][late]") {
    lang::Plan plan = posting_at({8h, 8h + 1min});
    World world{plan, "2026-11-16 07:00"};
    world.group("g1");
    world.group("g2", {"member", "vip"});
    world.sleep_until("2026-11-16 08:00:30");
    plan.playbooks[0].rules[0].audience.edit().tagged = {{"vip"}};
    world.deploy(plan);
    world.sleep_until("2026-11-16 08:02");
    world.tick(0ms);
    // 08:00 is the old version's, 08:01 the new one's, which leaves g1 out.
    CHECK(world.outcomes() == Outcomes{{"sent", 2}, {"skipped: late", 1}});
    REQUIRE(world.platform().attempts.size() == 2);
    CHECK(world.platform().attempts[0].target == "g1");
    CHECK(world.platform().attempts[0].planned_for == instant("2026-11-16 08:00"));
    CHECK(world.platform().attempts[1].target == "g2");
    CHECK(world.platform().attempts[1].planned_for == instant("2026-11-16 08:01"));
}

TEST_CASE("what a stop kept too long is late also after the clock was set back",
          "[executor][late]") {
    Draft draft;
    draft.plan.events = {{"joined", {}}};
    draft.rule("post", daily({8h})).steps = {{"start", at_start(), {draft.post("Hello")}}};
    draft.rule("welcome", on_event("joined")).steps = {
        {"start", at_start(), {draft.post("Welcome")}}};
    World world{draft.plan, "2026-11-16 07:00"};
    world.group("g1");
    // The store knows from then that somebody was there.
    world.run_until("2026-11-17 08:30");
    world.sleep_until("2026-11-16 12:00");
    world.platform().in_flight_max = 0;
    world.event("e1", "joined", "g1");
    world.tick(0ms);
    REQUIRE(world.outcomes("welcome") == Outcomes{{"pending", 1}});

    world.crash_until("2026-11-16 12:10");
    world.platform().in_flight_max = 1;
    world.tick(0ms);
    CHECK(world.outcomes("welcome") == Outcomes{{"skipped: late", 1}});
}

TEST_CASE("after days of standing still every miss has its outcome", "[executor][late]") {
    World world{posting_at({8h, 12h, 20h}), "2026-11-16 07:00", {.page_rows = 4}};
    world.groups(10);
    world.run_until("2026-11-16 09:00");
    world.crash_until("2026-11-19 12:03");
    world.tick(0ms);
    // 12:00 and 20:00 of the 16th, three a day on the 17th and 18th, 08:00 of the 19th.
    CHECK(world.outcomes() == Outcomes{{"sent", 20}, {"skipped: late", 90}});
    CHECK(world.delivered().back().at == "2026-11-19 12:03");
}

TEST_CASE("a drip goes on after days of standing still, from where it is", "[executor][late]") {
    Draft draft;
    draft.plan.events = {{"opened", {}}};
    draft.rule("funnel", on_event("opened"), lang::SubjectKind::member).steps = {
        {"start", at_start(), {draft.post("one")}},
        {"next day at 09:00", next_day(9h), {draft.post("two")}},
        {"next day at 09:00 (2)", next_day(9h), {draft.post("three")}}};
    World world{draft.plan, "2026-11-16 20:00"};
    world.member("m1");
    world.event("e1", "opened", std::nullopt, "m1");
    world.run_until("2026-11-16 21:00");
    world.crash_until("2026-11-19 15:00");
    world.run_until("2026-11-25 00:00");
    CHECK(world.delivered() ==
          std::vector<Delivered>{
              {"2026-11-16 20:00", "funnel", "start", "m1", "one"},
              {"2026-11-20 09:00", "funnel", "next day at 09:00 (2)", "m1", "three"}});
    CHECK(world.outcomes() == Outcomes{{"sent", 2}, {"skipped: late", 1}});
}

TEST_CASE("events that came while nobody was there are taken in their own time's order",
          "[executor][late]") {
    Draft draft;
    draft.plan.events = {{"opened", {}}};
    draft.rule("funnel", on_event("opened"), lang::SubjectKind::member).steps = {
        {"start", at_start(), {draft.post("one")}}, {"after 1m", after(1min), {draft.post("two")}}};
    const auto run = [&](bool is_there) {
        World world{draft.plan, "2026-11-16 20:00"};
        world.member("m1");
        world.event("e1", "opened", std::nullopt, "m1");
        world.tick(0ms);
        // The first run ends at 20:01; the second event comes just after that, the third while the
        // second run goes.
        for (const auto& [id, at] :
             {std::pair{"e2", "2026-11-16 20:01:30"}, std::pair{"e3", "2026-11-16 20:02"}}) {
            if (is_there) world.run_until(at);
            world.event(id, "opened", std::nullopt, "m1", {}, at);
        }
        if (!is_there) world.crash_until("2026-11-16 20:03");
        world.run_until("2026-11-16 21:00");
        return world.outcomes();
    };
    CHECK(run(true) == Outcomes{{"sent", 4}});
    CHECK(run(false) == run(true));
}

TEST_CASE("messages that were waiting at a kill go through the late policy", "[executor][late]") {
    World world{posting_at({8h, 8h + 2min}), "2026-11-16 07:00"};
    world.platform().in_flight_max = 1;
    world.platform().answer = [](const Attempt&) { return Answer{Answer::Kind::never}; };
    world.groups(3);
    world.run_until("2026-11-16 08:00:30");
    CHECK(world.outcomes() == Outcomes{{"attempting", 1}, {"pending", 2}});
    world.platform().answer = [](const Attempt&) { return Answer{}; };

    SECTION("within it they are sent, and what was under way is not") {
        world.crash();
        world.tick(0ms);
        CHECK(world.outcomes() ==
              Outcomes{{"sent", 2}, {"unknown: stopped while it was being sent", 1}});
        CHECK(doubles(world) == 0);
    }
    SECTION("too late they are skipped") {
        world.crash_until("2026-11-16 08:05:00.001");
        CHECK(world.outcomes() ==
              Outcomes{{"skipped: late", 2}, {"unknown: stopped while it was being sent", 1}});
    }
    SECTION("a newer post overtakes none that its channel kept, as without the kill") {
        world.crash_until("2026-11-16 08:02");
        world.tick(0ms);
        CHECK(world.outcomes() ==
              Outcomes{{"sent", 5}, {"unknown: stopped while it was being sent", 1}});
    }
}

TEST_CASE("a newer post overtakes what was due while nobody was there", "[executor][late]") {
    Draft draft;
    lang::Rule& rule = draft.rule("news", daily({8h, 8h + 2min}));
    rule.steps = {{"start", at_start(), {draft.post("news")}}};
    rule.guards.edit().spread = 100s;
    World world{draft.plan, "2026-11-16 07:00"};
    world.groups(20);
    // Decided, and wanted a little later.
    world.run_until("2026-11-16 08:00");
    const int sent = world.outcomes()["sent"];
    REQUIRE(world.outcomes()["pending"] == 20 - sent);
    world.crash_until("2026-11-16 08:03:40");
    world.tick(0ms);
    CHECK(world.outcomes() == Outcomes{{"sent", 20 + sent}, {"skipped: late", 20 - sent}});
}

TEST_CASE("an event of long ago that comes during a wait makes nobody absent",
          "[executor][late][restart]") {
    World world{posting_at({8h}), "2026-11-16 07:00"};
    world.platform().in_flight_max = 1;
    world.platform().answer = [](const Attempt&) { return Answer{Answer::Kind::sent, "", 1min}; };
    world.groups(20);
    world.run_until("2026-11-16 08:10:30");
    // What was to be waited for lay in the past.
    world.executor().wake(instant("2026-11-16 01:00"));
    world.run_until("2026-11-16 12:00");
    CHECK(world.outcomes() == Outcomes{{"sent", 20}});
}

// What waits for its channel waits on after a short stop; a long one is a miss, whether the process
// died or stood still.
TEST_CASE("a stop is told from waiting for a channel", "[executor][late][restart]") {
    // A minute each, one at a time: the last would be sent an hour after its time.
    const auto run = [](const std::string& gone, const std::string& back, bool is_killed) {
        World world{posting_at({8h}), "2026-11-16 07:00"};
        world.platform().in_flight_max = 1;
        world.platform().answer = [](const Attempt&) {
            return Answer{Answer::Kind::sent, "", 1min};
        };
        world.groups(60);
        world.run_until(gone);
        if (is_killed) {
            world.crash_until(back);
        } else {
            world.sleep_until(back);
        }
        world.run_until("2026-11-16 12:00");
        world.check_accounts();
        auto outcomes = world.outcomes();
        // The one under way is in doubt after a kill only.
        outcomes["sent"] += outcomes["unknown: stopped while it was being sent"];
        outcomes.erase("unknown: stopped while it was being sent");
        return outcomes;
    };
    const bool is_killed = GENERATE(false, true);
    CHECK(run("2026-11-16 08:20:30", "2026-11-16 08:21", is_killed) == Outcomes{{"sent", 60}});
    CHECK(run("2026-11-16 08:20:30", "2026-11-16 08:25", is_killed) == Outcomes{{"sent", 60}});
    CHECK(run("2026-11-16 08:20:30", "2026-11-16 08:40", is_killed) ==
          Outcomes{{"sent", 21}, {"skipped: late", 39}});
}

TEST_CASE("a message that was refused before a stop says so when it is given up",
          "[executor][late]") {
    World world{posting_at({8h}), "2026-11-16 07:00"};
    world.platform().answer = [](const Attempt&) {
        return Answer{Answer::Kind::retry, "HTTP 503"};
    };
    world.groups(1);
    world.run_until("2026-11-16 08:00:01");
    world.crash_until("2026-11-16 09:00");
    CHECK(world.outcomes() == Outcomes{{"failed: HTTP 503", 1}});
}

TEST_CASE("many waiting messages are settled at a start page by page", "[executor][late]") {
    World world{posting_at({8h}), "2026-11-16 07:00", {.page_rows = 7}};
    world.platform().in_flight_max = 0;
    world.groups(50);
    world.run_until("2026-11-16 08:01");
    CHECK(world.outcomes() == Outcomes{{"pending", 50}});
    world.crash_until("2026-11-16 12:00");
    CHECK(world.outcomes() == Outcomes{{"skipped: late", 50}});
}

TEST_CASE("a slow platform, a stop and a kill come to the same", "[executor][restart]") {
    const auto run = [](std::chrono::milliseconds delay, bool is_killed) {
        World world{posting_at({8h}), "2026-11-16 07:00"};
        world.platform().in_flight_max = 3;
        world.platform().answer = [delay](const Attempt&) {
            return Answer{Answer::Kind::sent, "", delay};
        };
        world.groups(12);
        if (is_killed) world.crash_until("2026-11-16 08:01");
        world.run_until("2026-11-16 10:00");
        return world.outcomes();
    };
    CHECK(run(0ms, false) == Outcomes{{"sent", 12}});
    CHECK(run(10min, false) == run(0ms, false));
    CHECK(run(0ms, true) == run(0ms, false));
    CHECK(run(10min, true) == run(0ms, false));
}

TEST_CASE("after a stop runs meet what others did before them", "[executor][restart]") {
    // Both began before the stop. The tag that the second branches on comes before it.
    Draft draft;
    draft.rule("first", daily({8h})).steps = {
        {"start", at_start(), {draft.post("one")}},
        {"start + 5m", at_start(5min), {draft.post("two")}},
        {"start + 7m", at_start(7min), {lang::ChangeTag{false, "member"}}}};
    lang::Rule& second = draft.rule("second", daily({8h}));
    second.steps = {{"start", at_start(), {draft.post("one")}},
                    {"start + 10m", at_start(10min), {draft.post("two")}}};
    second.guards.edit().exit_when_outside = true;
    const bool stops = GENERATE(false, true);
    World world{draft.plan, "2026-11-16 07:00"};
    world.group("g1");
    world.run_until("2026-11-16 08:01");
    if (stops) world.crash_until("2026-11-16 08:10");
    world.run_until("2026-11-16 09:00");
    CHECK(world.outcomes("second") == Outcomes{{"sent", 1}, {"exited: outside", 1}});
}

TEST_CASE("after a stop an event meets the runs that had ended before it", "[executor][restart]") {
    Draft draft;
    draft.plan.events = {{"opened", {}}};
    draft.rule("welcome", on_event("opened")).steps = {
        {"start", at_start(), {draft.post("one")}},
        {"start + 1m", at_start(1min), {draft.post("two")}}};
    draft.plan.playbooks[0].rules[0].guards.edit().late.last = 9;
    const bool stops = GENERATE(false, true);
    World world{draft.plan, "2026-11-16 07:00"};
    world.group("g1");
    world.event("e1", "opened", "g1", std::nullopt, {}, "2026-11-16 08:00");
    world.event("e2", "opened", "g1", std::nullopt, {}, "2026-11-16 08:02");
    if (stops) world.crash_until("2026-11-16 08:04");
    world.run_until("2026-11-16 09:00");
    CHECK(world.outcomes() == Outcomes{{"sent", 4}});
}

}  // namespace sop::runtime
