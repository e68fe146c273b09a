// Rules that people pause.
#include <catch2/catch.hpp>

#include <algorithm>
#include <tuple>

#include "runtime/executor/executor.h"
#include "tests/support/world.h"

namespace sop::runtime {

using namespace sop::tests;
using Outcomes = std::map<std::string, int>;

namespace {

// What `sop pause` does, and `sop resume`.
void pause(World& world, const std::string& rule, PauseMode mode = PauseMode::hold) {
    world.store().put_pause({"members", rule, mode, world.clock().now(), std::nullopt});
    world.tick(0ms);
}

void ask_to_resume(World& world, const std::string& rule) {
    for (Pause pause : world.store().list_pauses()) {
        if (pause.rule != rule) continue;
        pause.resumed_at = world.clock().now();
        world.store().put_pause(pause);
    }
}

void resume(World& world, const std::string& rule) {
    ask_to_resume(world, rule);
    world.tick(0ms);
}

// "post" at eight, "other" at eight as well.
lang::Plan two_rules() {
    Draft draft;
    draft.rule("post", daily({8h})).steps = {{"start", at_start(), {draft.post("Hello")}}};
    draft.rule("other", daily({8h})).steps = {{"start", at_start(), {draft.post("Hi")}}};
    return draft.plan;
}

lang::Plan drip() {
    Draft draft;
    draft.plan.events = {{"opened", {}}};
    draft.rule("funnel", on_event("opened"), lang::SubjectKind::member).steps = {
        {"start", at_start(), {draft.post("one")}},
        {"after 1m", after(1min), {draft.post("two"), lang::ChangeTag{true, "seen"}}}};
    return draft.plan;
}

}  // namespace

TEST_CASE("a paused rule waits, and then goes by its late rule", "[executor][pause]") {
    struct Row {
        const char* resumed_at;
        Outcomes outcomes;
    };
    const Row rows[] = {
        {"2026-11-16 07:59:59", {{"sent", 3}}},
        {"2026-11-16 08:05", {{"sent", 3}}},
        {"2026-11-16 08:05:00.001", {{"skipped: late", 3}}},
        {"2026-11-16 12:00", {{"skipped: late", 3}}},
    };
    for (const Row& row : rows) {
        for (const bool killed : {false, true}) {
            DYNAMIC_SECTION(row.resumed_at << (killed ? ", killed" : "")) {
                World world{two_rules(), "2026-11-16 07:00"};
                world.groups(3);
                world.run_until("2026-11-16 07:30");
                pause(world, "post");
                world.run_until(row.resumed_at);
                CHECK(world.outcomes("post").empty());
                if (killed) {
                    ask_to_resume(world, "post");
                    world.crash();
                } else {
                    resume(world, "post");
                }
                world.run_until("2026-11-16 13:00");
                CHECK(world.outcomes("post") == row.outcomes);
                CHECK(world.outcomes("other") == Outcomes{{"sent", 3}});
                CHECK(world.store().list_pauses().empty());
                world.run_until("2026-11-17 09:00");
                CHECK(world.outcomes("post")["sent"] == (row.outcomes.contains("sent") ? 6 : 3));
            }
        }
    }
}

TEST_CASE("what waits for its channel stays there while its rule is paused", "[executor][pause]") {
    struct Row {
        const char* resumed_at;
        Outcomes outcomes;
    };
    // Three were sent or under way when the pause began at 08:02:30.
    const Row rows[] = {
        {"2026-11-16 08:03:30", {{"sent", 10}}},
        {"2026-11-16 08:07:30", {{"sent", 10}}},
        {"2026-11-16 08:07:31", {{"sent", 3}, {"skipped: late", 7}}},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.resumed_at) {
            World world{two_rules(), "2026-11-16 07:00"};
            pause(world, "other", PauseMode::skip);
            world.platform().in_flight_max = 1;
            world.platform().answer = [](const Attempt&) {
                return Answer{Answer::Kind::sent, "", 1min};
            };
            world.groups(10);
            world.run_until("2026-11-16 08:02:30");
            pause(world, "post");
            world.run_until(row.resumed_at);
            CHECK(world.outcomes("post") == Outcomes{{"sent", 3}, {"pending", 7}});
            resume(world, "post");
            world.run_until("2026-11-16 10:00");
            CHECK(world.outcomes("post") == row.outcomes);
        }
    }
}

TEST_CASE("a pause that skips says so of each message, and runs walk on", "[executor][pause]") {
    World world{drip(), "2026-11-16 08:00"};
    for (const char* id : {"m1", "m2", "m3"}) world.member(id);
    world.event("e1", "opened", std::nullopt, "m1");
    world.run_until("2026-11-16 08:00:30");
    pause(world, "funnel", PauseMode::skip);
    world.event("e2", "opened", std::nullopt, "m2");
    world.run_until("2026-11-16 08:02");
    CHECK(world.outcomes() == Outcomes{{"sent", 1}, {"skipped: paused", 1}});
    CHECK(world.store().find_member("m1")->tags == std::vector<std::string>{"member"});
    resume(world, "funnel");
    world.event("e3", "opened", std::nullopt, "m3");
    world.run_until("2026-11-16 09:00");
    // Nobody begins by an event of the pause.
    CHECK(world.outcomes() == Outcomes{{"sent", 3}, {"skipped: paused", 1}});
}

TEST_CASE("a skipping pause ends what waits for its channel", "[executor][pause]") {
    World world{two_rules(), "2026-11-16 07:00"};
    world.groups(2);
    world.platform().in_flight_max = 0;
    world.run_until("2026-11-16 08:00");
    pause(world, "post");
    pause(world, "post", PauseMode::skip);
    world.platform().in_flight_max = 9;
    world.run_until("2026-11-16 08:01");
    CHECK(world.outcomes("post") == Outcomes{{"skipped: paused", 2}});
    CHECK(world.outcomes("other") == Outcomes{{"sent", 2}});
}

TEST_CASE("a paused playbook pauses each of its rules, new ones too", "[executor][pause]") {
    World world{two_rules(), "2026-11-16 07:00"};
    world.groups(1);
    pause(world, "");
    pause(world, "other", PauseMode::skip);
    Draft draft;
    draft.rule("post", daily({8h})).steps = {{"start", at_start(), {draft.post("Hello")}}};
    draft.rule("other", daily({8h})).steps = {{"start", at_start(), {draft.post("Hi")}}};
    draft.rule("new", daily({8h})).steps = {{"start", at_start(), {draft.post("New")}}};
    world.deploy(draft.plan);
    world.run_until("2026-11-16 08:01");
    // A rule's own pause goes before its playbook's.
    CHECK(world.outcomes() == Outcomes{{"skipped: paused", 1}});
    resume(world, "");
    CHECK(world.outcomes() == Outcomes{{"sent", 2}, {"skipped: paused", 1}});
}

TEST_CASE("events of a pause find what they would have found after a stop", "[executor][pause]") {
    // The first run ends at 20:01; the second event comes just after that, the third while the
    // second run goes.
    const auto run = [](bool pauses) {
        World world{drip(), "2026-11-16 20:00"};
        world.member("m1");
        world.event("e1", "opened", std::nullopt, "m1");
        world.run_until("2026-11-16 20:00:30");
        if (pauses) pause(world, "funnel");
        for (const auto& [id, at] :
             {std::pair{"e2", "2026-11-16 20:01:30"}, std::pair{"e3", "2026-11-16 20:02"}}) {
            if (pauses) world.run_until(at);
            world.event(id, "opened", std::nullopt, "m1", {}, at);
        }
        if (pauses) {
            world.run_until("2026-11-16 20:03");
            resume(world, "funnel");
        } else {
            world.crash_until("2026-11-16 20:03");
        }
        world.run_until("2026-11-16 21:00");
        return world.outcomes();
    };
    CHECK(run(true) == Outcomes{{"sent", 4}});
    CHECK(run(false) == run(true));
}

TEST_CASE("events of a pause are met in the order of their time", "[executor][pause]") {
    // What the first one begins is done before the second comes.
    const auto concurrent = GENERATE(lang::Concurrency::skip, lang::Concurrency::queue,
                                     lang::Concurrency::parallel, lang::Concurrency::replace);
    const auto plan = [&] {
        Draft draft;
        draft.plan.events = {{"opened", {}}};
        lang::Rule& rule = draft.rule("welcome", on_event("opened"), lang::SubjectKind::member);
        rule.steps = {{"start", at_start(), {draft.post("one")}},
                      {"start + 1m", at_start(1min), {draft.post("two")}}};
        rule.guards.edit().late.last = 9;
        rule.guards.edit().concurrent = concurrent;
        return draft.plan;
    }();
    const auto run = [&](bool pauses) {
        World world{plan, "2026-11-16 08:00"};
        world.member("m1");
        if (pauses) pause(world, "");
        world.event("e1", "opened", std::nullopt, "m1", {}, "2026-11-16 08:00:30");
        world.event("e2", "opened", std::nullopt, "m1", {}, "2026-11-16 08:02");
        world.event("e3", "opened", std::nullopt, "m1", {}, "2026-11-16 08:02:30");
        if (pauses) {
            world.run_until("2026-11-16 08:04");
            resume(world, "");
        } else {
            world.crash_until("2026-11-16 08:04");
        }
        world.run_until("2026-11-16 09:00");
        return world.outcomes();
    };
    const Outcomes expected = concurrent == lang::Concurrency::skip ? Outcomes{{"sent", 4}}
                              : concurrent == lang::Concurrency::replace
                                  ? Outcomes{{"sent", 4}, {"cancelled: replaced", 1}}
                                  : Outcomes{{"sent", 6}};
    CHECK(run(false) == expected);
    CHECK(run(true) == expected);
}

TEST_CASE("a run that an event of the pause replaces goes no further", "[executor][pause]") {
    lang::Plan plan = drip();
    plan.playbooks[0].rules[0].guards.edit().concurrent = lang::Concurrency::replace;
    World world{plan, "2026-11-16 08:00"};
    world.member("m1");
    world.event("e1", "opened", std::nullopt, "m1");
    world.run_until("2026-11-16 08:00:30");
    pause(world, "funnel");
    world.event("e2", "opened", std::nullopt, "m1");
    world.run_until("2026-11-16 08:02");
    resume(world, "funnel");
    world.run_until("2026-11-16 09:00");
    // "one" of both, "two" of the second.
    CHECK(world.outcomes() == Outcomes{{"sent", 3}});
}

TEST_CASE("an event of the pause ends a run at its own moment", "[executor][pause]") {
    const auto plan = [] {
        Draft draft;
        draft.plan.events = {{"opened", {}}, {"left", {}}, {"asked", {}}};
        lang::Rule& rule = draft.rule("funnel", on_event("opened"), lang::SubjectKind::member);
        lang::Wait wait;
        wait.event.event = "asked";
        wait.within.elapsed = 1h;
        wait.yes = {{"yes", after(0s), {draft.post("answer")}}};
        rule.steps = {{"start", at_start(), {draft.post("one")}},
                      {"start + 2m", at_start(2min), {draft.post("two"), wait}}};
        rule.exits = {{{"left"}, ""}};
        rule.guards.edit().late.last = 9;
        return draft.plan;
    }();
    struct Row {
        const char* from;
        const char* left_at;
        Outcomes outcomes;
    };
    const Row rows[] = {
        // Before its first step was done, between two steps, and while it waits.
        {"2026-11-16 07:59", "2026-11-16 08:01", {{"exited: left", 1}}},
        {"2026-11-16 08:01", "2026-11-16 08:03", {{"sent", 1}, {"exited: left", 1}}},
        {"2026-11-16 08:02:30", "2026-11-16 08:03", {{"sent", 2}}},
    };
    for (const Row& row : rows) {
        for (const bool pauses : {false, true}) {
            DYNAMIC_SECTION(row.from << (pauses ? ", paused" : ", stopped")) {
                World world{plan, "2026-11-16 07:50"};
                world.member("m1");
                world.event("e1", "opened", std::nullopt, "m1", {}, "2026-11-16 08:00");
                world.event("e2", "left", std::nullopt, "m1", {}, row.left_at);
                world.event("e3", "asked", std::nullopt, "m1", {}, "2026-11-16 08:05");
                world.run_until(row.from);
                if (pauses) {
                    pause(world, "");
                    world.run_until("2026-11-16 08:04");
                    resume(world, "");
                } else {
                    world.crash_until("2026-11-16 08:04");
                }
                world.run_until("2026-11-16 10:00");
                CHECK(world.outcomes() == row.outcomes);
            }
        }
    }
}

TEST_CASE("a run that an event of the pause ends keeps others from beginning until then",
          "[executor][pause]") {
    const auto plan = [] {
        Draft draft;
        draft.plan.events = {{"opened", {}}, {"left", {}}, {"asked", {}}};
        lang::Rule& rule = draft.rule("funnel", on_event("opened"), lang::SubjectKind::member);
        rule.steps = {{"start", at_start(), {draft.post("one")}},
                      {"after 1h", after(1h), {draft.post("two")}}};
        rule.exits = {{{"left"}, "gone"}, {{"asked"}, "answered"}};
        return draft.plan;
    }();
    const auto run = [&](bool pauses) {
        World world{plan, "2026-11-16 07:50"};
        world.member("m1");
        if (pauses) pause(world, "");
        world.event("e1", "opened", std::nullopt, "m1", {}, "2026-11-16 08:00");
        world.event("e2", "opened", std::nullopt, "m1", {}, "2026-11-16 08:00:30");
        world.event("e3", "asked", std::nullopt, "m1", {}, "2026-11-16 08:01");
        world.event("e4", "left", std::nullopt, "m1", {}, "2026-11-16 08:02");
        if (pauses) {
            world.run_until("2026-11-16 08:04");
            resume(world, "");
        } else {
            world.crash_until("2026-11-16 08:04");
        }
        world.run_until("2026-11-16 10:00");
        return world.outcomes();
    };
    // The second never began, and the first ends by what came first.
    CHECK(run(false) == Outcomes{{"exited: answered", 1}});
    CHECK(run(true) == run(false));
}

TEST_CASE("an event of the pause that ends a run and begins another does it in that order",
          "[executor][pause]") {
    const auto plan = [] {
        Draft draft;
        draft.plan.events = {{"opened", {}}};
        lang::Rule& rule = draft.rule("funnel", on_event("opened"), lang::SubjectKind::member);
        rule.steps = {{"start", at_start(), {draft.post("one")}},
                      {"after 1h", after(1h), {draft.post("two")}}};
        rule.exits = {{{"opened"}, "again"}};
        rule.guards.edit().concurrent = lang::Concurrency::replace;
        return draft.plan;
    }();
    const auto run = [&](bool pauses) {
        World world{plan, "2026-11-16 07:50"};
        world.member("m1");
        if (pauses) pause(world, "");
        world.event("e1", "opened", std::nullopt, "m1", {}, "2026-11-16 08:00");
        world.event("e2", "opened", std::nullopt, "m1", {}, "2026-11-16 08:01");
        if (pauses) {
            world.run_until("2026-11-16 08:04");
            resume(world, "");
        } else {
            world.crash_until("2026-11-16 08:04");
        }
        world.run_until("2026-11-16 10:00");
        return world.outcomes();
    };
    CHECK(run(false) == Outcomes{{"exited: again", 1}, {"sent", 2}});
    CHECK(run(true) == run(false));
}

TEST_CASE("an event of before a run began does not end it, paused or not", "[executor][pause]") {
    Draft draft;
    draft.plan.events = {{"left", {}}};
    draft.rule("post", daily({8h})).steps = {{"start", at_start(), {draft.post("Hello")}}};
    draft.plan.playbooks[0].rules[0].exits = {{{"left"}, ""}};
    const bool pauses = GENERATE(false, true);
    World world{draft.plan, "2026-11-16 07:00"};
    world.group("g1");
    world.run_until("2026-11-16 07:30");
    if (pauses) {
        pause(world, "");
        world.run_until("2026-11-16 08:01");
    } else {
        world.sleep_until("2026-11-16 08:01");
    }
    world.event("e1", "left", "g1", std::nullopt, {}, "2026-11-16 07:40");
    world.run_until("2026-11-16 08:02");
    if (pauses) resume(world, "");
    world.run_until("2026-11-16 09:00");
    CHECK(world.outcomes() == Outcomes{{"sent", 1}});
}

TEST_CASE("what a pause kept waits for its time again when the clock is set back",
          "[executor][pause]") {
    World world{two_rules(), "2026-11-16 07:00"};
    world.store().put_pause({"members", "other", PauseMode::skip, {}, std::nullopt});
    world.group("g1");
    world.platform().in_flight_max = 0;
    world.run_until("2026-11-16 08:00");
    pause(world, "post");
    world.platform().in_flight_max = 9;
    world.tick(1min);
    world.sleep_until("2026-11-16 07:30");
    resume(world, "post");
    world.run_until("2026-11-16 07:59:59");
    CHECK(world.delivered().empty());
    world.run_until("2026-11-16 08:00");
    CHECK(world.delivered().size() == 1);
}

TEST_CASE("what waited for another try through a pause is judged as after a stop",
          "[executor][pause][late]") {
    struct Row {
        const char* back_at;
        Outcomes outcomes;
    };
    // It begins at 08:01; the other try is due at 08:10. A kill is taken to have been when
    // something was last sent, at 08:00.
    const Row rows[] = {
        {"2026-11-16 08:05", {{"sent", 1}}},
        {"2026-11-16 08:06:01", {{"failed: busy", 1}}},
    };
    for (const Row& row : rows) {
        for (const bool pauses : {false, true}) {
            DYNAMIC_SECTION(row.back_at << (pauses ? ", paused" : ", stopped")) {
                World world{two_rules(), "2026-11-16 07:00"};
                world.store().put_pause({"members", "other", PauseMode::skip, {}, std::nullopt});
                world.group("g1");
                world.platform().answer = [](const Attempt& attempt) {
                    return attempt.number == 1 ? Answer{.kind = Answer::Kind::retry,
                                                        .reason = "busy",
                                                        .retry_after = 10min}
                                               : Answer{};
                };
                world.run_until("2026-11-16 08:01");
                if (pauses) {
                    pause(world, "post");
                    world.run_until(row.back_at);
                    resume(world, "post");
                } else {
                    world.crash_until(row.back_at);
                }
                world.run_until("2026-11-16 09:00");
                CHECK(world.outcomes("post") == row.outcomes);
            }
        }
    }
}

TEST_CASE("a pause has the results of a stop", "[executor][pause][late]") {
    const auto plan = [] {
        Draft draft;
        draft.plan.events = {{"opened", {}}};
        lang::Rule& often = draft.rule("often", daily({8h, 8h + 4min, 8h + 9min, 9h}));
        often.steps = {{"start", at_start(), {draft.post("one")}},
                       {"start + 3m", at_start(3min), {draft.post("two")}}};
        lang::Rule& news = draft.rule("news", daily({8h + 1min}, 30min));
        news.guards.edit().late = {.last = 2, .spaced = 2min};
        news.late_within = 20min;
        news.steps = {{"start", at_start(), {draft.post("a")}},
                      {"start + 5m", at_start(5min), {draft.post("b")}},
                      {"end", at_end(), {draft.post("c"), lang::ChangeTag{true, "late"}}}};
        draft.rule("funnel", on_event("opened")).steps = {
            {"start", at_start(), {draft.post("x")}}, {"after 5m", after(5min), {draft.post("y")}}};
        return draft.plan;
    }();
    const char* const from = GENERATE("2026-11-16 07:59", "2026-11-16 08:00:30",
                                      "2026-11-16 08:03:30", "2026-11-16 08:10");
    const char* const to = GENERATE("2026-11-16 08:10:30", "2026-11-16 08:12:00",
                                    "2026-11-16 08:33", "2026-11-16 12:00");
    const auto run = [&](bool pauses) {
        World world{plan, "2026-11-16 07:50"};
        world.groups(3);
        world.event("e1", "opened", "g0001", std::nullopt, {}, "2026-11-16 07:58");
        world.event("e2", "opened", "g0002", std::nullopt, {}, "2026-11-16 08:09");
        world.run_until(from);
        if (pauses) {
            pause(world, "");
            world.run_until(to);
            resume(world, "");
        } else {
            world.crash_until(to);
        }
        world.run_until("2026-11-16 23:00");
        auto delivered = world.delivered();
        // In what order those of one instant go is another matter.
        std::sort(delivered.begin(), delivered.end(), [](const auto& a, const auto& b) {
            return std::tie(a.at, a.rule, a.step, a.target) <
                   std::tie(b.at, b.rule, b.step, b.target);
        });
        return std::pair{world.outcomes(), delivered};
    };
    INFO(from << " to " << to);
    const auto stopped = run(false);
    const auto paused = run(true);
    CHECK(paused.first == stopped.first);
    CHECK(paused.second == stopped.second);
}

}  // namespace sop::runtime
