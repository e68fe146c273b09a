// Who comes and goes: opting out, leaving, dissolution, erasure and imports, members of groups, and
// rules by the clock of each member.
#include <catch2/catch.hpp>

#include "runtime/directory/import.h"
#include "runtime/executor/executor.h"
#include "tests/support/sources.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/world.h"

namespace sop::runtime {

using namespace sop::tests;
using Outcomes = std::map<std::string, int>;
using Texts = std::vector<std::string>;

namespace {

// `head` is what a playbook has before its rules: whom it is for, by which clock.
lang::Plan plan_with(const std::string& head, const std::string& rules) {
    return plan_of(R"(sop 1
tag member, vip
event order { amount: money }
event check_in { }
channel hook { kind webhook }
playbook members {
  via hook
  )" + head + "\n  " +
                   rules + "\n}\n");
}

constexpr const char* for_members = "timezone Asia/Shanghai; for members tagged member";

// "19 12:00 m1 hello" of each message, in order.
Texts told(const World& world) {
    Texts texts;
    for (const Delivered& each : world.delivered())
        texts.push_back(each.at.substr(8) + " " + each.target + " " + each.text);
    return texts;
}

void import_members(World& world, const std::string& csv, bool marks_missing = false) {
    const TemporaryFolder folder;
    const ImportReport report =
        import_directory_file(SubjectKind::member, folder.write("members.csv", csv), world.store(),
                              {.now = world.clock().now(), .marks_missing = marks_missing});
    REQUIRE(report.is_imported);
}

}  // namespace

// ---- opting out ---------------------------------------------------------------------------------

TEST_CASE("opting out ends what waits, and nothing is sent until opting in",
          "[executor][directory]") {
    const bool killed = GENERATE(false, true);
    World world{plan_with(std::string(for_members) + "; quiet 22:00..08:00 then defer", R"(
  drip: on check_in {
    send "now"
    wait for order within 3 days { yes: send "thanks"; no: send "no order" }
  }
  evening: every day at 23:00 { send "good night" }
  buy: on order { points +10 because "purchase" }
)"),
                "2026-11-19 12:00"};
    for (const char* member : {"m1", "m2"}) {
        world.member(member);
        world.event(std::string(member) + "c", "check_in", std::nullopt, member);
    }
    world.run_until("2026-11-19 23:30");
    REQUIRE(world.outcomes() == Outcomes{{"sent", 2}, {"pending", 2}});
    world.event("out", "opt_out", std::nullopt, "m1");
    if (killed) world.crash();
    world.run_until("2026-11-19 23:31");
    // The run that waits is over, and so is the message that was put off.
    CHECK(world.outcomes("evening") == Outcomes{{"exited: opted out", 1}, {"pending", 1}});
    CHECK(world.store().unfinished_runs_of(SubjectKind::member, "m1").empty());
    if (killed) world.crash();
    world.event("o1", "order", std::nullopt, "m1", {{"amount", "9.90 CNY"}}, "2026-11-20 09:00");
    world.run_until("2026-11-21 12:00");
    CHECK(world.store().points_of("m1") == 10);
    CHECK(world.outcomes("evening") ==
          Outcomes{{"exited: opted out", 1}, {"sent", 2}, {"skipped: opted out", 1}});
    world.event("in", "opt_in", std::nullopt, "m1");
    world.run_until("2026-11-22 09:00");
    CHECK(world.outcomes("evening")["sent"] == 4);
    CHECK(told(world).front() == "19 12:00 m1 now");
    world.check_accounts();
}

TEST_CASE("what waits for its turn does not get it by opting out", "[executor][directory]") {
    World world{plan_with(std::string(for_members) + "; concurrent queue", R"(
  drip: on check_in { wait for order within 1 day { yes: send "thanks" } }
)"),
                "2026-11-19 12:00"};
    world.member("m1");
    for (const char* id : {"c1", "c2", "c3"}) world.event(id, "check_in", std::nullopt, "m1");
    world.run_until("2026-11-19 12:10");
    REQUIRE(world.store().unfinished_runs_of(SubjectKind::member, "m1").size() == 3);
    world.event("out", "opt_out", std::nullopt, "m1");
    world.run_until("2026-11-19 12:20");
    CHECK(world.store().unfinished_runs_of(SubjectKind::member, "m1").empty());
}

// ---- dissolving, leaving ------------------------------------------------------------------------

TEST_CASE("a dissolved group is addressed no more, at once", "[executor][directory]") {
    const bool killed = GENERATE(false, true);
    World world{plan_with("timezone Asia/Shanghai; for groups tagged member; "
                          "quiet 22:00..08:00 then defer",
                          R"(
  evening: every day at 23:00 { post "good night" }
  sale: every day at 12:00 for 2h { start: post "go"; end: post "over" }
  mine: every day at 13:00 for members of groups tagged member { send "hi" }
)"),
                "2026-11-18 22:30"};
    for (const char* group : {"g1", "g2"}) world.group(group);
    world.member("m1", {}, {"g1", "g2"});
    world.run_until("2026-11-18 23:30");
    REQUIRE(world.outcomes() == Outcomes{{"pending", 2}});
    world.event("d1", "dissolved", "g1");
    if (killed) world.crash();
    world.run_until("2026-11-19 12:30");
    CHECK(world.outcomes("evening") == Outcomes{{"exited: dissolved", 1}, {"sent", 1}});
    CHECK(world.outcomes("sale") == Outcomes{{"sent", 1}});
    world.event("d2", "dissolved", "g2");
    world.run_until("2026-11-20 15:00");
    CHECK(world.outcomes("sale") == Outcomes{{"sent", 1}});
    CHECK(world.outcomes("mine").empty());
    CHECK(world.store().find_group("g2")->dissolved_at.has_value());
    world.check_accounts();
}

TEST_CASE("whoever leaves a group stays in the runs that are not about it",
          "[executor][directory]") {
    World world{plan_with("timezone Asia/Shanghai", R"(
  drip: on check_in for members tagged member { after 24h: send "drip" }
  tagless: on check_in for members { after 24h: send "all" }
  joined: on check_in for members where joined exists { after 24h: send "joined" }
  mine: on check_in for members of groups tagged member { after 24h: send "{group.name}" }
)"),
                "2026-11-19 12:00"};
    for (const char* group : {"g1", "g2"}) world.group(group);
    world.event("j1", "join", "g1", "m1");
    world.event("j2", "join", "g2", "m1");
    world.run_until("2026-11-19 12:01");
    world.store().add_tag(SubjectKind::member, "m1", "member");
    world.event("c1", "check_in", "g1", "m1");
    world.event("c2", "check_in", "g2", "m1");
    world.run_until("2026-11-19 13:00");
    world.event("l1", "leave", "g1", "m1");
    world.run_until("2026-11-19 14:00");
    CHECK(world.store().unfinished_runs_of(SubjectKind::member, "m1").size() == 3);
    CHECK(world.store().unfinished_runs_of(SubjectKind::member, to_subject({"m1", "g1"})).empty());
    // Losing the tag ends nothing.
    world.store().remove_tag(SubjectKind::member, "m1", "member");
    world.event("l2", "leave", "g2", "m1");
    world.run_until("2026-11-20 15:00");
    CHECK(told(world) == Texts{"20 12:01 m1 drip", "20 12:01 m1 all"});
    CHECK(world.outcomes("joined").empty());
    world.check_accounts();
}

// ---- members of groups --------------------------------------------------------------------------

TEST_CASE("a rule for members of groups has a run for each of their groups",
          "[executor][directory][members_of_groups]") {
    const std::size_t page_rows = GENERATE(1, 2, 500);
    World world{plan_with("timezone Asia/Shanghai; for members of groups tagged member", R"(
  daily: every day at 13:00 { send "{member.name} in {group.name}" }
  hello: on check_in once per member { send "{count(check_in, ever)} in {group.id}" }
)"),
                "2026-11-19 12:00",
                {.page_rows = page_rows}};
    for (const char* group : {"g1", "g2"}) world.group(group);
    world.group("g3", {"other"});
    world.member("m1", {}, {"g1", "g2", "g3"});
    world.member("m2", {}, {"g2"});
    const auto check_in = [&](const std::string& id, const char* group, const char* at) {
        world.event(id, "check_in", group, "m1", {}, at);
    };
    check_in("c1", "g1", "2026-11-19 12:01");
    check_in("c2", "g1", "2026-11-19 12:02");
    check_in("c3", "g2", "2026-11-19 12:03");
    check_in("c4", "g3", "2026-11-19 12:04");
    world.event("c5", "check_in", std::nullopt, "m1", {}, "2026-11-19 12:05");
    world.run_until("2026-11-19 12:30");
    CHECK(told(world) == Texts{"19 12:01 m1 1 in g1", "19 12:03 m1 1 in g2"});
    world.crash();
    world.run_until("2026-11-19 14:00");
    const Texts all = told(world);
    CHECK(Texts(all.begin() + 2, all.end()) == Texts{"19 13:00 m1 Member m1 in Group g1",
                                                     "19 13:00 m1 Member m1 in Group g2",
                                                     "19 13:00 m2 Member m2 in Group g2"});
    // Their messages are the member's: each has a key of its own.
    std::set<std::string> keys;
    for (const auto& attempt : world.platform().attempts) keys.insert(attempt.key);
    CHECK(keys.size() == all.size());
    world.check_accounts();
}

TEST_CASE("caps count what a member gets in all of its groups",
          "[executor][directory][members_of_groups]") {
    World world{plan_with("timezone Asia/Shanghai; for members of groups \"g1\", \"g2\"; "
                          "limit 1 posts per member per day",
                          "daily: every day at 13:00 { send \"hi\" }"),
                "2026-11-19 12:00"};
    for (const char* group : {"g1", "g2", "g3"}) world.group(group);
    world.member("m1", {}, {"g1", "g2", "g3"});
    world.run_until("2026-11-19 14:00");
    CHECK(world.outcomes() == Outcomes{{"sent", 1}, {"skipped: cap", 1}});
}

TEST_CASE("a wait of a member in a group is answered by events there alone",
          "[executor][directory][members_of_groups]") {
    World world{plan_with("timezone Asia/Shanghai; for members of groups tagged member", R"(
  ask: on check_in { wait for order within 1 day { yes: send "thanks"; no: send "none" } }
  rich: when count(order, ever) >= 2 { send "two orders in {group.id}" }
)"),
                "2026-11-19 12:00"};
    for (const char* group : {"g1", "g2"}) world.group(group);
    world.member("m1", {}, {"g1", "g2"});
    world.event("c1", "check_in", "g1", "m1");
    world.run_until("2026-11-19 12:10");
    world.event("o1", "order", "g2", "m1", {{"amount", "1 CNY"}});
    world.run_until("2026-11-19 12:20");
    CHECK(told(world).empty());
    world.event("o2", "order", "g1", "m1", {{"amount", "1 CNY"}});
    world.run_until("2026-11-19 12:30");
    world.event("o3", "order", "g2", "m1", {{"amount", "1 CNY"}});
    world.run_until("2026-11-19 12:40");
    CHECK(told(world) == Texts{"19 12:20 m1 thanks", "19 12:30 m1 two orders in g2"});
}

// ---- the clock of each member -------------------------------------------------------------------

namespace {

void member_in(World& world, const std::string& id, const std::string& zone) {
    world.store().put_member({.id = id, .name = id, .tags = {"member"}, .zone = zone});
}

constexpr const char* by_own_clock =
    "timezone of member else Asia/Shanghai; for members tagged member";

}  // namespace

TEST_CASE("a rule by the clock of each member fires at each one's own time",
          "[executor][directory][member_clock]") {
    const bool killed = GENERATE(false, true);
    World world{plan_with(by_own_clock, R"(
  evening: every day at 20:00 for 1h { start: send "{start.time}"; end - 10m: send "soon" }
  later: on check_in { next day at 09:00: send "next day" }
)"),
                "2026-11-19 12:00"};
    // Before the deploy of the second version, which finds them.
    member_in(world, "none", "");
    member_in(world, "shanghai", "Asia/Shanghai");
    member_in(world, "tokyo", "Asia/Tokyo");
    member_in(world, "paris", "Europe/Paris");
    world.deploy(plan_with(by_own_clock, R"(
  evening: every day at 20:00 for 1h { start: send "at {start.time}"; end - 10m: send "soon" }
  later: on check_in { next day at 09:00: send "next day" }
  other: every day at 20:00 { send "{start.date}" }
)"));
    world.event("c1", "check_in", std::nullopt, "paris");
    world.run_until("2026-11-19 19:30");
    if (killed) world.crash();
    world.run_until("2026-11-20 17:00");
    const Texts texts = told(world);
    const auto count = [&](const std::string& text) {
        return std::count(texts.begin(), texts.end(), text);
    };
    CHECK(count("19 19:00 tokyo 2026-11-19") == 1);
    CHECK(count("19 20:00 none 2026-11-19") == 1);
    CHECK(count("19 20:00 shanghai 2026-11-19") == 1);
    CHECK(count("20 03:00 paris 2026-11-19") == 1);
    CHECK(count("20 16:00 paris next day") == 1);
    CHECK(world.outcomes("other") == Outcomes{{"sent", 4}});
    // One that is asked for now is for all of them.
    world.event("now", "sop.run", std::nullopt, std::nullopt, {{"rule", "members.other"}});
    world.run_until("2026-11-20 17:01");
    CHECK(world.outcomes("other") == Outcomes{{"sent", 8}});
    world.check_accounts();
}

TEST_CASE("a member's clock may skip or repeat an hour", "[executor][directory][member_clock]") {
    World world{plan_with(by_own_clock, "x: on check_in { send \"x\" }"),
                "2026-03-27 12:00",
                {.zone = "Europe/Berlin"}};
    member_in(world, "berlin", "Europe/Berlin");
    member_in(world, "none", "");
    world.deploy(plan_with(by_own_clock, "night: every day at 02:30 { send \"on {start.date}\" }"));
    const auto times = [&](const std::string& target) {
        Texts found;
        for (const Delivered& each : world.delivered()) {
            if (each.target == target) found.push_back(each.at.substr(5) + " " + each.text);
        }
        return found;
    };
    world.run_until("2026-03-30 12:00");
    // 02:30 does not exist on the 29th: moved by the hour.
    CHECK(times("berlin").size() == 3);
    world.run_until("2026-10-26 12:00");
    const Texts all = times("berlin");
    CHECK(std::count_if(all.begin(), all.end(), [](const std::string& text) {
              return text.ends_with("on 2026-10-25");
          }) == 1);
}

TEST_CASE("a member whose zone changes never gets a wall time twice",
          "[executor][directory][member_clock]") {
    struct Row {
        const char* from;
        const char* to;
        Texts expected;
    };
    // At 12:00 UTC of the 19th it is 20:00 in Shanghai; the member moves at 22:00 there.
    const auto row = GENERATE(values<Row>({
        {"Asia/Shanghai", "Europe/Paris", {"19 20:00 19", "21 03:00 20"}},
        {"Europe/Paris", "Asia/Shanghai", {"20 20:00 20"}},
        {"Asia/Shanghai", "Asia/Tokyo", {"19 20:00 19", "20 19:00 20"}},
    }));
    CAPTURE(row.from, row.to);
    World world{plan_with(by_own_clock, "x: every day at 20:00 { send \"x\" }"),
                "2026-11-19 12:00"};
    member_in(world, "m1", row.from);
    member_in(world, "m2", row.from);
    world.deploy(plan_with(by_own_clock, "evening: every day at 20:00 { send \"{start.date}\" }"));
    world.run_until("2026-11-19 22:00");
    import_members(world, std::string("id,zone\nm1,") + row.to + "\n");
    world.run_until("2026-11-21 06:00");
    Texts texts;
    for (const Delivered& each : world.delivered()) {
        if (each.target == "m1")
            texts.push_back(each.at.substr(8) + " " + each.text.substr(each.text.size() - 2));
    }
    CHECK(texts == row.expected);
}

// ---- imports ------------------------------------------------------------------------------------

TEST_CASE("an import is seen by conditions, and ends the runs of who is gone",
          "[executor][directory][import]") {
    const bool killed = GENERATE(false, true);
    World world{plan_with("timezone Asia/Shanghai; for members tagged member", R"(
  vips: when member tagged vip { send "welcome" }
  drip: on check_in { after 24h: send "drip" }
)"),
                "2026-11-19 12:00"};
    for (const char* member : {"m1", "m2", "m3"}) {
        world.member(member);
        world.event(std::string(member) + "c", "check_in", std::nullopt, member);
    }
    world.run_until("2026-11-19 13:00");
    import_members(world, "id,tags,opted_out\nm1,member;vip,no\nm2,member,yes\n", true);
    if (killed) world.crash();
    world.run_until("2026-11-19 13:10");
    CHECK(told(world) == Texts{"19 13:00 m1 welcome"});
    CHECK(world.store().find_member("m3")->gone_at == instant("2026-11-19 13:00"));
    CHECK(world.store().unfinished_runs_of(SubjectKind::member, "m1").size() == 1);
    CHECK(world.store().unfinished_runs_of(SubjectKind::member, "m2").empty());
    CHECK(world.store().unfinished_runs_of(SubjectKind::member, "m3").empty());
    // Once more changes nothing, and tells nobody.
    import_members(world, "id,tags,opted_out\nm1,member;vip,no\nm2,member,yes\n", true);
    CHECK_FALSE(world.turn());
    world.check_accounts();
}

TEST_CASE("what a group says is the last it said", "[executor][directory]") {
    World world{plan_with("timezone Asia/Shanghai; for groups tagged member",
                          "x: every day at 13:00 { post \"{group.size} {group.talked}\" }"),
                "2026-11-19 12:00"};
    world.group("g1");
    world.member("m1", {}, {"g1"});
    world.event("t1", "message", "g1", "m1", {{"text", "hi"}}, "2026-11-19 12:10");
    world.run_until("2026-11-19 14:00");
    CHECK(told(world) == Texts{"19 13:00 g1 1 2026-11-19"});
}

// ---- erasure ------------------------------------------------------------------------------------

TEST_CASE("whoever is erased gets nothing more, and does not come back",
          "[executor][directory][privacy]") {
    const bool killed = GENERATE(false, true);
    World world{plan_with(std::string(for_members) + "; quiet 22:00..08:00 then defer", R"(
  buy: on order { points +10 because "purchase"; send "thanks {member.name}" }
  drip: on check_in { after 24h: send "drip" }
  evening: every day at 23:00 { send "good night {member.name}" }
)"),
                "2026-11-19 12:00"};
    for (const char* member : {"m1", "m2"}) world.member(member);
    world.event("o1", "order", std::nullopt, "m1", {{"amount", "9.90 CNY"}});
    world.event("c1", "check_in", std::nullopt, "m1");
    world.run_until("2026-11-19 23:30");
    REQUIRE(world.outcomes() == Outcomes{{"sent", 1}, {"pending", 2}});
    REQUIRE(world.store().erase_member("m1", "erased-1", world.clock().now(), "li"));
    if (killed) world.crash();
    world.event("o2", "order", std::nullopt, "m1", {{"amount", "9.90 CNY"}});
    world.event("o1", "order", std::nullopt, "m2", {{"amount", "9.90 CNY"}});
    world.event("j1", "join", "g1", "m1");
    world.run_until("2026-11-21 12:00");
    CHECK_FALSE(world.store().find_member("m1"));
    CHECK(world.outcomes("evening") == Outcomes{{"exited: erased", 1}, {"sent", 2}});
    CHECK(world.outcomes("buy") == Outcomes{{"sent", 1}});
    CHECK(world.outcomes("drip").empty());
    CHECK(world.store().list_points("erased-1", 0, 10).size() == 1);
    CHECK(world.troubles().empty());
    world.check_accounts();
}

}  // namespace sop::runtime
