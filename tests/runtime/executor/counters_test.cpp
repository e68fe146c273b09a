// What is counted while events come in is what counting all of them afterwards gives.
#include <catch2/catch.hpp>

#include <random>

#include "runtime/figures/count_check.h"
#include "runtime/figures/group_figures.h"
#include "runtime/scheduler/measure.h"
#include "tests/support/sources.h"
#include "tests/support/world.h"

namespace sop::runtime {

using namespace sop::tests;
using Texts = std::vector<std::string>;

namespace {

const std::string declarations = R"(sop 1
tag member, busy
event order { amount: money, sku: text optional, items: number = 1 }
event opened { what: text }
metric gmv = sum(order.amount)
metric buyers = distinct(order.member)
metric again = distinct(order.member repeated)
metric items = sum(order.items)
channel hook { kind webhook }
)";

lang::Plan plan_with(const std::string& more) {
    return plan_of(declarations + more + R"(
playbook members {
  timezone Asia/Shanghai
  for members tagged member
  via hook
  hello: on opened where what == "now" {
    send "{count(order, last 2 days)} orders, {count(order, last 2 days and today)} with today, {count(order, ever)} ever, {streak(order)} in a row"
  }
}
)");
}

std::string gmv_of(World& world, const std::string& group, int from, int until) {
    const lang::Plan plan = plan_with("");
    const auto zone = zones().find("Asia/Shanghai");
    const auto november = [](int day) {
        return date::local_days{date::year{2026} / date::November / day};
    };
    const DateSpan span{november(from), november(until)};
    GroupFigures figures(world.store(), plan, *zone, span);
    const auto metric = std::find_if(plan.metrics.begin(), plan.metrics.end(),
                                     [](const lang::Metric& each) { return each.name == "gmv"; });
    return figures.value(*metric, {group}, span).value_or("none");
}

void order(World& world, const std::string& id, const std::string& amount,
           const std::optional<std::string>& at = std::nullopt, const std::string& group = "g1") {
    world.event(id, "order", group, "m1", {{"amount", amount}}, at);
}

void check_all(World& world, const lang::Plan& plan) {
    const CountCheck check = check_counts(world.store(), plan, zones(), std::nullopt);
    CHECK(check.days > 0);
    for (const CountDifference& difference : check.differences)
        FAIL_CHECK(difference.measure << " of " << difference.subject << ": "
                                      << difference.kept.count << ", " << difference.kept.sums
                                      << " kept, " << difference.counted.count << ", "
                                      << difference.counted.sums << " counted");
}

}  // namespace

TEST_CASE("a late event counts on its own date", "[executor][figures]") {
    World world{plan_with(""), "2026-11-16 10:00"};
    world.group("g1");
    order(world, "o1", "10 CNY");
    world.run_until("2026-11-18 10:00");
    order(world, "o2", "5.50 CNY");
    order(world, "o3", "0.50 CNY", "2026-11-16 23:59:59");
    order(world, "o4", "100 CNY", "2026-11-17 00:00");
    order(world, "o5", "7 CNY", std::nullopt, "g2");
    world.run_until("2026-11-18 11:00");
    CHECK(gmv_of(world, "g1", 16, 16) == "10.50 CNY");
    CHECK(gmv_of(world, "g1", 17, 17) == "100 CNY");
    CHECK(gmv_of(world, "g1", 16, 18) == "116 CNY");
    CHECK(gmv_of(world, "g2", 16, 18) == "7 CNY");
    CHECK(gmv_of(world, "g3", 16, 18) == "0");
}

TEST_CASE("conditions and texts count the same with the counts as without them",
          "[executor][figures]") {
    World world{plan_with(""), "2026-11-16 10:00"};
    world.group("g1");
    world.member("m1", {"member"}, {"g1"});
    for (const char* at : {"2026-11-16 23:59:59", "2026-11-17 00:00", "2026-11-17 12:00",
                           "2026-11-18 09:00", "2026-11-19 08:00", "2026-11-19 13:00"})
        order(world, std::string("o ") + at, "1 CNY", at);
    world.event("now", "opened", "g1", "m1", {{"what", "now"}}, "2026-11-19 12:00");
    world.run_until("2026-11-20 10:00");
    REQUIRE(world.delivered().size() == 1);
    CHECK(world.delivered().front().text == "3 orders, 4 with today, 5 ever, 4 in a row");
}

TEST_CASE("what is asked for anew is counted from the events that are there",
          "[executor][figures]") {
    World world{plan_with(""), "2026-11-16 10:00"};
    world.group("g1");
    for (int i = 0; i < 1200; ++i)
        order(world, "o" + std::to_string(i), "1 CNY", "2026-11-16 11:00");
    world.run_until("2026-11-17 10:00");
    const lang::Plan plan =
        plan_with("metric orders = count(order)\nmetric opens = count(opened)\n");
    world.deploy(plan);
    // One comes while the others are caught up with.
    order(world, "o0005", "1 CNY");
    order(world, "z", "1 CNY");
    REQUIRE(world.turn());
    world.crash();
    world.run_until("2026-11-17 11:00");
    for (const Measure& measure : measures_of(plan)) {
        CAPTURE(measure.key);
        CHECK(world.store().figures().find_measure(measure.key).value().complete);
    }
    check_all(world, plan);
}

TEST_CASE("a version that is taken back costs no history", "[executor][figures]") {
    using date::days;
    World world{plan_with(""),
                "2026-01-01 10:00",
                {.retention = RetentionPolicy{days{45}, days{45}, days{45}, days{45}, days{1000}}}};
    world.group("g1");
    order(world, "o1", "10 CNY");
    world.run_until("2026-04-01 10:00");
    world.deploy(
        plan_of("sop 1\ntag member\nevent order { amount: money, sku: text optional, items: "
                "number = 1 }\nchannel hook { kind webhook }\nplaybook p {\n  timezone "
                "Asia/Shanghai\n  for members tagged member\n  via hook\n  hello: on order { "
                "send \"hi\" }\n}\n"));
    order(world, "o2", "5 CNY");
    world.run_until("2026-04-02 10:00");
    world.deploy(plan_with(""));
    world.run_until("2026-04-03 10:00");
    const auto sales =
        world.store().figures().find_measure("group Asia/Shanghai sum(order.amount) items=1");
    REQUIRE(sales);
    const auto counted = world.store().figures().days_of_all(
        sales->id, date::local_days{date::days{0}}, date::local_days{date::days{90'000}});
    REQUIRE(counted.size() == 2);
    CHECK(counted[0].count.sums == "10 CNY");
    CHECK(counted[1].count.sums == "5 CNY");
    // The first event itself was let go.
    CHECK_FALSE(world.store().find_event("o1"));
}

TEST_CASE("counts are those of all events, in whatever order they came and whenever it was killed",
          "[executor][figures][property]") {
    const auto seed = GENERATE(range(1U, 9U));
    CAPTURE(seed);
    std::mt19937 random(seed);
    const auto pick = [&random](int count) {
        return static_cast<int>(random() % static_cast<unsigned>(count));
    };
    const lang::Plan plan = plan_with("");
    World world{plan, "2026-11-16 10:00", {.page_rows = 7}};
    for (const char* group : {"g1", "g2"}) world.group(group);
    for (const char* member : {"m1", "m2", "m3"}) world.member(member);
    const Instant beginning = instant("2026-11-14 00:00");
    int number = 0;
    for (int round = 0; round < 25; ++round) {
        for (int i = pick(20); i > 0; --i) {
            Event event;
            event.id = std::to_string(random()) + "-" + std::to_string(number++);
            event.type = pick(4) == 0 ? "opened" : "order";
            if (pick(6) > 0) event.group = pick(2) == 0 ? "g1" : "g2";
            if (pick(6) > 0) event.member = "m" + std::to_string(1 + pick(3));
            event.at = beginning + std::chrono::minutes{pick(60 * 24 * 8)};
            event.received_at = world.clock().now();
            if (event.type == "order") {
                event.fields["amount"] = std::to_string(pick(1000)) + ".0" +
                                         std::to_string(pick(9)) + (pick(9) == 0 ? " USD" : " CNY");
                if (pick(2) == 0) event.fields["items"] = std::to_string(pick(4));
            } else {
                event.fields["what"] = "x";
            }
            world.store().add_event(event);
        }
        if (pick(3) == 0) {
            world.turn();
            world.crash();
        }
        world.tick(std::chrono::minutes{pick(600)});
        if (round == 12)
            world.deploy(plan_with("metric orders = count(order where amount > 5 CNY)\n"));
    }
    world.tick(std::chrono::hours{24 * 10});
    check_all(world, plan_with("metric orders = count(order where amount > 5 CNY)\n"));
}

}  // namespace sop::runtime
