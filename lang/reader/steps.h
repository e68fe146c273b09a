// Blocks of steps: labels, and the actions they own.
#pragma once

#include "lang/ast.h"
#include "lang/reader/cursor.h"

namespace sop::lang::reader {

// `start`, `after …`, a date: what begins the label of a step, and not that of a branch.
bool at_step_label(const Cursor& cursor);

// One item of a block: a label with the action behind it, if there is one, or an action. Throws
// BrokenItem; what could not be read sets `broken` as well.
void read_step_item(Cursor& cursor, ast::Steps& steps, bool& broken);

// `{ … }` of steps, the brace included; items that cannot be read are reported and set `broken`.
ast::Steps read_steps_block(Cursor& cursor, bool& broken);

}  // namespace sop::lang::reader
