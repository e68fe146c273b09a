// Writing diagnostics down: what every stage does in the same way.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lang/diagnostic.h"

namespace sop::lang {

// Adds an error, and gives it back for what else there is to say of it (until the next is added).
Diagnostic& add_error(std::vector<Diagnostic>& diagnostics, const char* code, SourceSpan span,
                      Message message, Message label = {});

Diagnostic& add_warning(std::vector<Diagnostic>& diagnostics, const char* code, SourceSpan span,
                        Message message, Message label = {});

// Asks "did you mean …?" with a fix that replaces the diagnostic's span. False when no candidate is
// close to the word.
bool suggest(Diagnostic& diagnostic, std::string_view word,
             const std::vector<std::string>& candidates);

}  // namespace sop::lang
