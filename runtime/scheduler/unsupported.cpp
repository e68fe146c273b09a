#include "runtime/scheduler/unsupported.h"

#include <array>

#include "runtime/scheduler/evaluation.h"

namespace sop::runtime {

namespace {

using lang::Expression;

// In the order of lang::Action; those that can be done have no name.
constexpr std::array<const char*, std::variant_size_v<lang::Action>> action_words{
    nullptr,  nullptr,          nullptr,         nullptr, "task",  "approve by", "create group",
    "invite", "dissolve group", "remove member", nullptr, "call",  nullptr,      nullptr,
    nullptr,  nullptr,          nullptr,         nullptr, nullptr, nullptr};

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
                if (hole == nullptr) continue;
                need(hole->format.empty(), "{…: " + hole->format + "}");
                need(!hole->tracked_link, "{link …}");
                check(hole->value);
            }
        }
        for (const auto& metric : plan_.metrics) {
            where_ = "metric " + metric.name;
            check(metric.value);
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
        need(!audience.of_groups, "members of groups");
        if (audience.where) check(*audience.where);
    }

    void check(const lang::Rule& rule) {
        check(rule.audience);
        need(!rule.timezone_of_member, "timezone of member");
        for (const auto& exit : rule.exits) check(exit.event);
        check(rule.guards);
        if (const auto* event = std::get_if<lang::EventTrigger>(&rule.trigger)) {
            check(*event);
        }
        if (const auto* condition = std::get_if<lang::ConditionTrigger>(&rule.trigger))
            check(condition->condition);
        check(rule.steps);
    }

    void check(const std::vector<lang::Step>& steps) {
        for (const auto& step : steps) check(step);
    }

    void check(const Expression& expression) {
        const std::string unanswerable = find_unanswerable(expression);
        need(unanswerable.empty(), unanswerable);
    }

    void check(const lang::EventPattern& pattern) {
        if (pattern.where) check(*pattern.where);
    }

    void check(const lang::Guards& guards) { need(guards.locale.empty(), "locale"); }

    void check(const lang::Step& step) {
        if (step.condition) check(*step.condition);
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
            if (const auto* change = std::get_if<lang::ChangeTag>(&action)) {
                if (change->person) check(*change->person);
            }
            if (const auto* change = std::get_if<lang::ChangePoints>(&action)) check(*change);
            if (const auto* taken = std::get_if<lang::TakeBack>(&action)) check(taken->event);
            if (const auto* emitted = std::get_if<lang::Emit>(&action)) {
                for (const auto& field : emitted->fields) check(field.value);
            }
            if (const auto* wait = std::get_if<lang::Wait>(&action)) check(*wait);
            if (const auto* collect = std::get_if<lang::Collect>(&action)) check(*collect);
            if (const auto* draw = std::get_if<lang::Draw>(&action)) check(*draw);
            if (const auto* give = std::get_if<lang::Give>(&action)) {
                check(give->given);
                check(give->refused);
            }
            if (const auto* choice = std::get_if<lang::If>(&action)) check(*choice);
            if (const auto* split = std::get_if<lang::Split>(&action)) {
                for (const auto& branch : split->branches) check(branch.steps);
            }
        }
    }

    void check(const lang::ChangePoints& change) {
        check(change.amount);
        if (change.person) check(*change.person);
        check(change.granted);
        check(change.refused);
    }

    void check(const lang::Collect& collect) {
        check(collect.event);
        if (collect.back_on) check(*collect.back_on);
        check(collect.listed);
        check(collect.refused);
        check(collect.full);
    }

    void check(const lang::Draw& draw) {
        check(draw.from);
        check(draw.winner);
        check(draw.all);
    }

    void check(const lang::Wait& wait) {
        check(wait.event);
        check(wait.yes);
        check(wait.no);
    }

    void check(const lang::If& choice) {
        for (const auto& branch : choice.branches) {
            if (branch.condition) check(*branch.condition);
            check(branch.steps);
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
