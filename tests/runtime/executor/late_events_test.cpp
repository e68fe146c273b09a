// Events that come after what they should have come before: what is decided stays, and everything
// else is as if they had been there.
#include <catch2/catch.hpp>

#include "runtime/executor/executor.h"
#include "tests/support/sources.h"
#include "tests/support/world.h"

namespace sop::runtime {

using namespace sop::tests;
using Outcomes = std::map<std::string, int>;
using Texts = std::vector<std::string>;

namespace {

lang::Plan plan_with(const std::string& rules) {
    return plan_of(R"(sop 1
tag member, seen
event opened { }
event order { }
event check_in { }
channel hook { kind webhook }
playbook members {
  timezone Asia/Shanghai
  for members tagged member
  via hook
  )" + rules + "\n}\n");
}

// "12:00 hello" of each message to m1, in order.
Texts told(const World& world) {
    Texts texts;
    for (const Delivered& each : world.delivered())
        texts.push_back(each.at.substr(11) + " " + each.text);
    return texts;
}

struct OneMember : World {
    explicit OneMember(const std::string& rules) : World(plan_with(rules), "2026-11-19 10:00") {
        member("m1");
    }
    void happened(const std::string& type, const std::string& time) {
        event(type + " of " + time, type, std::nullopt, "m1", {}, "2026-11-19 " + time);
        tick(std::chrono::milliseconds{0});
    }
    void until(const std::string& time) { run_until("2026-11-19 " + time); }
};

}  // namespace

TEST_CASE("a late event begins its rule: states change, messages go by the late rule",
          "[executor][late_event]") {
    const auto [came_at, outcomes] = GENERATE(table<std::string, Outcomes>({
        {"12:05", {{"sent", 1}}},
        {"12:05:00.001", {{"skipped: late", 1}}},
        {"18:00", {{"skipped: late", 1}}},
    }));
    const bool killed = GENERATE(false, true);
    CAPTURE(came_at, killed);
    OneMember world("r: on order { tag seen; points +10 because \"order\"; send \"thanks\" }");
    world.until(came_at);
    if (killed) world.crash();
    world.happened("order", "12:00");
    CHECK(world.outcomes() == outcomes);
    CHECK(world.store().find_member("m1")->tags == Texts{"member", "seen"});
    CHECK(world.store().points_of("m1") == 10);
    CHECK(world.store().list_points("m1", 0, 1)[0].at == instant("2026-11-19 12:00"));
    world.check_accounts();
}

TEST_CASE("a late event answers a wait that still goes on, if it happened within it",
          "[executor][late_event]") {
    struct Row {
        const char* happened;
        const char* came;
        Texts told;
    };
    const auto row = GENERATE(values<Row>({
        // The wait goes from 12:00 to 14:00.
        {"12:30", "12:34", {"12:34 yes"}},
        {"12:30", "13:59:59", {"13:59:59 yes"}},
        {"12:00", "12:01", {"12:01 yes"}},
        // Before it began.
        {"11:59:59", "12:01", {"14:00 no"}},
        // It was over, and the answer given.
        {"13:59", "14:00:01", {"14:00 no"}},
        // In time, and it goes on as it is.
        {"14:00", "14:00", {"14:00 no"}},
    }));
    CAPTURE(row.happened, row.came);
    OneMember world(
        "r: on opened late send within 2h { wait for order within 2h { yes: send \"yes\"; no: send "
        "\"no\" } }");
    world.until("12:00");
    world.happened("opened", "12:00");
    world.until(row.came);
    world.happened("order", row.happened);
    world.until("16:00");
    CHECK(told(world) == row.told);
}

TEST_CASE("a late event enters every count that is made after it came, and none before",
          "[executor][late_event]") {
    OneMember world("r: every day at 12:00, 14:00 { send \"{count(order, today)} today\" }");
    world.until("11:00");
    world.happened("order", "11:00");
    world.until("13:00");
    world.happened("order", "11:30");
    world.until("15:00");
    CHECK(told(world) == Texts{"12:00 1 today", "14:00 2 today"});
}

TEST_CASE("a late event ends what it would have ended, from now on", "[executor][late_event]") {
    OneMember world(
        "r: on opened exit on order { send \"1\"; after 2h: send \"2\"; after 2h: send \"3\" }");
    world.until("11:00");
    world.happened("opened", "11:00");
    world.until("14:00");
    world.happened("order", "12:00");
    world.until("20:00");
    // The second was sent before anybody knew.
    CHECK(told(world) == Texts{"11:00 1", "13:00 2"});
}

TEST_CASE("a late event before a run's beginning does not end it", "[executor][late_event]") {
    OneMember world("r: on opened exit on order { send \"1\"; after 2h: send \"2\" }");
    world.until("11:00");
    world.happened("opened", "11:00");
    world.until("12:00");
    world.happened("order", "10:30");
    world.until("20:00");
    CHECK(told(world) == Texts{"11:00 1", "13:00 2"});
}

TEST_CASE("late events are taken in the order of their own time", "[executor][late_event]") {
    OneMember world(
        "a: on order once per member { points +1 because \"a\" }\n"
        "b: on check_in { points +10 because \"b\" }");
    world.until("15:00");
    world.event("o2", "order", std::nullopt, "m1", {}, "2026-11-19 13:00");
    world.event("o1", "order", std::nullopt, "m1", {}, "2026-11-19 12:00");
    world.event("c1", "check_in", std::nullopt, "m1", {}, "2026-11-19 12:30");
    world.tick(std::chrono::milliseconds{0});
    Texts ledger;
    for (const PointEntry& entry : world.store().list_points("m1", 0, 10))
        ledger.push_back(entry.reason + " " + *entry.event);
    CHECK(ledger == Texts{"a o1", "b c1"});
}

TEST_CASE("a limit per day counts a late event to the day it is at, never the same one twice",
          "[executor][late_event]") {
    OneMember world("r: on check_in once per member per day late send within 24h { send \"hi\" }");
    world.until("11:00");
    world.happened("check_in", "11:00");
    world.until("12:00");
    world.happened("check_in", "10:30");
    world.until("13:00");
    CHECK(told(world) == Texts{"11:00 hi"});
    CHECK(world.store()
              .events_of(SubjectKind::member, "m1", "check_in", instant("2026-11-19 00:00"),
                         instant("2026-11-20 00:00"))
              .size() == 2);
}

TEST_CASE("a condition that a late event makes true fires, once", "[executor][late_event][when]") {
    struct Row {
        const char* condition;
        Texts happened;  // the last of them comes at 13:00
        Texts told;
    };
    const auto row = GENERATE(values<Row>({
        // With it there are three.
        {"count(check_in, today) >= 3", {"11:00", "12:00", "10:30"}, {"13:00 so"}},
        // There were three already; as of then there was one.
        {"count(check_in, today) >= 3", {"10:50", "11:00", "12:00", "10:30"}, {"12:00 so"}},
        // There were two within an hour, and are no more.
        {"count(check_in, last 1h) >= 2", {"10:10", "12:30", "10:40"}, {"13:00 so"}},
        {"count(check_in, today) >= 3", {"11:00", "10:30"}, {}},
    }));
    const bool killed = GENERATE(false, true);
    CAPTURE(row.condition, killed);
    OneMember world(std::string("r: when ") + row.condition +
                    " late send within 24h { send \"so\" }");
    for (std::size_t i = 0; i + 1 < row.happened.size(); ++i) {
        world.until(row.happened[i]);
        world.happened("check_in", row.happened[i]);
    }
    world.until("13:00");
    if (killed) world.crash();
    world.happened("check_in", row.happened.back());
    world.until("13:30");
    CHECK(told(world) == row.told);
    // What was so stays so: another one changes nothing.
    if (std::string(row.condition).find("today") != std::string::npos && !row.told.empty()) {
        world.happened("check_in", "13:30");
        CHECK(told(world) == row.told);
    }
}

}  // namespace sop::runtime
