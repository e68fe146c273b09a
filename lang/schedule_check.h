// Schedules as written to schedules that can be asked for their times, and what is wrong with them.
#pragma once

#include <vector>

#include "lang/ast.h"
#include "lang/calendar/schedule.h"
#include "lang/calendar/zone.h"
#include "lang/diagnostic.h"
#include "lang/library.h"
#include "lang/settings.h"

namespace sop::lang {

// With the calendar and the policies of its settings, and names of days resolved as far as they are
// known.
calendar::Schedule schedule_of(const ast::CalendarHead& head, const EffectiveSettings& settings,
                               const Calendars& calendars);

// Names, bounds that contradict each other, days that not every month has.
void check_schedule(const ast::CalendarHead& head, const Calendars& calendars,
                    std::vector<Diagnostic>& diagnostics);
void check_calendar_name(const ast::Name& name, const Calendars& calendars,
                         std::vector<Diagnostic>& diagnostics);

// How far ahead coming dates are looked at.
inline constexpr date::days horizon{365};

// What the coming dates from `from` on bring: times the clock skips or repeats where no policy is
// written (errors where it is to reject them), years a calendar has no data for, no date at all.
void check_coming_dates(const ast::CalendarHead& head, const calendar::Schedule& schedule,
                        const EffectiveSettings& settings, const calendar::Zone& zone,
                        date::local_days from, std::vector<Diagnostic>& diagnostics);

}  // namespace sop::lang
