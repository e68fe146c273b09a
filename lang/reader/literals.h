// Times, dates, durations and texts: what is read the same wherever it stands.
#pragma once

#include <date/date.h>

#include "lang/ast.h"
#include "lang/reader/cursor.h"

namespace sop::lang::reader {

// Each reports and throws BrokenItem when something else stands here.
ast::Text read_text(Cursor& cursor, Message what);
ast::TimeOfDay read_time(Cursor& cursor);
ast::Duration read_duration(Cursor& cursor);
date::local_days read_date(Cursor& cursor);

// What can begin one stands here: for a duration a number or a measure, for each a parameter of its
// kind.
bool at_time(const Cursor& cursor, std::size_t ahead = 0);
bool at_date(const Cursor& cursor, std::size_t ahead = 0);
bool at_text(const Cursor& cursor);
bool at_duration(const Cursor& cursor, std::size_t ahead = 0);

// A whole number within bounds; `what` is expected where there is none.
int read_integer(Cursor& cursor, Message what, int least, int most);
// With its place.
ast::Number read_count(Cursor& cursor, Message what, int least, int most);
// One of some keywords.
Keyword read_policy(Cursor& cursor, const std::vector<Keyword>& policies);

inline constexpr int duration_years_max = 10;

}  // namespace sop::lang::reader
