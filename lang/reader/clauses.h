// Settings that stand on a file, a playbook or in a rule's head.
#pragma once

#include <vector>

#include "lang/ast.h"
#include "lang/reader/cursor.h"

namespace sop::lang::reader {

extern const std::vector<Keyword> clause_keywords;

ast::Name read_zone(Cursor& cursor);

// `members tagged reader where points >= 50`, `groups "g1", "g2"`, the name of an audience.
ast::AudienceText read_audience(Cursor& cursor);

// `for` begins an audience, but a window where a duration follows.
bool at_clause(const Cursor& cursor, std::size_t ahead = 0);
ast::Clause read_clause(Cursor& cursor);
// Where the formatter puts it: behind the clauses of a schedule.
int clause_rank(const ast::Clause& clause);

}  // namespace sop::lang::reader
