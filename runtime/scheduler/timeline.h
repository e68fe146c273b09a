// When the steps of a run are planned, and when a calendar rule fires next.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lang/calendar/schedule.h"
#include "lang/calendar/zone.h"
#include "lang/plan.h"
#include "runtime/clock/clock.h"

namespace sop::runtime {

// What `start` and `end` stand for in one firing. Half open; an event rule has `end` == `start`.
struct Window {
    Instant start{};
    Instant end{};

    bool operator==(const Window&) const = default;
};

// By the stopwatch from one moment on: what has begun stays, whatever the wall then shows.
bool is_elapsed(const lang::Rule& rule);
// For times the clock skips or repeats; the defaults for an event rule.
lang::calendar::LocalPolicy policy_of(const lang::Rule& rule);

// What the step above left behind.
struct PreviousStep {
    Instant planned_for{};
    Instant done_at{};  // when its decision was recorded, whatever became of its messages
};

// The instant at which step `index` (flow.h) is planned. The first step has no `previous`; for it
// the run's start stands in. Never before the step above: an hour that a clock change takes away
// must not turn the order of the author round. A branch without a label is planned for when it is
// taken.
Instant planned_time(const lang::Rule& rule, std::size_t index, const Window& window,
                     const std::optional<PreviousStep>& previous, const lang::calendar::Zone& zone);

// A step whose time is known before the one above it is done.
struct FixedStep {
    std::size_t index = 0;
    Instant planned_for{};
};
// Those from step `first` on that the run comes to whatever becomes of it (flow.h), up to the first
// that counts from when the one above it was done, as that and what follows it have no time of
// their own yet. `planned_for` is that of the step before `first`, if there is one.
std::vector<FixedStep> fixed_steps(const lang::Rule& rule, std::optional<std::size_t> first,
                                   std::optional<Instant> planned_for, const Window& window,
                                   const lang::calendar::Zone& zone);

// The next time a calendar rule fires.
struct PlannedFiring {
    lang::calendar::Occurrence occurrence;
    Window window;
    Instant begins_at{};  // its earliest step
};

// The first occurrence after `fired_through` (exclusive). Nothing for an event rule, or when there
// is no further one.
std::optional<PlannedFiring> next_firing(const lang::Rule& rule, const lang::calendar::Zone& zone,
                                         Instant fired_through);

// Whether nobody can tell if the rule means the occurrence that opens the window, as its calendar
// has no data for the date: nothing is to be done then.
bool lacks_calendar_data(const lang::Rule& rule, const Window& window,
                         const lang::calendar::Zone& zone);

// Whether a step `next workday` that is planned then lies in a year its calendar has no data for:
// it is not to be done then.
bool lacks_calendar_data(const lang::Rule& rule, std::size_t step, Instant planned_for,
                         const lang::calendar::Zone& zone);

// Names a firing for ever by what the wall showed, "2026-11-19T20:00:00 Asia/Shanghai", so that new
// zone data moves it and never doubles it. The second of a repeated hour ends in " second".
// One of an interval by the stopwatch is named by its instant, as its wall time has no meaning.
std::string firing_key(const lang::Rule& rule, const lang::calendar::Occurrence& occurrence,
                       const lang::calendar::Zone& zone);
std::string event_firing_key(const std::string& event_id);

// Of a rule `when`: a subject for whom it became so; a look at all of its audience when a version
// is deployed, and one at the beginning of a day.
std::string condition_firing_key(const std::string& subject, Instant at);
std::string first_look_key(std::int64_t version);
bool is_condition_key(const std::string& key);
// The next local midnight after `after`, when its condition asks for days or hours; nothing for
// every other rule. Its occurrence has that date and key.
std::optional<PlannedFiring> next_look(const lang::Rule& rule, const lang::calendar::Zone& zone,
                                       Instant after);
std::string look_key(const PlannedFiring& look, const lang::calendar::Zone& zone);

// So long after `from`, by the wall clock for calendar units.
Instant span_after(const lang::calendar::Span& span, Instant from,
                   const lang::calendar::Zone& zone);

// The end of a wait that begins at `from`; an event at that very instant comes too late.
Instant wait_end(const lang::Wait& wait, Instant from, const lang::calendar::Zone& zone);

}  // namespace sop::runtime
