#include "lang/lost_sign.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "lang/codes.h"
#include "lang/report.h"

namespace sop::lang {

namespace {

constexpr std::string_view triple_quote = "\"\"\"";

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r';
}

std::size_t indent_of(std::string_view line) {
    std::size_t indent = 0;
    while (indent < line.size() && is_blank(line[indent])) ++indent;
    return indent;
}

bool is_blank_line(std::string_view line) {
    return indent_of(line) == line.size();
}

std::string_view without_trailing_blanks(std::string_view text) {
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

std::size_t count_of(std::string_view text, std::string_view part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string_view::npos;
         at = text.find(part, at + part.size()))
        ++count;
    return count;
}

class Guesser {
  public:
    Guesser(const Source& source, const TokenList& list) : source_(source), list_(list) {}

    std::vector<LostSign> guesses(std::size_t first_wrong_line) {
        guess_triple_quotes();
        guess_closers();
        guess_signs_in(first_wrong_line);
        guess_openers(first_wrong_line);
        return std::move(guesses_);
    }

  private:
    void add(std::size_t offset, std::string text) {
        guesses_.push_back({offset, std::move(text)});
    }
    std::size_t line_of(std::size_t offset) const { return source_.line_column(offset).line; }
    std::size_t end_of_line(std::size_t line) const {
        return source_.line_start(line) + without_trailing_blanks(source_.line(line)).size();
    }

    // ---- `"""`, which stands behind something where it opens and alone where it closes ----

    void guess_triple_quotes() {
        const std::string_view text = source_.text();
        std::size_t opened_in = 0;  // the line, when one is open
        for (std::size_t at = text.find(triple_quote); at != std::string_view::npos;
             at = text.find(triple_quote, at + triple_quote.size())) {
            const std::size_t line = line_of(at);
            const bool first =
                is_blank_line(text.substr(source_.line_start(line), at - source_.line_start(line)));
            const bool last = at + triple_quote.size() == end_of_line(line);
            if (opened_in == 0 && first) {
                guess_opening_triple(line);
            } else if (opened_in != 0 && !first && last) {
                guess_closing_triple(opened_in);
                opened_in = line;
            } else {
                opened_in = opened_in == 0 ? line : 0;
            }
        }
        if (opened_in != 0) guess_closing_triple(opened_in);
        for (std::size_t line = 1; line <= source_.line_count(); ++line) {
            const std::string_view written = without_trailing_blanks(source_.line(line));
            if (written.ends_with("\"\"") && !written.ends_with(triple_quote))
                add(end_of_line(line), "\"");
        }
    }

    // The text begins behind the last line above that is indented less than its end.
    void guess_opening_triple(std::size_t closing_line) {
        const std::size_t indent = indent_of(source_.line(closing_line));
        for (std::size_t line = closing_line - 1; line >= 1; --line) {
            const std::string_view written = source_.line(line);
            if (is_blank_line(written) || indent_of(written) >= indent) continue;
            add(end_of_line(line), " \"\"\"");
            return;
        }
    }

    // The text ends before the first line below that is not indented more than its beginning.
    void guess_closing_triple(std::size_t opening_line) {
        const std::size_t indent = indent_of(source_.line(opening_line));
        for (std::size_t line = opening_line + 1; line <= source_.line_count(); ++line) {
            const std::string_view written = source_.line(line);
            if (is_blank_line(written) || indent_of(written) > indent) continue;
            add(source_.line_start(line), std::string(indent + 2, ' ') + "\"\"\"\n");
            return;
        }
    }

    // ---- `}`: a line indented no more than the one with the `{` is outside its block ----

    struct Open {
        std::size_t line;
        std::size_t indent;
    };

    void guess_closer(const Open& open, const Token& last) {
        const bool on_one_line = open.line == line_of(last.span.begin);
        add(last.span.end, on_one_line ? " }" : "\n" + std::string(open.indent, ' ') + "}");
    }

    void guess_closers() {
        std::vector<Open> open;
        const Token* last = nullptr;  // on the lines above and before on this one
        std::size_t last_line = 0;
        for (const Token& token : list_.tokens) {
            if (token.kind == TokenKind::line_end || token.span.begin == token.span.end) continue;
            const std::size_t line = line_of(token.span.begin);
            const std::size_t indent = indent_of(source_.line(line));
            const bool closes = token.kind == TokenKind::close_brace;
            if (line != last_line) {
                while (last && !open.empty() &&
                       (closes ? indent < open.back().indent : indent <= open.back().indent)) {
                    guess_closer(open.back(), *last);
                    open.pop_back();
                }
            }
            if (token.kind == TokenKind::open_brace) open.push_back({line, indent});
            if (closes && !open.empty()) open.pop_back();
            last = &token;
            last_line = line;
        }
        if (last && !open.empty()) guess_closer(open.front(), *last);
    }

    // ---- `{` at the end of a line above one that is indented more ----

    void guess_openers(std::size_t first_wrong_line) {
        constexpr std::size_t lines_back_max = 20;
        const std::size_t first =
            first_wrong_line > lines_back_max ? first_wrong_line - lines_back_max : 1;
        for (std::size_t line = first_wrong_line; line >= first; --line) {
            if (line == source_.line_count() || is_blank_line(source_.line(line))) continue;
            if (indent_of(source_.line(line + 1)) > indent_of(source_.line(line)))
                add(end_of_line(line), " {");
        }
    }

    // ---- anything, anywhere in one line ----

    // Where words and signs begin and end; first those where what the sign opens would begin, or
    // what it closes would end.
    std::vector<std::size_t> places_in(std::size_t line, bool opens) const {
        constexpr std::string_view signs = ",:;{}()\"";
        const std::string_view text = source_.line(line);
        std::vector<std::size_t> places;
        std::vector<std::size_t> others;
        const auto kind = [&](std::size_t i) {
            if (i >= text.size() || is_blank(text[i])) return 0;
            return signs.find(text[i]) == std::string_view::npos ? 1 : 2;
        };
        for (std::size_t i = indent_of(text); i <= text.size(); ++i) {
            const int before = i == 0 ? 0 : kind(i - 1);
            if (before == kind(i) && before != 2) continue;
            const bool likely = opens ? kind(i) != 0 : before != 0;
            (likely ? places : others).push_back(source_.line_start(line) + i);
        }
        places.insert(places.end(), others.begin(), others.end());
        return places;
    }

    // Of two quotes that are alike the one that touches a word behind it opens a text.
    static bool last_quote_opens(std::string_view line) {
        const std::size_t behind = line.rfind('"') + 1;
        constexpr std::string_view behind_closer = " \t,:;{})";
        return behind < line.size() && behind_closer.find(line[behind]) == std::string_view::npos;
    }

    void guess_sign_in(std::size_t line, std::string_view sign, bool opens) {
        for (const std::size_t place : places_in(line, opens)) add(place, std::string(sign));
    }

    void guess_signs_in(std::size_t line) {
        const std::string_view text = source_.line(line);
        const auto count = [&](std::string_view sign) { return count_of(text, sign); };
        if (count("\"") % 2 == 1) guess_sign_in(line, "\"", !last_quote_opens(text));
        static constexpr std::array<std::array<std::string_view, 2>, 3> pairs{
            {{"“", "”"}, {"「", "」"}, {"(", ")"}}};
        for (const auto& [opening, closing] : pairs) {
            if (count(opening) < count(closing)) guess_sign_in(line, opening, true);
            if (count(opening) > count(closing)) guess_sign_in(line, closing, false);
        }
        guess_sign_in(line, "{", true);
        if (count("{") > count("}")) guess_sign_in(line, "}", false);
    }

    const Source& source_;
    const TokenList& list_;
    std::vector<LostSign> guesses_{};
};

std::string_view trimmed(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(" \n");
    return text.substr(begin, text.find_last_not_of(" \n") + 1 - begin);
}

Diagnostic missing(const char* code, SourceSpan span, Message message, Message label = {}) {
    std::vector<Diagnostic> diagnostics;
    return add_error(diagnostics, code, span, std::move(message), std::move(label));
}

// `opener` is where the partner of a closing sign stands.
std::optional<Diagnostic> diagnostic_of(TokenKind kind, SourceSpan opener, SourceSpan here,
                                        std::string_view sign) {
    switch (kind) {
        case TokenKind::string_open:
            return missing(code::string_not_closed, here,
                           "this text is never opened: its opening quote is missing"_say,
                           "it may begin here"_say);
        case TokenKind::string_close: {
            auto diagnostic = missing(code::string_not_closed, opener,
                                      "this text is never closed: its closing quote is missing"_say,
                                      "opened here"_say);
            diagnostic.related.push_back({here, "`{}` expected before this"_say(sign)});
            return diagnostic;
        }
        case TokenKind::close_brace:
        case TokenKind::close_parenthesis:
        case TokenKind::hole_close: {
            auto diagnostic = missing(code::bracket_not_closed, opener,
                                      "this bracket is never closed: `{}` is missing"_say(sign),
                                      "opened here"_say);
            diagnostic.related.push_back({here, "`{}` expected before this"_say(sign)});
            return diagnostic;
        }
        case TokenKind::open_brace:
        case TokenKind::open_parenthesis:
        case TokenKind::hole_open:
            return missing(code::syntax, here, "`{}` is missing here"_say(sign));
        default:
            return std::nullopt;
    }
}

// From offsets in the text with the sign to those in the text without it.
class Shift {
  public:
    explicit Shift(const LostSign& sign) : begin_(sign.offset), length_(sign.text.size()) {}

    void apply(SourceSpan& span) const { span = {shifted(span.begin), shifted(span.end)}; }
    void apply(Diagnostic& diagnostic) const {
        apply(diagnostic.span);
        for (RelatedPlace& place : diagnostic.related) apply(place.span);
        if (diagnostic.fix) apply(diagnostic.fix->span);
    }

  private:
    std::size_t shifted(std::size_t offset) const {
        if (offset <= begin_) return offset;
        return offset < begin_ + length_ ? begin_ : offset - length_;
    }

    std::size_t begin_;
    std::size_t length_;
};

}  // namespace

std::vector<LostSign> guess_lost_signs(const Source& source, const TokenList& list,
                                       const std::vector<Diagnostic>& diagnostics) {
    // What is never closed is reported where it opens, far from where the rest goes wrong.
    std::size_t first_wrong = source.text().size();
    for (const Diagnostic& diagnostic : diagnostics) {
        if (diagnostic.severity == Severity::error && diagnostic.code != code::bracket_not_closed)
            first_wrong = std::min(first_wrong, diagnostic.span.begin);
    }
    return Guesser(source, list).guesses(source.line_column(first_wrong).line);
}

Source with_sign(const Source& source, const LostSign& sign) {
    std::string text(source.text());
    text.insert(sign.offset, sign.text);
    return {source.name(), std::move(text)};
}

std::optional<FoundSign> place_sign(TokenList list, const LostSign& sign) {
    const std::string_view written = trimmed(sign.text);
    const std::size_t begin = sign.offset + sign.text.find(written);
    const auto token =
        std::find_if(list.tokens.begin(), list.tokens.end(), [&](const Token& candidate) {
            return candidate.span.begin <= begin && begin < candidate.span.end;
        });
    if (token == list.tokens.end()) return std::nullopt;
    const Shift shift(sign);
    const TokenKind kind = token->kind;
    SourceSpan opener = token->match == no_match ? token->span : list.tokens[token->match].span;
    shift.apply(opener);
    auto diagnostic = diagnostic_of(kind, opener, {sign.offset, sign.offset}, written);
    if (!diagnostic) return std::nullopt;
    diagnostic->fix = Fix{{sign.offset, sign.offset}, sign.text, "add `{}`"_say(written)};
    for (Token& each : list.tokens) shift.apply(each.span);
    for (CommentToken& each : list.comments) shift.apply(each.span);
    for (Diagnostic& each : list.diagnostics) shift.apply(each);
    return FoundSign{std::move(list), std::move(*diagnostic)};
}

}  // namespace sop::lang
