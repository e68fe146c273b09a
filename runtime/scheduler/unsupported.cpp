#include "runtime/scheduler/unsupported.h"

#include "runtime/scheduler/evaluation.h"

namespace sop::runtime {

namespace {

using lang::Expression;

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
            check(content.text);
            for (const auto& variant : content.variants) check(variant);
        }
        for (const auto& metric : plan_.metrics) {
            where_ = "metric " + metric.name;
            check(metric.value);
        }
        for (const auto& tier : plan_.tiers) {
            where_ = "tier";
            check(tier.audience);
            for (const auto& level : tier.levels) {
                if (level.condition) check(*level.condition);
            }
        }
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

    void check(const lang::Variant& variant) {
        check(variant.text);
        if (!variant.card) return;
        check(variant.card->title);
        check(variant.card->text);
        check(variant.card->link);
    }

    void check(const lang::TextTemplate& text) {
        for (const auto& part : text.parts) {
            const auto* hole = std::get_if<lang::Hole>(&part);
            if (hole == nullptr) continue;
            need(!hole->tracked_link, "{link …}");
            check(*hole->value);
        }
    }

    void check(const lang::Audience& audience) {
        if (audience.where) check(*audience.where);
    }

    // Of whom one is taken once, whatever groups it is in.
    void check_people(const lang::Audience& audience) {
        need(audience.kind == lang::SubjectKind::member, "groups in a group");
        if (audience.where) check(*audience.where);
    }

    void check(const lang::Rule& rule) {
        check(*rule.audience);
        for (const auto& exit : rule.exits) check(exit.event);
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

    void check(const lang::Step& step) {
        if (step.condition) check(*step.condition);
        for (const auto& action : step.actions) {
            if (const auto* deliver = std::get_if<lang::Deliver>(&action)) {
                if (deliver->to) check(*deliver->to);
            }
            if (const auto* change = std::get_if<lang::ChangeTag>(&action)) {
                if (change->person) check(*change->person);
            }
            if (const auto* change = std::get_if<lang::ChangePoints>(&action)) check(*change);
            if (const auto* taken = std::get_if<lang::TakeBack>(&action)) check(*taken->event);
            if (const auto* emitted = std::get_if<lang::Emit>(&action)) {
                for (const auto& field : emitted->fields) check(field.value);
            }
            if (const auto* task = std::get_if<lang::Task>(&action)) check(*task);
            if (const auto* create = std::get_if<lang::CreateGroup>(&action)) {
                need(!create->keep_filling, "keep filling");
                check(create->name);
                check_people(create->members);
            }
            if (const auto* invite = std::get_if<lang::Invite>(&action)) {
                check(invite->group);
                for (const auto& source : invite->sources) check_people(source.who);
            }
            if (const auto* approve = std::get_if<lang::Approve>(&action)) {
                check(approve->yes);
                check(approve->no);
            }
            if (const auto* call = std::get_if<lang::Call>(&action)) {
                for (const auto& field : call->fields) check(field.value);
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
        check(*change.amount);
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

    void check(const lang::Task& task) {
        check(task.text);
        check(task.done);
        check(task.late);
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
