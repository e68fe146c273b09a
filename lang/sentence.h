// Schedules that stand alone: `every thursday at 20:00 for 2h`, `每周四 20:00 持续 2小时`.
#pragma once

#include "lang/calendar/schedule.h"
#include "lang/calendar/zone.h"
#include "lang/diagnostic.h"
#include "lang/keywords.h"
#include "lang/schedule_text.h"
#include "lang/source.h"

namespace sop::lang {

// Reads a schedule as a rule's head has it, with its clauses `calendar`, `gap` and `overlap`, in
// English or Chinese. The calendars of the standard library can be named without an import. The
// place of each diagnostic is in `source`.
Checked<calendar::Schedule> parse_schedule(const Source& source);

// Calendars of the standard library that are kept in a zone, by its canonical name.
std::vector<std::shared_ptr<const calendar::Calendar>> calendars_kept_in(std::string_view zone);

// parse_schedule, and what the dates from `from` on bring in a zone (warnings, and errors for what
// never happens or is to be rejected).
Checked<calendar::Schedule> check_sentence(const Source& source, const calendar::Zone& zone,
                                           date::local_days from);

}  // namespace sop::lang
