// What messages say and whom they go to: replies, messages to many, forms in turn, rules for nobody
// in particular; and that a kill changes none of it.
#include <catch2/catch.hpp>

#include <map>
#include <set>

#include "runtime/executor/executor.h"
#include "runtime/scheduler/text.h"
#include "tests/support/sources.h"
#include "tests/support/world.h"

namespace sop::runtime {

using namespace sop::tests;
using Outcomes = std::map<std::string, int>;
using Texts = std::vector<std::string>;

namespace {

lang::Plan plan_with(const std::string& rules,
                     const std::string& settings = "for groups tagged member",
                     const std::string& declarations = "") {
    return plan_of(R"(sop 1
import std.calendar.cn
tag member, vip, seen
event order { amount: money, sku: text optional }
channel hook { kind webhook }
)" + declarations + R"(
playbook members {
  timezone Asia/Shanghai
  )" + settings + R"(
  via hook
  )" + rules + "\n}\n");
}

// "19 12:00 g1: hello (mentions m1)" of each message that was taken, in order.
Texts told(World& world) {
    Texts texts;
    const Platform& platform = world.platform();
    for (std::size_t i = 0; i < platform.attempts.size(); ++i) {
        const Attempt& attempt = platform.attempts[i];
        if (platform.reached[i])
            texts.push_back(local_text(platform.attempted_at[i]).substr(8) + " " + attempt.target +
                            ": " + shown_line(attempt.text, attempt.form));
    }
    return texts;
}

}  // namespace

TEST_CASE("what people say and do is answered where it happened", "[executor][messages]") {
    const auto plan = plan_with(R"(
  prices: on message saying "price" { reply "It is 9.90" }
  thanks: on order { reply "Thank you, {event.member}!" }
  ads: on message containing "http" { warn "No links" }
  personal: on order { send "Your order of {event.amount} is on its way" }
)");
    World world(plan, "2026-11-19 08:00");
    world.group("g1");
    world.member("m1", {}, {"g1"});
    world.event("e1", "message", "g1", "m1", {{"text", " Price "}});
    world.run_until("2026-11-19 09:00");
    world.event("e2", "order", "g1", "m1", {{"amount", "9.90 CNY"}});
    world.run_until("2026-11-19 10:00");
    world.event("e3", "message", "g1", "m1", {{"text", "see http://x"}});
    world.run_until("2026-11-19 11:00");
    CHECK(told(world) == Texts{
                             "19 08:00 g1: reply It is 9.90",
                             "19 09:00 g1: reply Thank you, Member m1! (mentions m1)",
                             "19 09:00 m1: Your order of 9.90 CNY is on its way",
                             "19 10:00 g1: warn No links (mentions m1)",
                         });
    CHECK(world.platform().attempts[0].form.reply_to == "e1");
    CHECK(world.platform().attempts[3].form.reply_to == "e3");
    CHECK(world.platform().attempts[2].target_kind == SubjectKind::member);
    CHECK(world.outcomes() == Outcomes{{"sent", 4}});
}

TEST_CASE("a message to somebody who is not there is refused", "[executor][messages]") {
    const auto plan = plan_with(R"(
  personal: on order { send "Thank you" }
)");
    World world(plan, "2026-11-19 08:00");
    world.group("g1");
    world.event("e1", "order", "g1", "stranger", {{"amount", "9.90 CNY"}});
    world.event("e2", "order", "g1", std::nullopt, {{"amount", "9.90 CNY"}});
    world.run_until("2026-11-19 09:00");
    CHECK(world.outcomes() == Outcomes{{"refused: gone", 1}, {"refused: no value", 1}});
}

TEST_CASE("quiet hours let answers and welcomes pass, and hold the rest", "[executor][messages]") {
    const auto plan = plan_with(R"(
  quiet 22:00..08:00 then defer
  welcome: on join { post "Welcome, {event.member}!"
                     after 1h: post "The rules" }
  answer: on message saying "1" { reply "Checked in"; post "One more" }
  news: every day at 23:00 { announce "News" mention all at once; post "More news" }
)");
    World world(plan, "2026-11-19 22:00");
    world.group("g1");
    world.member("m1");
    world.event("j1", "join", "g1", "m1");
    world.event("e1", "message", "g1", "m1", {{"text", "1"}}, "2026-11-19 22:30");
    world.run_until("2026-11-20 09:00");
    CHECK(told(world) == Texts{
                             "19 22:00 g1: Welcome, Member m1!",
                             "19 22:30 g1: reply Checked in",
                             "19 23:00 g1: announce News (mentions all)",
                             "20 08:00 g1: One more",
                             "20 08:00 g1: More news",
                             "20 08:00 g1: The rules",
                         });
}

TEST_CASE("a cap does not count answers against what it holds back", "[executor][messages]") {
    const auto plan = plan_with(R"(
  limit 1 posts per group per day
  answer: on message saying "1" { reply "Checked in" }
  morning: every day at 09:00 { post "Good morning" }
  noon: every day at 12:00 { post "Lunch" }
)");
    World world(plan, "2026-11-19 08:00");
    world.group("g1");
    world.member("m1", {}, {"g1"});
    world.event("e1", "message", "g1", "m1", {{"text", "1"}});
    world.event("e2", "message", "g1", "m1", {{"text", "1"}}, "2026-11-19 13:00");
    world.run_until("2026-11-19 14:00");
    CHECK(told(world) == Texts{"19 08:00 g1: reply Checked in", "19 09:00 g1: Good morning",
                               "19 13:00 g1: reply Checked in"});
    CHECK(world.outcomes("noon") == Outcomes{{"skipped: cap", 1}});
}

TEST_CASE("whether a member joins for the first time is known", "[executor][messages]") {
    const auto plan = plan_with(R"(
  welcome: on join {
    if join.first { post "Welcome" } else { post "Welcome back" }
  }
)");
    World world(plan, "2026-11-19 08:00");
    world.group("g1");
    world.group("g2");
    world.event("j1", "join", "g1", "m1");
    world.event("l1", "leave", "g1", "m1", {}, "2026-11-19 09:00");
    world.event("j2", "join", "g1", "m1", {}, "2026-11-19 10:00");
    world.event("j3", "join", "g2", "m1", {}, "2026-11-19 11:00");
    world.event("j4", "join", "g2", "m2", {{"first", "no"}}, "2026-11-19 12:00");
    world.run_until("2026-11-19 13:00");
    CHECK(told(world) == Texts{"19 08:00 g1: Welcome", "19 10:00 g1: Welcome back",
                               "19 11:00 g2: Welcome", "19 12:00 g2: Welcome back"});
}

// ---- to many ----

TEST_CASE("a message to others reaches each of them once, whenever the process dies",
          "[executor][messages]") {
    const auto plan = plan_with(R"(
  news: every day at 09:00 {
    start: post "To all of you" to groups tagged vip
           post "To the members"
    start + 1h: post "And later" to groups tagged vip
  }
)",
                                R"(for groups "g1")");
    const auto live = [](World& world) {
        for (int i = 1; i <= 7; ++i) world.group("v" + std::to_string(i), {"vip"});
        world.group("g1", {"member"});
        for (int i = 0; i < 30; ++i) {
            try {
                world.run_until("2026-11-19 12:00");
                return;
            } catch (const Killed&) {
                world.crash();
            }
        }
    };
    // Pages of two: a message to many takes several rounds.
    for (const std::size_t page_rows : {2, 500}) {
        for (std::size_t kill_at = 0; kill_at <= 16; ++kill_at) {
            CAPTURE(page_rows, kill_at);
            World world(plan, "2026-11-19 00:00", {.page_rows = page_rows});
            world.platform().in_flight_max = 1;
            if (kill_at < 16) world.platform().kill_at = kill_at;
            live(world);
            std::map<std::string, int> count;
            for (const auto& each : world.delivered()) ++count[each.target + " " + each.text];
            // Of the one that was under way when it died nobody can tell.
            for (const auto& [message, times] : count) CHECK(times == 1);
            CHECK(count.size() >= 14);
            const auto outcomes = world.outcomes();
            int planned = 0;
            for (const auto& [outcome, times] : outcomes) planned += times;
            CHECK(planned == 15);
            CHECK_FALSE(world.store().next_mailing());
        }
    }
}

TEST_CASE("between two pages of a message to many nothing else happens", "[executor][messages]") {
    const auto plan = plan_with(R"(
  news: every day at 09:00 {
    post "News" to groups tagged vip
    untag vip
    post "You were told"
  }
  again: on order { tag vip }
)",
                                R"(for groups "g1", "g2")");
    World world(plan, "2026-11-19 00:00", {.page_rows = 2});
    for (const char* id : {"g1", "g2", "v1", "v2", "v3"}) world.group(id, {"vip"});
    world.event("o1", "order", "g1", std::nullopt, {{"amount", "1 CNY"}}, "2026-11-19 09:00");
    world.run_until("2026-11-19 09:00");
    // Both runs see the tags of 9:00, though g1 and g2 lose theirs right after.
    std::map<std::string, int> news;
    for (const auto& each : world.delivered()) {
        if (each.text == "News") ++news[each.target];
    }
    CHECK(news ==
          std::map<std::string, int>{{"g1", 2}, {"g2", 2}, {"v1", 2}, {"v2", 2}, {"v3", 2}});
    CHECK(world.outcomes() == Outcomes{{"sent", 12}});
    CHECK(world.store().find_group("g1")->tags.empty());
}

TEST_CASE("what keeps a message from many keeps it from each of them", "[executor][messages]") {
    const auto plan = plan_with(R"(
  tardy: every day at 09:00 { post "Late" to groups tagged vip }
  condition: every day at 10:00 {
    start if count(order, today) > 0: post "Orders" to groups tagged vip
  }
  quiet_one: every day at 23:00 quiet 22:00..08:00 then skip {
    post "Quiet" to groups tagged vip
  }
)",
                                R"(for groups "g1")");
    World world(plan, "2026-11-19 00:00");
    world.group("g1");
    world.group("v1", {"vip"});
    world.group("v2", {"vip"});
    world.run_until("2026-11-19 08:00");
    world.crash_until("2026-11-19 09:30");
    world.run_until("2026-11-19 23:30");
    CHECK(world.outcomes("tardy") == Outcomes{{"skipped: late", 2}});
    CHECK(world.outcomes("condition") == Outcomes{{"skipped: condition", 2}});
    CHECK(world.outcomes("quiet_one") == Outcomes{{"skipped: quiet", 2}});
    CHECK(told(world).empty());
}

TEST_CASE("a message to many counts for the caps of each of them", "[executor][messages]") {
    const auto plan = plan_with(R"(
  limit 1 posts per group per day
  news: every day at 09:00 { post "News" to groups tagged vip }
  own: every day at 10:00 for groups tagged vip { post "Own" }
)",
                                R"(for groups "g1")");
    World world(plan, "2026-11-19 00:00");
    world.group("g1");
    world.group("v1", {"vip"});
    world.group("v2", {"vip"});
    world.run_until("2026-11-19 12:00");
    CHECK(told(world) == Texts{"19 09:00 v1: News", "19 09:00 v2: News"});
    CHECK(world.outcomes("own") == Outcomes{{"skipped: cap", 2}});
}

TEST_CASE("a more urgent message to many keeps its slot", "[executor][messages]") {
    const auto plan = plan_with(R"(
  limit 1 posts per group per day
  news: every day at 20:00 priority high { post "News" to groups tagged vip }
  own: every day at 10:00 for groups tagged vip { post "Own" }
)",
                                R"(for groups "g1")");
    World world(plan, "2026-11-19 00:00");
    world.group("g1");
    world.group("v1", {"vip"});
    world.run_until("2026-11-19 23:00");
    CHECK(told(world) == Texts{"19 20:00 v1: News"});
    CHECK(world.outcomes("own") == Outcomes{{"skipped: cap", 1}});
}

TEST_CASE("members of several groups are sent a message to members of groups once",
          "[executor][messages]") {
    const auto plan = plan_with(R"(
  news: every day at 09:00 { send "News" to members of groups tagged vip }
)",
                                R"(for members "m2")");
    for (const std::size_t page_rows : {1, 2, 500}) {
        CAPTURE(page_rows);
        World world(plan, "2026-11-19 00:00", {.page_rows = page_rows});
        for (const char* group : {"g1", "g2", "g3"}) world.group(group, {"vip"});
        world.group("g4");
        world.member("m1", {}, {"g1", "g3"});
        world.member("m2", {}, {"g1", "g2", "g3"});
        world.member("m3", {}, {"g4"});
        world.member("m4", {}, {"g2", "g4"});
        world.run_until("2026-11-19 10:00");
        CHECK(told(world) == Texts{"19 09:00 m1: News", "19 09:00 m2: News", "19 09:00 m4: News"});
        CHECK(world.outcomes() == Outcomes{{"sent", 3}});
    }
}

TEST_CASE("an urgent message to members of groups keeps its slot", "[executor][messages]") {
    const auto plan = plan_with(R"(
  limit 2 posts per member per day
  news: every day at 20:00 priority high for members "m3" { send "News" to members of groups tagged vip }
  each: every day at 20:00 priority high for members of groups tagged seen { send "Yours" }
  own: every day at 10:00 { send "Own" }
)",
                                R"(for members "m1", "m2", "m3")");
    World world(plan, "2026-11-19 00:00");
    world.group("g1", {"vip", "seen"});
    world.group("g2", {"vip"});
    world.member("m1", {}, {"g1", "g2"});
    world.member("m2", {}, {"g2"});
    world.member("m3");
    world.run_until("2026-11-19 23:00");
    CHECK(world.outcomes("own") == Outcomes{{"sent", 2}, {"skipped: cap", 1}});
    CHECK(world.outcomes("news") == Outcomes{{"sent", 2}});
    CHECK(world.outcomes("each") == Outcomes{{"sent", 1}});
}

TEST_CASE("members are sent a message from a rule for groups", "[executor][messages]") {
    const auto plan = plan_with(R"(
  news: every day at 09:00 { send "From {group.name}" to members tagged vip }
)");
    World world(plan, "2026-11-19 00:00");
    world.group("g1");
    world.member("m1", {"vip"});
    world.member("m2", {"member"});
    world.run_until("2026-11-19 10:00");
    REQUIRE(told(world).size() == 1);
    CHECK(told(world)[0].starts_with("19 09:00 m1: From "));
    CHECK(world.platform().attempts[0].target_kind == SubjectKind::member);
}

// ---- for nobody in particular ----

TEST_CASE("a rule without `for` runs once for each of its times", "[executor][messages]") {
    const auto plan = plan_with(R"(
  pop_up: on 2026-11-20 at 20:00 for 2h {
    start - 1 day at 12:00: post "Tomorrow" to groups tagged member
    end:                    post "{count(order, since start)} orders" to groups tagged member
  }
)",
                                "");
    World world(plan, "2026-11-19 00:00");
    world.groups(3);
    world.run_until("2026-11-19 11:00");
    CHECK(world.store().open_runs_of("").empty());
    world.run_until("2026-11-19 13:00");
    CHECK(world.store().open_runs_of("").size() == 1);
    world.event("o1", "order", "g0001", "m1", {{"amount", "1 CNY"}}, "2026-11-20 20:30");
    world.event("o2", "order", "g0002", "m2", {{"amount", "1 CNY"}}, "2026-11-20 21:30");
    world.crash();
    world.run_until("2026-11-21 00:00");
    CHECK(told(world) == Texts{"19 12:00 g0001: Tomorrow", "19 12:00 g0002: Tomorrow",
                               "19 12:00 g0003: Tomorrow", "20 22:00 g0001: 2 orders",
                               "20 22:00 g0002: 2 orders", "20 22:00 g0003: 2 orders"});
    CHECK(world.store().open_runs_of("").empty());
}

TEST_CASE("a run for nobody in particular waits for anybody", "[executor][messages]") {
    const auto plan = plan_with(R"(
  early: on 2026-11-19 at 12:00 {
    wait for order where amount > 100 CNY within 1 day {
      yes: post "The first big order!" to groups tagged member
      no:  post "No big order yet" to groups tagged member
    }
  }
)",
                                "");
    World world(plan, "2026-11-19 00:00");
    world.group("g1");
    world.event("o1", "order", "g1", "m1", {{"amount", "1 CNY"}}, "2026-11-19 13:00");
    world.event("o2", "order", "g9", "m2", {{"amount", "200 CNY"}}, "2026-11-19 14:00");
    world.run_until("2026-11-20 13:00");
    CHECK(told(world) == Texts{"19 14:00 g1: The first big order!"});
}

// ---- forms of a content ----

TEST_CASE("a content in turn gives a group nothing again before all have come",
          "[executor][messages]") {
    const std::string morning = R"(
content morning { pick rotate; text "One"; text "Two"; text "Three" }
)";
    const auto plan = plan_with(R"(
  morning_post: every day at 08:00 { post morning }
  noon: on message saying "x" { post morning }
)",
                                "for groups tagged member", morning);
    World world(plan, "2026-11-19 00:00");
    world.group("g1");
    world.run_until("2026-11-19 09:00");
    world.event("e1", "message", "g1", "m1", {{"text", "x"}}, "2026-11-19 12:00");
    world.run_until("2026-11-19 13:00");
    world.group("g2");
    world.crash();
    // One that is late is no turn.
    world.crash_until("2026-11-20 09:00");
    world.run_until("2026-11-23 09:00");
    CHECK(told(world) == Texts{"19 08:00 g1: One", "19 12:00 g1: Two", "21 08:00 g1: Three",
                               "21 08:00 g2: One", "22 08:00 g1: One", "22 08:00 g2: Two",
                               "23 08:00 g1: Two", "23 08:00 g2: Three"});
    std::set<std::string> variants;
    for (const auto& due : world.store().list_deliveries({.state = DeliveryState::sent}))
        variants.insert(due.delivery.variant);
    CHECK(variants == std::set<std::string>{"1", "2", "3"});
}

TEST_CASE("the form of a content that was taken is recorded, pictures and cards come along",
          "[executor][messages]") {
    const std::string contents = R"(
content sale {
  variant short weight 1 { text "Sale!"; picture "sale.png" }
  variant long weight 1 {
    text "The big sale"
    card { title "Sale"; text "{group.name}"
           picture "card.png"; link "https://shop.example/{group.id}" }
  }
}
)";
    const auto plan = plan_with("sale_post: every day at 08:00 { post sale }",
                                "for groups tagged member", contents);
    World world(plan, "2026-11-19 00:00");
    world.groups(40);
    world.run_until("2026-11-20 09:00");
    std::map<std::string, std::set<std::string>> of_group;
    std::map<std::string, int> count;
    for (const auto& due : world.store().list_deliveries({})) {
        of_group[due.subject].insert(due.delivery.variant);
        ++count[due.delivery.variant];
        const std::string said = shown_line(due.text, due.form);
        if (due.delivery.variant == "short") CHECK(said == "Sale! (picture sale.png)");
        if (due.delivery.variant == "long")
            CHECK(said == "The big sale [Sale] " + due.subject_name + " https://shop.example/" +
                              due.subject + " (picture card.png)");
    }
    for (const auto& [group, variants] : of_group) CHECK(variants.size() == 1);
    CHECK(count.size() == 2);
    CHECK(count["short"] + count["long"] == 80);
    CHECK(count["short"] > 20);
    CHECK(count["long"] > 20);
}

// ---- how values are written ----

TEST_CASE("texts write values by the locale and by their formats", "[executor][messages]") {
    const auto plan = plan_with(R"(
  order_post: on order locale zh-CN {
    post "{event.amount} {event.amount: 0} {start.date} {start.time} {start.date: M-d} {start: H:mm}"
  }
)");
    World world(plan, "2026-11-19 08:05");
    world.group("g1");
    world.event("o1", "order", "g1", "m1", {{"amount", "1234.50 CNY"}});
    world.run_until("2026-11-19 09:00");
    CHECK(told(world) == Texts{"19 08:05 g1: ¥1,234.50 1235 2026年11月19日 08:05 11-19 8:05"});
}

// ---- next workday ----

TEST_CASE("a step on the next workday waits for it, and for data of its year",
          "[executor][messages]") {
    const auto plan = plan_with(R"(
  calendar cn
  thanks: on order {
    reply "Thank you"
    next workday at 09:00: post "How do you like it?"
    next friday at 10:00:  post "Have a nice weekend"
  }
)");
    World world(plan, "2026-09-30 12:00");
    world.group("g1");
    world.event("o1", "order", "g1", "m1", {{"amount", "1 CNY"}});
    world.run_until("2026-10-08 12:00");
    world.crash();
    world.run_until("2026-10-12 00:00");
    CHECK(told(world) == Texts{"30 12:00 g1: reply Thank you (mentions m1)",
                               "08 09:00 g1: How do you like it?",
                               "09 10:00 g1: Have a nice weekend"});
    const int known_until = plan.playbooks[0].rules[0].workdays.calendar->years.value().second;
    const std::string last = std::to_string(known_until) + "-12-31 12:00";
    World later(plan, last);
    later.group("g1");
    later.event("o1", "order", "g1", "m1", {{"amount", "1 CNY"}});
    later.run_until(std::to_string(known_until + 1) + "-01-20 12:00");
    CHECK(later.outcomes() == Outcomes{{"sent", 2}, {"skipped: no calendar data", 1}});
}

}  // namespace sop::runtime
