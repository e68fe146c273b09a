// Tokens to canonical text: one way of writing each thing, with the author's comments and groups of
// lines, in the words of any dialect. Lists and times stay as they are written. It knows what the
// reader took each token for (layout.h) and nothing of the statements, so that it does not grow
// with the language.
#pragma once

#include <string>

#include "lang/keywords.h"
#include "lang/parse.h"
#include "lang/source.h"

namespace sop::lang {

// In terminal cells. A word or a text that has no place to be broken may make a line longer.
inline constexpr std::size_t line_width = 100;

// For a document read without errors. Formatting the result gives the same text. In a dialect other
// than English the file says which: a missing `language` is added behind the edition.
std::string format(const Source& source, const ParsedDocument& parsed, Dialect to);

}  // namespace sop::lang
