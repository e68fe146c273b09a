// Plans that change while runs are under way.
#include <catch2/catch.hpp>

#include "runtime/executor/executor.h"
#include "tests/support/world.h"

namespace sop::runtime {

using namespace sop::tests;
using Outcomes = std::map<std::string, int>;

namespace {

lang::Plan posting(std::vector<std::chrono::seconds> times, const std::string& text) {
    Draft draft;
    draft.rule("post", daily(std::move(times))).steps = {{"start", at_start(), {draft.post(text)}}};
    return draft.plan;
}

// Announced the day before at noon, held from 20:00 to 22:00.
lang::Plan sale(const std::string& version) {
    Draft draft;
    draft.rule("sale", weekly(3, 20h, 2h)).steps = {
        {"start - 1 day at 12:00", days_from_start(-1, 12h), {draft.post("teaser " + version)}},
        {"start", at_start(), {draft.post("start " + version)}},
        {"end", at_end(), {draft.post("end " + version)}}};
    return draft.plan;
}

std::vector<std::string> texts_of(const std::vector<Delivered>& delivered) {
    std::vector<std::string> texts;
    for (const Delivered& each : delivered) texts.push_back(each.text);
    return texts;
}

}  // namespace

TEST_CASE("an equal plan makes no new version", "[executor][version]") {
    World world{posting({8h}, "one"), "2026-11-16 00:00"};
    const PlanVersion first = world.store().latest_plan()->version;
    world.deploy(posting({8h}, "one"));
    CHECK(world.store().latest_plan()->version == first);
    world.deploy(posting({8h}, "two"));
    CHECK(world.store().latest_plan()->version > first);
}

TEST_CASE("a run under way stays on its version and the next begins on the new one",
          "[executor][version]") {
    World world{sale("one"), "2026-11-16 00:00"};
    world.group("g1");
    world.run_until("2026-11-18 13:00");
    world.deploy(sale("two"));
    world.run_until("2026-11-19 21:00");
    world.crash();
    world.run_until("2026-11-27 00:00");
    CHECK(texts_of(world.delivered()) == std::vector<std::string>{"teaser one", "start one",
                                                                  "end one", "teaser two",
                                                                  "start two", "end two"});
}

TEST_CASE("the instant of a deploy belongs to the new version", "[executor][version]") {
    World world{posting({8h}, "one"), "2026-11-16 07:00"};
    world.group("g1");
    world.sleep_until("2026-11-16 08:00");
    world.deploy(posting({8h}, "two"));
    world.tick(1h);
    CHECK(texts_of(world.delivered()) == std::vector<std::string>{"two"});
}

TEST_CASE("what was missed before a deploy is the old version's", "[executor][version]") {
    World world{posting({8h, 9h}, "one"), "2026-11-16 07:00"};
    world.group("g1");
    world.sleep_until("2026-11-16 09:01");
    world.deploy(posting({8h + 30min, 9h + 30min}, "two"));
    world.run_until("2026-11-16 10:00");
    CHECK(texts_of(world.delivered()) == std::vector<std::string>{"one", "two"});
    CHECK(world.outcomes() == Outcomes{{"sent", 2}, {"skipped: late", 1}});
}

TEST_CASE("a rule deployed after its first step runs those still to come", "[executor][version]") {
    SECTION("and says what it left out") {
        World world{sale("one"), "2026-11-18 12:00:00.001"};
        world.group("g1");
        world.run_until("2026-11-20 00:00");
        CHECK(texts_of(world.delivered()) == std::vector<std::string>{"start one", "end one"});
        CHECK(world.outcomes() == Outcomes{{"sent", 2}, {"skipped: before admission", 1}});
    }
    SECTION("one deployed at its very instant leaves out nothing") {
        World world{sale("one"), "2026-11-18 12:00"};
        world.group("g1");
        world.run_until("2026-11-20 00:00");
        CHECK(world.outcomes() == Outcomes{{"sent", 3}});
    }
    SECTION("one deployed after its start waits for the next") {
        World world{sale("one"), "2026-11-19 20:00:00.001"};
        world.group("g1");
        world.run_until("2026-11-25 00:00");
        CHECK(world.outcomes().empty());
        world.run_until("2026-11-27 00:00");
        CHECK(world.outcomes() == Outcomes{{"sent", 3}});
    }
}

TEST_CASE("a deploy between a start and its first step does not lose the day",
          "[executor][version]") {
    const auto plan = [](const std::string& text) {
        Draft draft;
        draft.rule("recap", daily({20h})).steps = {
            {"start + 1h", at_start(1h), {draft.post(text)}}};
        return draft.plan;
    };
    World world{plan("one"), "2026-11-16 00:00"};
    world.group("g1");
    world.run_until("2026-11-16 20:30");
    world.deploy(plan("two"));
    world.run_until("2026-11-17 22:00");
    CHECK(texts_of(world.delivered()) == std::vector<std::string>{"one", "two"});
}

TEST_CASE("a rule that was taken out and comes back makes up for nothing", "[executor][version]") {
    World world{posting({8h}, "one"), "2026-11-16 00:00"};
    world.group("g1");
    world.run_until("2026-11-16 09:00");
    world.deploy(Draft{}.plan);
    world.run_until("2026-11-19 08:01");
    world.deploy(posting({8h}, "one"));
    world.run_until("2026-11-20 09:00");
    CHECK(texts_of(world.delivered()) == std::vector<std::string>{"one", "one"});
    CHECK(world.outcomes() == Outcomes{{"sent", 2}});
}

TEST_CASE("a restart goes on with the plan in force", "[executor][version]") {
    World world{posting({8h}, "one"), "2026-11-16 00:00"};
    world.group("g1");
    world.crash_until("2026-11-16 07:00");
    CHECK(local_text(world.executor().next_due().value()) == "2026-11-16 08:00");
    world.tick(2h);
    CHECK(texts_of(world.delivered()) == std::vector<std::string>{"one"});
    // Not by the memory of single firings alone, which need not be kept for ever.
    const StoredRule rule = world.store().find_or_add_rule("members", "post", Instant{});
    CHECK(local_text(rule.fired_through) == "2026-11-16 08:00");
}

TEST_CASE("one broken rule delays no other", "[executor][version]") {
    Draft draft;
    lang::Rule& lost = draft.rule("lost", daily({8h}));
    lost.timezone = "Mars/Olympus";
    lost.steps = {{"start", at_start(), {draft.post("never")}}};
    lang::Rule& broken = draft.rule("broken", daily({8h}));
    broken.steps = {{"start", at_start(), {lang::Deliver{99}}},
                    {"end", at_end(1h), {draft.post("x")}}};
    draft.rule("good", daily({8h})).steps = {{"start", at_start(), {draft.post("Hello")}}};
    World world{draft.plan, "2026-11-16 00:00"};
    world.groups(3);
    world.run_until("2026-11-16 12:00");
    CHECK(world.outcomes("good") == Outcomes{{"sent", 3}});
    CHECK(world.outcomes("lost").empty());
    const Outcomes of_broken = world.outcomes("broken");
    REQUIRE(of_broken.size() == 1);
    CHECK(of_broken.begin()->first.starts_with("failed: "));
    CHECK(of_broken.begin()->second == 3);
    // Once each, however many groups there are.
    REQUIRE(world.troubles().size() == 2);
    CHECK(world.troubles()[0] ==
          "rule `members.lost`: this machine's zone data has no `Mars/Olympus`; install a newer "
          "tzdata or change the rule's timezone");
    CHECK(world.troubles()[1].starts_with("runs of `members.broken` ended at their step 1: "));
}

TEST_CASE("runs of a plan that can no longer be read are over and others go on",
          "[executor][version]") {
    World world{posting({8h}, "one"), "2026-11-16 00:00"};
    world.group("g1");
    const PlanVersion unreadable =
        world.store().add_plan(world.clock().now(), "hash", "not a plan");
    const RuleId rule = world.store().find_or_add_rule("members", "post", Instant{}).id;
    Firing firing;
    firing.rule = rule;
    firing.key = "2026-11-15T08:00:00 Asia/Shanghai";
    firing.plan = unreadable;
    firing.start_at = firing.end_at = instant("2026-11-16 01:00");
    const bool has_runs = GENERATE(true, false);
    CAPTURE(has_runs);
    firing.expanded = has_runs;
    Run run;
    run.firing = world.store().add_firing(firing).value();
    run.rule = rule;
    run.subject = "g1";
    run.due_at = firing.start_at;
    if (has_runs) world.store().add_run(run);
    world.run_until("2026-11-16 09:00");
    CHECK(texts_of(world.delivered()) == std::vector<std::string>{"one"});
    CHECK_FALSE(world.store().has_open_run(rule, "g1"));
    CHECK(world.store().firings_to_expand(1).empty());
    CHECK(world.troubles().size() == 1);

    // A start in which it is the newest waits for a better one.
    world.crash();
    CHECK(world.troubles().size() == 2);
    CHECK_FALSE(world.executor().next_due());
    world.deploy(posting({8h}, "two"));
    world.run_until("2026-11-17 09:00");
    CHECK(texts_of(world.delivered()) == std::vector<std::string>{"one", "two"});
}

TEST_CASE("an observer hears what became durable", "[executor]") {
    struct Listener : Observer {
        void deployed(const StoredPlan& plan) override {
            heard.push_back("deployed " + std::to_string(plan.version));
        }
        void fired(const std::string& playbook, const std::string& rule,
                   const Firing& firing) override {
            heard.push_back("fired " + playbook + "." + rule + " " + firing.key);
        }
        void settled(const std::string& playbook, const std::string& rule, DeliveryState state,
                     const std::string& reason, std::int64_t count) override {
            heard.push_back("settled " + playbook + "." + rule + " " + std::string{to_text(state)} +
                            " " + reason + " " + std::to_string(count));
        }
        std::vector<std::string> heard;
    } listener;
    World world{Draft{}.plan, "2026-11-16 00:00"};
    world.groups(3);
    Executor executor{world.store(), world.clock(), world.wakeup(), zones(), {}, {}, &listener};
    executor.recover();
    executor.deploy(posting({8h}, "one"));
    executor.run([] { return false; }, instant("2026-11-16 09:00"));
    CHECK(listener.heard ==
          std::vector<std::string>{
              "deployed 2", "fired members.post 2026-11-16T08:00:00 Asia/Shanghai",
              "settled members.post failed no channel of `via hook` is set up 3"});
}

}  // namespace sop::runtime
