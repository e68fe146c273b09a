// What becomes of work the executor gets to after its time.
//
// Lateness runs from the planned time to the moment of the decision, whatever kept the executor: a
// stop, a crash, load. Two questions follow. Is it too late by the rule's own measure? And has it
// been overtaken: are newer messages of the same rule for the same subject due as well? Then only
// the newest is worth sending, or as many as `late send last` says, or whoever slept through three
// reminders would get three at once.
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
#include "runtime/scheduler/flow.h"
#include "runtime/scheduler/timeline.h"

namespace sop::runtime {

// Of `late skip`: the minute that a clock on the wall shows has not passed.
inline constexpr std::chrono::seconds late_skip_grace{60};

// `wanted_at`: the planned time, or where guards have moved it (guards.h). Exactly as late as the
// rule allows is not too late.
bool is_too_late(const lang::Rule& rule, Instant wanted_at, Instant now);

// How many newer messages of the rule overtake one: those that `late send last` leaves.
int newer_needed(const lang::Rule& rule);

// Steps of the same run that are due and come after that place in it.
int count_newer_in_run(const lang::Rule& rule, Position position, const Window& window,
                       Instant planned_for, Instant now, const lang::calendar::Zone& zone);

// Steps that are due of later occurrences of the rule than the one that started at `start`, up to
// newer_needed. `admitted_at` is when the rule's plan was deployed: what was planned before is
// never sent and so overtakes nothing. Looks at the occurrences that have begun by `now`, at most
// occurrences_searched_max of them.
inline constexpr int occurrences_searched_max = 1000;
int count_newer_occurrences(const lang::Rule& rule, Instant start, Instant planned_for,
                            Instant admitted_at, Instant now, const lang::calendar::Zone& zone);

}  // namespace sop::runtime
