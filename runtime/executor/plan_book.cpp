#include "runtime/executor/plan_book.h"

#include <fmt/core.h>

#include <algorithm>
#include <stdexcept>

#include "runtime/scheduler/event_match.h"
#include "runtime/scheduler/flow.h"
#include "runtime/scheduler/guards.h"
#include "runtime/scheduler/tier.h"

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
    loaded.other_audiences = other_audiences(rule);
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
    loaded.collects = has_action<lang::Collect>(rule);
    loaded.draws = has_action<lang::Draw>(rule);
    loaded.gives = has_action<lang::Give>(rule);
    if (rule.steps.empty()) loaded.trouble = fmt::format("rule `{}` has no steps", path);
    return loaded;
}

}  // namespace

LoadedRules::LoadedRules(std::vector<LoadedRule> rules) : rules_(std::move(rules)) {
    std::sort(rules_.begin(), rules_.end(),
              [](const LoadedRule& a, const LoadedRule& b) { return a.id < b.id; });
    const auto twice =
        std::adjacent_find(rules_.begin(), rules_.end(),
                           [](const LoadedRule& a, const LoadedRule& b) { return a.id == b.id; });
    if (twice != rules_.end())
        throw std::logic_error(fmt::format("two rules of a plan have the id {}", twice->id));
}

const LoadedRule* LoadedRules::find(RuleId id) const {
    const auto found =
        std::lower_bound(rules_.begin(), rules_.end(), id,
                         [](const LoadedRule& rule, RuleId wanted) { return rule.id < wanted; });
    return found == rules_.end() || found->id != id ? nullptr : &*found;
}

const LoadedRule& LoadedRules::at(RuleId id) const {
    const LoadedRule* rule = find(id);
    if (rule == nullptr) throw std::out_of_range(fmt::format("no rule of the plan has id {}", id));
    return *rule;
}

// Nothing where the data lack it: points stay until they have it.
std::shared_ptr<const lang::calendar::Zone> find_zone(const std::string& name,
                                                      const lang::calendar::ZoneDatabase& zones) {
    try {
        return zones.find(name);
    } catch (const lang::calendar::ZoneDataError&) {
        return nullptr;
    }
}

void PlanBook::use(const lang::calendar::ZoneDatabase& zones) {
    pages_.clear();
    zones_by_name_.clear();
    zones_ = &zones;
}

const lang::calendar::Zone* PlanBook::zone(const std::string& name) {
    auto found = zones_by_name_.find(name);
    if (found == zones_by_name_.end()) {
        std::shared_ptr<const lang::calendar::Zone> zone;
        try {
            zone = zones_->find(name);
        } catch (const lang::calendar::ZoneDataError&) {
            zone = nullptr;
        }
        found = zones_by_name_.emplace(name, std::move(zone)).first;
    }
    return found->second.get();
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
    std::vector<LoadedRule> rules;
    for (const lang::Playbook& playbook : loaded->plan.playbooks) {
        for (const lang::Rule& rule : playbook.rules) {
            // The rule was made when the version was deployed; this looks up its id.
            const RuleId id =
                store_.find_or_add_rule(playbook.name, rule.name, stored->deployed_at).id;
            rules.push_back(load_rule(id, playbook, rule, *zones_));
            loaded->watched_tags.merge(watched_tags(rule));
            if (rules.back().collects) loaded->collects = true;
            loaded->awaited_events.merge(awaited_events(rule));
            if (const auto* trigger = std::get_if<lang::EventTrigger>(&rule.trigger))
                loaded->begun_by[trigger->event].push_back(id);
            if (rule.audience->kind == SubjectKind::playbook) loaded->has_runs_for_nobody = true;
            if (std::holds_alternative<lang::ConditionTrigger>(rule.trigger))
                loaded->conditions.push_back(id);
        }
    }
    for (auto& [type, begun] : loaded->begun_by) std::sort(begun.begin(), begun.end());
    loaded->tiers = tier_playbook(loaded->plan);
    for (std::size_t i = 0; i < loaded->plan.tiers.size(); ++i) {
        const lang::Rule& rule = loaded->tiers.rules[i];
        const RuleId id =
            store_.find_or_add_rule(loaded->tiers.name, rule.name, stored->deployed_at).id;
        LoadedRule tier = load_rule(id, loaded->tiers, rule, *zones_);
        tier.tier = &loaded->plan.tiers[i];
        rules.push_back(std::move(tier));
    }
    rules.shrink_to_fit();
    loaded->rules = LoadedRules(std::move(rules));
    if (loaded->plan.points_expiry)
        loaded->points_zone = find_zone(loaded->plan.points_expiry->timezone, *zones_);
    return {std::move(loaded), {}};
}

bool PlanBook::any_plan(const std::function<bool(const LoadedPlan&)>& is_so) const {
    return std::any_of(pages_.begin(), pages_.end(), [&](const auto& entry) {
        return entry.second.plan != nullptr && is_so(*entry.second.plan);
    });
}

bool PlanBook::watches(const std::string& tag) const {
    return any_plan([&](const LoadedPlan& plan) { return plan.watched_tags.contains(tag); });
}

bool PlanBook::collects() const {
    return any_plan([](const LoadedPlan& plan) { return plan.collects; });
}

bool PlanBook::awaits(const std::string& event_type) const {
    return any_plan(
        [&](const LoadedPlan& plan) { return plan.awaited_events.contains(event_type); });
}

bool PlanBook::has_runs_for_nobody() const {
    return any_plan([](const LoadedPlan& plan) { return plan.has_runs_for_nobody; });
}

const LoadedPlan& PlanBook::plan(PlanVersion version) {
    auto found = pages_.find(version);
    if (found == pages_.end()) found = pages_.emplace(version, read(version)).first;
    if (!found->second.plan) throw PlanError(found->second.trouble);
    return *found->second.plan;
}

const LoadedRule& PlanBook::rule(PlanVersion version, RuleId rule) {
    const LoadedPlan& loaded = plan(version);
    const LoadedRule* found = loaded.rules.find(rule);
    if (found == nullptr)
        throw PlanError(fmt::format("plan version {} has no rule with id {}", version, rule));
    if (found->trouble) throw PlanError(*found->trouble);
    return *found;
}

}  // namespace sop::runtime
