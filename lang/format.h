// Syntax tree to canonical text: one way of writing each thing, with the author's comments and
// groups of lines.
#pragma once

#include <string>

#include "lang/ast.h"

namespace sop::lang {

inline constexpr std::size_t line_width = 100;

// For a document read without errors. Formatting the result gives the same text, and its plan has
// the same hash.
std::string format(const Document& document);

}  // namespace sop::lang
