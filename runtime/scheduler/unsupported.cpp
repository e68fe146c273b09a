#include "runtime/scheduler/unsupported.h"

#include <array>

namespace sop::runtime {

namespace {

using lang::Expression;
using lang::FieldReference;

// In the order of lang::Action; those that can be done have no name.
constexpr std::array<const char*, std::variant_size_v<lang::Action>> action_words{
    nullptr,  nullptr,          "points",        "take back", "task",  "approve by", "create group",
    "invite", "dissolve group", "remove member", "emit",      "call",  "run",        "collect",
    "draw",   "give",           "wait for",      "if",        "split", "stop"};

bool is_plain_field(const lang::Hole& hole) {
    if (!hole.value.field || hole.value.kind != Expression::Kind::field) return false;
    if (!hole.format.empty() || hole.tracked_link) return false;
    const FieldReference& field = *hole.value.field;
    switch (field.owner) {
        case FieldReference::Owner::group:
        case FieldReference::Owner::event:
            return field.type != lang::ValueType::event && field.type != lang::ValueType::group;
        case FieldReference::Owner::member:
            return field.field == "id" || field.field == "name";
        case FieldReference::Owner::start:
        case FieldReference::Owner::end:
            return field.type != lang::ValueType::weekday;
        case FieldReference::Owner::run:
        case FieldReference::Owner::join:
        case FieldReference::Owner::collected:
        case FieldReference::Owner::draw:
        case FieldReference::Owner::subject:
            return false;
    }
    return false;
}

class Finder {
  public:
    explicit Finder(const lang::Plan& plan) : plan_(plan) {}

    std::vector<std::string> run() {
        for (const auto& channel : plan_.channels) {
            where_ = "channel " + channel.name;
            need(channel.kind == "log" || channel.kind == "webhook", "kind " + channel.kind);
        }
        for (const auto& content : plan_.contents) {
            where_ = content.name.empty() ? "a text" : "content " + content.name;
            need(content.variants.empty(), "several forms, pictures or cards");
            for (const auto& part : content.text.parts) {
                const auto* hole = std::get_if<lang::Hole>(&part);
                need(!hole || is_plain_field(*hole), "a hole with more than a field");
            }
        }
        where_ = "tier";
        need(plan_.tiers.empty(), "tier");
        for (const auto& playbook : plan_.playbooks) {
            for (const auto& rule : playbook.rules) {
                where_ = lang::rule_path(playbook, rule);
                check(rule);
            }
        }
        return std::move(found_);
    }

  private:
    void need(bool supported, const std::string& what) {
        if (!supported) found_.push_back(where_ + ": `" + what + "`");
    }

    void check(const lang::Audience& audience) {
        need(audience.kind != lang::SubjectKind::playbook, "a rule without `for`");
        need(audience.ids.empty(), "for … \"id\"");
        need(!audience.of_groups, "members of groups");
        need(!audience.where, "for … where");
    }

    void check(const lang::Rule& rule) {
        check(rule.audience);
        need(!rule.timezone_of_member, "timezone of member");
        need(rule.exits.empty(), "exit on");
        check(rule.guards);
        if (const auto* event = std::get_if<lang::EventTrigger>(&rule.trigger)) {
            need(!event->message && event->event != "message", "on message");
            need(event->event != "join" && event->event != "leave", "on " + event->event);
            need(!event->tag, "on " + event->event);
            need(!event->where, "where");
            need(event->allowances.empty(), "once, at most");
            need(!event->again_after, "again after");
        }
        need(!std::holds_alternative<lang::ConditionTrigger>(rule.trigger), "when");
        for (const auto& step : rule.steps) check(step);
    }

    void check(const lang::Guards& guards) {
        need(!guards.exit_when_outside, "exit when outside");
        need(guards.locale.empty(), "locale");
    }

    void check(const lang::Step& step) {
        need(!step.condition, "if");
        need(step.when.next == lang::StepTime::Next::none, "next workday, next WEEKDAY");
        for (const auto& action : step.actions) {
            const char* word = action_words[action.index()];
            need(word == nullptr, word == nullptr ? "" : word);
            if (const auto* deliver = std::get_if<lang::Deliver>(&action)) {
                need(deliver->verb == lang::Verb::post || deliver->verb == lang::Verb::send,
                     "reply, announce, warn");
                need(!deliver->mention_all, "mention all");
                need(!deliver->to, "to");
            }
            const auto* change = std::get_if<lang::ChangeTag>(&action);
            need(!change || !change->person, "tag … to");
        }
    }

    const lang::Plan& plan_;
    std::string where_{};
    std::vector<std::string> found_{};
};

}  // namespace

std::vector<std::string> unsupported(const lang::Plan& plan) {
    return Finder(plan).run();
}

}  // namespace sop::runtime
