// Groups that rules create, fill and dissolve, and members they remove: the platform is asked, and
// the directory changes when it did it.
#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "runtime/executor/executor.h"
#include "runtime/executor/orders.h"
#include "tests/support/sources.h"
#include "tests/support/world.h"

namespace sop::runtime {

using namespace sop::tests;
using Outcomes = std::map<std::string, int>;
using Lines = std::vector<std::string>;

namespace {

lang::Plan plan_with(const std::string& rules, const std::string& kind = "groups") {
    return plan_of(R"(sop 1
tag member, super, friends
event order { sku: text }
channel hook { kind webhook }
playbook members {
  timezone Asia/Shanghai
  for )" + kind + R"( tagged member
  via hook
  )" + rules + "\n}\n");
}

// "create_group Club 1: m1, m2" for each order that the platform got.
Lines orders(World& world) {
    Lines lines;
    for (const Attempt& attempt : world.platform().attempts) {
        if (!attempt.command) continue;
        const auto name = attempt.command->fields.find(name_field);
        const auto group = attempt.command->fields.find(group_field);
        lines.push_back(
            fmt::format("{} {}: {}", attempt.command->verb,
                        name != attempt.command->fields.end() ? name->second : group->second,
                        fmt::join(attempt.command->members, ", ")));
    }
    return lines;
}

void join(World& world, const std::string& member, const std::string& group, const std::string& at,
          const std::string& invited_by = {}) {
    std::map<std::string, std::string> fields;
    if (!invited_by.empty()) fields.emplace("invited_by", invited_by);
    world.event("join-" + member + "-" + group, "join", group, member, fields, at);
}

// In g1, m5 before m1 to m4; of m9 nobody told when it joined.
void fill(World& world) {
    world.group("g1");
    world.member("m9", {"friends"});
    for (const char* member : {"m1", "m2", "m3", "m4"}) {
        world.member(member, {"friends"});
        join(world, member, "g1", "2026-11-16 09:05");
    }
    world.member("m5", {"friends"});
    join(world, "m5", "g1", "2026-11-16 09:00");
    world.run_until("2026-11-16 09:30");
}

lang::Plan creation() {
    return plan_with(
        R"(club: on order { create group "Club {n} of {event.sku}" from members tagged friends size 2 })");
}

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

std::map<std::string, std::vector<std::string>> members_by_group(World& world) {
    std::map<std::string, std::vector<std::string>> groups;
    for (const std::string& id :
         world.store().audience_page({.kind = SubjectKind::member}, "", 1000)) {
        const auto member = world.store().find_member(id);
        for (const std::string& group : member->groups)
            groups[world.store().find_group(group)->name].push_back(id);
    }
    return groups;
}

}  // namespace

TEST_CASE("a group is created for every so many, in the order of joining, the last one smaller",
          "[executor][groups]") {
    for (const bool killed : {false, true}) {
        DYNAMIC_SECTION((killed ? "killed at each round" : "undisturbed")) {
            World world{creation(), "2026-11-16 09:00"};
            world.set_unknown_policy(UnknownPolicy::resend);
            fill(world);
            world.event("o1", "order", "g1", std::nullopt, {{"sku", "tea"}});
            walk(world, "2026-11-16 10:00", killed);
            const auto groups = members_by_group(world);
            CHECK(groups.at("Club 1 of tea") == Lines{"m5", "m9"});
            CHECK(groups.at("Club 2 of tea") == Lines{"m1", "m2"});
            CHECK(groups.at("Club 3 of tea") == Lines{"m3", "m4"});
            CHECK(world.outcomes() == Outcomes{{"sent", 3}});
            if (!killed) {
                CHECK(orders(world) == Lines{"create_group Club 1 of tea: m9, m5",
                                             "create_group Club 2 of tea: m1, m2",
                                             "create_group Club 3 of tea: m3, m4"});
            }
            world.check_accounts();
        }
    }
}

TEST_CASE("a group is in the directory when the platform has made it, and not before",
          "[executor][groups]") {
    World world{creation(), "2026-11-16 09:00"};
    fill(world);
    int asked = 0;
    world.platform().answer = [&asked](const Attempt&) {
        return tests::Answer{.kind = ++asked == 2 ? tests::Answer::Kind::failed
                                                  : tests::Answer::Kind::sent};
    };
    world.platform().in_flight_max = 0;
    world.event("o1", "order", "g1", std::nullopt, {{"sku", "tea"}});
    world.run_until("2026-11-16 10:00");
    CHECK(members_by_group(world).size() == 1);
    world.platform().in_flight_max = 1;
    world.crash();
    world.run_until("2026-11-16 10:05");
    const auto groups = members_by_group(world);
    CHECK(groups.contains("Club 1 of tea"));
    CHECK_FALSE(groups.contains("Club 2 of tea"));
    CHECK(groups.contains("Club 3 of tea"));
    CHECK(world.outcomes() == Outcomes{{"failed", 1}, {"sent", 2}});
}

TEST_CASE("a group for nobody is not created", "[executor][groups]") {
    World world{creation(), "2026-11-16 09:00"};
    world.group("g1");
    world.event("o1", "order", "g1", std::nullopt, {{"sku", "tea"}});
    world.run_until("2026-11-16 10:00");
    CHECK(world.outcomes() == Outcomes{{"skipped: nobody", 1}});
}

TEST_CASE("nobody is invited to a group twice, nor who is in it; a composition is held",
          "[executor][groups]") {
    World world{plan_with(R"(upgrade: every day at 10:00 {
    invite members tagged super, then potential by tagged to group "Club" keep 50% super of invited
  })"),
                "2026-11-16 09:00"};
    world.store().put_group({"g1", "Club", "owner", {"member"}});
    world.member("s1", {"super"});
    world.member("s2", {"super"}, {"g1"});
    for (const char* member : {"p1", "p2", "p3"})
        join(world, member, "g9", "2026-11-16 09:00", "s1");
    join(world, "p4", "g9", "2026-11-16 09:00", "x");
    join(world, "p5", "g9", "2026-11-16 09:00");
    world.run_until("2026-11-16 10:00");
    // One with the tag makes room for one without.
    CHECK(orders(world) == Lines{"invite Club: s1, p1"});
    world.member("s3", {"super"});
    world.run_until("2026-11-17 10:00");
    CHECK(orders(world) == Lines{"invite Club: s1, p1", "invite Club: s3, p2"});
    world.run_until("2026-11-18 10:00");
    CHECK(orders(world).size() == 2);
    CHECK(world.outcomes() == Outcomes{{"sent", 2}, {"skipped: nobody", 1}});
    // Whoever is invited is in the group when they join.
    CHECK(world.store().find_member("s1")->groups.empty());
    world.check_accounts();
}

TEST_CASE("an invitation that did not arrive is made again, one of which nobody knows is not",
          "[executor][groups]") {
    for (const bool arrived : {false, true}) {
        DYNAMIC_SECTION((arrived ? "nobody knows" : "it failed")) {
            World world{plan_with(R"(upgrade: every day at 10:00 {
    invite members tagged super to group "g1"
  })"),
                        "2026-11-16 09:00"};
            world.group("g1");
            world.member("s1", {"super"});
            world.platform().answer = [arrived](const Attempt&) {
                return tests::Answer{.kind = arrived ? tests::Answer::Kind::unknown
                                                     : tests::Answer::Kind::failed};
            };
            world.run_until("2026-11-16 10:01");
            world.run_until("2026-11-17 10:01");
            CHECK(orders(world).size() == (arrived ? 1u : 2u));
        }
    }
}

TEST_CASE("an invitation to a group that is not there is refused", "[executor][groups]") {
    World world{plan_with(R"(upgrade: every day at 10:00 {
    invite members tagged super to group "Nowhere"
  })"),
                "2026-11-16 09:00"};
    world.group("g1");
    world.member("s1", {"super"});
    world.run_until("2026-11-16 10:01");
    CHECK(world.outcomes() == Outcomes{{"refused: no such group", 1}});
}

TEST_CASE("a member is removed from the group when the platform has done it",
          "[executor][groups]") {
    World world{plan_with(R"(ads: on message containing "ad" { remove member })"),
                "2026-11-16 09:00"};
    world.group("g1");
    world.member("m1", {"friends"}, {"g1"});
    world.event("e1", "message", "g1", "m1", {{"text", "an ad"}});
    world.run_until("2026-11-16 09:01");
    CHECK(orders(world) == Lines{"remove_member g1: m1"});
    CHECK(world.store().find_member("m1")->groups.empty());
}

TEST_CASE("a group that was dissolved is told of by an event, once", "[executor][groups]") {
    for (const bool killed : {false, true}) {
        DYNAMIC_SECTION((killed ? "killed at each round" : "undisturbed")) {
            World world{plan_with(R"(over: on order { after 1 day at 10:00: dissolve group })"),
                        "2026-11-16 09:00"};
            world.set_unknown_policy(UnknownPolicy::resend);
            world.group("g1");
            world.event("o1", "order", "g1", std::nullopt, {{"sku", "tea"}});
            walk(world, "2026-11-17 11:00", killed);
            if (!killed) CHECK(orders(world) == Lines{"dissolve_group g1: "});
            const auto told = world.store().events_of(SubjectKind::group, "g1", "dissolved",
                                                      Instant::min(), Instant::max());
            CHECK(told.size() == 1);
            CHECK(world.outcomes() == Outcomes{{"sent", 1}});
        }
    }
}

TEST_CASE("orders are never too late, and have an outcome like messages", "[executor][groups]") {
    World world{plan_with(R"(over: on order { after 1h: dissolve group })"), "2026-11-16 09:00"};
    world.group("g1");
    world.event("o1", "order", "g1", std::nullopt, {{"sku", "tea"}});
    world.run_until("2026-11-16 09:01");
    world.sleep_until("2026-11-18 09:01");
    world.platform().in_flight_max = 0;
    world.run_until("2026-11-18 20:00");
    CHECK(world.outcomes() == Outcomes{{"pending", 1}});
    world.platform().in_flight_max = 10;
    world.crash();
    world.run_until("2026-11-18 20:01");
    CHECK(world.outcomes() == Outcomes{{"sent", 1}});
}

TEST_CASE("a person's inviter is known by their first join", "[executor][fission]") {
    World world{plan_of(R"(sop 1
tag member
event brought { friend: text }
channel hook { kind webhook }
playbook fission {
  timezone Asia/Shanghai
  for members
  via hook
  joined: on join where invited_by exists { emit brought(member: event.invited_by, friend: member.id) }
  thanks: on brought { send "{member.name} brought {event.friend}: {count(brought, ever)}" }
  bye: on leave { send "{member.invited_by} will miss you" }
}
)"),
                "2026-11-16 09:00"};
    world.group("g1");
    world.member("a");
    join(world, "b", "g1", "2026-11-16 09:00", "a");
    join(world, "c", "g1", "2026-11-16 09:01", "a");
    join(world, "d", "g1", "2026-11-16 09:01");
    world.run_until("2026-11-16 09:02");
    world.event("l1", "leave", "g1", "b");
    world.run_until("2026-11-16 09:03");
    Lines texts;
    for (const Delivered& each : world.delivered()) texts.push_back(each.target + ": " + each.text);
    CHECK(texts == Lines{"a: Member a brought b: 1", "a: Member a brought c: 2",
                         "b: Member a will miss you"});
}

TEST_CASE("a version whose groups were to be created before it is refused",
          "[executor][groups][version]") {
    const auto flash = [](const std::string& date, const std::string& name = "flash") {
        return plan_with(name + ": on " + date + R"( at 20:00 for 2h {
    start - 3 days at 10:00: create group "Flash {n}" from members tagged friends
    start: post "go"
  })");
    };
    World world{plan_with("hello: every day at 08:00 { post \"hello\" }"), "2026-11-16 09:00"};
    world.group("g1");
    const auto deploy = [&](const lang::Plan& plan) {
        return world.carry_out({.kind = VersionRequestKind::deploy, .plan = lang::to_json(plan)});
    };
    // The 16th at 10:00 is to come, the 15th at 10:00 is not.
    const auto late = deploy(flash("2026-11-18"));
    CHECK(late.outcome == VersionOutcome::refused);
    CHECK(late.text ==
          "rule `members.flash`: the groups of its run of 2026-11-18 20:00 were to be created "
          "before now, so that this version comes too late for it; give the rule a later date, or "
          "its `create group` a later time");
    CHECK(deploy(flash("2026-11-19")).outcome == VersionOutcome::changed);
    world.run_until("2026-11-17 09:00");
    // Its run has begun, and stays on its own version.
    lang::Plan next = flash("2026-11-19");
    next.playbooks[0].rules[0].title = "Flash";
    CHECK(deploy(next).outcome == VersionOutcome::changed);
    CHECK_THROWS_AS(world.deploy(flash("2026-11-17", "other")), Error);
}

}  // namespace sop::runtime
