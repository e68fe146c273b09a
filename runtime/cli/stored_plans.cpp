#include "runtime/cli/stored_plans.h"

#include <fmt/format.h>

#include "runtime/scheduler/flow.h"

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
    for (const auto& playbook : plan_of(due.firing.plan).playbooks) {
        for (const auto& rule : playbook.rules) {
            if (playbook.name == due.playbook && rule.name == due.rule) return &rule;
        }
    }
    return nullptr;
}

std::string StoredPlans::step_of(const DueDelivery& due) {
    const lang::Rule* rule = rule_of(due);
    if (rule != nullptr && has_step(*rule, due.delivery.step))
        return step_path(*rule, due.delivery.step);
    return fmt::format("step {}", due.delivery.step + 1);
}

}  // namespace sop::runtime::cli
