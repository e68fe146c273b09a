// What becomes of work the executor gets to after its time.
//
// Lateness runs from the planned time to the moment of the decision, whatever kept the executor: a
// stop, a crash, load. Two questions follow. Is it too late by the rule's own measure? And has it
// been overtaken: is a newer message of the same rule for the same subject due as well? Then only
// the newest is worth sending, or whoever slept through three reminders would get three at once.
//
// A message is overtaken when one of these is planned strictly after it and not after now:
//  - a later step of the same run that delivers, as far as its time is fixed: a step that counts
//    from when the one above it was done has no time of its own yet, so it and what follows it
//    overtake nothing;
//  - such a step of a later occurrence of the rule.
// So work done on time is never overtaken: planned times are whole seconds apart, and nothing newer
// lies between a planned time and a decision made at it. Two events are never repetitions of one
// another: each tells of something else that happened, so a run started by an event is overtaken
// only by its own steps.
#pragma once

#include <optional>

#include "lang/calendar/zone.h"
#include "lang/plan.h"
#include "runtime/clock/clock.h"
#include "runtime/scheduler/timeline.h"

namespace sop::runtime {

// Exactly `late_within` late is not too late.
bool is_too_late(const lang::Rule& rule, Instant planned_for, Instant now);

// By a later step of the same run.
bool is_overtaken_in_run(const lang::Rule& rule, std::size_t step, const Window& window,
                         Instant planned_for, Instant now, const lang::calendar::Zone& zone);

// By a later occurrence of the rule than the one that started at `start`. `admitted_at` is when the
// rule's plan was deployed: what was planned before is never sent and so overtakes nothing. Looks
// at the occurrences that have begun by `now`, at most occurrences_searched_max of them.
inline constexpr int occurrences_searched_max = 1000;
bool is_overtaken_by_occurrence(const lang::Rule& rule, Instant start, Instant planned_for,
                                Instant admitted_at, Instant now, const lang::calendar::Zone& zone);

// Whether a message that has waited for its channel until now is no longer wanted: after
// `deliver_within`, and for one planned inside the window also from the window's end on.
bool has_expired(const lang::Rule& rule, const Window& window, Instant planned_for, Instant now);

}  // namespace sop::runtime
