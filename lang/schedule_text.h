// Schedules as sentences: the canonical text, which the language reads back to the same schedule.
#pragma once

#include <string>

#include "lang/calendar/schedule.h"
#include "lang/keywords.h"

namespace sop::lang {

// "every thursday at 20:00 for 2h", "每周四 20:00 持续 2小时".
std::string schedule_text(const calendar::Schedule& schedule, Dialect dialect = Dialect::en);

// Days alone: "every month on last day", "on lunar 8-15".
std::string days_text(const calendar::Days& days, Dialect dialect = Dialect::en);

std::string dates_text(const calendar::Dates& dates);
std::string weekdays_text(calendar::WeekdaySet weekdays, Dialect dialect = Dialect::en);

std::string_view gap_text(calendar::GapPolicy policy, Dialect dialect = Dialect::en);
std::string_view overlap_text(calendar::OverlapPolicy policy, Dialect dialect = Dialect::en);

}  // namespace sop::lang
