// The part of a head that says when: `every thursday at 20:00 for 2h except cn.holidays`.
#pragma once

#include "lang/ast.h"
#include "lang/reader/cursor.h"

namespace sop::lang::reader {

// `every`, or `on` with a date and not an event, stands here.
bool at_schedule(const Cursor& cursor);

// The days of a schedule, to be followed by its clauses in any order and `finish_schedule`.
ast::CalendarHead begin_schedule(Cursor& cursor);
extern const std::vector<Keyword> schedule_clause_keywords;
bool at_schedule_clause(const Cursor& cursor, std::size_t ahead = 0);
void read_schedule_clause(Cursor& cursor, ast::CalendarHead& head);
// Where the formatter puts the clause that stands here.
int schedule_clause_rank(const Cursor& cursor, const ast::CalendarHead& head);
// Requires what no clause may lack.
void finish_schedule(Cursor& cursor, ast::CalendarHead& head);

}  // namespace sop::lang::reader
