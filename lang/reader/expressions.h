// Expressions: `count(order, since start) < 10 and member tagged vip`.
#pragma once

#include "lang/ast.h"
#include "lang/reader/cursor.h"

namespace sop::lang::reader {

ast::Expression read_expression(Cursor& cursor);

// `event.amount`, `start`; names the language has are given in English whatever the dialect.
ast::Expression read_path(Cursor& cursor);

// An optional `where` and its condition.
std::optional<ast::Expression> read_where(Cursor& cursor);

// A number, an amount, a text, a name, a date, a time, `yes`, `no` or a weekday: what a parameter
// or a field is given.
ast::Expression read_simple_value(Cursor& cursor);

}  // namespace sop::lang::reader
