#include "runtime/scheduler/evaluation.h"

#include <catch2/catch.hpp>

#include <algorithm>

#include "tests/support/sources.h"
#include "tests/support/world.h"

namespace sop::runtime {

using namespace sop::tests;

namespace {

// Events of one group, and its tags.
class FewRecords : public Records {
  public:
    std::vector<Event> events_of(SubjectKind kind, const std::string& subject,
                                 const std::string& type, Instant from, Instant to) override {
        std::vector<Event> found;
        for (const Event& event : events) {
            const auto& of = kind == SubjectKind::group ? event.group : event.member;
            if (of == subject && event.type == type && event.at >= from && event.at < to)
                found.push_back(event);
        }
        return found;
    }
    bool has_tag(SubjectKind kind, const std::string& subject, const std::string& tag) override {
        return kind == SubjectKind::member && subject == "m1" && tag == "vip";
    }

    std::int64_t points_of(const std::string& member) override { return member == "m1" ? 120 : 0; }
    std::optional<std::string> next_code(const std::string&) override { return std::nullopt; }

    std::vector<Event> events;
};

Event order(const std::string& id, const std::string& at,
            std::map<std::string, std::string> fields) {
    return {.id = id,
            .type = "order",
            .group = "g1",
            .member = "m1",
            .at = instant(at),
            .fields = std::move(fields)};
}

// An order in a sale on Thursday the 19th, 20:00 to 22:00, judged an hour after its start.
struct Scene {
    Scene() {
        records.events = {
            order("o1", "2026-11-16 10:00", {{"amount", "10.00 CNY"}, {"sku", "A"}}),
            order("o2", "2026-11-18 10:00", {{"amount", "20.50 CNY"}, {"sku", "B"}}),
            order("o3", "2026-11-19 09:00", {{"amount", "5 CNY"}, {"sku", "A"}}),
            order("o4", "2026-11-19 20:00", {{"amount", "99.90 CNY"}, {"sku", "C"}}),
            order("o5", "2026-11-19 21:00", {{"amount", "1 CNY"}, {"sku", "D"}}),
        };
    }

    lang::Plan plan_with(const std::string& condition) const {
        return plan_of(R"(sop 1
tag member, vip
event order { amount: money CNY, sku: text, items: number = 1, note: text optional }
table items from "items.csv" key date { date: date, name: text, price: money CNY }
value limit = 3
metric turnover = sum(order.amount)
channel hook { kind webhook }
playbook members {
  timezone Asia/Shanghai
  for groups tagged member
  via hook
  sale: on order { if )" +
                       condition + R"( { post "yes" } }
}
)");
    }

    bool holds(const std::string& condition) {
        const lang::Plan plan = plan_with(condition);
        const auto& action = plan.playbooks[0].rules[0].steps[0].actions[0];
        const Facts facts{plan,   zone("Asia/Shanghai"), window,  subject,
                          &event, instant(judged_at),    &records};
        return runtime::holds(*std::get<lang::If>(action).branches[0].condition, facts);
    }

    FewRecords records;
    Window window{instant("2026-11-19 20:00"), instant("2026-11-19 22:00")};
    Subject subject = Group{"g1", "One", "anna", {"member"}};
    Event event = order("o4", "2026-11-19 20:00", {{"amount", "99.90 CNY"}, {"sku", "C"}});
    std::string judged_at = "2026-11-19 21:00";
};

}  // namespace

TEST_CASE("conditions hold as they read", "[scheduler][evaluation]") {
    struct Row {
        const char* condition;
        bool expected;
    };
    const Row rows[] = {
        {"event.amount > 99.89 CNY", true},
        {"event.amount == 99.9 CNY", true},
        {"event.amount * 2 == 199.80 CNY", true},
        {"event.amount / 3 * 3 == event.amount", true},
        {"event.amount / 0 == 1 CNY", false},
        {"not event.amount / 0 == 1 CNY", true},
        {"-event.items < 0 and event.items == 1", true},
        {"event.sku in (\"A\", \"C\")", true},
        {"event.sku in (\"A\", \"B\")", false},
        {"event.note exists", false},
        {"event.note == \"\" or event.note != \"\"", false},
        {"event.items + limit >= 4", true},
        {"start.weekday == thursday", true},
        {"start.time == 20:00 and start.time < 20:00:01", true},
        {"start.date > 2026-11-18", true},
        {"event.at == start", true},
        {"event.at < start", false},
        {"event.member tagged vip", true},
        {"group tagged vip", false},
        {"group.name == \"One\" and group == \"g1\"", true},
        // Whole days before today; the run's own event and the half-open end.
        {"count(order, last 3 days) == 2", true},
        {"count(order, last 3 days and today) == 4", true},
        {"count(order, last 24h) == 2", true},
        {"count(order, today) == 2", true},
        {"count(order, since start) == 1", true},
        {"count(order, ever) == 4", true},
        {"count(order, from 2026-11-16 until 2026-11-18) == 2", true},
        {"count(order where amount > 10 CNY, ever) == 2", true},
        {"count(order where sku == event.sku, ever) == 1", true},
        {"sum(order.amount, ever) == 135.40 CNY", true},
        {"sum(order.items, ever) == 4", true},
        {"distinct(order.sku, ever) == 3", true},
        {"distinct(order.sku repeated, ever) == 1", true},
        {"streak(order) == 2", true},
        {"turnover(today) == 104.90 CNY", true},
        {"turnover(last 3 days) == 30.5 CNY", true},
    };
    Scene scene;
    for (const Row& row : rows) {
        INFO(row.condition);
        CHECK(scene.holds(row.condition) == row.expected);
    }
}

TEST_CASE("a run's own event counts at the moment it begins", "[scheduler][evaluation]") {
    Scene scene;
    scene.window = {scene.event.at, scene.event.at};
    scene.judged_at = "2026-11-19 20:00";
    CHECK(scene.holds("count(order, since start) == 1"));
    CHECK(scene.holds("count(order, ever) == 4"));
}

TEST_CASE("a row is found by its key, and one that is missing has no value",
          "[scheduler][evaluation]") {
    Scene scene;
    scene.window.start = instant("2026-01-02 20:00");
    CHECK(scene.holds("items[start.date].price == 29.9 CNY"));
    CHECK(scene.holds("items[start.date].name exists"));
    scene.window.start = instant("2031-11-19 20:00");
    CHECK_FALSE(scene.holds("items[start.date].price exists"));
    CHECK_FALSE(scene.holds("items[start.date].price <= 0 CNY"));
}

TEST_CASE("amounts in different currencies have no sum", "[scheduler][evaluation]") {
    Scene scene;
    scene.records.events.push_back(order("o6", "2026-11-17 10:00", {{"amount", "1 USD"}}));
    CHECK_FALSE(scene.holds("sum(order.amount, ever) >= 0 CNY"));
    CHECK(scene.holds("sum(order.amount, today) >= 0 CNY"));
}

}  // namespace sop::runtime
