// Syntax trees to a Plan: names, types, units and zones resolved once, with everything that can be
// wrong with a document that could be read.
#pragma once

#include "lang/resolve/context.h"

namespace sop::lang {

// Add what the context's file says to its plan, which is worth keeping only when nothing was found
// wrong with any file. The declarations of all files come before the playbooks of any.
void resolve_declarations(const ResolveContext& context);
void resolve_playbooks(const ResolveContext& context);

// In one order however the files are cut.
void sort_declarations(Plan& plan);

}  // namespace sop::lang
