// What rules can say, form by form: each compiles without a finding, keeps its plan when it is
// formatted and when it is written in Chinese and back, and its JSON reads back to the same plan.
#include <catch2/catch.hpp>

#include "lang/compile.h"
#include "lang/plan.h"
#include "tests/support/sources.h"

namespace {

using namespace sop;

const std::string declarations = R"(sop 1
import std.calendar.cn
tag member, reader, vip, super_user, called
role owner, admin
pool coupons
event order { amount: money, price: money CNY, sku: text, items: number = 1, on_date: date optional }
event opened { what: content }
event refund { of: order }
words ads = "a", "b"
channel hook { kind webhook }
table items from "items.csv" key date { date: date, name: text, price: money CNY, stock: number }
value bonus = 5
value twice = bonus * 2
audience regulars = members tagged member where points >= 50
metric gmv = sum(order.price)
content hello { text "Hello" }
content other { text "Other" }
)";

std::string for_groups(const std::string& rule) {
    return declarations +
           "playbook p {\ntimezone Asia/Shanghai\nfor groups tagged member\nvia log\n" + rule +
           "\n}\n";
}

std::string for_members(const std::string& rule) {
    return declarations +
           "playbook p {\ntimezone Asia/Shanghai\nfor members tagged reader\nvia log\n" + rule +
           "\n}\n";
}

void check_form(const std::string& text) {
    INFO(text);
    REQUIRE(tests::findings_of(text).empty());
    const lang::Plan plan = tests::plan_of(text);
    CHECK(lang::plan_from_json(lang::to_json(plan)) == plan);
    const auto hash = lang::content_hash(plan);
    std::string written = text;
    for (const auto dialect :
         {lang::Dialect::en, lang::Dialect::zh_cn, lang::Dialect::zh_tw, lang::Dialect::en}) {
        const lang::Source source("form.sop", written);
        const auto formatted = lang::format_source(source, {.dialect = dialect});
        if (!formatted.value) FAIL(lang::render(formatted.diagnostics.front(), source));
        written = *formatted.value;
        INFO(written);
        CHECK(lang::content_hash(tests::plan_of(written)) == hash);
    }
}

}  // namespace

TEST_CASE("every form of a group's rule compiles, formats and is said in Chinese", "[language]") {
    const auto* rule = GENERATE(
        // steps
        R"(a: every thursday at 20:00 for 2h { start - 10m: post hello; end + 1 day at 10:00: post other })",
        R"(a: every thursday at 20:00 { after 2h: post hello; next workday at 09:00: post other; next friday at 09:00: post hello })",
        R"(a: on 2027-06-18 at 10:00 { 2027-06-19 at 09:00: post hello })",
        R"(a: every day at 10:00 for 2h { start + 1h if count(order, since start) < 10: post hello })",
        // ways through a rule
        R"(a: every day at 10:00 { if count(order, today) > 3 and not (group.name == "x") { post hello } else if group tagged vip { post other } else { stop "no" } })",
        R"(a: every day at 10:00 { wait for order where amount > 100 CNY since start within 2 days { yes: post hello; no: { after 1h: post other } } })",
        R"(a: every day at 10:00 { split { a 50%: post hello; b 40%: post other; nothing 10% } })",
        // actions
        R"(a: every day at 10:00 { post hello mention all at once; announce "now"; tag vip; untag vip })",
        R"(a: every day at 10:00 { post hello to members tagged vip where points > 3 })",
        R"(a: every day at 10:00 { task "Look" to owner within 4h { done: tag called; late: task "Late" to admin within 1h } })",
        R"(a: every day at 10:00 { approve by admin within 2h { yes: post hello; no: stop } })",
        R"(a: every day at 10:00 { create group "G {n}" from members tagged vip size 200 keep filling })",
        R"(a: every day at 10:00 { invite members tagged super_user, then potential by tagged to group "S" keep 30% super_user of invited })",
        R"(a: every day at 10:00 { dissolve group })",
        R"(a: every day at 10:00 { emit order(amount: 5 CNY, price: 5 CNY, sku: "x"); call hook { who: group.id }; run b }
b: every day at 11:00 { post hello })",
        R"(a: every day at 10:00 for 1h { collect order.items limit 12, 3 per member, back on refund where of == order.id { every 10m: post "{collected.list}"; refused: reply "no"; full: post hello } })",
        R"(a: every day at 10:00 for 1h { end: draw 3 from message saying "x" once per member { winner: send hello; all: post "{draw.winners}" } })",
        // events
        R"(a: on message matching ads { warn "No"; remove member })",
        R"(a: on message containing "x" where text != "y" { reply hello })",
        R"(a: on join where first { reply "Welcome, {event.member}" })",
        R"(a: on leave { tag vip })", R"(a: on tagged vip { post hello })",
        R"(a: on untagged vip { post hello })",
        R"(a: on opened(hello) once per group per day exit on refund as "paid back" again after 30 days from start { post hello })",
        R"(a: on order where amount > 100 CNY and sku in ("a", "b") at most 3 per member per day { post hello })",
        // settings
        R"(a: every day at 10:00 quiet 22:30..07:30 then skip limit 8 posts per group per day limit 3 posts per member per week space 10m spread 5m priority low concurrent queue exit when outside { post hello })",
        R"(a: every day at 10:00 late send last 3 spaced 10m within 2h deliver within 30m locale zh-CN { post hello })",
        R"(a: every day at 10:00 late skip { post hello })",
        R"(a: every day at 10:00 locale en-GB { post "{gmv(today): 0,000.00} {start.date: M月d日} {start: HH:mm}" })",
        R"(a: on order { next workday at 09:00: post hello; next friday at 09:00: post hello })",
        R"(a: on 2027-11-20 at 10:00 { announce hello to groups tagged vip mention all; send hello to members tagged vip where points > 5 })",
        R"(a: every day at 10:00 for groups "g1", "g2" { post hello })",
        // texts
        R"(a: every day at 10:00 for 2h { post "{bonus} {twice + 1} {items[start.date].name} {items[run.date].price: 0.00} {start.date: MM-dd} {sum(order.price, last 3 days and today)} {end.weekday} {{x}" })");
    check_form(for_groups(rule));
}

TEST_CASE("every form of a member's rule compiles, formats and is said in Chinese", "[language]") {
    const auto* rule = GENERATE(
        R"(a: on order { points +10 because "bought" })",
        R"(a: on order { points -50 because "gift" { yes: give coupons; no: send "too few" } })",
        R"(a: on order { points +bonus to member.invited_by because "friend"; tag vip to member.invited_by })",
        R"(a: on order { points -5 correction })", R"(a: on refund { take back event.of })",
        R"(a: when member.points >= 100 including now once { tag super_user; send hello })",
        R"(a: when count(member throughout, last 7 days) / count(member at start, last 7 days) < 0.5 { send hello })",
        R"(a: when distinct(order.member repeated where amount > 5 CNY, ever) > 3 { send hello })",
        R"(a: when gmv(last 3 months) >= 1000 CNY or distinct(order.sku, ever) > 3 or streak(order) >= 7 { send hello })",
        R"(a: when count(order where price > 10 CNY, from 2026-01-01 until 2026-03-31) * 2 - 1 >= 3 { send hello })",
        R"(a: on order where on_date exists and not on_date < 2026-01-01 { send hello })",
        R"(a: every day at 10:00 for regulars { send hello })",
        R"(a: every day at 10:00 for members of groups tagged vip { send hello })",
        R"(a: every day at 10:00 timezone of member else Asia/Shanghai { send hello })");
    check_form(for_members(rule));
}

TEST_CASE("a tier is for people, not for people in groups", "[language][diagnostic]") {
    const auto codes = [](const std::string& whom) {
        return tests::codes_of("sop 1\ntag a, b\ntier " + whom +
                               " tagged a every day at 02:00 timezone UTC {\n  b: else\n}\n");
    };
    CHECK(codes("members").empty());
    CHECK(codes("members of groups") == std::vector<std::string>{"SOP0107 at 3:6"});
}

TEST_CASE("what is wrong with a rule is said at its place", "[language][diagnostic]") {
    struct Row {
        const char* rule;
        std::vector<std::string> codes;
    };
    // The rule stands on line 22.
    const Row rows[] = {
        {R"(a: on order where amount > 3 { send hello })", {"SOP0414 at 22:26"}},
        {R"(a: on order where price > 3 USD { send hello })", {"SOP0414 at 22:25"}},
        {R"(a: on order where amont > 3 CNY { send hello })", {"SOP0405 at 22:19"}},
        {R"(a: on order where sku = "x" { send hello })", {"SOP0107 at 22:23"}},
        {R"(a: on order where amount { send hello })", {"SOP0414 at 22:19"}},
        {R"(a: on order { split { a 50%: send hello; b 40%: send other } })", {"SOP0304 at 22:15"}},
        {R"(a: on order { wait for opend within 1h { yes: send hello } })", {"SOP0403 at 22:24"}},
        {R"(a: on order { wait for opened(hello) within 1h { yess: send hello } })",
         {"SOP0115 at 22:50"}},
        {R"(a: on order { send "{itms[start.date].name}" })", {"SOP0415 at 22:22"}},
        {R"(a: on order { send "{items[start.date].nme}" })", {"SOP0405 at 22:40"}},
        {R"(a: on order { send "{items[event.sku].name}" })", {"SOP0414 at 22:28"}},
        {R"(a: on order { send "{items[start.date]}" })", {"SOP0414 at 22:22"}},
        {R"(a: on order { send "{member}" })", {"SOP0405 at 22:22"}},
        {R"(a: on order { send "" })", {"SOP0107 at 22:20"}},
        {R"(a: every day at 23:00 quiet 22:00..08:00 then skip { send hello })",
         {"SOP0308 at 22:54"}},
        {R"(a: every day at 21:00 for 2h quiet 22:00..08:00 then skip { end: send hello })",
         {"SOP0308 at 22:66"}},
        {R"(a: on order quiet 22:00..08:00 then skip { next day at 07:00: send hello })",
         {"SOP0308 at 22:63"}},
        {R"(a: every day at 23:00 quiet 22:00..08:00 then skip { send hello at once })", {}},
        {R"(a: every day at 23:00 quiet 22:00..08:00 then defer { send hello })", {}},
        {R"(a: every day at 21:00, 23:00 quiet 22:00..08:00 then skip { send hello })", {}},
        {R"(a: on order quiet 22:00..08:00 then skip { after 1h: send hello })", {}},
        {R"(a: on order { send "　 " })", {"SOP0107 at 22:20"}},
        {R"(a: on order locale zh { send hello })", {"SOP0460 at 22:20"}},
        {R"(a: on order { send "{event.sku: 0}" })", {"SOP0461 at 22:33"}},
        {R"(a: on order { send "{start.date: HH:mm}" })", {"SOP0461 at 22:34"}},
        {R"(a: when count(order throughout) > 3 { send hello })", {"SOP0414 at 22:21"}},
        {R"(a: when count(member repeated) > 3 { send hello })", {"SOP0414 at 22:22"}},
        {R"(a: when count(order repeated) > 3 { send hello })", {"SOP0414 at 22:21"}},
        {R"(a: on order { if event.amount > 5 CNY { end: send hello } })", {"SOP0302 at 22:41"}},
        {R"(a: on order { if event.amount > 5 CNY { start + 3h: send hello
start + 2h: send hello } else { send hello } })",
         {"SOP0301 at 23:1"}},
        {R"(a: every day at 20:00 { start + 1h: if member.points > 5 { start: send hello } })",
         {"SOP0301 at 22:60"}},
        {R"(a: every day at 20:00 { if member.points > 5 { start - 1h: send hello } })",
         {"SOP0301 at 22:48"}},
        {R"(a: every day at 20:00 { start - 1h: if member.points > 5 { start: send hello } })", {}},
        {R"(a: when gmw(last 7 days) > 3 CNY { send hello })", {"SOP0416 at 22:9"}},
        {R"(a: on message matching add { send hello })", {"SOP0417 at 22:24"}},
        {R"(a: every day at 10:00 for regular { send hello })", {"SOP0418 at 22:27"}},
        {R"(a: on order { task "x" to ownr within 1h })", {"SOP0419 at 22:27"}},
        {R"(a: on order { give coupon })", {"SOP0420 at 22:20"}},
        {R"(a: on order { run c })", {"SOP0421 at 22:19"}},
        {R"(a: on order { run a })", {"SOP0305 at 22:19"}},
        {R"(a: on order { emit order(sku: "x") })", {"SOP0307 at 22:1"}},
        {R"(a: every day at 10:00 { reply hello })", {"SOP0505 at 22:25"}},
        {R"(a: every day at 10:00 for groups { points +5 })", {"SOP0506 at 22:36"}},
        {R"(a: every day at 10:00 for groups { give coupons })", {"SOP0506 at 22:36"}},
        {R"(a: every day at 10:00 for 1h { collect order.sku { every 10m: send hello } })",
         {"SOP0414 at 22:46"}},
        {R"(a: on order { take back event })", {}},
        {R"(a: on order { take back event.sku })", {"SOP0414 at 22:15"}},
        {R"(a: every day at 10:00 limit 3 posts per group per day limit 4 posts per group per day { send hello })",
         {"SOP0111 at 22:55"}},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.rule) {
            const std::string text = for_members(row.rule);
            INFO(tests::findings_of(text));
            CHECK(tests::codes_of(text) == row.codes);
        }
    }
}
