// Which plan a rollback goes back to, and what a start makes of it afterwards.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/store/store.h"

namespace sop::runtime {

// The version whose plan was in force before that of the newest one: other than it, and not itself
// rolled back from. Nothing when none is kept. `plans` are all versions, the oldest first.
std::optional<PlanVersion> version_before(const std::vector<PlanSummary>& plans);

// What is to be noted of the version that brings `target` back in the place of `in_force`.
Rollback rollback_to(const StoredPlan& target, const StoredPlan& in_force);

// Whether a plan of that hash was rolled back from: files that have not changed since do not undo a
// rollback.
bool is_held_back(const StoredPlan& in_force, const std::string& hash);

}  // namespace sop::runtime
