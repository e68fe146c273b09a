#include "runtime/scheduler/rollback.h"

#include <algorithm>

namespace sop::runtime {

namespace {

const PlanSummary* find_version(const std::vector<PlanSummary>& plans, PlanVersion version) {
    const auto found = std::find_if(plans.begin(), plans.end(), [version](const PlanSummary& plan) {
        return plan.version == version;
    });
    return found == plans.end() ? nullptr : &*found;
}

// The version that was deployed from files with the plan of this one, as far as it is kept.
PlanVersion origin_of(const std::vector<PlanSummary>& plans, const PlanSummary& plan) {
    const PlanSummary* origin = &plan;
    while (origin->rollback_to) {
        const PlanSummary* earlier = find_version(plans, *origin->rollback_to);
        if (earlier == nullptr) return *origin->rollback_to;
        origin = earlier;
    }
    return origin->version;
}

}  // namespace

std::optional<PlanVersion> version_before(const std::vector<PlanSummary>& plans) {
    if (plans.empty()) return std::nullopt;
    const PlanVersion origin = origin_of(plans, plans.back());
    for (auto plan = plans.rbegin(); plan != plans.rend(); ++plan) {
        if (plan->version < origin && plan->hash != plans.back().hash) return plan->version;
    }
    return std::nullopt;
}

Rollback rollback_to(const StoredPlan& target, const StoredPlan& in_force) {
    Rollback rollback{.to = target.version};
    if (in_force.rollback) rollback.held_back = in_force.rollback->held_back;
    std::erase(rollback.held_back, in_force.hash);
    rollback.held_back.push_back(in_force.hash);
    std::erase(rollback.held_back, target.hash);
    return rollback;
}

bool is_held_back(const StoredPlan& in_force, const std::string& hash) {
    if (!in_force.rollback) return false;
    const auto& hashes = in_force.rollback->held_back;
    return std::find(hashes.begin(), hashes.end(), hash) != hashes.end();
}

}  // namespace sop::runtime
