// A run's state as values: where it stands, and its end.
#pragma once

#include <optional>
#include <string>

#include "runtime/scheduler/flow.h"
#include "runtime/scheduler/timeline.h"
#include "runtime/store/store.h"

namespace sop::runtime {

inline Window window_of(const Firing& firing) {
    return {firing.start_at, firing.end_at};
}

inline Position position_of(const Run& run) {
    return {run.next_step, run.next_action};
}

// `reason` is empty for one that came to its last step.
inline void end_run(Run& run, const std::string& reason) {
    run.state = RunState::done;
    run.waits_since = std::nullopt;
    run.due_at = std::nullopt;
    run.reason = reason;
}

}  // namespace sop::runtime
