#include "lang/other_dialect.h"

#include <algorithm>
#include <set>
#include <string>
#include <variant>

#include "lang/codes.h"
#include "lang/report.h"
#include "lang/unicode.h"

namespace sop::lang {

namespace {

constexpr std::string_view digits = "0123456789";

// ---- words that one dialect has and another has not ----

bool is_unit_text(std::string_view duration, Dialect dialect) {
    while (!duration.empty()) {
        duration.remove_prefix(std::min(duration.find_first_not_of(digits), duration.size()));
        const std::string_view unit = duration.substr(0, duration.find_first_of(digits));
        if (!find_unit(unit, dialect)) return false;
        duration.remove_prefix(unit.size());
    }
    return true;
}

// The reader took the token for a word that it would not know in that dialect.
bool is_foreign_to(Dialect dialect, std::string_view text, const TokenUse& use) {
    switch (use.role) {
        case TokenRole::keyword:
            return !is_spelling(text, use.keyword, dialect);
        case TokenRole::field:
            return find_field(text, dialect) != use.field;
        case TokenRole::unit:
            return !find_unit(text, dialect);
        case TokenRole::duration:
            return !is_unit_text(text, dialect);
        default:
            return false;
    }
}

// Among the digits and characters beyond ASCII that a text begins with stands a word that the one
// dialect has and the other has not.
bool run_has_word_of(Dialect dialect, Dialect not_in, std::string_view text) {
    // No sentence is longer.
    constexpr std::size_t run_bytes_max = 1024;
    text = text.substr(0, run_bytes_max);
    while (!text.empty()) {
        const bool is_digit = digits.find(text.front()) != std::string_view::npos;
        if ((text.front() & 0x80) == 0 && !is_digit) return false;
        const auto keyword = longest_keyword(text, dialect);
        if (keyword && !find_keyword(spelling(*keyword, dialect), not_in)) return true;
        const std::string_view unit = longest_unit(text, dialect);
        if (!unit.empty() && !find_unit(unit, not_in)) return true;
        text.remove_prefix(code_point_at(text, 0).length);
    }
    return false;
}

// By the characters alone: in a file that is read in the wrong dialect most words are not taken for
// what they are.
std::size_t words_only_in(Dialect dialect, Dialect not_in, const Source& source,
                          const TokenList& list) {
    return static_cast<std::size_t>(
        std::count_if(list.tokens.begin(), list.tokens.end(), [&](const Token& token) {
            const std::string_view text = source.text(token.span);
            return token.kind == TokenKind::word && find_keyword(text, dialect) &&
                   !find_keyword(text, not_in);
        }));
}

std::set<std::size_t> places_of_errors(const ParsedDocument& reading) {
    std::set<std::size_t> places;
    for (const Diagnostic& diagnostic : reading.diagnostics) {
        if (diagnostic.severity == Severity::error) places.insert(diagnostic.span.begin);
    }
    return places;
}

// ---- the statement that is missing or wrong ----

template <typename Node>
const Node* find_item(const Document& document) {
    for (const auto& item : document.items) {
        if (const auto* node = std::get_if<Node>(&item)) return node;
    }
    return nullptr;
}

// In place of what the file says, or on a line of its own behind the edition. A file without an
// edition needs that first.
std::optional<Fix> fix_of(const Source& source, const ParsedDocument& reading) {
    const std::string statement = "language " + std::string(name_of(reading.dialect));
    if (const auto* language = find_item<ast::LanguageStatement>(reading.document))
        return Fix{language->span, statement, "write `{}`"_say(statement)};
    const auto* edition = find_item<ast::Edition>(reading.document);
    if (!edition) return std::nullopt;
    const std::size_t line_end = source.text().find('\n', edition->span.end);
    const Message title = "add `{}`"_say(statement);
    if (line_end == std::string_view::npos) {
        const std::size_t end = source.text().size();
        return Fix{{end, end}, "\n" + statement, title};
    }
    return Fix{{line_end + 1, line_end + 1}, statement + "\n", title};
}

}  // namespace

bool may_be_written_in(Dialect other, const Source& source, const ParsedDocument& said) {
    return std::any_of(said.diagnostics.begin(), said.diagnostics.end(),
                       [&](const Diagnostic& diagnostic) {
                           return diagnostic.severity == Severity::error &&
                                  run_has_word_of(other, said.dialect,
                                                  source.text().substr(diagnostic.span.begin));
                       });
}

bool reads_better(const Source& source, const ParsedDocument& said, const ParsedDocument& other) {
    const std::set<std::size_t> errors = places_of_errors(said);
    const std::set<std::size_t> errors_left = places_of_errors(other);
    bool mends = false;
    for (std::size_t i = 0; i < other.tokens.tokens.size() && !mends; ++i) {
        const SourceSpan span = other.tokens.tokens[i].span;
        mends = errors.contains(span.begin) && !errors_left.contains(span.begin) &&
                is_foreign_to(said.dialect, source.text(span), other.layout.uses[i]);
    }
    if (!mends) return false;
    return said.dialect == Dialect::en ||
           words_only_in(other.dialect, said.dialect, source, other.tokens) >
               words_only_in(said.dialect, other.dialect, source, said.tokens);
}

void report_other_dialect(const Source& source, Dialect said, ParsedDocument& reading) {
    const bool told = std::any_of(
        reading.diagnostics.begin(), reading.diagnostics.end(),
        [](const Diagnostic& diagnostic) { return diagnostic.code == code::unknown_dialect; });
    if (told) return;
    const auto& uses = reading.layout.uses;
    const auto& tokens = reading.tokens.tokens;
    std::size_t at = 0;
    while (at < uses.size() && !is_foreign_to(said, source.text(tokens[at].span), uses[at])) ++at;
    if (at == uses.size()) return;

    const std::string_view dialect = name_of(reading.dialect);
    const bool says_so = find_item<ast::LanguageStatement>(reading.document) != nullptr;
    auto& diagnostic =
        add_error(reading.diagnostics, code::other_dialect, tokens[at].span,
                  "`{}` is a word of the dialect {}"_say(source.text(tokens[at].span), dialect),
                  says_so ? "the file says `language {}`"_say(name_of(said))
                          : "the file does not say `language {}`"_say(dialect));
    if (said != Dialect::en && uses[at].role == TokenRole::keyword)
        diagnostic.notes.push_back(
            "in {} it is `{}`"_say(name_of(said), spelling(uses[at].keyword, said)));
    diagnostic.notes.push_back("all of the file is read as {}"_say(dialect));
    diagnostic.fix = fix_of(source, reading);
}

}  // namespace sop::lang
