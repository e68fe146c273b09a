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

// Every change of a clock and every holiday comes once in it.
inline constexpr date::days horizon_default{365};

// The dates that are looked at.
struct ComingDates {
    date::local_days from;
    date::local_days end;  // exclusive
};

// What they bring: times the clock skips or repeats where no policy is written (errors where it is
// to reject them, ten years ahead), years a calendar has no data for; and whether any date comes,
// however far ahead.
void check_coming_dates(const ast::CalendarHead& head, const calendar::Schedule& schedule,
                        const EffectiveSettings& settings, const calendar::Zone& zone,
                        const ComingDates& coming, std::vector<Diagnostic>& diagnostics);

}  // namespace sop::lang
