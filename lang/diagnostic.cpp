#include "lang/diagnostic.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <tuple>

#include "lang/unicode.h"

namespace sop::lang {

namespace {

constexpr std::size_t tab_width = 4;

Message name_of(Severity severity) {
    switch (severity) {
        case Severity::error:
            return "error"_say;
        case Severity::warning:
            return "warning"_say;
        case Severity::note:
            return "note"_say;
    }
    return "error"_say;
}

// --- Text ---

void append_utf8(std::string& text, char32_t code_point) {
    // Only the stand-ins below pass here, and all of them take three bytes.
    text.push_back(static_cast<char>(0xE0 | (code_point >> 12)));
    text.push_back(static_cast<char>(0x80 | ((code_point >> 6) & 0x3F)));
    text.push_back(static_cast<char>(0x80 | (code_point & 0x3F)));
}

// What may be printed for a character that would act on the terminal (escape sequences, reordering)
// or cannot be shown; zero for one that prints as itself. An author's file is not trusted with the
// reader's screen.
char32_t stand_in(CodePoint current) {
    constexpr char32_t control_pictures = 0x2400;
    constexpr char32_t delete_picture = 0x2421;
    constexpr char32_t replacement = 0xFFFD;
    if (current.value < 0x20) {
        return control_pictures + current.value;
    }
    if (current.value == 0x7F) {
        return delete_picture;
    }
    const bool is_c1 = current.value >= 0x80 && current.value < 0xA0;
    const bool is_line_separator = current.value == 0x2028 || current.value == 0x2029;
    const bool is_invalid_byte = current.value == replacement && current.length == 1;
    return is_c1 || is_line_separator || is_invalid_byte || is_bidi_control(current.value)
               ? replacement
               : 0;
}

// The text as it is printed: tabs as blanks up to the next stop, unprintable characters as
// stand-ins.
std::string printable(std::string_view text) {
    constexpr char32_t byte_order_mark = 0xFEFF;
    std::string result;
    std::size_t cell = 0;
    // Cells are counted over whole stretches between tabs, as a cluster of several code points is
    // narrower than its parts.
    std::size_t stretch_begin = 0;
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint current = code_point_at(text, at);
        if (current.value == U'\t') {
            cell += display_width(std::string_view(result).substr(stretch_begin), cell, tab_width);
            const std::size_t blanks = tab_width - cell % tab_width;
            result.append(blanks, ' ');
            cell += blanks;
            stretch_begin = result.size();
        } else if (const char32_t shown = stand_in(current); shown != 0) {
            append_utf8(result, shown);
        } else if (current.value != byte_order_mark) {
            result.append(text.substr(at, current.length));
        }
        at += current.length;
    }
    return result;
}

std::size_t cells_of(std::string_view text) {
    return display_width(printable(text), 0, tab_width);
}

// A place marked under its line. A span over several lines is marked on its first line, to the end
// of that line.
struct Mark {
    std::size_t line;
    std::size_t begin_cell;
    std::size_t length;
    bool primary;
    std::string label;
};

Mark make_mark(SourceSpan span, std::string label, bool primary, const Source& source) {
    const std::size_t line = source.line_column(span.begin).line;
    const std::string_view text = source.line(line);
    const std::size_t begin =
        std::min(span.begin - std::min(span.begin, source.line_start(line)), text.size());
    const std::size_t end =
        std::clamp(span.end - std::min(span.end, source.line_start(line)), begin, text.size());
    const std::size_t begin_cell = cells_of(text.substr(0, begin));
    const std::size_t end_cell = cells_of(text.substr(0, end));
    // A place without width (something is missing here) and one between two characters of no width
    // still get a caret.
    return {line, begin_cell, std::max<std::size_t>(1, end_cell - std::min(end_cell, begin_cell)),
            primary, std::move(label)};
}

const Source& source_of(const RelatedPlace& place, const Source& of_diagnostic) {
    return place.source ? *place.source : of_diagnostic;
}

// Those in the file of the diagnostic, by their lines.
std::vector<Mark> marks_of(const Diagnostic& diagnostic, const Source& source, Language language) {
    std::vector<Mark> marks{
        make_mark(diagnostic.span, diagnostic.label.text(language), true, source)};
    for (const RelatedPlace& place : diagnostic.related) {
        if (&source_of(place, source) == &source)
            marks.push_back(make_mark(place.span, place.label.text(language), false, source));
    }
    std::stable_sort(marks.begin(), marks.end(), [](const Mark& a, const Mark& b) {
        return std::tie(a.line, a.begin_cell) < std::tie(b.line, b.begin_cell);
    });
    return marks;
}

// ANSI colours, or nothing at all.
class Palette {
  public:
    explicit Palette(bool colour) : colour_(colour) {}

    std::string severity(Severity severity, std::string_view text) const {
        switch (severity) {
            case Severity::error:
                return paint("1;31", text);
            case Severity::warning:
                return paint("1;33", text);
            case Severity::note:
                return paint("1;36", text);
        }
        return std::string(text);
    }
    std::string title(std::string_view text) const { return paint("1", text); }
    std::string frame(std::string_view text) const { return paint("34", text); }

  private:
    std::string paint(std::string_view code, std::string_view text) const {
        return colour_ ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
    }
    bool colour_;
};

std::string marker_text(const Mark& mark) {
    std::string text(mark.length, mark.primary ? '^' : '-');
    if (!mark.label.empty()) {
        text += ' ' + printable(mark.label);
    }
    return text;
}

// Line numbers are as wide in all snippets of a diagnostic.
std::size_t gutter_width_of(const Diagnostic& diagnostic, const std::vector<Mark>& marks,
                            const Source& source) {
    std::size_t last_line = marks.back().line;
    for (const RelatedPlace& place : diagnostic.related) {
        const std::size_t line = source_of(place, source).line_column(place.span.begin).line;
        last_line = std::max(last_line, line);
    }
    return fmt::formatted_size("{}", last_line);
}

// Lines of a file beside their numbers, with what is marked in them.
class SnippetPrinter {
  public:
    SnippetPrinter(const Palette& palette, std::size_t gutter_width)
        : palette_(palette), gutter_(gutter_width, ' ') {}

    std::string place(const Source& source, std::size_t offset) const {
        const LineColumn at = source.line_column(offset);
        return fmt::format("{} {} {}:{}:{}\n", gutter_, palette_.frame("┌─"),
                           printable(source.name()), at.line, at.column);
    }

    std::string lines(const Source& source, const std::vector<Mark>& marks,
                      Severity severity) const {
        std::string text;
        std::size_t line_shown = 0;
        for (const Mark& mark : marks) {
            if (mark.line != line_shown) {
                line_shown = mark.line;
                const std::string line = printable(source.line(mark.line));
                text += fmt::format(
                    "{}{}{}\n", palette_.frame(fmt::format("{:>{}} │", mark.line, gutter_.size())),
                    line.empty() ? "" : " ", line);
            }
            const std::string marker = marker_text(mark);
            text += fmt::format(
                "{} {} {}{}\n", gutter_, palette_.frame("│"), std::string(mark.begin_cell, ' '),
                mark.primary ? palette_.severity(severity, marker) : palette_.frame(marker));
        }
        return text;
    }

    std::string remark(std::string_view text) const {
        return fmt::format("{} {} {}\n", gutter_, palette_.frame("="), printable(text));
    }

  private:
    const Palette& palette_;
    std::string gutter_;
};

// --- JSON ---

// What fills a message: texts, and messages as what they are made of.
nlohmann::json arguments_json(const Message& message) {
    nlohmann::json arguments = nlohmann::json::array();
    for (const Message& argument : message.arguments()) {
        if (argument.pattern() == nullptr) {
            arguments.push_back(argument.text());
        } else {
            arguments.push_back(
                {{"pattern", argument.pattern()}, {"arguments", arguments_json(argument)}});
        }
    }
    return arguments;
}

nlohmann::json pattern_json(const Message& message) {
    if (message.pattern() == nullptr) return nullptr;
    return message.pattern();
}

nlohmann::json position_json(std::size_t offset, const Source& source) {
    const LineColumn position = source.line_column(offset);
    return {{"offset", offset}, {"line", position.line}, {"column", position.column}};
}

nlohmann::json place_json(SourceSpan span, const Source& source) {
    return {{"begin", position_json(span.begin, source)}, {"end", position_json(span.end, source)}};
}

nlohmann::json fix_json(const std::optional<Fix>& fix, const Source& source, Language language) {
    if (!fix) {
        return nullptr;
    }
    return {{"title", fix->title.text(language)},
            {"replacement", fix->replacement},
            {"place", place_json(fix->span, source)}};
}

}  // namespace

bool has_errors(const std::vector<Diagnostic>& diagnostics) {
    return std::any_of(diagnostics.begin(), diagnostics.end(), [](const Diagnostic& diagnostic) {
        return diagnostic.severity == Severity::error;
    });
}

void sort_and_deduplicate(std::vector<Diagnostic>& diagnostics) {
    const auto place_and_code = [](const Diagnostic& diagnostic) {
        return std::tie(diagnostic.span.begin, diagnostic.span.end, diagnostic.severity,
                        diagnostic.code);
    };
    std::stable_sort(diagnostics.begin(), diagnostics.end(),
                     [&](const Diagnostic& a, const Diagnostic& b) {
                         return place_and_code(a) < place_and_code(b);
                     });
    const auto repeats = std::unique(diagnostics.begin(), diagnostics.end(),
                                     [](const Diagnostic& a, const Diagnostic& b) {
                                         return a.span == b.span && a.code == b.code;
                                     });
    diagnostics.erase(repeats, diagnostics.end());
}

std::string render(const Diagnostic& diagnostic, const Source& source, RenderOptions options) {
    const Language language = options.language;
    const Palette palette(options.colour);
    const std::vector<Mark> marks = marks_of(diagnostic, source, language);
    SnippetPrinter snippets(palette, gutter_width_of(diagnostic, marks, source));
    std::string text = fmt::format(
        "{}{}\n",
        palette.severity(
            diagnostic.severity,
            fmt::format("{}[{}]", name_of(diagnostic.severity).text(language), diagnostic.code)),
        palette.title(printable(": {}"_say(diagnostic.message).text(language))));
    text += snippets.place(source, diagnostic.span.begin);
    text += snippets.lines(source, marks, diagnostic.severity);
    for (const RelatedPlace& place : diagnostic.related) {
        const Source& elsewhere = source_of(place, source);
        if (&elsewhere == &source) continue;
        text += snippets.place(elsewhere, place.span.begin);
        text += snippets.lines(
            elsewhere, {make_mark(place.span, place.label.text(language), false, elsewhere)},
            diagnostic.severity);
    }
    for (const Message& note : diagnostic.notes) text += snippets.remark(note.text(language));
    if (diagnostic.fix)
        text += snippets.remark("fix: {}"_say(diagnostic.fix->title).text(language));
    return text;
}

std::string render_json(const Diagnostic& diagnostic, const Source& source, Language language) {
    std::vector<std::string> notes;
    for (const Message& note : diagnostic.notes) notes.push_back(note.text(language));
    nlohmann::json related = nlohmann::json::array();
    for (const RelatedPlace& place : diagnostic.related) {
        const Source& at = source_of(place, source);
        related.push_back({{"label", place.label.text(language)},
                           {"file", at.name()},
                           {"place", place_json(place.span, at)}});
    }
    const nlohmann::json object{
        {"code", diagnostic.code},
        {"severity", name_of(diagnostic.severity).text()},
        {"message", diagnostic.message.text(language)},
        {"pattern", pattern_json(diagnostic.message)},
        {"arguments", arguments_json(diagnostic.message)},
        {"label", diagnostic.label.text(language)},
        {"file", source.name()},
        {"place", place_json(diagnostic.span, source)},
        {"related", std::move(related)},
        {"notes", std::move(notes)},
        {"fix", fix_json(diagnostic.fix, source, language)},
    };
    // A message may quote a text that is not UTF-8, which is then the very thing to report.
    return object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace sop::lang
