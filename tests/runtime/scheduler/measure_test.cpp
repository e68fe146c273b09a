// What is counted by the day, and how it is called.
#include "runtime/scheduler/measure.h"

#include <catch2/catch.hpp>

#include "runtime/scheduler/expression_text.h"
#include "tests/support/sources.h"

namespace sop::runtime {

using namespace sop::tests;
using Keys = std::vector<std::string>;

namespace {

lang::Plan plan_with(const std::string& declarations, const std::string& rule,
                     const std::string& audience = "groups tagged member") {
    return plan_of(R"(sop 1
tag member, vip, basic
event order { amount: money, sku: text, items: number = 1 }
event opened { what: text }
words ads = "x"
channel hook { kind webhook }
)" + declarations + R"(
playbook members {
  timezone Asia/Shanghai
  for )" + audience +
                   R"(
  via hook
  )" + rule + "\n}\n");
}

Keys keys_of(const lang::Plan& plan) {
    Keys keys;
    for (const Measure& measure : measures_of(plan)) keys.push_back(measure.key);
    return keys;
}

std::string text_of(const std::string& condition) {
    const lang::Plan plan = plan_with("metric gmv = sum(order.amount)",
                                      "sale: on order { if " + condition + " { post \"yes\" } }");
    const auto& action = plan.playbooks[0].rules[0].steps[0].actions[0];
    return expression_text(*std::get<lang::If>(action).branches[0].condition);
}

}  // namespace

TEST_CASE("metrics are counted for groups by the clock of reports", "[scheduler][measure]") {
    const auto plan = plan_with(R"(
metric gmv = sum(order.amount)
metric basket = sum(order.amount) / distinct(order.member)
metric repurchase = distinct(order.member repeated) / distinct(order.member)
metric conversion = distinct(order.member where amount > 5 CNY) / count(member)
)",
                                "hello: every day at 08:00 { post \"hi\" }");
    CHECK(keys_of(plan) ==
          Keys{"group Asia/Shanghai distinct(order.member where amount > 5 CNY) items=1",
               "group Asia/Shanghai distinct(order.member) items=1",
               "group Asia/Shanghai sum(order.amount) items=1"});
}

TEST_CASE("what asks for more than the event, or for less than dates, is not counted by the day",
          "[scheduler][measure]") {
    const auto keys = [](const std::string& condition) {
        return keys_of(plan_with("", "sale: on order { if " + condition + " { post \"yes\" } }"));
    };
    CHECK(keys("count(order, last 7 days) > 1") ==
          Keys{"group Asia/Shanghai count(order) items=1"});
    CHECK(keys("count(order, ever) > 1").size() == 1);
    CHECK(keys("count(order, from 2026-11-01 until 2026-11-30) > 1").size() == 1);
    CHECK(keys("count(order where sku in (\"a\", \"b\"), last 3 days and today) > 1") ==
          Keys{"group Asia/Shanghai count(order where sku in (\"a\", \"b\")) items=1"});
    CHECK(keys("streak(opened) > 1") == Keys{"group Asia/Shanghai count(opened)"});
    CHECK(keys("count(order, last 24h) > 1").empty());
    CHECK(keys("count(order, today) > 1").empty());
    CHECK(keys("count(order, since start) > 1").empty());
    CHECK(keys("count(order where sku == event.sku, last 7 days) > 1").empty());
    CHECK(keys("count(member) > 1").empty());
}

TEST_CASE("tiers and rules count for their own subjects by their own clocks",
          "[scheduler][measure]") {
    const auto plan = plan_with(R"(
metric gmv = sum(order.amount)
tier members tagged member every day at 02:00 timezone Europe/London {
  vip: gmv(last 7 days) >= 100 CNY
  basic: else
}
)",
                                "back: every day at 08:00 { send \"hi\" }",
                                "members tagged member where count(opened, last 3 days) > 0");
    CHECK(keys_of(plan) == Keys{"group Asia/Shanghai sum(order.amount) items=1",
                                "member Asia/Shanghai count(opened)",
                                "member Europe/London sum(order.amount) items=1"});
}

TEST_CASE("expressions are written as the language writes them", "[scheduler][measure]") {
    for (const char* text :
         {"gmv(last 7 days) >= 10000 CNY", "count(order where amount > 5 CNY, last 24h) < 10",
          "not (event.sku == \"a\" or event.sku == \"b\") and event.items * 2 > 1 + 2",
          "event.sku in (\"a\", \"b\")", "group tagged vip", "streak(order) >= 3",
          "distinct(order.sku repeated, ever) == 2",
          "count(member at start, from 2026-11-01 until 2026-11-30) > 0",
          "(1 + 2) * 3 - (4 - 5) == 10", "event.sku exists",
          "sum(order.items, last 3 days and today) > -1"})
        CHECK(text_of(text) == text);
}

}  // namespace sop::runtime
