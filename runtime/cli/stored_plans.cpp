#include "runtime/cli/stored_plans.h"

#include "runtime/cli/exit_code.h"
#include "runtime/scheduler/flow.h"

#include <fmt/format.h>

namespace sop::runtime::cli {

const lang::Plan& StoredPlans::plan_of(PlanVersion version) {
    const auto [at, added] = plans_.try_emplace(version);
    if (added) {
        if (const auto stored = store_.find_plan(version))
            at->second = lang::plan_from_json(stored->json);
    }
    return at->second;
}

const lang::Rule* StoredPlans::rule_of(const DueDelivery& due) {
    return find_rule(due.firing.plan, due.playbook, due.rule);
}

const lang::Rule* StoredPlans::find_rule(PlanVersion version, const std::string& playbook,
                                         const std::string& name) {
    return lang::find_rule(plan_of(version), playbook, name);
}

std::string StoredPlans::step_of(const DueDelivery& due) {
    const lang::Rule* rule = rule_of(due);
    if (rule != nullptr && has_step(*rule, due.delivery.step))
        return step_path(*rule, due.delivery.step);
    return fmt::format("step {}", due.delivery.step + 1);
}

lang::Plan plan_in_force(Store& store, const Config& config) {
    const auto stored = store.latest_plan();
    if (!stored)
        throw CommandError(
            fmt::format("{}: no playbook was ever served from it", config.store.string()));
    return lang::plan_from_json(stored->json);
}

std::shared_ptr<const lang::calendar::Zone> first_zone(const lang::Plan& plan,
                                                       const lang::calendar::ZoneDatabase& zones) {
    for (const auto& playbook : plan.playbooks) {
        for (const auto& rule : playbook.rules) {
            if (auto zone = zones.find(rule.timezone)) return zone;
        }
    }
    return zones.find("UTC");
}

}  // namespace sop::runtime::cli
