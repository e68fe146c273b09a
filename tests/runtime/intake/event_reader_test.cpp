#include "runtime/intake/event_reader.h"

#include <fmt/format.h>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "runtime/clock/instant_text.h"
#include "tests/support/sources.h"

namespace sop::runtime {

using namespace sop::tests;

namespace {

const Instant received_at =
    Instant(date::sys_days(date::year(2026) / 11 / 19)) + std::chrono::hours{12};

EventSchema schema() {
    return EventSchema(plan_of(R"(sop 1
tag member
event order { amount: money, sku: text, items: number = 1, gift: boolean optional }
event refund { of: order }
channel hook { kind webhook }
playbook p { timezone UTC; for members tagged member; via hook
  r: on order { send "Thank you" } }
)"));
}

// "type at group/member fields extra", or "reason: message".
std::string read(const std::string& line) {
    try {
        const Event event = schema().read(line, received_at);
        std::string text = fmt::format("{} {} {}/{}", event.type, instant_text(event.at),
                                       event.group.value_or("-"), event.member.value_or("-"));
        for (const auto& [name, value] : event.fields) text += fmt::format(" {}={}", name, value);
        if (!event.extra.empty()) text += " " + event.extra;
        return text;
    } catch (const EventError& error) {
        return fmt::format("{}: {}", to_text(error.reason()), error.what());
    }
}

struct Row {
    std::string line;
    std::string result;
};

void check(const std::vector<Row>& rows) {
    for (const Row& row : rows) {
        CAPTURE(row.line);
        CHECK(read(row.line) == row.result);
    }
}

const std::string order = R"("type":"order","group":"g1","member":"m1")";

}  // namespace

TEST_CASE("an event is read with its values in canonical form", "[intake][event]") {
    check({
        {R"({"id":"o1","at":"2026-11-19T20:00:00+08:00",)" + order +
             R"(,"fields":{"amount":"007.50 CNY","sku":"S1","items":"2.0","gift":true}})",
         "order 2026-11-19T12:00:00Z g1/m1 amount=7.50 CNY gift=yes items=2 sku=S1"},
        // Numbers keep all their digits.
        {"{" + order +
             R"(,"fields":{"amount":"1 CNY","sku":"S1","items":12345678901234567890.25}})",
         "order 2026-11-19T12:00:00Z g1/m1 amount=1 CNY items=12345678901234567890.25 sku=S1"},
        // Without `at` it happened when it came; `null` is as good as left out.
        {"{" + order + R"(,"at":null,"id":null,"fields":{"amount":"1 CNY","sku":"","gift":null}})",
         "order 2026-11-19T12:00:00Z g1/m1 amount=1 CNY items=1 sku="},
        {R"({"type":"refund","member":"m1","fields":{"of":"order-0001298/7"}})",
         "refund 2026-11-19T12:00:00Z -/m1 of=order-0001298/7"},
        {R"({"type":"message","member":"m1","fields":{"text":"你好"}})",
         "message 2026-11-19T12:00:00Z -/m1 effective=yes text=你好"},
        {R"({"type":"join","group":"g1","member":"m1"})", "join 2026-11-19T12:00:00Z g1/m1"},
        {R"({"type":"refund","fields":{"of":"o1"}})", "refund 2026-11-19T12:00:00Z -/- of=o1"},
    });
}

TEST_CASE("declared fields may stand beside the rest, those of `fields` before them",
          "[intake][event]") {
    check({
        {"{" + order + R"(,"amount":"59 CNY","items":2.50,"sku":"S1"})",
         "order 2026-11-19T12:00:00Z g1/m1 amount=59 CNY items=2.5 sku=S1"},
        {"{" + order + R"(,"amount":"59 CNY","items":7,"fields":{"sku":"S1","items":3}})",
         "order 2026-11-19T12:00:00Z g1/m1 amount=59 CNY items=3 sku=S1 {\"items\":7}"},
        {"{" + order + R"(,"amount":"59","sku":"S1"})",
         "wrong field: `59` is no money for the field `amount`; write `9.90 CNY`"},
    });
}

TEST_CASE("what no playbook declares is kept beside the event", "[intake][event]") {
    check({
        {"{" + order +
             R"(,"fields":{"amount":"1 CNY","sku":"S1","colour":"red","size":[1,2.50]},)" +
             R"("shop":{"id":7},"trace":"t1"})",
         "order 2026-11-19T12:00:00Z g1/m1 amount=1 CNY items=1 sku=S1 "
         R"({"fields":{"colour":"red","size":[1,2.5]},"shop":{"id":7},"trace":"t1"})"},
    });
}

TEST_CASE("a wrong event is refused with its reason and how to mend it", "[intake][event]") {
    const auto deep = [](int levels) {
        return "{" + order + R"(,"x":)" + std::string(static_cast<std::size_t>(levels), '[') +
               std::string(static_cast<std::size_t>(levels), ']') + "}";
    };
    const std::string fields = R"(,"fields":{"amount":"1 CNY","sku":"S1"})";
    check({
        {"", "not JSON: the line is not JSON, from its byte 1 on"},
        {"{\"type\":\"order\"", "not JSON: the line is not JSON, from its byte 16 on"},
        {"{\"type\":\"ord\xff"
         "er\"}",
         "not UTF-8: the line is not UTF-8, from its byte 13 on"},
        {R"({"type":"\ud800"})", "not JSON: the line is not JSON, from its byte 16 on"},
        {deep(32), "too deep: lists and objects stand in one another more than 32 deep"},
        {"[1]", "wrong shape: the line is not a JSON object"},
        {"7", "wrong shape: the line is not a JSON object"},
        {"{}", "wrong shape: `type` is missing"},
        {R"({"type":7})", "wrong shape: `type` is not a text"},
        {R"({"type":"order","type":"join"})",
         "wrong shape: `type` stands there twice; keep one of them"},
        {"{" + order + R"(,"fields":[]})", "wrong shape: `fields` is not an object"},
        {R"({"type":"ordr"})",
         "unknown event: no playbook declares the event `ordr`; did you mean `order`?"},
        {R"({"type":"sop.run","fields":{"rule":"p.r"}})",
         "unknown event: no playbook declares the event `sop.run`; known are dissolved, "
         "join, leave, message, opt_in, opt_out, order, refund"},
        {R"({"type":"tagged","member":"m1"})",
         "unknown event: no playbook declares the event `tagged`; known are dissolved, "
         "join, leave, message, opt_in, opt_out, order, refund"},
        {"{" + order + R"(,"fields":{"sku":"S1"}})",
         "wrong field: the event `order` needs the field `amount` (money)"},
        {"{" + order + R"(,"fields":{"amount":"59","sku":"S1"}})",
         "wrong field: `59` is no money for the field `amount`; write `9.90 CNY`"},
        {"{" + order + R"(,"fields":{"amount":"1 CNY","sku":["S1"]}})",
         "wrong field: the field `sku` is neither a text nor a number"},
        {"{" + order + R"(,"fields":{"amount":"1 CNY","sku":"S1","items":1e3}})",
         "wrong field: `1e3` is no number for the field `items`"},
        {R"({"type":"join","member":"m1"})", "nobody: the event `join` needs a group and a member"},
        {R"({"type":"message","fields":{"text":"hi"}})",
         "nobody: the event `message` needs a member"},
        {"{" + order + R"(,"at":"2026-11-19T12:00:00")" + fields + "}",
         "wrong time: `at` is `2026-11-19T12:00:00`; write it as `2026-11-16T00:30:00Z`"},
        {"{" + order + R"(,"at":1763553600)" + fields + "}", "wrong shape: `at` is not a text"},
        {"{" + order + R"(,"id":"")" + fields + "}",
         "wrong id: the id has 0 bytes; 1 to 200 are allowed"},
        {"{" + order + R"(,"id":")" + std::string(201, 'x') + "\"" + fields + "}",
         "wrong id: the id has 201 bytes; 1 to 200 are allowed"},
        {"{" + order + R"(,"id":"a\nb")" + fields + "}", "wrong id: the id has control characters"},
        {"{" + order + R"(,"id":"run:1/0/0~1")" + fields + "}",
         "wrong id: ids that begin with `run:` are those of sop's own events"},
        {R"({"type":"order","member":"")" + fields + "}",
         "wrong id: the member's id has 0 bytes; 1 to 200 are allowed"},
    });
    CHECK(read(deep(31)).starts_with("wrong field: the event `order` needs"));
}

TEST_CASE("a field that people write and no playbook declares is a mistake", "[intake][event]") {
    Event event{.id = "o1",
                .type = "order",
                .at = received_at,
                .received_at = received_at,
                .fields = {{"amount", "1 CNY"}, {"skuu", "S1"}, {"sku", "S1"}}};
    CHECK_THROWS_WITH(schema().check(event),
                      "the event `order` has no field `skuu`; did you mean `sku`?");
    event.fields.erase("skuu");
    CHECK(schema().check(event).fields ==
          std::map<std::string, std::string>{{"amount", "1 CNY"}, {"items", "1"}, {"sku", "S1"}});
}

TEST_CASE("events of one id are compared by what their senders say", "[intake][event]") {
    const std::string fields = R"(,"fields":{"amount":"1 CNY","sku":"S1"}})";
    const auto at = [](const std::string& line, int minute) {
        return schema().read(line, received_at + std::chrono::minutes(minute));
    };
    const std::string untimed = "{" + order + fields;
    const std::string timed = "{" + order + R"(,"at":"2026-11-19T11:00:00Z")" + fields;
    CHECK(has_same_content(at(untimed, 0), at(untimed, 5)));
    CHECK(has_same_content(at(timed, 0), at(timed, 5)));
    CHECK(has_same_content(at(timed, 0),
                           at("{" + order + R"(,"at":"2026-11-19T19:00:00+08:00")" + fields, 0)));
    CHECK_FALSE(has_same_content(at(timed, 0),
                                 at("{" + order + R"(,"at":"2026-11-19T11:00:01Z")" + fields, 0)));
    CHECK_FALSE(has_same_content(at(timed, 0),
                                 at(R"({"type":"order","group":"g1","member":"m2")" + fields, 0)));
    CHECK_FALSE(has_same_content(at(untimed, 0), at("{" + order + R"(,"more":1)" + fields, 0)));
}

TEST_CASE("ids that are made sort by time and are unlike one another", "[intake][event]") {
    const std::string first = make_event_id(received_at);
    const std::string second = make_event_id(received_at);
    CHECK(first.size() == 36);
    CHECK(first != second);
    CHECK(first < make_event_id(received_at + std::chrono::milliseconds{1}));
}

}  // namespace sop::runtime
