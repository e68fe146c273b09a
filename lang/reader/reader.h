// Tokens to syntax tree: the second half of parsing, used by parse.cpp alone.
#pragma once

#include <vector>

#include "lang/ast.h"
#include "lang/diagnostic.h"
#include "lang/source.h"
#include "lang/tokens.h"

namespace sop::lang {

Document read_document(const Source& source, const TokenList& list,
                       std::vector<Diagnostic>& diagnostics);

}  // namespace sop::lang
