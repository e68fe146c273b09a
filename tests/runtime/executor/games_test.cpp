// Lists that members fill, draws, and codes that are given once.
#include <catch2/catch.hpp>

#include "runtime/executor/executor.h"
#include "runtime/scheduler/draw.h"
#include "tests/support/sources.h"
#include "tests/support/world.h"

namespace sop::runtime {

using namespace sop::tests;
using Outcomes = std::map<std::string, int>;
using Texts = std::vector<std::string>;

namespace {

lang::Plan plan_with(const std::string& rules, const std::string& audience = "groups") {
    return plan_of(R"(sop 1
tag member
event order { amount: money optional, items: number = 1 }
event cancel { of: order }
event asked { }
pool coupons
channel hook { kind webhook }
playbook games {
  timezone Asia/Shanghai
  for )" + audience +
                   R"( tagged member
  via hook
  )" + rules + "\n}\n");
}

lang::Plan relay_with(const std::string& clauses, const std::string& branches) {
    return plan_with(
        "relay: on 2026-11-20 at 12:00 for 1h {\n    start: post \"open\"\n    start: "
        "collect order.items" +
        clauses + " {\n" + branches + "\n    }\n    end: post \"closed\"\n  }");
}

// "12:10 text" of each message to one of them, in order; lines of a text apart by " | ".
Texts told(const World& world, const std::string& target = "g1") {
    Texts texts;
    for (const Delivered& each : world.delivered()) {
        if (each.target != target) continue;
        std::string text = each.at.substr(11) + " " + each.text;
        for (auto at = text.find('\n'); at != std::string::npos; at = text.find('\n'))
            text.replace(at, 1, " | ");
        // What the world calls them.
        for (auto at = text.find("Member "); at != std::string::npos; at = text.find("Member "))
            text.erase(at, std::string_view("Member ").size());
        texts.push_back(std::move(text));
    }
    return texts;
}

struct Ordered {
    const char* id;
    const char* member;
    const char* items;
    const char* at;
};

void happen(World& world, const std::vector<Ordered>& orders) {
    for (const Ordered& each : orders)
        world.event(each.id, "order", "g1", each.member, {{"items", each.items}},
                    std::string("2026-11-20 ") + each.at);
}

void cancel(World& world, const std::string& id, const std::string& of, const std::string& at) {
    world.event(id, "cancel", "g1", "m9", {{"of", of}}, "2026-11-20 " + at);
}

}  // namespace

TEST_CASE("a list grows, refuses what is over its limits, and stays closed once it is full",
          "[executor][games]") {
    const bool killed = GENERATE(false, true);
    World world{relay_with(" limit 5, 3 per member, back on cancel where of == order.id",
                           R"(      every 10m: post "{collected.list}"
      refused:   post "no {event.member}, {collected.left} left"
      full:      post "sold out: {collected.list}")"),
                "2026-11-20 10:00"};
    world.group("g1");
    for (const char* member : {"m1", "m2", "m3", "m9"}) world.member(member);
    happen(world, {{"o0", "m1", "1", "11:59:59"},
                   {"o1", "m1", "2", "12:00"},
                   {"o2", "m2", "2", "12:05"},
                   {"o3", "m1", "2", "12:06"},    // m1 would have 4
                   {"o4", "m3", "2", "12:07"},    // one is left
                   {"o5", "m3", "1", "12:25"},    // after m2's came back: three are left
                   {"o6", "m2", "2", "12:26"},    // full
                   {"o7", "m3", "1", "12:40"}});  // closed, although m1's came back
    cancel(world, "c1", "o2", "12:12");
    cancel(world, "c2", "o2", "12:13");
    cancel(world, "c3", "o1", "12:30");
    for (const char* time : {"12:00", "12:05", "12:06:30", "12:10", "12:13", "12:26", "12:40"}) {
        world.run_until(std::string("2026-11-20 ") + time);
        if (killed) world.crash();
    }
    world.run_until("2026-11-20 14:00");
    CHECK(told(world) == Texts{"12:00 open", "12:06 no m1, 1 left", "12:07 no m3, 1 left",
                               "12:10 1. m1 ×2 | 2. m2 ×2", "12:20 1. m1 ×2",
                               "12:26 sold out: 1. m1 ×2 | 2. m3 ×1 | 3. m2 ×2",
                               "12:40 no m3, 0 left", "13:00 closed"});
    world.check_accounts();
    CHECK(world.troubles().empty());
}

TEST_CASE("a list without a limit takes whatever comes while it is open", "[executor][games]") {
    World world{relay_with("", "      every 30m: post \"{collected.list} {collected.left}\""),
                "2026-11-20 10:00"};
    world.group("g1");
    world.member("m1");
    happen(world, {{"o1", "m1", "100", "12:00"},
                   {"o2", "m1", "-1", "12:01"},
                   {"o3", "m1", "1.5", "12:02"},
                   {"o4", "m1", "7", "12:59:59"},
                   {"o5", "m1", "1", "13:00"}});
    world.run_until("2026-11-20 14:00");
    CHECK(told(world) == Texts{"12:00 open", "12:30 1. m1 ×100 ", "13:00 closed"});
}

TEST_CASE("lists that were missed are not made up for one by one", "[executor][games]") {
    World world{relay_with("", "      every 1m: post \"{collected.list}\""), "2026-11-20 10:00"};
    world.group("g1");
    world.member("m1");
    happen(world, {{"o1", "m1", "1", "12:00"}});
    world.run_until("2026-11-20 12:00:30");
    world.sleep_until("2026-11-20 12:55:30");
    world.run_until("2026-11-20 12:57:30");
    CHECK(told(world) ==
          Texts{"12:00 open", "12:55:30 1. m1 ×1", "12:56 1. m1 ×1", "12:57 1. m1 ×1"});
    CHECK(world.outcomes() == Outcomes{{"sent", 4}, {"skipped: late", 54}});
}

TEST_CASE("what came while the rule was paused is on the list after it", "[executor][games]") {
    World world{relay_with(" limit 3", "      every 30m: post \"{collected.list}\""),
                "2026-11-20 10:00"};
    world.group("g1");
    for (const char* member : {"m1", "m2"}) world.member(member);
    happen(world, {{"o1", "m1", "1", "12:01"}, {"o2", "m2", "1", "12:02"}});
    world.store().put_pause({.playbook = "games", .since = world.clock().now()});
    world.run_until("2026-11-20 12:20");
    CHECK(told(world).empty());
    world.store().put_pause(
        {.playbook = "games", .since = world.clock().now(), .resumed_at = world.clock().now()});
    world.run_until("2026-11-20 12:40");
    CHECK(told(world) == Texts{"12:30 1. m1 ×1 | 2. m2 ×1"});
}

TEST_CASE("an exit closes the list", "[executor][games]") {
    World world{
        plan_with(
            "relay: on 2026-11-20 at 12:00 for 1h exit on asked as \"enough\" {\n"
            "    collect order.items limit 9 { every 10m: post \"{collected.list}\"; refused: "
            "post \"no\" }\n    end: post \"closed\"\n  }"),
        "2026-11-20 10:00"};
    world.group("g1");
    world.member("m1");
    happen(world, {{"o1", "m1", "1", "12:01"}, {"o2", "m1", "20", "12:25"}});
    world.event("a1", "asked", "g1", "m1", {}, "2026-11-20 12:15");
    world.run_until("2026-11-20 14:00");
    CHECK(told(world) == Texts{"12:10 1. m1 ×1"});
}

// ---- draws --------------------------------------------------------------------------------------

namespace {

lang::Plan raffle() {
    return plan_with(R"(raffle: on 2026-11-20 at 20:00 for 1h {
    start: post "seal {draw.seal}"
    end: draw 2 from message saying "抽奖" once per member {
      winner: {
        points +5 because "won"
        post "{draw.number}. {event.member}"
      }
      all: post "{draw.winners} of {draw.entries}, seed {draw.seed}"
    }
  })");
}

void enter(World& world, const std::vector<std::string>& members) {
    for (std::size_t i = 0; i < members.size(); ++i) {
        world.member(members[i]);
        world.event("e" + std::to_string(i), "message", "g1", members[i], {{"text", " 抽奖 "}},
                    "2026-11-20 20:30");
    }
}

}  // namespace

TEST_CASE("a draw can be counted again by everybody", "[executor][games]") {
    const bool killed = GENERATE(false, true);
    World world{raffle(), "2026-11-20 10:00"};
    world.group("g1");
    world.store().set_draw_secret("nobody knows");
    enter(world, {"m1", "m2", "m3", "m4", "m1", "m1"});
    world.event("chat", "message", "g1", "m4", {{"text", "hello"}}, "2026-11-20 20:31");
    world.event("late", "message", "g1", "m4", {{"text", "抽奖"}}, "2026-11-20 21:00");
    world.run_until("2026-11-20 20:30");
    if (killed) world.crash();
    world.run_until("2026-11-20 21:00");
    if (killed) world.crash();
    world.run_until("2026-11-20 22:00");

    const auto draws = world.store().list_draws(1000, 10);
    REQUIRE(draws.size() == 1);
    const StoredDraw& draw = draws.front();
    std::map<std::string, std::string> by_number;
    for (const auto& [event, member] :
         std::map<std::string, std::string>{{"e0", "m1"}, {"e1", "m2"}, {"e2", "m3"}, {"e3", "m4"}})
        by_number[draw_number(draw.seed, "end", event)] = member;
    const std::string first = by_number.begin()->second;
    const std::string second = std::next(by_number.begin())->second;
    CHECK(told(world) == Texts{"20:00 seal " + draw_seal(draw.seed), "21:00 1. " + first,
                               "21:00 2. " + second,
                               "21:00 " + first + ", " + second + " of 4, seed " + draw.seed});
    CHECK(world.store().points_of(first) == 5);
    CHECK(world.store().points_of(second) == 5);
    world.check_accounts();
}

TEST_CASE("a draw depends on the store's secret and on nothing that members do",
          "[executor][games]") {
    std::set<std::string> seeds;
    for (const char* secret : {"a", "b"}) {
        for (const bool someone : {false, true}) {
            World world{raffle(), "2026-11-20 10:00"};
            world.group("g1");
            world.store().set_draw_secret(secret);
            if (someone) enter(world, {"m1"});
            world.run_until("2026-11-20 22:00");
            seeds.insert(world.store().list_draws(1000, 10).at(0).seed);
            CHECK(told(world).back().substr(0, 10) == (someone ? "21:00 m1 o" : "21:00  of "));
        }
    }
    CHECK(seeds.size() == 2);
}

TEST_CASE("who entered more often has more numbers and wins once", "[scheduler][games]") {
    lang::Draw draw;
    draw.winners = 3;
    std::vector<Event> events;
    for (int i = 0; i < 30; ++i)
        events.push_back(
            {.id = "e" + std::to_string(i),
             .member = i % 3 == 0 ? std::optional<std::string>("m9") : "m" + std::to_string(i)});
    events.push_back({.id = "nobody"});
    for (const char* seed : {"a", "b", "c", "d"}) {
        const auto entries = hold_draw(draw, seed, "end", events);
        CHECK(entries.size() == 30);
        std::set<std::string> winners;
        for (const auto& entry : entries) {
            if (entry.place) CHECK(winners.insert(entry.member).second);
        }
        CHECK(winners.size() == 3);
    }
    draw.once_per_member = true;
    CHECK(hold_draw(draw, "a", "end", events).size() == 21);
}

// ---- codes --------------------------------------------------------------------------------------

TEST_CASE("each code of a pool is given once, and then there is none", "[executor][games]") {
    const bool killed = GENERATE(false, true);
    World world{plan_with(R"(gift: on asked {
    give coupons {
      yes: send "your code: {given.code}"
      no:  send "none left"
    }
  })",
                          "members"),
                "2026-11-20 10:00"};
    for (const char* code : {"A1", "B2", "A1"}) world.store().add_code("coupons", code);
    for (const char* member : {"m1", "m2", "m3"}) {
        world.member(member);
        world.event(std::string("a") + member, "asked", std::nullopt, member, {},
                    "2026-11-20 12:00");
    }
    for (int round = 0; round < 4; ++round) {
        world.run_until("2026-11-20 12:00");
        if (killed) world.crash();
    }
    world.run_until("2026-11-20 13:00");
    CHECK(told(world, "m1") == Texts{"12:00 your code: A1"});
    CHECK(told(world, "m2") == Texts{"12:00 your code: B2"});
    CHECK(told(world, "m3") == Texts{"12:00 none left"});
    CHECK(world.store().count_pool("coupons") == PoolCounts{"coupons", 2, 2});
    CHECK(world.outcomes() == Outcomes{{"sent", 3}, {"refused: pool empty", 1}});
    CHECK(world.troubles().empty());
    CHECK(world.low_pools() == std::vector<PoolCounts>{{"coupons", 2, 2}});
}

TEST_CASE("who is not in the directory costs no code", "[executor][games]") {
    World world{plan_with(R"(gift: on asked {
    give coupons {
      yes: post "{given.code}"
      no:  post "no code"
    }
  })"),
                "2026-11-20 10:00"};
    world.group("g1");
    world.store().add_code("coupons", "A1");
    world.event("a", "asked", "g1", "stranger", {}, "2026-11-20 12:00");
    world.run_until("2026-11-20 13:00");
    CHECK(told(world) == Texts{"12:00 no code"});
    CHECK(world.store().count_pool("coupons") == PoolCounts{"coupons", 1, 0});
    CHECK(world.outcomes() == Outcomes{{"sent", 1}, {"refused: gone", 1}});
}

TEST_CASE("a step that gives two codes gives two, and texts tell the last", "[executor][games]") {
    World world{plan_with(R"(gift: on asked {
    give coupons
    give coupons
    send "{given.code}"
  })",
                          "members"),
                "2026-11-20 10:00"};
    for (const char* code : {"A1", "B2", "C3"}) world.store().add_code("coupons", code);
    world.member("m1");
    world.event("a1", "asked", std::nullopt, "m1", {}, "2026-11-20 12:00");
    world.run_until("2026-11-20 13:00");
    CHECK(told(world, "m1") == Texts{"12:00 B2"});
    CHECK(world.store().next_code("coupons") == "C3");
}

}  // namespace sop::runtime
