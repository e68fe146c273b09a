#include "lang/report.h"

#include "lang/suggestion.h"

#include <fmt/format.h>

namespace sop::lang {

Diagnostic& add_error(std::vector<Diagnostic>& diagnostics, const char* code, SourceSpan span,
                      std::string message, std::string label) {
    Diagnostic& diagnostic = diagnostics.emplace_back();
    diagnostic.code = code;
    diagnostic.span = span;
    diagnostic.message = std::move(message);
    diagnostic.label = std::move(label);
    return diagnostic;
}

bool suggest(Diagnostic& diagnostic, std::string_view word,
             const std::vector<std::string>& candidates) {
    const auto near = closest(word, candidates);
    if (!near) return false;
    diagnostic.notes.push_back(fmt::format("did you mean `{}`?", *near));
    diagnostic.fix = Fix{diagnostic.span, *near, fmt::format("write `{}`", *near)};
    return true;
}

}  // namespace sop::lang
