// What is wrong with an author's text, and the one renderer that shows it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lang/message.h"
#include "lang/source.h"

namespace sop::lang {

enum class Severity { error, warning, note };

// A replacement that makes the text right; applied as written by tools.
struct Fix {
    SourceSpan span;
    std::string replacement;
    Message title;  // "write `thursday`"
};

// A second place that has a part in the cause ("the window opens here").
struct RelatedPlace {
    SourceSpan span;
    Message label;
    const Source* source = nullptr;  // where the span is; nullptr for the diagnostic's own file
};

struct Diagnostic {
    std::string code;  // "SOP0104", stable
    Severity severity = Severity::error;
    SourceSpan span;
    Message message;  // one line, with the offending text in backquotes
    Message label;    // beside the caret; may be empty
    std::vector<RelatedPlace> related;
    std::vector<Message> notes;  // the cause or a hint, a sentence each
    std::optional<Fix> fix;
};

// The value a stage made, if it could, and what it has to say about its input. Warnings may ride
// with a value.
template <typename T>
struct Checked {
    std::optional<T> value;
    std::vector<Diagnostic> diagnostics;
};

bool has_errors(const std::vector<Diagnostic>& diagnostics);

// Orders by place, drops repeats of one code at one place.
void sort_and_deduplicate(std::vector<Diagnostic>& diagnostics);

inline constexpr std::size_t diagnostics_shown_max = 50;

// The text a person reads: code, message, file:line:column, the line with carets right under wide
// characters, notes, fix. `colour` adds ANSI colours. Ends in a newline.
struct RenderOptions {
    bool colour = false;
    Language language = Language::en;
};
std::string render(const Diagnostic& diagnostic, const Source& source, RenderOptions options = {});

// One object: code, severity, message, label, file, place (offset, line, column of begin and end),
// related (each with its file and place), notes, fix; and for who speaks another language the
// English pattern of the message with its arguments, each a text or an object with a pattern and
// arguments of its own. No newline at the end.
std::string render_json(const Diagnostic& diagnostic, const Source& source,
                        Language language = Language::en);

}  // namespace sop::lang
