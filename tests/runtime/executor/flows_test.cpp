// Waits, branches and exits: the same way through a rule, whatever happens to the executor.
#include <catch2/catch.hpp>

#include "runtime/executor/executor.h"
#include "tests/support/sources.h"
#include "tests/support/world.h"

namespace sop::runtime {

using namespace sop::tests;
using Outcomes = std::map<std::string, int>;

namespace {

lang::Plan plan_with(const std::string& rule) {
    return plan_of(R"(sop 1
tag member, read_1, read_2
event opened { what: text }
event order { amount: money CNY, sku: text }
channel hook { kind webhook }
playbook members {
  timezone Asia/Shanghai
  for members tagged member
  via hook
  )" + rule + "\n}\n");
}

lang::Plan funnel() {
    return plan_with(R"(funnel: on opened("a1") exit on order where amount > 1000 CNY as "bought" {
    tag read_1
    next day at 09:00: send "article 2"
    wait for opened("a2") within 1 day {
      yes: tag read_2
           send "thanks"
      no: stop "not interested"
    }
    next day at 09:00: send "offer"
    wait for order where sku == "c" within 3 days {
      yes: send "order of {sum(order.amount, since start)}"
      no: split { a 50%: send "coupon a"
                  b 50%: send "coupon b" }
    }
    after 1h: send "end"
  })");
}

// "17 09:00 article 2, …": day, time and text of what one member got.
std::string told(const World& world, const std::string& member = "m1") {
    std::string result;
    for (const Delivered& each : world.delivered()) {
        if (each.target != member) continue;
        if (!result.empty()) result += ", ";
        result += each.at.substr(8) + " " + each.text;
    }
    return result;
}

std::map<std::string, int> reasons_of_runs(World& world, const std::string& subject) {
    std::map<std::string, int> reasons;
    for (const Run& run : world.store().open_runs_of(subject)) ++reasons["open: " + run.reason];
    return reasons;
}

void open(World& world, const std::string& id, const std::string& what,
          const std::string& member = "m1") {
    world.event(id, "opened", std::nullopt, member, {{"what", what}});
}

void buy(World& world, const std::string& id, const std::string& amount, const std::string& sku,
         const std::string& member = "m1") {
    world.event(id, "order", std::nullopt, member, {{"amount", amount + " CNY"}, {"sku", sku}});
}

// Comes to each time at which something is due; killed before and after the first round then, when
// that is asked.
void walk(World& world, const std::string& until, bool killed) {
    if (!killed) return world.run_until(until);
    while (world.clock().now() < instant(until)) {
        const auto due = world.executor().next_due();
        const Instant next = due ? std::min(*due, instant(until)) : instant(until);
        world.sleep_until(local_text(std::max(next, world.clock().now())));
        world.crash();
        if (world.turn()) world.crash();
        while (world.turn()) {
        }
    }
}

}  // namespace

TEST_CASE("a run waits for an event and takes the branch of its answer", "[executor][flow]") {
    for (const bool killed : {false, true}) {
        DYNAMIC_SECTION((killed ? "killed at each round" : "undisturbed")) {
            World world{funnel(), "2026-11-16 10:00"};
            for (const char* member : {"m1", "m2", "m3", "m4"}) {
                world.member(member);
                open(world, std::string("o-") + member, "a1", member);
            }
            walk(world, "2026-11-17 12:00", killed);
            open(world, "again-1", "a2", "m1");
            open(world, "again-2", "a2", "m2");
            open(world, "other", "a3", "m3");
            walk(world, "2026-11-18 10:00", killed);
            buy(world, "b1", "12.50", "x", "m1");
            walk(world, "2026-11-18 10:30", killed);
            buy(world, "b2", "30", "c", "m1");
            walk(world, "2026-11-25 00:00", killed);

            CHECK(told(world, "m1") ==
                  "17 09:00 article 2, 17 12:00 thanks, 18 09:00 offer, 18 10:30 order of 12.50 "
                  "CNY, 18 11:30 end");
            const std::string second = told(world, "m2");
            CHECK(second.starts_with(
                "17 09:00 article 2, 17 12:00 thanks, 18 09:00 offer, 21 09:00 coupon "));
            CHECK(second.ends_with(", 21 10:00 end"));
            CHECK(told(world, "m3") == "17 09:00 article 2");
            CHECK(told(world, "m4") == "17 09:00 article 2");
            CHECK(world.store().find_member("m1")->tags ==
                  std::vector<std::string>{"member", "read_1", "read_2"});
            CHECK(world.store().find_member("m3")->tags ==
                  std::vector<std::string>{"member", "read_1"});
            for (const char* member : {"m1", "m2", "m3", "m4"})
                CHECK(reasons_of_runs(world, member).empty());
            world.check_accounts();
        }
    }
}

TEST_CASE("an event ends a run that exits on it, whatever it waits for", "[executor][flow]") {
    World world{funnel(), "2026-11-16 10:00"};
    world.member("m1");
    world.member("m2");
    open(world, "o1", "a1", "m1");
    open(world, "o2", "a1", "m2");
    world.run_until("2026-11-17 10:00");
    buy(world, "cheap", "1000", "x", "m1");
    buy(world, "dear", "1000.01", "x", "m2");
    world.run_until("2026-11-17 11:00");
    CHECK(world.store().open_runs_of("m1").size() == 1);
    CHECK(world.store().open_runs_of("m2").empty());
    open(world, "a2", "a2", "m2");
    world.run_until("2026-11-20 00:00");
    CHECK(told(world, "m2") == "17 09:00 article 2");
}

TEST_CASE("what a run had pending when it exits is exited", "[executor][flow]") {
    World world{plan_with(R"(hello: on opened exit on order as "bought" {
    send "one"
    after 1h: send "two"
  })"),
                "2026-11-16 10:00"};
    world.platform().in_flight_max = 0;
    world.member("m1");
    open(world, "o1", "a1");
    world.run_until("2026-11-16 10:01");
    buy(world, "b1", "1", "x");
    world.run_until("2026-11-16 12:00");
    CHECK(world.outcomes() == Outcomes{{"exited: bought", 1}});
}

TEST_CASE("an event at the very end of a wait comes too late, one just before in time",
          "[executor][flow]") {
    struct Row {
        const char* at;
        const char* told;
    };
    const Row rows[] = {
        {"2026-11-16 10:59:59.999", "16 10:00 one, 16 10:59:59.999 yes"},
        {"2026-11-16 11:00", "16 10:00 one, 16 11:00 no"},
        {"2026-11-16 10:00:00.001", "16 10:00 one, 16 10:00:00.001 yes"},
    };
    for (const Row& row : rows) {
        for (const bool away : {false, true}) {
            DYNAMIC_SECTION(row.at << (away ? ", the executor comes back later" : "")) {
                World world{plan_with(R"(hello: on opened {
    send "one"
    tag read_1
    wait for order within 1h { yes: send "yes"
                               no: send "no" }
  })"),
                            "2026-11-16 10:00"};
                world.member("m1");
                open(world, "o1", "a1");
                world.run_until("2026-11-16 10:00");
                const auto buy_then = [&] {
                    world.event("b1", "order", std::nullopt, "m1",
                                {{"amount", "1 CNY"}, {"sku", "x"}}, row.at);
                };
                if (away) {
                    world.sleep_until("2026-11-16 11:00");
                    buy_then();
                    world.run_until("2026-11-16 11:02");
                    const std::string expected =
                        std::string(row.told).find("yes") != std::string::npos ? " yes" : " no";
                    // Half a minute late at most, or `late` when it is too long ago.
                    const std::string now = told(world);
                    if (std::string(row.at) < "2026-11-16 10:56") {
                        CHECK(now == "16 10:00 one");
                        CHECK(world.outcomes() == Outcomes{{"sent", 1}, {"skipped: late", 1}});
                    } else {
                        CHECK(now.ends_with(expected));
                    }
                } else {
                    world.run_until(row.at);
                    buy_then();
                    world.run_until("2026-11-16 12:00");
                    CHECK(told(world) == row.told);
                }
            }
        }
    }
}

TEST_CASE("a wait after a message begins with the outcome of that message", "[executor][flow]") {
    for (const bool killed : {false, true}) {
        DYNAMIC_SECTION((killed ? "killed while it is sent" : "sent late")) {
            World world{plan_with(R"(hello: on opened {
    send "one"
    wait for order within 1h { yes: send "yes"
                               no: send "no" }
  })"),
                        "2026-11-16 10:00"};
            world.member("m1");
            if (killed) {
                world.platform().answer = [](const Attempt&) {
                    return Answer{Answer::Kind::never};
                };
            } else {
                world.platform().in_flight_max = 0;
            }
            open(world, "o1", "a1");
            world.run_until("2026-11-16 11:30");
            REQUIRE(world.store().open_runs_of("m1").size() == 1);
            CHECK(world.store().open_runs_of("m1")[0].state == RunState::waiting);
            world.platform().in_flight_max = 10;
            world.platform().answer = [](const Attempt&) { return Answer{}; };
            if (killed) world.crash();
            world.run_until("2026-11-16 12:29");
            CHECK(world.store().open_runs_of("m1").size() == 1);
            world.run_until("2026-11-16 12:31");
            CHECK(world.store().open_runs_of("m1").empty());
            CHECK(told(world).ends_with("16 12:30 no"));
        }
    }
}

TEST_CASE("an event that a wait takes does not start the same rule", "[executor][flow]") {
    World world{plan_with(R"(hello: on opened concurrent parallel {
    send "one"
    tag read_1
    wait for opened within 1h { yes: send "again" }
  })"),
                "2026-11-16 10:00"};
    world.member("m1");
    open(world, "o1", "a1");
    world.run_until("2026-11-16 10:10");
    open(world, "o2", "a1");
    world.run_until("2026-11-16 10:20");
    CHECK(told(world) == "16 10:00 one, 16 10:10 again");
    open(world, "o3", "a1");
    world.run_until("2026-11-16 12:00");
    CHECK(told(world) == "16 10:00 one, 16 10:10 again, 16 10:20 one");
}

TEST_CASE("a wait since the start looks back, another does not", "[executor][flow]") {
    for (const bool looks_back : {false, true}) {
        World world{plan_with(R"(hello: on opened {
    send "one"
    after 1h: wait for order )" +
                              std::string(looks_back ? "since start " : "") + R"(within 1h {
      yes: send "yes"
      no: send "no"
    }
  })"),
                    "2026-11-16 10:00"};
        world.member("m1");
        open(world, "o1", "a1");
        world.run_until("2026-11-16 10:30");
        buy(world, "b1", "1", "x");
        world.run_until("2026-11-16 13:00");
        CHECK(told(world) ==
              (looks_back ? "16 10:00 one, 16 11:00 yes" : "16 10:00 one, 16 12:00 no"));
    }
}

TEST_CASE("a step whose condition is not so is skipped, and the run goes on", "[executor][flow]") {
    World world{plan_with(R"(sale: every day at 10:00 for 2h {
    start: send "open"
    start + 1h if count(order, since start) < 2: send "few orders"
    end if count(order, since start) >= 2: send "many: {count(order, since start)}"
  })"),
                "2026-11-16 09:00"};
    world.member("m1");
    world.member("m2");
    world.run_until("2026-11-16 10:30");
    buy(world, "b1", "1", "x", "m2");
    buy(world, "b2", "1", "x", "m2");
    world.run_until("2026-11-16 13:00");
    CHECK(told(world, "m1") == "16 10:00 open, 16 11:00 few orders");
    CHECK(told(world, "m2") == "16 10:00 open, 16 12:00 many: 2");
    CHECK(world.outcomes() == Outcomes{{"sent", 4}, {"skipped: condition", 2}});
}

TEST_CASE("the first branch whose condition holds is taken, and the step goes on behind it",
          "[executor][flow]") {
    World world{plan_with(R"(buy: on order {
    if event.amount > 100 CNY { send "big" } else if event.amount > 10 CNY {
      after 1h: send "middling"
    } else { send "small" }
    send "thanks"
  })"),
                "2026-11-16 10:00"};
    for (const char* member : {"m1", "m2", "m3"}) world.member(member);
    buy(world, "b1", "200", "x", "m1");
    buy(world, "b2", "20", "x", "m2");
    buy(world, "b3", "2", "x", "m3");
    world.run_until("2026-11-16 12:00");
    CHECK(told(world, "m1") == "16 10:00 big, 16 10:00 thanks");
    CHECK(told(world, "m2") == "16 11:00 middling, 16 11:00 thanks");
    CHECK(told(world, "m3") == "16 10:00 small, 16 10:00 thanks");
}

TEST_CASE("a branch sees the tags that change above it", "[executor][flow]") {
    World world{plan_with(R"(buy: on order {
    if member tagged read_1 { send "before" }
    tag read_1
    if member tagged read_1 { untag read_1; tag read_2; if member tagged read_1 { send "both" } }
    if member tagged read_2 { send "second" }
  })"),
                "2026-11-16 10:00"};
    world.member("m1");
    buy(world, "b1", "1", "x");
    world.run_until("2026-11-16 11:00");
    CHECK(told(world) == "16 10:00 second");
    CHECK(world.store().open_runs_of("m1").empty());
}

TEST_CASE("a split is stable for each subject and near its shares", "[executor][flow]") {
    const auto plan = plan_with(R"(buy: on order {
    split { a 50%: send "a"
            b 30%: send "b"
            nothing 20% }
  })");
    World world{plan, "2026-11-16 10:00"};
    constexpr int members = 400;
    for (int i = 0; i < members; ++i) {
        const std::string member = "m" + std::to_string(i);
        world.member(member);
        buy(world, "first-" + member, "1", "x", member);
        buy(world, "second-" + member, "1", "x", member);
    }
    world.run_until("2026-11-16 11:00");
    std::map<std::string, std::map<std::string, int>> texts;
    for (const Delivered& each : world.delivered()) ++texts[each.target][each.text];
    std::map<std::string, int> shares;
    for (const auto& [member, got] : texts) {
        CHECK(got.size() == 1);
        CHECK(got.begin()->second == 2);
        ++shares[got.begin()->first];
    }
    CHECK(shares["a"] == Approx(0.5 * members).margin(0.08 * members));
    CHECK(shares["b"] == Approx(0.3 * members).margin(0.08 * members));
}

TEST_CASE("a condition on the event that starts a rule is asked of it", "[executor][flow]") {
    World world{plan_with(R"(big: on order where amount > 100 CNY { send "big" })"),
                "2026-11-16 10:00"};
    world.member("m1");
    buy(world, "b1", "100", "x");
    buy(world, "b2", "100.01", "x");
    world.run_until("2026-11-16 11:00");
    CHECK(told(world) == "16 10:00 big");
}

TEST_CASE("who is no longer one of those a rule is for leaves it, where it says so",
          "[executor][flow]") {
    for (const bool leaves : {false, true}) {
        World world{plan_with(std::string(R"(hello: on opened )") +
                              (leaves ? "exit when outside " : "") + R"({
    send "one"
    after 1h: send "two"
  })"),
                    "2026-11-16 10:00"};
        world.member("m1");
        open(world, "o1", "a1");
        world.run_until("2026-11-16 10:30");
        world.store().remove_tag(SubjectKind::member, "m1", "member");
        world.run_until("2026-11-16 12:00");
        const Outcomes expected =
            leaves ? Outcomes{{"exited: outside", 1}, {"sent", 1}} : Outcomes{{"sent", 2}};
        CHECK(world.outcomes() == expected);
    }
}

TEST_CASE("a run that stands where its rule has nothing ends alone", "[executor][flow][poison]") {
    for (const RunState state : {RunState::waiting, RunState::running}) {
        World world{funnel(), "2026-11-16 10:00"};
        for (const char* member : {"m1", "m2"}) {
            world.member(member);
            open(world, std::string("o-") + member, "a1", member);
        }
        world.run_until("2026-11-17 10:00");
        Run broken = world.store().open_runs_of("m1").at(0);
        broken.next_step = 99;
        broken.state = state;
        world.store().update_run(broken);
        open(world, "again-1", "a2", "m1");
        open(world, "again-2", "a2", "m2");
        world.run_until("2026-11-18 10:00");
        CHECK(world.store().open_runs_of("m1").empty());
        CHECK(told(world, "m2") == "17 09:00 article 2, 17 10:00 thanks, 18 09:00 offer");
        REQUIRE(world.troubles().size() == 1);
        CHECK_THAT(world.troubles()[0], Catch::Contains("has no step 100"));
    }
}

TEST_CASE("a pause has the results of a stop for waits, exits and branches too",
          "[executor][flow][pause]") {
    const auto run = [](bool paused, const std::string& comes_back) {
        World world{funnel(), "2026-11-16 10:00"};
        for (const char* member : {"m1", "m2", "m3"}) {
            world.member(member);
            open(world, std::string("o-") + member, "a1", member);
        }
        world.run_until("2026-11-17 08:59");
        if (paused)
            world.store().put_pause(
                {"members", "", PauseMode::hold, world.clock().now(), std::nullopt});
        const auto pass = [&](const std::string& until) {
            paused ? world.run_until(until) : world.sleep_until(until);
        };
        if (paused) world.tick(0ms);
        pass("2026-11-17 09:30");
        open(world, "again-1", "a2", "m1");
        pass("2026-11-17 09:40");
        buy(world, "dear", "2000", "c", "m2");
        pass(comes_back);
        if (paused) {
            for (Pause pause : world.store().list_pauses()) {
                pause.resumed_at = world.clock().now();
                world.store().put_pause(pause);
            }
        }
        world.run_until("2026-11-25 00:00");
        std::string all;
        for (const char* member : {"m1", "m2", "m3"})
            all += std::string(member) + ": " + told(world, member) + "\n";
        for (const auto& [outcome, count] : world.outcomes())
            all += outcome + " " + std::to_string(count) + "\n";
        return all;
    };
    for (const char* comes_back :
         {"2026-11-17 09:45", "2026-11-17 20:00", "2026-11-18 10:00", "2026-11-20 10:00"}) {
        INFO(comes_back);
        CHECK(run(true, comes_back) == run(false, comes_back));
    }
}

}  // namespace sop::runtime
