// What a folder's playbooks change about the plan in force.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lang/plan.h"
#include "runtime/config/config.h"
#include "runtime/store/store.h"

namespace sop::runtime::cli {

struct InForce {
    lang::Plan plan{};
    std::optional<StoredPlan> stored{};
    std::map<std::string, std::size_t> runs_under_way{};  // by rule, "members.sale"
};

// Of the project's store; empty when there is none yet. Throws StoreError, and PlanFormatError for
// a plan that cannot be read.
InForce read_in_force(const Config& config);

// Names as "members.sale".
struct RuleChanges {
    std::vector<std::string> added{};
    std::vector<std::string> removed{};
    std::vector<std::string> changed{};
    std::vector<std::string> elsewhere{};  // "tables", "channels", …
};

RuleChanges compare_rules(const lang::Plan& before, const lang::Plan& after);

}  // namespace sop::runtime::cli
