#include "runtime/executor/flow_counts.h"

#include <utility>

#include "runtime/scheduler/flow.h"

namespace sop::runtime {

void FlowCounts::add(const LoadedRule& rule, std::size_t step, const std::string& what,
                     Instant at) {
    if (!has_step(*rule.rule, step)) return;
    const date::local_days day =
        date::floor<date::days>(rule.zone->to_local(date::floor<std::chrono::seconds>(at)));
    ++counts_[{rule.id, step_path(*rule.rule, step), what, day}];
}

void FlowCounts::write(Store& store) {
    for (const auto& [key, count] : std::exchange(counts_, {})) {
        const auto& [rule, step, what, day] = key;
        store.figures().add_flow_count({rule, step, what, day, count});
    }
}

}  // namespace sop::runtime
