// Rules on what people do: how often they may begin, points, tags and events that lead to others.
#include <catch2/catch.hpp>

#include "runtime/executor/executor.h"
#include "tests/support/sources.h"
#include "tests/support/world.h"

namespace sop::runtime {

using namespace sop::tests;
using Outcomes = std::map<std::string, int>;
using Texts = std::vector<std::string>;

namespace {

lang::Plan plan_with(const std::string& rules, const std::string& audience = "members") {
    return plan_of(R"(sop 1
tag member, vip, seen
event order { amount: money, sku: text optional }
event refund { of: order }
event check_in { }
event grown { by: number optional }
words ads = "加微信", "Ｐart-time"
channel hook { kind webhook }
playbook members {
  timezone Asia/Shanghai
  for )" + audience +
                   R"( tagged member
  via hook
  )" + rules + "\n}\n");
}

// "19 12:00 hello" of each message to one of them, in order.
Texts told(const World& world, const std::string& target = "m1") {
    Texts texts;
    for (const Delivered& each : world.delivered()) {
        if (each.target == target) texts.push_back(each.at.substr(8) + " " + each.text);
    }
    return texts;
}

// Events of a member, "ci1", "ci2", …, each at its time.
void happen(World& world, const std::string& type, const std::vector<std::string>& times,
            const std::string& member = "m1") {
    for (std::size_t i = 0; i < times.size(); ++i)
        world.event(member + type + std::to_string(i), type, "g1", member, {}, times[i]);
}

void order(World& world, const std::string& id, const std::string& amount,
           const std::string& member = "m1") {
    world.event(id, "order", "g1", member, {{"amount", amount}});
}

}  // namespace

TEST_CASE("a rule begins as often as it says, by the day of its zone", "[executor][people]") {
    struct Row {
        const char* limits;
        Texts times;
    };
    const auto row = GENERATE(values<Row>({
        {"", {"19 12:00 hi", "19 23:59 hi", "20 00:00 hi", "20 00:01 hi", "21 12:00 hi"}},
        {"once per member", {"19 12:00 hi"}},
        {"once per member per day", {"19 12:00 hi", "20 00:00 hi", "21 12:00 hi"}},
        {"at most 2 per member per day",
         {"19 12:00 hi", "19 23:59 hi", "20 00:00 hi", "20 00:01 hi", "21 12:00 hi"}},
        {"at most 3 per member per week", {"19 12:00 hi", "19 23:59 hi", "20 00:00 hi"}},
        {"again after 24h", {"19 12:00 hi", "21 12:00 hi"}},
        {"again after 1 day from start", {"19 12:00 hi", "21 12:00 hi"}},
        {"again after 48h", {"19 12:00 hi", "21 12:00 hi"}},
    }));
    const bool killed = GENERATE(false, true);
    CAPTURE(row.limits, killed);
    World world{plan_with(std::string("hello: on check_in ") + row.limits + " { send \"hi\" }"),
                "2026-11-19 10:00"};
    world.member("m1");
    happen(world, "check_in",
           {"2026-11-19 12:00", "2026-11-19 23:59", "2026-11-20 00:00", "2026-11-20 00:01",
            "2026-11-21 12:00"});
    world.run_until("2026-11-19 23:00");
    if (killed) world.crash();
    world.run_until("2026-11-20 00:00:30");
    if (killed) world.crash();
    world.run_until("2026-11-22 00:00");
    CHECK(told(world) == row.times);
    world.check_accounts();
}

TEST_CASE("a limit is each member's own, also in a rule for groups", "[executor][people]") {
    World world{plan_with("hello: on check_in once per member { post \"hi\" }", "groups"),
                "2026-11-19 10:00"};
    world.group("g1");
    for (const char* member : {"m1", "m2"}) world.member(member);
    happen(world, "check_in", {"2026-11-19 12:00", "2026-11-19 13:00"}, "m1");
    happen(world, "check_in", {"2026-11-19 12:30", "2026-11-19 13:30"}, "m2");
    world.run_until("2026-11-19 15:00");
    CHECK(told(world, "g1") == Texts{"19 12:00 hi", "19 12:30 hi"});
}

TEST_CASE("once is for ever, whatever retention lets go", "[executor][people]") {
    using date::days;
    World world{plan_with("hello: on check_in once per member { send \"hi\" }"),
                "2026-01-01 10:00",
                {.retention = RetentionPolicy{days{45}, days{45}, days{45}, days{45}}}};
    for (const char* member : {"m1", "m2"}) world.member(member);
    happen(world, "check_in", {"2026-01-01 12:00", "2026-07-01 12:00"});
    happen(world, "check_in", {"2026-01-02 12:00"}, "m2");
    world.run_until("2026-07-02 12:00");
    // The last row of a table stays.
    REQUIRE(world.store().list_deliveries({}).size() == 1);
    CHECK(world.store().list_deliveries({}).front().subject == "m2");
    CHECK(told(world) == Texts{"01 12:00 hi"});
}

TEST_CASE("points are given by independent rules, spent, corrected and taken back once",
          "[executor][points]") {
    World world{plan_with(R"(
  buy: on order { points +10 because "purchase" }
  big: on order where amount > 100 CNY {
    points +15 because "big purchase"
    send "You have {member.points}"
  }
  refunds: on refund { take back event.of }
  spend: on grown {
    points -event.by because "gift" {
      yes: send "a gift, {member.points} left"
      no: send "only {member.points}"
    }
  }
  mend: on check_in { points -100 correction because "a mistake" }
)"),
                "2026-11-19 12:00"};
    world.member("m1");
    order(world, "o1", "20.00 CNY");
    order(world, "o2", "100.00 CNY");
    order(world, "o3", "100.01 CNY");
    world.run_until("2026-11-19 12:10");
    // Two rules on one event are independent: the message tells what its own rule gave at least.
    CHECK(world.store().points_of("m1") == 45);
    REQUIRE(told(world).size() == 1);

    SECTION("never below zero") {
        world.event("s1", "grown", "g1", "m1", {{"by", "40"}});
        world.event("s2", "grown", "g1", "m1", {{"by", "40"}}, "2026-11-19 12:11");
        world.run_until("2026-11-19 12:20");
        CHECK(world.store().points_of("m1") == 5);
        CHECK(told(world).at(1) == "19 12:10 a gift, 5 left");
        CHECK(told(world).at(2) == "19 12:11 only 5");
        CHECK(world.outcomes("spend") == Outcomes{{"sent", 2}, {"refused: balance", 1}});
    }
    SECTION("but by a correction") {
        world.event("c1", "check_in", "g1", "m1");
        world.run_until("2026-11-19 12:20");
        CHECK(world.store().points_of("m1") == -55);
    }
    SECTION("a refund undoes all that its order gave, once") {
        world.event("r1", "refund", "g1", "m1", {{"of", "o3"}});
        world.event("r2", "refund", "g1", "m1", {{"of", "o3"}});
        world.event("r3", "refund", "g1", "m1", {{"of", "never"}});
        world.run_until("2026-11-19 12:20");
        CHECK(world.store().points_of("m1") == 20);
        const auto book = world.store().list_points("m1", 0, 100);
        REQUIRE(book.size() == 6);
        CHECK(book[4].amount + book[5].amount == -25);
        CHECK(book[4].undoes.has_value());
        CHECK(book[5].event == "r1");
    }
    std::int64_t sum = 0;
    for (const PointEntry& entry : world.store().list_points("m1", 0, 100)) sum += entry.amount;
    CHECK(world.store().points_of("m1") == sum);
    world.check_accounts();
}

TEST_CASE("points are given once, whenever the executor dies", "[executor][points]") {
    const auto plan = plan_with("buy: on order { points +10 because \"purchase\" }");
    World world{plan, "2026-11-19 12:00", {.page_rows = 1}};
    world.member("m1");
    for (int i = 0; i < 5; ++i) order(world, "o" + std::to_string(i), "1 CNY");
    for (int i = 0; i < 12; ++i) {
        world.turn();
        world.crash();
    }
    world.run_until("2026-11-19 13:00");
    CHECK(world.store().points_of("m1") == 50);
}

TEST_CASE("points without a value, or of nobody, are refused", "[executor][points]") {
    World world{plan_with(R"(
  a: on order { points +1 to event.member because "order" }
  b: on grown { points +event.by because "nothing" }
)",
                          "groups"),
                "2026-11-19 12:00"};
    world.group("g1");
    world.event("o1", "order", "g1", std::nullopt, {{"amount", "1 CNY"}});
    world.event("o2", "order", "g1", "stranger", {{"amount", "1 CNY"}});
    world.event("x1", "grown", "g1", "stranger");
    world.run_until("2026-11-19 12:10");
    CHECK(world.outcomes() == Outcomes{{"refused: no value", 2}, {"refused: gone", 1}});
    world.check_accounts();
}

TEST_CASE("a pause that skips gives no points and emits nothing", "[executor][points]") {
    World world{plan_with("buy: on check_in { points +10 because \"x\"; emit grown(by: 1) }\n"
                          "  next: on grown { send \"grown\" }"),
                "2026-11-19 12:00"};
    world.member("m1");
    world.store().put_pause({"members", "buy", PauseMode::skip, world.clock().now(), {}});
    happen(world, "check_in", {"2026-11-19 12:01"});
    world.run_until("2026-11-19 13:00");
    CHECK(world.store().points_of("m1") == 0);
    CHECK(told(world).empty());
}

TEST_CASE("a tag that comes or goes starts rules and answers waits", "[executor][people]") {
    World world{plan_with(R"(
  buy: on order { tag vip }
  again: on check_in { untag vip }
  welcome: on tagged vip { send "welcome" }
  farewell: on untagged vip { send "bye" }
  patient: on grown { wait for tagged vip within 1 day { yes: send "at last"
                                                        no: send "never" } }
)"),
                "2026-11-19 12:00"};
    world.member("m1");
    world.event("w", "grown", "g1", "m1", {{"by", "1"}});
    world.run_until("2026-11-19 12:05");
    order(world, "o1", "1 CNY");
    order(world, "o2", "1 CNY");  // it carries the tag already
    world.run_until("2026-11-19 12:10");
    CHECK(told(world) == Texts{"19 12:05 welcome", "19 12:05 at last"});
    happen(world, "check_in", {"2026-11-19 12:20", "2026-11-19 12:30"});
    world.run_until("2026-11-19 13:00");
    CHECK(told(world).back() == "19 12:20 bye");
    CHECK(told(world).size() == 3);
}

TEST_CASE("a tag of a run of an older version is watched after a restart", "[executor][people]") {
    World world{
        plan_with("patient: on check_in { wait for tagged vip within 3 days { yes: send \"yes\" "
                  "} }"),
        "2026-11-19 12:00"};
    world.member("m1");
    happen(world, "check_in", {"2026-11-19 12:00"});
    world.run_until("2026-11-19 12:05");
    world.deploy(plan_with("buy: on order { tag vip }"));
    world.crash();
    order(world, "o1", "1 CNY");
    world.run_until("2026-11-19 12:10");
    CHECK(told(world) == Texts{"19 12:05 yes"});
}

TEST_CASE("events of rules start others, for whom their run is", "[executor][people]") {
    World world{plan_with(R"(
  buy: on order { emit grown(by: 2); run gift }
  grow: on grown { send "grown by {event.by}" }
  gift: on check_in { send "a gift" }
)"),
                "2026-11-19 12:00"};
    for (const char* member : {"m1", "m2"}) world.member(member);
    order(world, "o1", "1 CNY");
    world.run_until("2026-11-19 12:10");
    CHECK(told(world) == Texts{"19 12:00 grown by 2", "19 12:00 a gift"});
    CHECK(told(world, "m2").empty());
}

TEST_CASE("rules that lead to one another without end are stopped, and told",
          "[executor][people]") {
    World world{plan_with(R"(
  on_: on tagged vip { untag vip }
  off: on untagged vip { tag vip }
  first: on check_in { tag vip }
)"),
                "2026-11-19 12:00"};
    world.member("m1");
    happen(world, "check_in", {"2026-11-19 12:01"});
    world.run_until("2026-11-19 12:10");
    REQUIRE(world.troubles().size() == 1);
    CHECK(world.troubles().front().find("100 times in a row") != std::string::npos);
}

TEST_CASE("messages are looked at whatever their case and width", "[executor][people]") {
    World world{plan_with(R"(
  entry: on message saying "抽奖" { send "entered" }
  help: on message containing "Price" { send "prices" }
  guard: on message matching ads { send "no ads" }
)"),
                "2026-11-19 12:00"};
    world.member("m1");
    int number = 0;
    const auto say = [&](const std::string& text) {
        world.event("t" + std::to_string(++number), "message", "g1", "m1", {{"text", text}});
        const std::size_t before = told(world).size();
        world.tick(1min);
        Texts texts = told(world);
        texts.erase(texts.begin(), texts.begin() + static_cast<std::ptrdiff_t>(before));
        for (std::string& each : texts) each = each.substr(9);
        return texts;
    };
    CHECK(say(" 抽奖　") == Texts{"entered"});
    CHECK(say("我要抽奖") == Texts{});
    CHECK(say("what PRICE?") == Texts{"prices"});
    CHECK(say("ＰＲＩＣＥ") == Texts{"prices"});
    CHECK(say("快加微信") == Texts{"no ads"});
    CHECK(say("PART-TIME price") == Texts{"prices", "no ads"});
    CHECK(say("hello") == Texts{});
}

TEST_CASE("joins and leaves are kept in the directory", "[executor][people]") {
    World world{plan_with("welcome: on join { post \"welcome\" }\n"
                          "  bye: on leave { post \"bye\" }",
                          "groups"),
                "2026-11-19 12:00"};
    world.group("g1");
    world.event("j1", "join", "g1", "new");
    world.event("j2", "join", "g2", "new");
    world.run_until("2026-11-19 12:01");
    CHECK(told(world, "g1") == Texts{"19 12:00 welcome"});
    CHECK(world.store().find_member("new")->groups == Texts{"g1", "g2"});
    CHECK(world.store().find_member("new")->name.empty());
    world.event("j3", "join", "g3", "new", {{"name", "Coco"}});
    world.event("j4", "join", "g1", "new");
    world.run_until("2026-11-19 12:01");
    CHECK(world.store().find_member("new")->name == "Coco");
    world.event("l0", "leave", "g3", "new");
    world.event("l1", "leave", "g1", "new");
    world.run_until("2026-11-19 12:02");
    CHECK(told(world, "g1").back() == "19 12:01 bye");
    CHECK(world.store().find_member("new")->groups == Texts{"g2"});
}

TEST_CASE("a condition fires when it becomes so, and again after it was not", "[executor][when]") {
    const bool once = GENERATE(false, true);
    const bool killed = GENERATE(false, true);
    World world{plan_with(std::string(R"(
  buy: on order { points +60 because "purchase" }
  spend: on check_in { points -50 because "gift" }
  super: when member.points >= 100)") +
                          (once ? " once" : "") +
                          R"( { tag vip; send "super with {member.points}" }
)"),
                "2026-11-19 12:00"};
    world.member("m1");
    const auto step = [&](const std::string& type, const std::string& id) {
        if (type == "order") order(world, id, "1 CNY");
        if (type == "check_in") world.event(id, type, "g1", "m1");
        world.tick(1min);
        if (killed) world.crash();
    };
    step("order", "o1");
    CHECK(told(world).empty());
    step("order", "o2");
    CHECK(told(world) == Texts{"19 12:01 super with 120"});
    CHECK(world.store().find_member("m1")->tags == Texts{"member", "vip"});
    step("order", "o3");
    CHECK(told(world).size() == 1);
    step("check_in", "c1");
    step("check_in", "c2");
    step("order", "o4");
    step("order", "o5");
    CHECK(told(world).size() == (once ? 1 : 2));
    world.check_accounts();
}

TEST_CASE("what is so when a rule is deployed does not become so, unless it says",
          "[executor][when]") {
    const bool including = GENERATE(false, true);
    const auto old_plan = plan_with("buy: on order { points +60 because \"purchase\" }");
    const auto new_plan =
        plan_with(std::string("buy: on order { points +60 because \"purchase\" }\n"
                              "super: when member.points >= 100 ") +
                  (including ? "including now " : "") + "{ send \"super\" }");
    World world{old_plan, "2026-11-19 12:00", {.page_rows = 2}};
    for (const char* member : {"m1", "m2", "m3", "m4", "m5"}) {
        world.member(member);
        order(world, std::string("a") + member, "1 CNY", member);
    }
    for (const char* member : {"m1", "m4"})
        order(world, std::string("b") + member, "1 CNY", member);
    world.tick(1min);
    world.deploy(new_plan);
    world.tick(1min);
    CHECK(told(world, "m1").size() == (including ? 1 : 0));
    CHECK(told(world, "m4").size() == (including ? 1 : 0));
    order(world, "bm2", "1 CNY", "m2");
    order(world, "bm1b", "1 CNY", "m1");
    world.tick(1min);
    CHECK(told(world, "m2").size() == 1);
    CHECK(told(world, "m1").size() == (including ? 1 : 0));

    // An equal rule in the next version goes on with what it knows; a restart too.
    auto next_plan = new_plan;
    next_plan.tags.push_back("zzz");
    world.deploy(next_plan);
    world.crash();
    world.tick(1min);
    CHECK(told(world, "m2").size() == 1);
}

TEST_CASE("a condition on days is looked at when a day begins", "[executor][when]") {
    World world{plan_with("lost: when count(check_in, last 2 days) == 0 { send \"we miss you\" }"),
                "2026-11-19 12:00"};
    world.member("m1");
    happen(world, "check_in", {"2026-11-19 13:00"});
    world.tick(1min);
    // It is so at the deploy: nobody has checked in in the two dates before.
    world.run_until("2026-11-21 23:00");
    CHECK(told(world).empty());
    world.run_until("2026-11-22 12:00");
    CHECK(told(world) == Texts{"22 00:00 we miss you"});
}

TEST_CASE("conditions that make one another so fire once at an instant", "[executor][when]") {
    World world{plan_with("a: when member.points >= 100 { points -100 because \"a\" }\n"
                          "b: when member.points < 100 { points +100 because \"b\" }"),
                "2026-11-19 12:00"};
    world.tick(1s);
    world.member("m1");
    happen(world, "check_in", {"2026-11-19 12:01"});
    world.tick(5min);
    CHECK(world.store().points_of("m1") == 0);
    CHECK(world.store().list_points("m1", 0, 100).size() == 2);
}

TEST_CASE("an audience is who its condition and its names mean now", "[executor][audience]") {
    struct Row {
        const char* audience;
        Texts who;
    };
    const auto row = GENERATE(values<Row>({
        {"members tagged member where points >= 100", {"m2", "m4"}},
        {"members tagged member where not member tagged vip", {"m1", "m2", "m3"}},
        {"members tagged member where points >= 100 and name == \"Anna\"", {}},
        {"members \"m3\", \"m1\", \"nobody\"", {"m1", "m3"}},
    }));
    CAPTURE(row.audience);
    auto plan = plan_with(std::string("hello: every day at 20:00 for ") + row.audience +
                          " { send \"hi\" }");
    World world{plan, "2026-11-19 12:00", {.page_rows = 2}};
    for (const char* member : {"m1", "m2", "m3", "m4"}) world.member(member);
    world.member("m4", {"member", "vip"});
    for (const char* member : {"m2", "m4"})
        world.store().add_points({.member = member, .amount = 100, .reason = "x", .rule = 1});
    world.run_until("2026-11-19 21:00");
    Texts who;
    for (const Delivered& each : world.delivered()) who.push_back(each.target);
    std::sort(who.begin(), who.end());
    CHECK(who == row.who);
}

}  // namespace sop::runtime
