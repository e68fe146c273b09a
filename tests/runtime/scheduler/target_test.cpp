#include "runtime/scheduler/target.h"

#include <catch2/catch.hpp>

#include "tests/support/world.h"

namespace sop::runtime {

using namespace sop::tests;
using lang::Verb;

namespace {

// A directory of g1, g2 and m1.
class FewPeople : public Records {
  public:
    std::vector<Event> events_of(SubjectKind, const std::string&, const std::string&, Instant,
                                 Instant) override {
        return {};
    }
    bool has_tag(SubjectKind, const std::string&, const std::string&) override { return false; }
    std::int64_t points_of(const std::string&) override { return 0; }
    std::optional<std::string> name_of(SubjectKind kind, const std::string& id) override {
        const bool is_there = kind == SubjectKind::group ? id == "g1" || id == "g2" : id == "m1";
        return is_there ? std::optional(id) : std::nullopt;
    }
    std::int64_t turns_of(const std::string&, const Target&) override { return 0; }
};

std::string text_of(const Address& address) {
    std::string text = "its subject";
    if (address.target)
        text = (address.target->kind == SubjectKind::group ? "group " : "member ") +
               address.target->id;
    for (const std::string& member : address.mentions) text += ", mentions " + member;
    if (!address.reply_to.empty()) text += ", answers " + address.reply_to;
    if (!address.problem.empty()) text = address.problem + ": " + text;
    return text;
}

using Id = std::optional<std::string>;

}  // namespace

TEST_CASE("a message goes to its subject, or to where its event happened", "[scheduler][target]") {
    struct Row {
        const char* what;
        SubjectKind rule;
        Verb verb;
        const char* event;  // its type; empty for a rule of the calendar
        Id group;
        Id member;
        const char* expected;
    };
    using enum SubjectKind;
    const Row rows[] = {
        {"post to a group", group, Verb::post, "", {}, {}, "its subject"},
        {"announcement", group, Verb::announce, "", {}, {}, "its subject"},
        {"send to a member", member, Verb::send, "", {}, {}, "its subject"},
        {"send in a rule for groups", group, Verb::send, "order", "g1", "m1", "member m1"},
        {"send where the event names no member",
         group,
         Verb::send,
         "order",
         "g1",
         {},
         "no value: its subject"},
        {"reply to a message in a group", group, Verb::reply, "message", "g1", "m1",
         "its subject, answers e1"},
        {"reply to a message for its member", member, Verb::reply, "message", "g1", "m1",
         "group g1, answers e1"},
        {"reply to a message to the staff",
         member,
         Verb::reply,
         "message",
         {},
         "m1",
         "its subject"},
        {"reply to an order", group, Verb::reply, "order", "g1", "m1", "its subject, mentions m1"},
        {"reply to a member's order in a group", member, Verb::reply, "order", "g2", "m1",
         "group g2, mentions m1"},
        {"reply to an order outside of groups",
         member,
         Verb::reply,
         "order",
         {},
         "m1",
         "its subject"},
        {"reply to an event of nobody", group, Verb::reply, "order", "g1", {}, "its subject"},
        {"warning", group, Verb::warn, "message", "g1", "m1",
         "its subject, mentions m1, answers e1"},
        {"warning outside of groups", member, Verb::warn, "message", {}, "m1", "its subject"},
        {"a group that is not there", member, Verb::reply, "order", "g9", "m1",
         "gone: group g9, mentions m1"},
        {"a member that is not there", group, Verb::send, "order", "g1", "m9", "gone: member m9"},
        {"post without anybody to post to",
         playbook,
         Verb::post,
         "",
         {},
         {},
         "no value: its subject"},
    };
    FewPeople directory;
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.what) {
            lang::Rule rule;
            rule.audience.edit().kind = row.rule;
            const lang::Plan plan;
            const Window window{};
            Subject subject = Nobody{};
            if (row.rule == group) subject = Group{"g1", "One", "", {}};
            if (row.rule == member) subject = Member{"m1", "Ann", {}, {}};
            const Event event{
                .id = "e1", .type = row.event, .group = row.group, .member = row.member};
            const bool has_event = row.event[0] != '\0';
            const Facts facts{plan,      zone("Asia/Shanghai"),        window,
                              subject,   has_event ? &event : nullptr, Instant{},
                              &directory};
            CHECK(text_of(address_of(rule, {0, row.verb}, facts)) == row.expected);
        }
    }
}

TEST_CASE("a member as one of a group is addressed as the member", "[scheduler][target]") {
    FewPeople directory;
    lang::Rule rule;
    rule.audience.edit().kind = SubjectKind::member;
    rule.audience.edit().of_groups = true;
    const lang::Plan plan;
    const Window window{};
    const Subject subject = MemberOfGroup{{.id = "m1"}, {.id = "g1"}, std::nullopt};
    const Event event{.id = "e1", .type = "message", .group = "g1", .member = "m1"};
    const Facts facts{plan, zone("Asia/Shanghai"), window, subject, &event, Instant{}, &directory};
    CHECK(subject_of(rule, facts) == Target{SubjectKind::member, "m1"});
    CHECK(text_of(address_of(rule, {0, Verb::send}, facts)) == "its subject");
    CHECK(text_of(address_of(rule, {0, Verb::reply}, facts)) == "group g1, answers e1");
}

}  // namespace sop::runtime
