#include "lang/reader/lost_hole.h"

#include "lang/codes.h"
#include "lang/unicode.h"

#include <algorithm>
#include <array>

namespace sop::lang::reader {

namespace {

// The last code point before `end` begins there.
std::size_t code_point_before(std::string_view text, std::size_t end) {
    std::size_t at = end - 1;
    while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) --at;
    return at;
}

// Back over a bracket and what it holds; `end` is behind the closing one. npos when it has no
// partner.
std::size_t begin_of_bracket(std::string_view text, std::size_t end, char opener) {
    const char closer = text[end - 1];
    std::size_t depth = 0;
    for (std::size_t at = end; at > 0; --at) {
        if (text[at - 1] == closer) ++depth;
        if (text[at - 1] == opener && --depth == 0) return at - 1;
    }
    return std::string_view::npos;
}

std::string_view without_trailing_blanks(std::string_view text) {
    return text.substr(0, text.find_last_not_of(" \t") + 1);
}

// The longest `items[run.date].name`, `count(order)` or `group . name` that ends at `end`, where
// there is a `}`.
std::size_t begin_of_expression(std::string_view text, std::size_t end) {
    while (end > 0) {
        const std::string_view before = without_trailing_blanks(text.substr(0, end));
        if (before.size() < end) {
            const bool joins = std::string_view("}.([").find(text[end]) != std::string_view::npos;
            if (!joins && !before.ends_with('.')) return end;
            end = before.size();
            continue;
        }
        const char last = text[end - 1];
        if (last == ')' || last == ']') {
            const std::size_t begin = begin_of_bracket(text, end, last == ')' ? '(' : '[');
            if (begin == std::string_view::npos) return end;
            end = begin;
            continue;
        }
        const std::size_t at = code_point_before(text, end);
        if (last != '.' && !continues_name(code_point_at(text, at).value)) return end;
        end = at;
    }
    return end;
}

// `last 7 days`, `today`: a metric is named as its author likes, and is called with a period.
bool begins_with_period(std::string_view text, Dialect dialect) {
    static constexpr std::array words{Keyword::last, Keyword::today, Keyword::ever, Keyword::since};
    return std::any_of(words.begin(), words.end(), [&](Keyword word) {
        return text.starts_with(spelling(word)) || text.starts_with(spelling(word, dialect));
    });
}

// A field that the language has, a function of its own, a metric, a row of a table.
bool looks_like_a_hole(std::string_view expression, Dialect dialect) {
    static constexpr std::array functions{Keyword::count, Keyword::sum, Keyword::distinct,
                                          Keyword::streak};
    const std::size_t name_end = expression.find_first_of(".([");
    const std::string_view name = without_trailing_blanks(expression.substr(0, name_end));
    if (name.empty()) return false;
    const auto field = find_field(name, dialect);
    const bool is_owner = field && !fields_of(*field).empty();
    if (name_end == std::string_view::npos)
        return name == "n" || (is_owner && (field == Field::start || field == Field::end));
    if (expression[name_end] == '.') return is_owner;
    if (expression[name_end] == '[') return expression.find("].") != std::string_view::npos;
    const std::string_view arguments = expression.substr(name_end + 1);
    return begins_with_period(
               arguments.substr(std::min(arguments.size(), arguments.find_first_not_of(" \t"))),
               dialect) ||
           std::any_of(functions.begin(), functions.end(),
                       [&](Keyword keyword) { return is_spelling(name, keyword, dialect); });
}

// Where what may be a format begins, `: HH:mm}`, or the brace itself.
std::size_t end_of_value(std::string_view text, std::size_t brace, Dialect dialect) {
    const std::size_t colon = text.substr(0, brace).rfind(": ");
    if (colon == std::string_view::npos || colon == 0) return brace;
    if (text.substr(colon, brace - colon).find_first_of("{}\n") != std::string_view::npos)
        return brace;
    const std::size_t begin = begin_of_expression(text, colon);
    return looks_like_a_hole(text.substr(begin, colon - begin), dialect) ? colon : brace;
}

}  // namespace

void report_lost_holes(Cursor& cursor, const Token& part) {
    const std::string_view text = cursor.text(part);
    for (std::size_t brace = text.find('}'); brace != std::string_view::npos;
         brace = text.find('}', brace + 1)) {
        const std::size_t end = end_of_value(text, brace, cursor.dialect());
        const std::size_t begin = begin_of_expression(text, end);
        if (!looks_like_a_hole(text.substr(begin, end - begin), cursor.dialect())) continue;
        const SourceSpan span{part.span.begin + begin, part.span.begin + brace + 1};
        auto& diagnostic = cursor.report(code::hole_not_opened, span,
                                         "this looks like a hole without its `{{`"_say,
                                         "it is posted as it stands here"_say);
        diagnostic.severity = Severity::warning;
        diagnostic.fix = Fix{{span.begin, span.begin}, "{", "add `{{`"_say};
    }
}

}  // namespace sop::lang::reader
