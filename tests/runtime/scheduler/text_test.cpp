#include "runtime/scheduler/text.h"

#include <catch2/catch.hpp>

#include "tests/support/world.h"

namespace sop::runtime {

using namespace sop::tests;
using Owner = lang::FieldReference::Owner;
using lang::ValueType;

namespace {

lang::Plan plan_with_order() {
    lang::Plan plan;
    plan.events = {{"order",
                    {{"amount", ValueType::money, false, std::nullopt},
                     {"items", ValueType::number, false, "1"},
                     {"note", ValueType::text, true, std::nullopt}}}};
    return plan;
}

}  // namespace

TEST_CASE("holes are filled from what the run is for and about", "[scheduler][text]") {
    const lang::Plan plan = plan_with_order();
    const Window window{instant("2026-11-19 20:00:30"), instant("2026-11-19 22:00")};
    const Subject group = Group{"g1", "会员一群", "anna", {}};
    const Subject member = Member{"m1", "李雷", {"g1"}, {}};
    Event event;
    event.id = "o-17";
    event.type = "order";
    event.group = "g1";
    event.at = instant("2026-11-19 20:05:59.999");
    event.fields = {{"amount", "59.00 CNY"}};

    struct Row {
        const char* what;
        lang::FieldReference field;
        const Subject& subject;
        const char* expected;
    };
    const Row rows[] = {
        {"group.id", field(Owner::group, "id"), group, "g1"},
        {"group.name", field(Owner::group, "name"), group, "会员一群"},
        {"group.owner", field(Owner::group, "owner"), group, "anna"},
        {"member.id", field(Owner::member, "id"), member, "m1"},
        {"member.name", field(Owner::member, "name"), member, "李雷"},
        {"group.name in a member's run", field(Owner::group, "name"), member, ""},
        {"member.name in a group's run", field(Owner::member, "name"), group, ""},
        {"event.id", field(Owner::event, "id"), group, "o-17"},
        {"event.at", field(Owner::event, "at", ValueType::instant), group, "2026-11-19 20:05"},
        {"event.group", field(Owner::event, "group"), group, "g1"},
        {"event.member of an event without one", field(Owner::event, "member"), group, ""},
        {"a field of the event", field(Owner::event, "amount", ValueType::money), group,
         "59.00 CNY"},
        {"a field left to its default", field(Owner::event, "items", ValueType::number), group,
         "1"},
        {"an optional field that is missing", field(Owner::event, "note"), group, ""},
        {"start", field(Owner::start, "", ValueType::instant), group, "2026-11-19 20:00"},
        {"start.date", field(Owner::start, "date", ValueType::date), group, "2026-11-19"},
        {"start.time", field(Owner::start, "time", ValueType::time), group, "20:00"},
        {"end", field(Owner::end, "", ValueType::instant), group, "2026-11-19 22:00"},
        {"end.time", field(Owner::end, "time", ValueType::time), group, "22:00"},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.what) {
            const Facts facts{plan, zone("Asia/Shanghai"), window, row.subject, &event};
            CHECK(render_text({{"[", row.field, "]"}}, facts) ==
                  std::string{"["} + row.expected + "]");
        }
    }
}

TEST_CASE("instants are shown in the rule's zone", "[scheduler][text]") {
    const lang::Plan plan;
    const Instant at = instant("2026-11-19 20:00");
    const Window window{at, at};
    const Subject subject = Group{"g1", "One", "", {}};
    const lang::TextTemplate text{{field(Owner::start, "", ValueType::instant)}};
    CHECK(render_text(text, {plan, zone("America/New_York"), window, subject}) ==
          "2026-11-19 07:00");
    CHECK(render_text(text, {plan, zone("Asia/Kolkata"), window, subject}) == "2026-11-19 17:30");
}

TEST_CASE("a text is never read as a template again", "[scheduler][text]") {
    const lang::Plan plan;
    const Window window{};
    const Subject subject = Group{"g1", "{group.id} %d {}", "", {}};
    CHECK(render_text({{"{start} ", field(Owner::group, "name")}},
                      {plan, zone("Asia/Shanghai"), window, subject}) ==
          "{start} {group.id} %d {}");
    CHECK(render_text({}, {plan, zone("Asia/Shanghai"), window, subject}).empty());
}

TEST_CASE("a message is shown on one line with what is said besides its text",
          "[scheduler][text]") {
    using lang::Verb;
    CHECK(shown_line("Hello", {}) == "Hello");
    CHECK(shown_line("Hello", {.verb = Verb::send}) == "Hello");
    CHECK(shown_line("Hello", {.verb = Verb::announce, .mentions_all = true}) ==
          "announce Hello (mentions all)");
    CHECK(shown_line("Welcome!", {.verb = Verb::reply, .mentions = {"m1"}, .reply_to = "e1"}) ==
          "reply Welcome! (mentions m1)");
    CHECK(shown_line("Look", {.pictures = {"a.png", "b.png"}}) ==
          "Look (picture a.png, picture b.png)");
    CHECK(shown_line("", {.pictures = {"a.png"}}) == "(picture a.png)");
    MessageForm form;
    form.card = MessageCard{"Sale", "Tonight", "sale.png", "https://shop.example/", ""};
    CHECK(shown_line("", form) == "[Sale] Tonight https://shop.example/ (picture sale.png)");
    form.card = MessageCard{};
    CHECK(shown_line("Text", form) == "Text [card]");
}

}  // namespace sop::runtime
