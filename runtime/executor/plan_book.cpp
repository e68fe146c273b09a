#include "runtime/executor/plan_book.h"

#include <fmt/core.h>

#include <algorithm>

#include "runtime/scheduler/event_match.h"
#include "runtime/scheduler/flow.h"

namespace sop::runtime {

namespace {

template <typename Wanted>
bool has_action(const lang::Rule& rule) {
    for (std::size_t step = 0; step < count_steps(rule); ++step) {
        const auto& actions = step_at(rule, step).actions;
        if (std::any_of(actions.begin(), actions.end(), [](const lang::Action& action) {
                return std::holds_alternative<Wanted>(action);
            }))
            return true;
    }
    return false;
}

LoadedRule load_rule(RuleId id, const lang::Playbook& playbook, const lang::Rule& rule,
                     const lang::calendar::ZoneDatabase& zones) {
    LoadedRule loaded;
    loaded.id = id;
    loaded.playbook = &playbook;
    loaded.rule = &rule;
    const std::string path = lang::rule_path(playbook, rule);
    try {
        loaded.zone = zones.find(rule.timezone);
        if (!loaded.zone) {
            loaded.trouble = fmt::format(
                "rule `{}`: this machine's zone data has no `{}`; install "
                "a newer tzdata or change the rule's timezone",
                path, rule.timezone);
        }
    } catch (const lang::calendar::ZoneDataError& error) {
        loaded.trouble = fmt::format("rule `{}`: {}", path, error.what());
    }
    loaded.draws = has_action<lang::Draw>(rule);
    loaded.gives = has_action<lang::Give>(rule);
    if (rule.steps.empty()) loaded.trouble = fmt::format("rule `{}` has no steps", path);
    return loaded;
}

}  // namespace

void PlanBook::use(const lang::calendar::ZoneDatabase& zones) {
    pages_.clear();
    zones_ = &zones;
}

PlanBook::Page PlanBook::read(PlanVersion version) {
    const auto stored = store_.find_plan(version);
    if (!stored) return {nullptr, fmt::format("plan version {} is not in the store", version)};
    auto loaded = std::make_unique<LoadedPlan>();
    loaded->version = version;
    loaded->deployed_at = stored->deployed_at;
    try {
        loaded->plan = lang::plan_from_json(stored->json);
    } catch (const lang::PlanFormatError& error) {
        return {nullptr, fmt::format("plan version {} cannot be read: {}", version, error.what())};
    }
    for (const lang::Playbook& playbook : loaded->plan.playbooks) {
        for (const lang::Rule& rule : playbook.rules) {
            // The rule was made when the version was deployed; this looks up its id.
            const RuleId id =
                store_.find_or_add_rule(playbook.name, rule.name, stored->deployed_at).id;
            loaded->rules.emplace(id, load_rule(id, playbook, rule, *zones_));
            loaded->watched_tags.merge(watched_tags(rule));
            if (has_action<lang::Collect>(rule)) loaded->collects = true;
            if (std::holds_alternative<lang::ConditionTrigger>(rule.trigger))
                loaded->conditions.push_back(id);
        }
    }
    return {std::move(loaded), {}};
}

bool PlanBook::watches(const std::string& tag) const {
    return std::any_of(pages_.begin(), pages_.end(), [&tag](const auto& entry) {
        const auto& plan = entry.second.plan;
        return plan != nullptr && plan->watched_tags.contains(tag);
    });
}

bool PlanBook::collects() const {
    return std::any_of(pages_.begin(), pages_.end(), [](const auto& entry) {
        return entry.second.plan != nullptr && entry.second.plan->collects;
    });
}

const LoadedPlan& PlanBook::plan(PlanVersion version) {
    auto found = pages_.find(version);
    if (found == pages_.end()) found = pages_.emplace(version, read(version)).first;
    if (!found->second.plan) throw PlanError(found->second.trouble);
    return *found->second.plan;
}

const LoadedRule& PlanBook::rule(PlanVersion version, RuleId rule) {
    const LoadedPlan& loaded = plan(version);
    const auto found = loaded.rules.find(rule);
    if (found == loaded.rules.end()) {
        throw PlanError(fmt::format("plan version {} has no rule with id {}", version, rule));
    }
    if (!found->second.trouble.empty()) throw PlanError(found->second.trouble);
    return found->second;
}

}  // namespace sop::runtime
