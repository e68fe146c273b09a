// Points that expire: the oldest first, each once, at its own time.
#include <catch2/catch.hpp>

#include "runtime/executor/executor.h"
#include "tests/support/sources.h"
#include "tests/support/world.h"

namespace sop::runtime {

using namespace sop::tests;
using Texts = std::vector<std::string>;

namespace {

lang::Plan plan_with(const std::string& expiry) {
    return plan_of("sop 1\ntag member\n" + expiry + R"(
event earned { by: number }
event spent { by: number }
channel hook { kind webhook }
playbook members {
  timezone Asia/Shanghai
  for members tagged member
  via hook
  earn: on earned { points +event.by because "earned" }
  spend: on spent {
    points -event.by because "spent" {
      yes: send "thanks"
      no:  send "only {member.points}"
    }
  }
  low: when member.points < 10 { send "low: {member.points}" }
}
)");
}

void change(World& world, const std::string& type, int by, const std::string& at) {
    world.event(type + at, type, std::nullopt, "m1", {{"by", std::to_string(by)}}, at);
}

// "2026-12-16 12:00 -5 expired" of each entry.
Texts ledger(World& world) {
    Texts texts;
    for (const PointEntry& entry : world.store().list_points("m1", 0, 99))
        texts.push_back(local_text(entry.at, "Asia/Shanghai") + " " + std::to_string(entry.amount) +
                        " " + entry.reason);
    return texts;
}

}  // namespace

TEST_CASE("what is not spent in time is gone, the oldest first, once each", "[executor][points]") {
    const bool killed = GENERATE(false, true);
    CAPTURE(killed);
    World world{plan_with("points expire after 30 days timezone Asia/Shanghai"),
                "2026-11-16 10:00"};
    world.member("m1");
    change(world, "earned", 20, "2026-11-16 12:00");
    change(world, "earned", 30, "2026-11-20 12:00");
    change(world, "spent", 15, "2026-12-01 12:00");
    const auto go_on = [&](const std::string& until) {
        world.run_until(until);
        if (killed) world.crash();
    };
    go_on("2026-12-16 11:59:59");
    CHECK(world.store().points_of("m1") == 35);
    go_on("2026-12-16 12:00");
    CHECK(world.store().points_of("m1") == 30);
    if (killed) world.crash_until("2026-12-25 12:00");
    go_on("2026-12-26 12:00");
    CHECK(ledger(world) == Texts{"2026-11-16 12:00 20 earned", "2026-11-20 12:00 30 earned",
                                 "2026-12-01 12:00 -15 spent", "2026-12-16 12:00 -5 expired",
                                 "2026-12-20 12:00 -30 expired"});
    CHECK(world.store().points_of("m1") == 0);
}

TEST_CASE("what has expired cannot be spent at that moment any more", "[executor][points]") {
    World world{plan_with("points expire after 24h timezone Asia/Shanghai"), "2026-11-16 10:00"};
    world.member("m1");
    change(world, "earned", 20, "2026-11-16 12:00");
    change(world, "spent", 20, "2026-11-17 12:00:01");
    world.run_until("2026-11-18 12:00");
    CHECK(world.store().points_of("m1") == 0);
    Texts told;
    for (const Delivered& each : world.delivered()) told.push_back(each.text);
    CHECK(std::count(told.begin(), told.end(), "only 0") == 1);
    CHECK(std::count(told.begin(), told.end(), "low: 0") == 1);
}

TEST_CASE("a late executor expires what one on time would have, in its order",
          "[executor][points]") {
    World world{plan_with("points expire after 1 day timezone Asia/Shanghai"), "2026-11-16 10:00"};
    world.member("m1");
    change(world, "earned", 20, "2026-11-16 12:00");
    change(world, "spent", 5, "2026-11-17 11:00");
    change(world, "spent", 5, "2026-11-17 13:00");
    world.crash_until("2026-11-19 10:00");
    world.run_until("2026-11-19 11:00");
    CHECK(ledger(world) == Texts{"2026-11-16 12:00 20 earned", "2026-11-17 11:00 -5 spent",
                                 "2026-11-17 12:00 -15 expired"});
}

TEST_CASE("points are good for ever where nothing is said, and from a deploy on where it is",
          "[executor][points]") {
    World world{plan_with(""), "2026-11-16 10:00"};
    world.member("m1");
    change(world, "earned", 20, "2026-11-16 12:00");
    world.run_until("2027-11-16 12:00");
    CHECK(world.store().points_of("m1") == 20);
    world.deploy(plan_with("points expire after 12 months timezone Asia/Shanghai"));
    world.run_until("2027-11-16 12:01");
    CHECK(world.store().points_of("m1") == 0);
}

}  // namespace sop::runtime
