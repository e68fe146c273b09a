// Whether a formatted text still says what its author wrote.
#pragma once

#include <optional>
#include <string>

#include "lang/diagnostic.h"
#include "lang/keywords.h"
#include "lang/parse.h"
#include "lang/source.h"

namespace sop::lang::formatting {

// What is wrong when `text`, made from the document for that dialect, does not read back to the
// same words and comments: a name may be a keyword of another dialect.
std::optional<Diagnostic> reads_otherwise(const Source& source, const ParsedDocument& parsed,
                                          const std::string& text, Dialect to);

}  // namespace sop::lang::formatting
