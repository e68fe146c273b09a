// Checked documents to a Plan.
#pragma once

#include <vector>

#include "lang/ast.h"
#include "lang/plan.h"
#include "lang/symbols.h"

namespace sop::lang {

// Adds what a document without errors says to a plan.
void lower(const Document& document, const Symbols& symbols, Plan& plan);

}  // namespace sop::lang
