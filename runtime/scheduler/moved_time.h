// Where other zone data move what was planned by the data before.
//
// A planned time is what the wall is to show: "Thursday 20:00 in New York". Other data give the
// same wall time another instant, so instants are counted anew from wall times, never shifted.
// Elapsed times ("after 3h") count from a moment that has passed and stay.
#pragma once

#include <optional>

#include "lang/calendar/zone.h"
#include "lang/plan.h"
#include "runtime/clock/clock.h"
#include "runtime/scheduler/timeline.h"
#include "runtime/store/store.h"

namespace sop::runtime {

// One zone by the data before and by those that come.
struct ZonePair {
    const lang::calendar::Zone& before;
    const lang::calendar::Zone& after;
};

// `fired_through` as the new data have it: never later than it was, and before every occurrence
// that was still to come by the old data. So an occurrence that the new data place in the past is
// met again, and goes the way of what is late. One that has fired and is met again is known by its
// firing's key.
Instant moved_cursor(const lang::Rule& rule, const ZonePair& zones, Instant fired_through);

// The same occurrence by the new data; nothing when the schedule no longer has it.
std::optional<PlannedFiring> moved_firing(const lang::Rule& rule, const ZonePair& zones,
                                          const PlannedFiring& planned);

// The window of a firing that has begun; nothing for an event's, which counts from an instant, and
// when the schedule no longer has the occurrence.
std::optional<Window> moved_window(const lang::Rule& rule, const lang::calendar::Zone& after,
                                   const Firing& firing);

// When step `step` of a run is planned, which was planned for `planned_for`. `window_after` is that
// of its firing by the new data.
Instant moved_step(const lang::Rule& rule, std::size_t step, const ZonePair& zones,
                   const Window& window_before, const Window& window_after, Instant planned_for);

}  // namespace sop::runtime
