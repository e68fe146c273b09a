// Making up for what was skipped: each message once, by the plan that was in force, guards as ever.
#include <catch2/catch.hpp>

#include "runtime/executor/executor.h"
#include "tests/support/world.h"

namespace sop::runtime {

using namespace sop::tests;
using Outcomes = std::map<std::string, int>;
using Texts = std::vector<std::string>;

namespace {

Draft daily_draft(const std::string& text = "sale") {
    Draft draft;
    lang::Rule& rule = draft.rule("sale", daily({20h}));
    rule.steps = {{"start", at_start(), {draft.post(text)}}};
    return draft;
}

// "20:00 g1 sale" of each message from then on.
Texts texts_since(const World& world, const std::string& from) {
    Texts texts;
    for (const Delivered& each : world.delivered()) {
        if (each.at >= from)
            texts.push_back(each.at.substr(11) + " " + each.target + " " + each.text);
    }
    return texts;
}

BackfillRequest whole_day() {
    return {.playbook = "members",
            .from = instant("2026-11-19 00:00"),
            .to = instant("2026-11-20 00:00"),
            .reasons = {"late", "paused"}};
}

void ask(World& world, const std::string& id, const BackfillRequest& request) {
    Event event;
    write_backfill(request, event);
    world.event(id, event.type, event.group, event.member, event.fields);
}

}  // namespace

TEST_CASE("what was missed is made up for once, by the plan that was in force",
          "[executor][backfill]") {
    World world{daily_draft().plan, "2026-11-19 12:00"};
    for (const char* group : {"g1", "g2", "g3"}) world.group(group);
    world.crash_until("2026-11-19 23:00");
    world.run_until("2026-11-20 09:00");
    REQUIRE(world.outcomes() == Outcomes{{"skipped: late", 3}});
    world.deploy(daily_draft("another text").plan);

    ask(world, "b1", whole_day());
    world.run_until("2026-11-20 09:30");
    CHECK(texts_since(world, "") == Texts{"09:00 g1 sale", "09:00 g2 sale", "09:00 g3 sale"});
    CHECK(world.outcomes() == Outcomes{{"sent", 3}});
    world.check_accounts();

    SECTION("a second time there is nothing left to do") {
        ask(world, "b2", whole_day());
        world.run_until("2026-11-20 10:00");
        CHECK(world.delivered().size() == 3);
    }
    SECTION("and what comes after goes on as ever") {
        world.run_until("2026-11-20 21:00");
        CHECK(texts_since(world, "2026-11-20 12:00") ==
              Texts{"20:00 g1 another text", "20:00 g2 another text", "20:00 g3 another text"});
    }
}

TEST_CASE("it is done in pages, and a kill between them loses and doubles nothing",
          "[executor][backfill]") {
    World world{daily_draft().plan, "2026-11-19 12:00", {.page_rows = 2}};
    world.groups(7);
    world.crash_until("2026-11-19 23:00");
    world.run_until("2026-11-20 09:00");
    ask(world, "b1", whole_day());
    const int turns = GENERATE(0, 1, 2, 3, 4);
    for (int i = 0; i < turns; ++i) world.turn();
    world.crash();
    world.run_until("2026-11-20 12:00");
    std::map<std::string, int> by_group;
    for (const Delivered& each : world.delivered()) ++by_group[each.target];
    // What was being sent at the kill is unknown.
    const auto outcomes = world.outcomes();
    const auto unknown = outcomes.find("unknown: stopped while it was being sent");
    const int in_doubt = unknown == outcomes.end() ? 0 : unknown->second;
    CHECK(static_cast<int>(by_group.size()) + in_doubt >= 7);
    for (const auto& [group, count] : by_group) CHECK(count == 1);
    CHECK_FALSE(outcomes.contains("skipped: late"));
    world.check_accounts();
}

TEST_CASE("only what is asked for is made up for", "[executor][backfill]") {
    World world{daily_draft().plan, "2026-11-18 12:00"};
    for (const char* group : {"g1", "g2"}) world.group(group);
    world.crash_until("2026-11-18 23:00");
    world.crash_until("2026-11-19 23:00");
    world.run_until("2026-11-20 09:00");
    REQUIRE(world.outcomes() == Outcomes{{"skipped: late", 4}});
    BackfillRequest request = whole_day();
    SECTION("of a period") {
        ask(world, "b", request);
        world.run_until("2026-11-20 10:00");
        CHECK(texts_since(world, "") == Texts{"09:00 g1 sale", "09:00 g2 sale"});
    }
    SECTION("of one group") {
        request.group = "g2";
        ask(world, "b", request);
        world.run_until("2026-11-20 10:00");
        CHECK(texts_since(world, "") == Texts{"09:00 g2 sale"});
    }
    SECTION("of one rule, which is another") {
        request.rule = "other";
        ask(world, "b", request);
        world.run_until("2026-11-20 10:00");
        CHECK(world.delivered().empty());
    }
    SECTION("for one reason, which is another") {
        request.reasons = {"paused"};
        ask(world, "b", request);
        world.run_until("2026-11-20 10:00");
        CHECK(world.delivered().empty());
    }
    world.check_accounts();
}

TEST_CASE("what a pause skipped is made up for", "[executor][backfill]") {
    World world{daily_draft().plan, "2026-11-19 12:00"};
    world.group("g1");
    Pause pause{.playbook = "members", .mode = PauseMode::skip, .since = world.clock().now()};
    world.store().put_pause(pause);
    world.run_until("2026-11-19 21:00");
    REQUIRE(world.outcomes() == Outcomes{{"skipped: paused", 1}});
    ask(world, "early", {"members", "", pause.since, world.clock().now(), {"paused"}, {}, {}});
    world.run_until("2026-11-19 21:30");
    // It is paused still.
    CHECK(world.outcomes() == Outcomes{{"skipped: paused", 1}});
    pause.resumed_at = world.clock().now();
    world.store().put_pause(pause);
    world.run_until("2026-11-19 21:40");
    ask(world, "b", whole_day());
    world.run_until("2026-11-19 22:00");
    CHECK(texts_since(world, "") == Texts{"21:40 g1 sale"});
    world.check_accounts();
}

TEST_CASE("guards hold for what is made up for, and its window is over", "[executor][backfill]") {
    Draft draft;
    lang::Rule& rule = draft.rule("sale", daily({20h}, 1h));
    rule.steps = {{"start", at_start(), {draft.post("sale")}}};
    rule.guards.edit().quiet = lang::QuietHours{22h, 7h};
    rule.guards.edit().limits = {{.count = 1, .per = lang::SubjectKind::group}};
    rule.deliver_within = 30min;
    SECTION("with a deadline of its own") {
        rule.guards.edit().deliver_within_written = true;
    }
    SECTION("without") {}
    World world{draft.plan, "2026-11-18 12:00"};
    world.group("g1");
    world.crash_until("2026-11-18 22:30");
    world.run_until("2026-11-18 23:00");
    REQUIRE(world.outcomes() == Outcomes{{"skipped: late", 1}});
    BackfillRequest request = whole_day();
    request.from = instant("2026-11-18 00:00");
    ask(world, "b", request);
    world.run_until("2026-11-19 06:00");
    REQUIRE(world.outcomes() == Outcomes{{"pending: backfill", 1}});
    world.run_until("2026-11-19 22:00");
    // The morning's message is the one of the day.
    CHECK(texts_since(world, "") == Texts{"07:00 g1 sale"});
    CHECK(world.outcomes() == Outcomes{{"sent", 1}, {"skipped: cap", 1}});
    world.check_accounts();
}

TEST_CASE("a restart while it waits for the morning does not call it overtaken",
          "[executor][backfill]") {
    Draft draft = daily_draft();
    lang::Rule& rule = draft.plan.playbooks.front().rules.front();
    rule.guards.edit().quiet = lang::QuietHours{22h, 7h};
    rule.late_within = 24h;
    World world{draft.plan, "2026-11-17 12:00"};
    world.group("g1");
    world.crash_until("2026-11-18 22:30");
    world.run_until("2026-11-18 23:00");
    BackfillRequest request = whole_day();
    request.from = instant("2026-11-17 00:00");
    ask(world, "b", request);
    world.run_until("2026-11-18 23:30");
    world.crash_until("2026-11-19 21:00");
    world.run_until("2026-11-19 21:30");
    // That of the 18th is: the one of the 19th is newer. That of the 17th is made up for.
    CHECK(texts_since(world, "") == Texts{"21:00 g1 sale", "21:00 g1 sale"});
    CHECK(world.outcomes() == Outcomes{{"sent", 2}, {"skipped: late", 1}});
    world.check_accounts();
}

TEST_CASE("whoever is gone, outside or opted out stays skipped", "[executor][backfill]") {
    Draft draft = daily_draft();
    draft.plan.events.push_back({"left", {}});
    lang::Rule& rule = draft.plan.playbooks.front().rules.front();
    rule.exits = {{{"left"}, "left"}};
    rule.guards.edit().exit_when_outside = true;
    World world{draft.plan, "2026-11-19 12:00"};
    for (const char* group : {"g1", "g2", "g3"}) world.group(group);
    world.crash_until("2026-11-19 23:00");
    world.run_until("2026-11-20 09:00");
    world.event("e1", "left", "g1");
    world.group("g2", {"another"});
    world.run_until("2026-11-20 09:10");
    ask(world, "b", whole_day());
    world.run_until("2026-11-20 09:30");
    CHECK(texts_since(world, "") == Texts{"09:10 g3 sale"});
    CHECK(world.outcomes() == Outcomes{{"sent", 1}, {"skipped: late", 2}});
    world.check_accounts();
}

TEST_CASE("a message of an event's run is made up for with what the event said",
          "[executor][backfill]") {
    Draft draft;
    draft.plan.events.push_back({"joined", {{"name", lang::ValueType::text}}});
    lang::Rule& rule = draft.rule("welcome", on_event("joined"));
    rule.steps = {
        {"start", at_start(), {draft.post({{field(lang::FieldReference::Owner::event, "name")}})}}};
    World world{draft.plan, "2026-11-19 12:00"};
    world.group("g1");
    world.event("e1", "joined", "g1", std::nullopt, {{"name", "Ann"}});
    world.sleep_until("2026-11-19 18:00");
    world.run_until("2026-11-19 18:10");
    REQUIRE(world.outcomes() == Outcomes{{"skipped: late", 1}});
    ask(world, "b",
        {"members", "welcome", instant("2026-11-19 00:00"), world.clock().now(), {"late"}, {}, {}});
    world.run_until("2026-11-19 18:30");
    CHECK(texts_since(world, "") == Texts{"18:10 g1 Ann"});
}

TEST_CASE("a request that does not say what it means changes nothing and holds nothing up",
          "[executor][backfill]") {
    World world{daily_draft().plan, "2026-11-19 12:00"};
    world.group("g1");
    world.event("bad", backfill_event, std::nullopt, std::nullopt, {{"of", "members"}});
    world.run_until("2026-11-19 21:00");
    CHECK(world.troubles() == Texts{"event bad: it does not say what is to be made up for"});
    CHECK(world.outcomes() == Outcomes{{"sent", 1}});
}

TEST_CASE("a request survives the way through an event", "[backfill]") {
    BackfillRequest request = whole_day();
    request.rule = "sale";
    request.reasons = {"no calendar data", "cap"};
    request.member = "m1";
    Event event;
    write_backfill(request, event);
    CHECK(read_backfill(event) == request);
    event.fields["reasons"] = "condition";
    CHECK_FALSE(read_backfill(event).has_value());
}

}  // namespace sop::runtime
