#include "runtime/scheduler/event_match.h"

#include <catch2/catch.hpp>

#include "tests/support/world.h"

namespace sop::runtime {

using lang::ValueType;

namespace {

lang::Plan plan_with_events() {
    lang::Plan plan;
    plan.events = {{"opened",
                    {{"what", ValueType::content, false, std::nullopt},
                     {"where", ValueType::text, true, std::nullopt}}},
                   {"shared", {{"what", ValueType::content, true, "article_1"}}},
                   {"joined", {}}};
    return plan;
}

Event event_of(std::string type, std::map<std::string, std::string> fields = {}) {
    Event event;
    event.id = "e1";
    event.type = std::move(type);
    event.fields = std::move(fields);
    return event;
}

}  // namespace

TEST_CASE("an event starts the rules on its name and first field", "[scheduler][event]") {
    struct Row {
        const char* what;
        lang::EventTrigger trigger;
        Event event;
        bool expected;
    };
    const Row rows[] = {
        {"same name", tests::on_event("opened"), event_of("opened", {{"what", "article_1"}}), true},
        {"another name", tests::on_event("shared"), event_of("opened"), false},
        {"same argument", tests::on_event("opened", "article_1"),
         event_of("opened", {{"what", "article_1"}}), true},
        {"another argument", tests::on_event("opened", "article_2"),
         event_of("opened", {{"what", "article_1"}}), false},
        {"the argument in another field", tests::on_event("opened", "x"),
         event_of("opened", {{"where", "x"}}), false},
        {"a missing first field", tests::on_event("opened", "article_1"), event_of("opened"),
         false},
        {"a first field by default", tests::on_event("shared", "article_1"), event_of("shared"),
         true},
        {"an argument where there are no fields", tests::on_event("joined", "x"),
         event_of("joined"), false},
        {"an event nobody declared", tests::on_event("left", "x"),
         event_of("left", {{"what", "x"}}), false},
    };
    const lang::Plan plan = plan_with_events();
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.what) {
            CHECK(may_match(plan, row.trigger, row.event) == row.expected);
        }
    }
}

TEST_CASE("a rule takes the event's subject of its own kind", "[scheduler][event]") {
    Event event = event_of("joined");
    event.group = "g1";
    lang::Rule rule;
    rule.audience.edit().kind = lang::SubjectKind::group;
    CHECK(event_subject(rule, event) == "g1");
    rule.audience.edit().kind = lang::SubjectKind::member;
    CHECK_FALSE(event_subject(rule, event));
    event.member = "m1";
    CHECK(event_subject(rule, event) == "m1");
    rule.audience.edit().of_groups = true;
    CHECK(event_subject(rule, event) == to_subject({"m1", "g1"}));
    event.group.reset();
    CHECK_FALSE(event_subject(rule, event));
}

}  // namespace sop::runtime
