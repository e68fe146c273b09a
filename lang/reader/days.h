// Sets of dates as they are written: `every month on 1`, `lunar 8-15, cn.holidays`.
#pragma once

#include <vector>

#include "lang/ast.h"
#include "lang/reader/cursor.h"

namespace sop::lang::reader {

// Days with the word before them: `every month on 1`, `on lunar 8-15`.
calendar::Days read_days(Cursor& cursor, ast::SchedulePlaces& places);
// Behind `every` and behind `on`.
calendar::Days read_every(Cursor& cursor, ast::SchedulePlaces& places);
calendar::Days read_on(Cursor& cursor, ast::SchedulePlaces& places);

// The list behind `only`, `except` and `also on`, in one order however it was written, so that
// equal lists are equal values.
std::vector<calendar::Days> read_day_sets(Cursor& cursor, ast::SchedulePlaces& places);

// Dates alone: `2026-10-01..2026-10-07, 2026-11-11`. A list may go on in the next line.
calendar::Dates read_dates(Cursor& cursor);
bool at_weekday(const Cursor& cursor);
unsigned read_weekday(Cursor& cursor);
calendar::WeekdaySet read_weekdays(Cursor& cursor);

// A duration by the stopwatch stands behind `every`, and not a number of days, weeks or months.
bool at_interval(const Cursor& cursor);

}  // namespace sop::lang::reader
