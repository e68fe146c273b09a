// Events as rules, waits and draws ask for them: `opened(article_1) where …`, `message saying "1"`.
#pragma once

#include "lang/ast.h"
#include "lang/reader/cursor.h"

namespace sop::lang::reader {

ast::EventPattern read_event_pattern(Cursor& cursor);

// A clause of an event rule's head: how often, what ends it, when again.
bool at_event_clause(const Cursor& cursor);
void read_event_clause(Cursor& cursor, ast::EventHead& head);

// `once per member per day`, without its `once`.
Allowance read_allowance(Cursor& cursor, int times);

// `exit on refund as "paid back"`; any rule may have it.
bool at_exit_on(const Cursor& cursor);
ast::ExitClause read_exit(Cursor& cursor);

}  // namespace sop::lang::reader
