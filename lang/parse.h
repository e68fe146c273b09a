// Text to syntax tree, with every syntax error in one pass.
#pragma once

#include <cstddef>

#include "lang/ast.h"
#include "lang/diagnostic.h"
#include "lang/layout.h"
#include "lang/source.h"
#include "lang/tokens.h"

namespace sop::lang {

inline constexpr std::size_t source_bytes_max = 4 * 1024 * 1024;
inline constexpr std::size_t nesting_depth_max = 64;
// Of one text between its quotes; no platform takes a message as long.
inline constexpr std::size_t text_bytes_max = 64 * 1024;

// The first half: brackets paired, strings cut into text and holes. Always gives a list that ends
// in end_of_file.
TokenList tokenize(const Source& source);

// The document as far as it could be read. What is broken is marked in it, so that later stages
// stay silent about it.
struct ParsedDocument {
    Document document;
    TokenList tokens;
    Layout layout;
    Dialect dialect = Dialect::en;
    std::vector<Diagnostic> diagnostics;
};
ParsedDocument parse(const Source& source);

}  // namespace sop::lang
