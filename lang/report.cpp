#include "lang/report.h"

#include "lang/suggestion.h"

namespace sop::lang {

Diagnostic& add_error(std::vector<Diagnostic>& diagnostics, const char* code, SourceSpan span,
                      Message message, Message label) {
    Diagnostic& diagnostic = diagnostics.emplace_back();
    diagnostic.code = code;
    diagnostic.span = span;
    diagnostic.message = std::move(message);
    diagnostic.label = std::move(label);
    return diagnostic;
}

Diagnostic& add_warning(std::vector<Diagnostic>& diagnostics, const char* code, SourceSpan span,
                        Message message, Message label) {
    Diagnostic& diagnostic =
        add_error(diagnostics, code, span, std::move(message), std::move(label));
    diagnostic.severity = Severity::warning;
    return diagnostic;
}

bool suggest(Diagnostic& diagnostic, std::string_view word,
             const std::vector<std::string>& candidates) {
    const auto near = closest(word, candidates);
    // The very word stands where it cannot: writing it again mends nothing.
    if (!near || *near == word) return false;
    diagnostic.notes.push_back("did you mean `{}`?"_say(*near));
    diagnostic.fix = Fix{diagnostic.span, *near, "write `{}`"_say(*near)};
    return true;
}

}  // namespace sop::lang
