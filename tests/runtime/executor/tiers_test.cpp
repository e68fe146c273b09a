// Tiers: tags that follow figures, once for each time, whatever happens to the executor.
#include <catch2/catch.hpp>

#include "runtime/executor/executor.h"
#include "runtime/scheduler/tier.h"
#include "runtime/scheduler/unsupported.h"
#include "tests/support/sources.h"
#include "tests/support/world.h"

namespace sop::runtime {

using namespace sop::tests;
using Texts = std::vector<std::string>;
using Tags = std::vector<std::string>;

namespace {

lang::Plan plan_with(const std::string& levels, const std::string& rules = "",
                     const std::string& when = "every day at 02:00 timezone Asia/Shanghai") {
    return plan_of(R"(sop 1
tag member, vip, welfare, activity
event order { amount: money }
metric gmv = sum(order.amount)
channel hook { kind webhook }
tier groups tagged member )" +
                   when + " {\n" + levels + R"(
}
playbook members {
  timezone Asia/Shanghai
  for groups tagged member
  via hook
  hello: on order where amount > 1000000 CNY { post "rich" }
)" + rules + "\n}\n");
}

const std::string three = R"(
  vip:      gmv(last 7 days) >= 10000 CNY
  welfare:  gmv(last 7 days) >= 1000 CNY
  activity: else
)";

void order(World& world, const std::string& group, const std::string& amount,
           const std::string& at) {
    world.event(group + amount + at, "order", group, "m1", {{"amount", amount}}, at);
}

Tags tags_of(World& world, const std::string& group) {
    Tags tags = world.store().find_group(group).value().tags;
    std::erase(tags, "member");
    return tags;
}

// "18 02:00 activity > vip" of each change of a group.
Texts changes_of(World& world, const std::string& group) {
    Texts texts;
    for (const TierChange& change : world.store().figures().tier_changes_of(
             SubjectKind::group, group, Instant{}, Instant::max()))
        texts.push_back(local_text(change.at, "Asia/Shanghai").substr(8) + " " + change.before +
                        " > " + change.level);
    return texts;
}

}  // namespace

TEST_CASE("groups are tagged day by day by their figures, and why is kept", "[executor][tier]") {
    const lang::Plan plan = plan_with(three);
    CHECK(unsupported(plan).empty());
    World world{plan, "2026-11-16 10:00"};
    for (const char* group : {"g1", "g2"}) world.group(group);
    world.group("g3", {"other"});
    order(world, "g1", "12000 CNY", "2026-11-17 12:00");
    order(world, "g2", "999.99 CNY", "2026-11-17 12:00");
    order(world, "g2", "0.01 CNY", "2026-11-18 01:59:59");
    order(world, "g3", "12000 CNY", "2026-11-17 12:00");
    world.run_until("2026-11-17 03:00");
    CHECK(tags_of(world, "g1") == Tags{"activity"});
    world.run_until("2026-11-18 03:00");
    CHECK(tags_of(world, "g1") == Tags{"vip"});
    // `last 7 days` are whole dates before today.
    CHECK(tags_of(world, "g2") == Tags{"activity"});
    CHECK(tags_of(world, "g3") == Tags{"other"});
    world.run_until("2026-11-26 03:00");
    CHECK(tags_of(world, "g1") == Tags{"activity"});
    CHECK(changes_of(world, "g1") ==
          Texts{"17 02:00  > activity", "18 02:00 activity > vip", "25 02:00 vip > activity"});
    CHECK(changes_of(world, "g2") == Texts{"17 02:00  > activity", "19 02:00 activity > welfare",
                                           "25 02:00 welfare > activity"});
    CHECK(changes_of(world, "g3").empty());
    const auto changes = world.store().figures().tier_changes_of(SubjectKind::group, "g1",
                                                                 Instant{}, Instant::max());
    CHECK(changes[1].why ==
          "vip: gmv(last 7 days) >= 10000 CNY is so, gmv(last 7 days) is 12000 CNY");
}

TEST_CASE("rules follow the tags of a tier at its time", "[executor][tier]") {
    World world{plan_with(three, R"(
  up: on tagged vip { post "welcome" }
  down: on untagged vip { post "come back" }
  rich: when group tagged vip once { post "first time" }
)"),
                "2026-11-16 10:00"};
    world.group("g1");
    order(world, "g1", "12000 CNY", "2026-11-17 12:00");
    world.run_until("2026-11-26 03:00");
    Texts told;
    for (const Delivered& each : world.delivered())
        told.push_back(each.at.substr(8) + " " + each.text);
    std::sort(told.begin(), told.end());
    CHECK(told == Texts{"18 02:00 first time", "18 02:00 welcome", "25 02:00 come back"});
}

TEST_CASE("a tier in pages, killed after each of them, is as one at once", "[executor][tier]") {
    const bool killed = GENERATE(false, true);
    const bool late = GENERATE(false, true);
    CAPTURE(killed, late);
    World world{plan_with(three, "up: on tagged vip { post \"welcome\" }"),
                "2026-11-16 10:00",
                {.page_rows = 10}};
    world.groups(35);
    for (int i = 1; i <= 35; i += 3) {
        const std::string group = "g00" + std::string(i < 10 ? "0" : "") + std::to_string(i);
        order(world, group, "12000 CNY", "2026-11-17 12:00");
        order(world, group, "12000 CNY", "2026-11-19 12:00");
    }
    world.run_until("2026-11-17 13:00");
    if (late) world.crash_until("2026-11-20 12:00");
    for (int rounds = 0; killed && rounds < 300; ++rounds) {
        if (!world.turn()) {
            if (late) break;
            world.clock().set(
                std::max(world.clock().now(), world.executor().next_due().value_or(Instant{})));
        }
        world.crash();
    }
    world.run_until("2026-11-28 12:00");
    for (int i = 1; i <= 35; ++i) {
        const std::string group = "g00" + std::string(i < 10 ? "0" : "") + std::to_string(i);
        CAPTURE(group);
        CHECK(tags_of(world, group) == Tags{"activity"});
        const Texts expected = i % 3 == 1 ? Texts{"17 02:00  > activity", "18 02:00 activity > vip",
                                                  "27 02:00 vip > activity"}
                                          : Texts{"17 02:00  > activity"};
        CHECK(changes_of(world, group) == expected);
    }
    // However late, a welcome is decided once for each.
    int planned = 0;
    for (const auto& [outcome, count] : world.outcomes("up")) planned += count;
    CHECK(planned == 12);
    world.check_accounts();
}

TEST_CASE("without a level that fits the tags of a tier are taken away", "[executor][tier]") {
    World world{plan_with("vip: gmv(last 1 day) >= 10 CNY"), "2026-11-16 10:00"};
    world.group("g1", {"member", "vip"});
    world.run_until("2026-11-17 03:00");
    CHECK(tags_of(world, "g1").empty());
    CHECK(changes_of(world, "g1") == Texts{"17 02:00 vip > "});
}

TEST_CASE("a tier goes on through a deploy, by the conditions in force", "[executor][tier]") {
    World world{plan_with(three), "2026-11-16 10:00"};
    world.group("g1");
    order(world, "g1", "500 CNY", "2026-11-16 12:00");
    world.run_until("2026-11-17 03:00");
    const std::string easier = R"(
  vip:      gmv(last 7 days) >= 500 CNY
  welfare:  gmv(last 7 days) >= 10 CNY
  activity: else
)";
    world.deploy(plan_with(easier));
    world.crash();
    world.run_until("2026-11-18 03:00");
    CHECK(changes_of(world, "g1") == Texts{"17 02:00  > activity", "18 02:00 activity > vip"});
    // Taken out and put back, it does not make up for the times in between.
    world.deploy(
        plan_of("sop 1\ntag member\nevent order { amount: money }\nchannel hook { kind "
                "webhook }\nplaybook p {\n  timezone Asia/Shanghai\n  for groups tagged "
                "member\n  via hook\n  hello: on order { post \"hi\" }\n}\n"));
    world.run_until("2026-11-20 12:00");
    world.deploy(plan_with(three));
    world.run_until("2026-11-20 13:00");
    CHECK(tags_of(world, "g1") == Tags{"vip"});
    world.run_until("2026-11-21 03:00");
    CHECK(changes_of(world, "g1").back() == "21 02:00 vip > activity");
}

TEST_CASE("members are tagged by a tier by their own events", "[executor][tier]") {
    World world{plan_of(R"(sop 1
tag member, coming_back
event order { amount: money }
channel hook { kind webhook }
tier members tagged member every day at 02:00 timezone Asia/Shanghai {
  coming_back: count(order, last 30 days) >= 2
}
playbook p {
  timezone Asia/Shanghai
  for members tagged member
  via hook
  hello: on order where amount > 1000000 CNY { send "rich" }
}
)"),
                "2026-11-16 10:00"};
    for (const char* member : {"m1", "m2"}) world.member(member);
    for (const char* at : {"2026-11-16 12:00", "2026-11-16 13:00"})
        world.event(at, "order", std::nullopt, "m1", {{"amount", "1 CNY"}}, at);
    world.event("one", "order", "g1", "m2", {{"amount", "1 CNY"}}, "2026-11-16 12:00");
    world.run_until("2026-11-17 03:00");
    CHECK(world.store().find_member("m1").value().tags == Tags{"coming_back", "member"});
    CHECK(world.store().find_member("m2").value().tags == Tags{"member"});
}

}  // namespace sop::runtime
