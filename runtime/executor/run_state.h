// A run's state as values: where it stands, and its end.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "runtime/scheduler/flow.h"
#include "runtime/scheduler/step.h"
#include "runtime/scheduler/timeline.h"
#include "runtime/store/store.h"

namespace sop::runtime {

inline Window window_of(const Firing& firing) {
    return {firing.start_at, firing.end_at};
}

inline Position position_of(const Run& run) {
    return {run.next_step, run.next_action};
}

// When its first step is, or its window opens.
inline Instant beginning_of(const StepContext& context) {
    return std::min(context.window.start,
                    planned_time(context.rule, 0, context.window, std::nullopt, context.zone));
}

// `own` is the event that began the run, if one did.
inline bool comes_before_run(const StepContext& context, const Event& event, const Event* own) {
    if (own == nullptr) return event.at <= beginning_of(context);
    return std::pair{event.at, event.id} <= std::pair{own->at, own->id};
}

// `reason` is empty for one that came to its last step.
inline void end_run(Run& run, const std::string& reason) {
    run.state = RunState::done;
    run.waits_since = std::nullopt;
    run.due_at = std::nullopt;
    run.reason = reason;
}

}  // namespace sop::runtime
