// A schedule that people keep as a table: a row says on which days, at what times, and the text.
#pragma once

#include <string>

#include "runtime/import/imported_schedule.h"

namespace sop::runtime::importing {

// Columns are known by their headers, in English or Chinese and in any order: the days (weekday,
// date, or both kinds of rows mixed), the time, the text; and if there are any a title, a group, a
// tag, a channel. Rows that differ only in their times, or only in their days, become one rule.
// Throws UnreadableSchedule for a file that is no such table.
ImportedSchedule read_spreadsheet(const std::string& bytes);

}  // namespace sop::runtime::importing
