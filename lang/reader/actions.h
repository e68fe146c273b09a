// What a step does: one action each, with its branches.
#pragma once

#include "lang/ast.h"
#include "lang/reader/cursor.h"

namespace sop::lang::reader {

// A word that begins an action stands here.
bool at_action(const Cursor& cursor, std::size_t ahead = 0);

// Throws BrokenItem when there is none. Steps of branches that could not be read set `broken`.
ast::Action read_action(Cursor& cursor, bool& broken);

}  // namespace sop::lang::reader
