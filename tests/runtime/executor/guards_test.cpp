// Guards in the whole: what waits, what is dropped and why, and that a kill changes none of it.
#include <catch2/catch.hpp>

#include "runtime/executor/executor.h"
#include "tests/support/world.h"

namespace sop::runtime {

using namespace sop::tests;
using Outcomes = std::map<std::string, int>;
using Unit = lang::calendar::EveryNth::Unit;

namespace {

// Posts its name at that time of each day.
lang::Rule& daily_post(Draft& draft, const std::string& name, std::chrono::seconds time) {
    lang::Rule& rule = draft.rule(name, daily({time}));
    rule.steps = {{"start", at_start(), {draft.post(name)}}};
    return rule;
}

// "20:00 sale" of each message to the group, in order.
std::vector<std::string> texts_to(const World& world, const std::string& target) {
    std::vector<std::string> texts;
    for (const Delivered& each : world.delivered()) {
        if (each.target == target) texts.push_back(each.at.substr(11) + " " + each.text);
    }
    return texts;
}

using Texts = std::vector<std::string>;
using Post = std::tuple<const char*, std::chrono::seconds, lang::Priority>;

}  // namespace

TEST_CASE("quiet hours put off till morning, by urgency and planned time", "[executor][guards]") {
    Draft draft;
    const lang::QuietHours night{22h + 30min, 7h + 30min};
    for (const auto& [name, time, priority] :
         {Post{"late", 23h, lang::Priority::normal}, Post{"low", 22h + 45min, lang::Priority::low},
          Post{"later", 23h + 30min, lang::Priority::normal},
          Post{"urgent", 23h + 45min, lang::Priority::high}}) {
        lang::Rule& rule = daily_post(draft, name, time);
        rule.guards.edit().quiet = night;
        rule.guards.edit().priority = priority;
    }
    const Texts in_order{"07:30 urgent", "07:30 late", "07:30 later", "07:30 low"};
    World world{draft.plan, "2026-11-19 12:00"};
    world.group("g1");
    world.run_until("2026-11-20 07:29:59.999");
    CHECK(world.delivered().empty());
    CHECK(world.outcomes() == Outcomes{{"pending", 4}});

    SECTION("as planned") {}
    SECTION("after a kill at night") {
        world.crash_until("2026-11-20 05:00");
    }
    SECTION("after a kill that ends in time by the late rule") {
        world.crash_until("2026-11-20 07:35");
        world.run_until("2026-11-20 08:00");
        CHECK(texts_to(world, "g1") ==
              Texts{"07:35 urgent", "07:35 late", "07:35 later", "07:35 low"});
        return;
    }
    SECTION("and are late when the morning is missed") {
        world.crash_until("2026-11-20 07:35:00.001");
        world.run_until("2026-11-20 08:00");
        CHECK(world.outcomes() == Outcomes{{"skipped: late", 4}});
        return;
    }
    world.run_until("2026-11-20 08:00");
    CHECK(texts_to(world, "g1") == in_order);
    world.check_accounts();
}

TEST_CASE("an executor that sleeps through the night sends what was put off",
          "[executor][guards]") {
    Draft draft;
    daily_post(draft, "late", 23h).guards.edit().quiet = lang::QuietHours{22h, 7h};
    World world{draft.plan, "2026-11-19 12:00"};
    world.group("g1");
    world.crash_until("2026-11-20 06:00");
    world.run_until("2026-11-20 08:00");
    CHECK(texts_to(world, "g1") == Texts{"07:00 late"});
}

TEST_CASE("quiet hours can drop, and a message that waited into them obeys", "[executor][guards]") {
    Draft draft;
    lang::Rule& dropped = daily_post(draft, "dropped", 23h);
    dropped.guards.edit().quiet = lang::QuietHours{22h, 7h, true};
    lang::Rule& waiting = daily_post(draft, "waiting", 21h + 59min);
    waiting.guards.edit().quiet = lang::QuietHours{22h, 7h};
    World world{draft.plan, "2026-11-19 12:00"};
    world.platform().answer = [&](const Attempt& attempt) {
        if (attempt.number == 1) return Answer{Answer::Kind::retry, "busy", 0ms, 5min};
        return Answer{};
    };
    world.group("g1");
    world.run_until("2026-11-20 12:00");
    CHECK(texts_to(world, "g1") == Texts{"07:00 waiting"});
    CHECK(world.outcomes("dropped") == Outcomes{{"skipped: quiet", 1}});
    world.check_accounts();
}

TEST_CASE("a cap holds over all rules, and the day's slot is the more urgent one's",
          "[executor][guards]") {
    Draft draft;
    for (const auto& [name, time, priority] :
         {Post{"first", 8h, lang::Priority::normal}, Post{"second", 9h, lang::Priority::normal},
          Post{"third", 10h, lang::Priority::normal}, Post{"sale", 20h, lang::Priority::high},
          Post{"late", 21h, lang::Priority::normal}}) {
        lang::Rule& rule = daily_post(draft, name, time);
        rule.guards.edit().limits = {{3, lang::SubjectKind::group, Unit::day}};
        rule.guards.edit().priority = priority;
    }
    World world{draft.plan, "2026-11-19 00:00"};
    world.group("g1");
    world.group("g2");
    const bool killed = GENERATE(false, true);
    if (killed) {
        for (const char* at : {"2026-11-19 08:30", "2026-11-19 09:30", "2026-11-19 20:00"}) {
            world.run_until(at);
            world.crash();
        }
    }
    world.run_until("2026-11-19 23:00");
    for (const char* group : {"g1", "g2"})
        CHECK(texts_to(world, group) == Texts{"08:00 first", "09:00 second", "20:00 sale"});
    CHECK(world.outcomes() == Outcomes{{"sent", 6}, {"skipped: cap", 4}});
    world.run_until("2026-11-20 08:00");
    CHECK(texts_to(world, "g1").back() == "08:00 first");
    world.check_accounts();
}

TEST_CASE("what did not reach anybody does not count, what may have does", "[executor][guards]") {
    Draft draft;
    for (const auto& [name, time] : {std::pair{"a", 8h}, {"b", 9h}, {"c", 10h}})
        daily_post(draft, name, time).guards.edit().limits = {
            {1, lang::SubjectKind::group, Unit::day}};
    World world{draft.plan, "2026-11-19 00:00"};
    world.group("g1");
    world.platform().answer = [&](const Attempt& attempt) {
        if (attempt.text == "a") return Answer{Answer::Kind::failed, "refused"};
        return Answer{Answer::Kind::unknown, "no answer"};
    };
    world.run_until("2026-11-19 12:00");
    CHECK(world.outcomes("a") == Outcomes{{"failed: refused", 1}});
    CHECK(world.outcomes("b") == Outcomes{{"unknown: no answer", 1}});
    CHECK(world.outcomes("c") == Outcomes{{"skipped: cap", 1}});
}

TEST_CASE("a deploy that brings the first cap counts what was sent before it",
          "[executor][guards]") {
    Draft before;
    daily_post(before, "a", 8h);
    Draft after;
    daily_post(after, "a", 8h);
    daily_post(after, "b", 9h).guards.edit().limits = {{1, lang::SubjectKind::group, Unit::day}};
    World world{before.plan, "2026-11-19 00:00"};
    world.group("g1");
    world.run_until("2026-11-19 08:30");
    world.deploy(after.plan);
    world.run_until("2026-11-19 12:00");
    CHECK(world.outcomes("b") == Outcomes{{"skipped: cap", 1}});
}

TEST_CASE("spacing keeps posts of a group apart, up to when they are given up",
          "[executor][guards]") {
    Draft draft;
    for (const char* name : {"a", "b", "c", "d"}) {
        lang::Rule& rule = daily_post(draft, name, 8h);
        rule.guards.edit().space = 50min;
    }
    World world{draft.plan, "2026-11-19 00:00"};
    world.group("g1");
    world.run_until("2026-11-19 12:00");
    CHECK(texts_to(world, "g1") == Texts{"08:00 a", "08:50 b", "09:40 c"});
    CHECK(world.outcomes("d") == Outcomes{{"skipped: spacing", 1}});
}

TEST_CASE("spread keeps the groups of one time apart", "[executor][guards]") {
    Draft draft;
    daily_post(draft, "morning", 8h).guards.edit().spread = 10min;
    World world{draft.plan, "2026-11-19 00:00"};
    world.groups(50);
    world.run_until("2026-11-19 08:00");
    CHECK(world.delivered().size() < 5);
    world.run_until("2026-11-19 08:05");
    CHECK(world.delivered().size() > 10);
    CHECK(world.delivered().size() < 40);
    world.run_until("2026-11-19 08:10");
    CHECK(world.outcomes() == Outcomes{{"sent", 50}});
}

TEST_CASE("of several misses as many are sent as the rule says, in order and apart",
          "[executor][guards][late]") {
    Draft draft;
    lang::Rule& rule = draft.rule("news", daily({8h, 9h, 10h, 11h}));
    rule.steps = {{"start",
                   at_start(),
                   {draft.post({{field(lang::FieldReference::Owner::start, "time",
                                       lang::ValueType::time)}})}}};
    rule.late_within = 6h;
    rule.guards.edit().late.last = 3;
    rule.guards.edit().late.spaced = 10min;
    World world{draft.plan, "2026-11-19 00:00"};
    world.group("g1");
    const bool slept = GENERATE(false, true);
    if (slept) {
        world.sleep_until("2026-11-19 12:00");
    } else {
        world.crash_until("2026-11-19 12:00");
    }
    world.run_until("2026-11-19 13:00");
    CHECK(texts_to(world, "g1") == Texts{"12:00 09:00", "12:10 10:00", "12:20 11:00"});
    CHECK(world.outcomes() == Outcomes{{"sent", 3}, {"skipped: late", 1}});
    world.check_accounts();
}

TEST_CASE("`late skip` sends nothing that was missed", "[executor][guards][late]") {
    Draft draft;
    daily_post(draft, "a", 8h).guards.edit().late.skip = true;
    World world{draft.plan, "2026-11-19 00:00"};
    world.group("g1");
    world.crash_until("2026-11-19 08:01:00.001");
    world.run_until("2026-11-20 12:00");
    CHECK(texts_to(world, "g1") == Texts{"08:00 a"});
    CHECK(world.outcomes() == Outcomes{{"sent", 1}, {"skipped: late", 1}});
}

}  // namespace sop::runtime
