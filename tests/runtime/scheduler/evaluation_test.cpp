#include "runtime/scheduler/evaluation.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

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
            const bool is_of =
                of == subject || (event.group && event.member &&
                                  to_subject({*event.member, *event.group}) == subject);
            if (is_of && event.type == type && event.at >= from && event.at < to)
                found.push_back(event);
        }
        return found;
    }
    bool has_tag(SubjectKind kind, const std::string& subject, const std::string& tag) override {
        return kind == SubjectKind::member && subject == "m1" && tag == "vip";
    }

    std::int64_t points_of(const std::string& member) override { return member == "m1" ? 120 : 0; }
    std::optional<std::string> next_code(const std::string&) override { return std::nullopt; }

    std::optional<std::string> name_of(SubjectKind kind, const std::string& subject) override {
        if (kind == SubjectKind::member && subject == "m1") return "Ann";
        if (kind == SubjectKind::group && subject == "g1") return "";
        return std::nullopt;
    }

    std::int64_t turns_of(const std::string& content, const Target& target) override {
        return turns[{content, target.id}];
    }

    std::vector<std::string> staff_of(const std::string&, const std::string&) override {
        return {};
    }

    std::optional<Group> find_group(const std::string&) override { return std::nullopt; }
    std::optional<Member> find_member(const std::string& id) override {
        if (id != "m1") return std::nullopt;
        return Member{.id = "m1",
                      .name = "Ann",
                      .invited_by = "m2",
                      .joined_at = instant("2026-01-05 10:00")};
    }
    std::optional<Joined> find_membership(const Membership& membership) override {
        if (membership != Membership{"m1", "g1"}) return std::nullopt;
        return Joined{instant("2026-03-01 10:00")};
    }

    std::optional<std::vector<DayTally>> days_of(const std::string&, const std::string& subject,
                                                 date::local_days, date::local_days) override {
        asked_by_the_day.insert(subject);
        return std::nullopt;
    }

    std::vector<Event> events;
    std::set<std::string> asked_by_the_day;
    std::map<std::pair<std::string, std::string>, std::int64_t> turns;
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
        {"group.owner == \"anna\" and group.status == \"active\"", true},
        {"group.zone exists or group.created exists or group.talked exists", false},
        {"group.size == 0", true},
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

TEST_CASE("counts of a member as one of a group are of what it did there",
          "[scheduler][evaluation]") {
    Scene scene;
    Event elsewhere = order("o7", "2026-11-17 10:00", {});
    elsewhere.group = "g2";
    scene.records.events.push_back(elsewhere);
    const Member member{.id = "m1"};
    scene.subject = member;
    CHECK(scene.holds("count(order, last 30 days and today) == 5"));
    CHECK(scene.records.asked_by_the_day == std::set<std::string>{"m1"});
    // Of such pairs nothing is counted by the day.
    scene.records.asked_by_the_day.clear();
    scene.subject = MemberOfGroup{member, Group{.id = "g1"}, std::nullopt};
    CHECK(scene.holds("count(order, last 30 days and today) == 4"));
    CHECK(scene.records.asked_by_the_day.empty());
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

TEST_CASE("people and groups are shown by their names, or their ids where nobody has told one",
          "[scheduler][evaluation]") {
    Scene scene;
    const lang::Plan plan = scene.plan_with("1 == 1");
    const auto shown = [&](const char* field_name, lang::ValueType type) {
        const Facts facts{plan,         zone("Asia/Shanghai"),    scene.window,  scene.subject,
                          &scene.event, instant(scene.judged_at), &scene.records};
        return hole_text(field(lang::FieldReference::Owner::event, field_name, type), facts);
    };
    CHECK(shown("member", lang::ValueType::member) == "Ann");
    CHECK(shown("group", lang::ValueType::group) == "g1");
    scene.event.member = "m9";
    CHECK(shown("member", lang::ValueType::member) == "m9");
    scene.event.member.reset();
    CHECK_FALSE(shown("member", lang::ValueType::member));
}

TEST_CASE("a member joins for the first time unless an earlier joining is known, or it is said",
          "[scheduler][evaluation]") {
    const auto joining = [](const std::string& id, const std::string& at, const char* group) {
        return Event{.id = id, .type = "join", .group = group, .member = "m1", .at = instant(at)};
    };
    Scene scene;
    const lang::Plan plan = scene.plan_with("1 == 1");
    const auto is_first = [&](const Event& event) {
        const Facts facts{plan,   zone("Asia/Shanghai"),    scene.window,  scene.subject,
                          &event, instant(scene.judged_at), &scene.records};
        const lang::Expression first =
            field(lang::FieldReference::Owner::join, "first", lang::ValueType::boolean);
        return runtime::holds(first, facts);
    };
    const Event own = joining("j2", "2026-11-19 20:00", "g1");
    CHECK(is_first(own));
    // Itself, another group's, and a later one say nothing.
    scene.records.events = {own, joining("j1", "2026-11-19 19:00", "g2"),
                            joining("j3", "2026-11-19 20:00", "g1")};
    CHECK(is_first(own));
    scene.records.events.push_back(joining("j0", "2026-11-19 19:00", "g1"));
    CHECK_FALSE(is_first(own));
    Event said = own;
    said.fields = {{"first", "yes"}};
    CHECK(is_first(said));
}

TEST_CASE("fields of groups and members are what the directory knows", "[scheduler][evaluation]") {
    using lang::ValueType;
    const auto known = [](const Subject& subject, const std::string& name, ValueType type,
                          const Event* event = nullptr) {
        const lang::Plan plan;
        const Window window{};
        FewRecords records;
        const Facts facts{plan,  zone("Asia/Shanghai"),       window,  subject,
                          event, instant("2026-11-19 20:00"), &records};
        const auto owner = group_of(subject) != nullptr && member_of(subject) == nullptr && !event
                               ? lang::FieldReference::Owner::group
                               : lang::FieldReference::Owner::member;
        return canonical_text(field(owner, name, type), facts).value_or("nothing");
    };
    const Group group{.id = "g1",
                      .zone = "Asia/Tokyo",
                      .created_at = instant("2026-02-03 23:30"),
                      .dissolved_at = instant("2026-11-19 12:00"),
                      .attributes = {{"city", "Hangzhou"}},
                      .size = 7,
                      .talked_at = instant("2026-11-18 10:00")};
    CHECK(known(group, "name", ValueType::text) == "nothing");
    CHECK(known(group, "zone", ValueType::text) == "Asia/Tokyo");
    CHECK(known(group, "status", ValueType::text) == "dissolved");
    CHECK(known(group, "created", ValueType::date) == "2026-02-03");
    CHECK(known(group, "talked", ValueType::date) == "2026-11-18");
    CHECK(known(group, "size", ValueType::number) == "7");
    CHECK(known(group, "city", ValueType::text) == "Hangzhou");
    const Member member{.id = "m1",
                        .name = "Wang",
                        .zone = "Europe/Paris",
                        .invited_by = "m2",
                        .opted_out_at = instant("2026-11-01 10:00"),
                        .attributes = {{"age", "30"}},
                        .joined_at = instant("2026-01-05 10:00")};
    CHECK(known(member, "invited_by", ValueType::member) == "m2");
    CHECK(known(member, "joined", ValueType::date) == "2026-01-05");
    CHECK(known(member, "opted_out", ValueType::boolean) == "yes");
    CHECK(known(member, "age", ValueType::number) == "30");
    CHECK(known(member, "points", ValueType::number) == "120");
    CHECK(known(Member{.id = "m1"}, "joined", ValueType::date) == "nothing");
    // As one of a group, and as the member an event names.
    const MemberOfGroup one{member, group, instant("2026-03-01 10:00")};
    CHECK(known(one, "joined", ValueType::date) == "2026-03-01");
    CHECK(subject_id(Subject{one}) == "m1");
    CHECK(subject_key(Subject{one}) == to_subject({"m1", "g1"}));
    const Event event = order("o1", "2026-11-19 20:00", {});
    CHECK(known(group, "name", ValueType::text, &event) == "Ann");
    CHECK(known(group, "joined", ValueType::date, &event) == "2026-03-01");
}

}  // namespace sop::runtime
