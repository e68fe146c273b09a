// Names, types, zones, order: everything that can be wrong with a document that could be read.
#pragma once

#include <vector>

#include "lang/ast.h"
#include "lang/compile.h"
#include "lang/diagnostic.h"
#include "lang/scope.h"
#include "lang/settings.h"
#include "lang/symbols.h"

namespace sop::lang {

// What a text of the rule can see.
Scope scope_of(const ast::Rule& rule, const EffectiveSettings& settings, const Symbols& symbols);

std::vector<Diagnostic> check(const Document& document, const Symbols& symbols,
                              const CompileOptions& options);

}  // namespace sop::lang
