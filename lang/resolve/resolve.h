// Syntax trees to a Plan: names, types, units and zones resolved once, with everything that can be
// wrong with a document that could be read.
#pragma once

#include <vector>

#include "lang/ast.h"
#include "lang/compile.h"
#include "lang/diagnostic.h"
#include "lang/symbols.h"

namespace sop::lang {

// Adds what the document says to the plan. The plan is worth keeping only when nothing was found
// wrong with any document.
std::vector<Diagnostic> resolve(const Document& document, const Symbols& symbols,
                                const CompileOptions& options, Plan& plan);

}  // namespace sop::lang
