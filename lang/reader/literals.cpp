#include "lang/reader/literals.h"

#include "lang/codes.h"
#include "lang/reader/expressions.h"
#include "lang/reader/lost_hole.h"
#include "lang/text_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace sop::lang::reader {

namespace {

// ---- texts --------------------------------------------------------------------------------------

// `{expr}`, `{expr: format}`, `{link X}`
void read_hole_inside(Cursor& cursor, ast::Hole& hole) {
    if (cursor.is(Keyword::link) && cursor.is(TokenKind::word, 1)) {
        cursor.take(Keyword::link);
        hole.tracked_link = true;
    }
    hole.value = read_expression(cursor);
    if (cursor.take_if(TokenKind::colon)) {
        const std::size_t begin = cursor.peek().span.begin;
        while (!cursor.is(TokenKind::hole_close)) cursor.take(TokenRole::format);
        const SourceSpan span = cursor.span_from(begin);
        hole.format = ast::Name{std::string(cursor.text(Token{TokenKind::word, span})), span};
        return;
    }
    if (!cursor.is(TokenKind::hole_close)) cursor.fail_expecting("an operator or `}}`"_say);
}

ast::Hole read_hole(Cursor& cursor) {
    const Token opener = cursor.take();
    ast::Hole hole;
    try {
        read_hole_inside(cursor, hole);
    } catch (const BrokenItem&) {
        hole.value.reset();
        while (!cursor.is(TokenKind::hole_close)) cursor.take();
    }
    cursor.take();
    hole.span = cursor.span_from(opener.span.begin);
    return hole;
}

using Parts = std::vector<std::variant<std::string, ast::Hole>>;

void append_text(Parts& parts, std::string_view text) {
    if (text.empty()) return;
    if (parts.empty() || !std::holds_alternative<std::string>(parts.back()))
        parts.emplace_back(std::string());
    std::get<std::string>(parts.back()) += text;
}

void remove_layout(Parts& parts) {
    std::vector<std::string*> pieces;
    for (auto& part : parts) pieces.push_back(std::get_if<std::string>(&part));
    remove_line_layout(pieces);
    std::erase_if(parts, [](const auto& part) {
        const auto* text = std::get_if<std::string>(&part);
        return text && text->empty();
    });
}

std::string without_carriage_returns(std::string_view text) {
    std::string result(text);
    std::erase(result, '\r');
    return result;
}

// ---- durations ----------------------------------------------------------------------------------

std::optional<std::int64_t> whole_number(std::string_view digits) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    return value;
}

// What people write for a unit elsewhere, and how it is written here.
std::optional<std::string> meant_unit(std::string_view word, std::int64_t count) {
    static constexpr std::pair<std::string_view, std::string_view> meant[] = {
        {"sec", "s"},     {"secs", "s"},     {"second", "s"},  {"seconds", "s"}, {"min", "m"},
        {"mins", "m"},    {"minute", "m"},   {"minutes", "m"}, {"hr", "h"},      {"hrs", "h"},
        {"hour", "h"},    {"hours", "h"},    {"d", " day"},    {"w", " week"},   {"wk", " week"},
        {"mo", " month"}, {"mon", " month"}, {"M", " month"},  {"y", " year"},   {"yr", " year"},
    };
    for (const auto& [name, unit] : meant) {
        if (name != word) continue;
        const bool several = unit.front() == ' ' && count != 1;
        return fmt::format("{}{}{}", count, unit, several ? "s" : "");
    }
    return std::nullopt;
}

[[noreturn]] void fail_unit(Cursor& cursor, SourceSpan span, std::string_view word,
                            std::optional<std::int64_t> count) {
    auto& diagnostic = cursor.report(
        code::unknown_unit, span, "I do not know the unit `{}`"_say(word),
        "`s`, `m`, `h` are elapsed; `day`, `week`, `month`, `year` keep the wall clock"_say);
    if (count) {
        if (const auto meant = meant_unit(word, *count)) {
            diagnostic.fix = Fix{span, *meant, "write `{}`"_say(*meant)};
        }
    }
    throw BrokenItem{};
}

constexpr std::int64_t duration_seconds_max = std::int64_t{duration_years_max} * 366 * 86400;

std::int64_t seconds_of(Unit unit) {
    switch (unit) {
        case Unit::second:
            return 1;
        case Unit::minute:
            return 60;
        case Unit::hour:
            return 3600;
        case Unit::day:
            return 86400;
        case Unit::week:
            return 7 * 86400;
        case Unit::month:
            return 31 * 86400;
        case Unit::year:
            return 366 * 86400;
    }
    return 1;
}

void add(calendar::Span& span, std::int64_t count, Unit unit) {
    switch (unit) {
        case Unit::second:
        case Unit::minute:
        case Unit::hour:
            span.elapsed += std::chrono::seconds(count * seconds_of(unit));
            return;
        case Unit::day:
            span.days += static_cast<int>(count);
            return;
        case Unit::week:
            span.days += static_cast<int>(count) * 7;
            return;
        case Unit::month:
            span.months += static_cast<int>(count);
            return;
        case Unit::year:
            span.months += static_cast<int>(count) * 12;
            return;
    }
}

[[noreturn]] void fail_long_duration(Cursor& cursor, SourceSpan span) {
    cursor.report(code::duration_too_long, span,
                  "`{}` is more than {} years"_say(cursor.text(Token{TokenKind::measure, span}),
                                                   duration_years_max));
    throw BrokenItem{};
}

void add_checked(Cursor& cursor, calendar::Span& value, std::optional<std::int64_t> count,
                 Unit unit, SourceSpan span) {
    if (!count || *count > duration_seconds_max / seconds_of(unit))
        fail_long_duration(cursor, span);
    add(value, *count, unit);
}

// Calendar units are words of their own: `1 day`, never `1day`.
[[noreturn]] void fail_touching(Cursor& cursor, const Token& token, std::size_t digits) {
    std::string apart(cursor.text(token));
    apart.insert(digits, " ");
    auto& diagnostic = cursor.report(code::unknown_unit, token.span,
                                     "`{}` needs a space before its unit"_say(cursor.text(token)),
                                     "only `s`, `m` and `h` touch their number"_say);
    diagnostic.fix = Fix{token.span, apart, "write `{}`"_say(apart)};
    throw BrokenItem{};
}

// 1h30m: digits and letters in turn.
void read_measure(Cursor& cursor, const Token& token, calendar::Span& value) {
    std::string_view rest = cursor.text(token);
    while (!rest.empty()) {
        const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
        const std::size_t letters =
            std::min(rest.find_first_of("0123456789", digits), rest.size()) - digits;
        const auto count = whole_number(rest.substr(0, digits));
        const std::string_view word = rest.substr(digits, letters);
        const auto unit = find_unit(word, cursor.dialect());
        if (digits == 0 || rest[digits] == '.') {
            cursor.report(code::unknown_unit, token.span,
                          "`{}` is no duration"_say(cursor.text(token)),
                          "whole numbers: `1h30m`, `90m`"_say);
            throw BrokenItem{};
        }
        if (!unit) fail_unit(cursor, token.span, word, count);
        const bool is_english = find_unit(word).has_value();
        if (*unit > Unit::hour && is_english) fail_touching(cursor, token, digits);
        add_checked(cursor, value, count, *unit, token.span);
        rest.remove_prefix(digits + letters);
    }
}

}  // namespace

bool at_time(const Cursor& cursor, std::size_t ahead) {
    return cursor.is(TokenKind::time, ahead) || cursor.parameter(ast::ParameterKind::time, ahead);
}

bool at_date(const Cursor& cursor, std::size_t ahead) {
    return cursor.is(TokenKind::date, ahead) || cursor.parameter(ast::ParameterKind::date, ahead);
}

bool at_text(const Cursor& cursor) {
    return cursor.is(TokenKind::string_open) || cursor.parameter(ast::ParameterKind::text);
}

ast::Text read_text(Cursor& cursor, Message what) {
    const SourceSpan here = cursor.peek().span;
    if (const auto* parameter = cursor.take_parameter(ast::ParameterKind::text)) {
        ast::Text text = parameter->value.texts.front();
        text.span = here;
        return text;
    }
    if (!cursor.is(TokenKind::string_open)) cursor.fail_expecting(std::move(what));
    const Token opener = cursor.take();
    ast::Text text;
    const bool over_lines = cursor.text(opener) == "\"\"\"";
    bool braces_shown = false;
    while (!cursor.is(TokenKind::string_close)) {
        if (cursor.is(TokenKind::hole_open)) {
            text.parts.emplace_back(read_hole(cursor));
            continue;
        }
        const Token& part = cursor.take();
        if (part.kind == TokenKind::string_text && !braces_shown) report_lost_holes(cursor, part);
        braces_shown = braces_shown || part.kind == TokenKind::string_brace;
        append_text(text.parts, part.kind == TokenKind::string_brace
                                    ? "{"
                                    : without_carriage_returns(cursor.text(part)));
    }
    cursor.take();
    text.span = cursor.span_from(opener.span.begin);
    if (over_lines) remove_layout(text.parts);
    return text;
}

ast::TimeOfDay read_time(Cursor& cursor) {
    if (!at_time(cursor)) cursor.fail_expecting("a time such as `20:00`"_say);
    const SourceSpan here = cursor.peek().span;
    const auto* parameter = cursor.take_parameter(ast::ParameterKind::time);
    const std::string_view written =
        parameter ? std::string_view(parameter->value.literal) : cursor.text(cursor.take());
    std::vector<std::string_view> fields;
    std::string_view rest = written;
    while (!rest.empty()) {
        const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
        fields.push_back(rest.substr(0, digits));
        rest.remove_prefix(digits);
        rest.remove_prefix(std::min(rest.find_first_of("0123456789"), rest.size()));
    }
    const auto fail = [&](Pattern label) -> Diagnostic& {
        return cursor.report(code::malformed_time, here, "`{}` is not a time of day"_say(written),
                             label);
    };
    bool two_digits = fields.size() <= 3 && fields.front().size() <= 2;
    for (std::size_t i = 1; i < fields.size(); ++i)
        two_digits = two_digits && fields[i].size() == 2;
    if (!two_digits) {
        fail("times are `HH:MM` or `HH:MM:SS`, two digits after each colon"_say);
        throw BrokenItem{};
    }
    std::int64_t values[3] = {0, 0, 0};
    for (std::size_t i = 0; i < fields.size(); ++i) values[i] = *whole_number(fields[i]);
    if (values[0] > 23 || values[1] > 59 || values[2] > 59) {
        auto& diagnostic = fail("hours go from 00 to 23, minutes and seconds from 00 to 59"_say);
        if (values[0] == 24 && values[1] == 0 && values[2] == 0) {
            diagnostic.notes.push_back(
                "midnight is `00:00` and belongs to the day that begins with it"_say);
        }
        throw BrokenItem{};
    }
    return {std::chrono::seconds(values[0] * 3600 + values[1] * 60 + values[2]), here};
}

bool at_duration(const Cursor& cursor, std::size_t ahead) {
    return cursor.is(TokenKind::measure, ahead) || cursor.is(TokenKind::number, ahead) ||
           cursor.parameter(ast::ParameterKind::duration, ahead);
}

int read_integer(Cursor& cursor, Message what, int least, int most) {
    const SourceSpan span = cursor.peek().span;
    std::string_view written;
    if (const auto* parameter = cursor.take_parameter(ast::ParameterKind::number)) {
        if (parameter->any) return least;
        written = parameter->value.literal;
    } else {
        written = cursor.text(cursor.expect(TokenKind::number, what));
        cursor.last_use().role = TokenRole::number;
    }
    const auto value = whole_number(written);
    if (!value || *value < least || *value > most) {
        cursor.report(code::number_out_of_range, span,
                      "expected {}, found {}"_say(std::move(what), fmt::format("`{}`", written)),
                      "{} to {}"_say(least, most));
        throw BrokenItem{};
    }
    return static_cast<int>(*value);
}

ast::Number read_count(Cursor& cursor, Message what, int least, int most) {
    const std::size_t begin = cursor.peek().span.begin;
    const int count = read_integer(cursor, std::move(what), least, most);
    return {count, cursor.span_from(begin)};
}

Keyword read_policy(Cursor& cursor, const std::vector<Keyword>& policies) {
    for (const Keyword policy : policies) {
        if (cursor.take_if(policy)) return policy;
    }
    std::vector<std::string> quoted;
    for (const auto& word : spellings(policies)) quoted.push_back(fmt::format("`{}`", word));
    const Message what = list_of(quoted);
    if (!cursor.is(TokenKind::word)) cursor.fail_expecting(what);
    cursor.fail_unknown(code::unknown_setting, "policy"_say, "{} stands here"_say(what), policies);
}

ast::Duration read_duration(Cursor& cursor) {
    if (!at_duration(cursor)) cursor.fail_expecting("a duration such as `10m` or `1 day`"_say);
    const SourceSpan here = cursor.peek().span;
    if (const auto* parameter = cursor.take_parameter(ast::ParameterKind::duration))
        return {parameter->value.duration, here};
    ast::Duration duration;
    const bool one_word = cursor.is(TokenKind::measure);
    const Token token = cursor.take(one_word ? TokenRole::duration : TokenRole::count);
    if (one_word) {
        read_measure(cursor, token, duration.value);
    } else {
        const auto count = whole_number(cursor.text(token));
        if (!cursor.is(TokenKind::word))
            cursor.fail_expecting("a unit such as `m`, `h` or `days`"_say);
        const Token unit_token = cursor.peek();
        const auto unit = cursor.take_unit();
        const SourceSpan span = cursor.span_from(token.span.begin);
        if (!unit) fail_unit(cursor, span, cursor.text(unit_token), count);
        add_checked(cursor, duration.value, count, *unit, span);
    }
    duration.span = cursor.span_from(token.span.begin);
    if (duration.value == calendar::Span{}) {
        cursor.report(code::zero_duration, duration.span, "a duration of nothing"_say,
                      "at least `1s`"_say);
        throw BrokenItem{};
    }
    return duration;
}

date::local_days read_date(Cursor& cursor) {
    if (!at_date(cursor)) cursor.fail_expecting("a date such as `2026-11-11`"_say);
    const SourceSpan span = cursor.peek().span;
    const auto* parameter = cursor.take_parameter(ast::ParameterKind::date);
    const std::string_view text =
        parameter ? std::string_view(parameter->value.literal) : cursor.text(cursor.take());
    const std::size_t second_dash = text.find('-', 5);
    const auto year = static_cast<int>(*whole_number(text.substr(0, 4)));
    const auto month = static_cast<unsigned>(*whole_number(text.substr(5, second_dash - 5)));
    const auto day = static_cast<unsigned>(*whole_number(text.substr(second_dash + 1)));
    const date::year_month_day value{date::year(year), date::month(month), date::day(day)};
    if (!value.ok()) {
        auto& diagnostic =
            cursor.report(code::impossible_date, span, "there is no date `{}`"_say(text));
        if (month >= 1 && month <= 12 && day >= 1) {
            const date::year_month_day_last last{date::year(year),
                                                 date::month_day_last(date::month(month))};
            diagnostic.label = "that month has {} days"_say(static_cast<unsigned>(last.day()));
        }
        throw BrokenItem{};
    }
    return date::local_days(value);
}

}  // namespace sop::lang::reader
