#include "lang/reader/literals.h"

#include "lang/codes.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace sop::lang::reader {

namespace {

// ---- texts
// ----------------------------------------------------------------------------------------------------------

ast::Hole read_hole(Cursor& cursor) {
    const Token opener = cursor.take();
    ast::Hole hole;
    hole.span.begin = opener.span.begin;
    const auto read_path = [&] {
        while (true) {
            if (!cursor.is(TokenKind::word)) cursor.fail_expecting("a field such as `group.name`");
            const Token& token = cursor.take();
            hole.path.push_back({std::string(cursor.text(token)), token.span});
            if (cursor.take_if_sign(".")) continue;
            if (!cursor.is(TokenKind::hole_close)) cursor.fail_expecting("`.` or `}`");
            return;
        }
    };
    try {
        read_path();
    } catch (const BrokenItem&) {
        hole.broken = true;
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

std::size_t indent_of(std::string_view line) {
    return std::min(line.find_first_not_of(" \t"), line.size());
}

// The indent that every line with something on it shares. A line that begins with a hole counts by
// its blanks before it.
std::size_t common_indent(const Parts& parts) {
    std::size_t common = static_cast<std::size_t>(-1);
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const auto* text = std::get_if<std::string>(&parts[i]);
        if (!text) continue;
        for (std::size_t at = text->find('\n'); at != std::string::npos;
             at = text->find('\n', at + 1)) {
            const std::string_view rest = std::string_view(*text).substr(at + 1);
            const std::string_view line = rest.substr(0, rest.find('\n'));
            const bool ends_in_hole = line.size() == rest.size() && i + 1 < parts.size();
            const std::size_t indent = indent_of(line);
            if (indent < line.size() || ends_in_hole) common = std::min(common, indent);
        }
    }
    return common == static_cast<std::size_t>(-1) ? 0 : common;
}

void remove_indent(std::string& text, std::size_t indent) {
    std::string result;
    std::size_t from = 0;
    for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', from)) {
        result.append(text, from, at + 1 - from);
        const std::string_view rest = std::string_view(text).substr(at + 1);
        from = at + 1 + std::min(indent, indent_of(rest.substr(0, rest.find('\n'))));
    }
    result.append(text, from);
    text = std::move(result);
}

// The first line end (behind the opening quotes) and the last one (before the closing quotes) are
// layout, and so is the indent all lines share.
void lay_out_lines(Parts& parts) {
    const std::size_t indent = common_indent(parts);
    for (auto& part : parts) {
        if (auto* text = std::get_if<std::string>(&part)) remove_indent(*text, indent);
    }
    if (parts.empty()) return;
    if (auto* first = std::get_if<std::string>(&parts.front())) {
        const std::size_t line_end = first->find('\n');
        if (line_end != std::string::npos && indent_of(first->substr(0, line_end)) == line_end) {
            first->erase(0, line_end + 1);
        }
    }
    if (auto* last = std::get_if<std::string>(&parts.back())) {
        const std::size_t line_end = last->rfind('\n');
        if (line_end != std::string::npos &&
            last->find_first_not_of(" \t", line_end + 1) == std::string::npos) {
            last->erase(line_end);
        }
    }
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

// ---- durations
// ------------------------------------------------------------------------------------------------------

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
        code::unknown_unit, span, fmt::format("I do not know the unit `{}`", word),
        "`s`, `m`, `h` are elapsed; `day`, `week`, `month`, `year` keep the wall clock");
    if (count) {
        if (const auto meant = meant_unit(word, *count)) {
            diagnostic.fix = Fix{span, *meant, fmt::format("write `{}`", *meant)};
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
                  fmt::format("`{}` is more than {} years",
                              cursor.text(Token{TokenKind::measure, span}), duration_years_max));
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
    auto& diagnostic =
        cursor.report(code::unknown_unit, token.span,
                      fmt::format("`{}` needs a space before its unit", cursor.text(token)),
                      "only `s`, `m` and `h` touch their number");
    diagnostic.fix = Fix{token.span, apart, fmt::format("write `{}`", apart)};
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
                          fmt::format("`{}` is no duration", cursor.text(token)),
                          "whole numbers: `1h30m`, `90m`");
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

ast::Text read_text(Cursor& cursor, std::string_view what) {
    if (!cursor.is(TokenKind::string_open)) cursor.fail_expecting(what);
    const Token opener = cursor.take();
    ast::Text text;
    text.over_lines = cursor.text(opener) == "\"\"\"";
    while (!cursor.is(TokenKind::string_close)) {
        if (cursor.is(TokenKind::hole_open)) {
            text.parts.emplace_back(read_hole(cursor));
            continue;
        }
        const Token& part = cursor.take();
        append_text(text.parts, part.kind == TokenKind::string_brace
                                    ? "{"
                                    : without_carriage_returns(cursor.text(part)));
    }
    cursor.take();
    text.span = cursor.span_from(opener.span.begin);
    if (text.over_lines) lay_out_lines(text.parts);
    return text;
}

ast::TimeOfDay read_time(Cursor& cursor) {
    if (!cursor.is(TokenKind::time)) cursor.fail_expecting("a time such as `20:00`");
    const Token token = cursor.take();
    std::vector<std::string_view> fields;
    std::string_view rest = cursor.text(token);
    while (!rest.empty()) {
        const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
        fields.push_back(rest.substr(0, digits));
        rest.remove_prefix(digits);
        rest.remove_prefix(std::min(rest.find_first_of("0123456789"), rest.size()));
    }
    const auto fail = [&](std::string label) -> Diagnostic& {
        return cursor.report(code::malformed_time, token.span,
                             fmt::format("`{}` is not a time of day", cursor.text(token)),
                             std::move(label));
    };
    bool two_digits = fields.size() <= 3 && fields.front().size() <= 2;
    for (std::size_t i = 1; i < fields.size(); ++i)
        two_digits = two_digits && fields[i].size() == 2;
    if (!two_digits) {
        fail("times are `HH:MM` or `HH:MM:SS`, two digits after each colon");
        throw BrokenItem{};
    }
    std::int64_t values[3] = {0, 0, 0};
    for (std::size_t i = 0; i < fields.size(); ++i) values[i] = *whole_number(fields[i]);
    if (values[0] > 23 || values[1] > 59 || values[2] > 59) {
        auto& diagnostic = fail("hours go from 00 to 23, minutes and seconds from 00 to 59");
        if (values[0] == 24 && values[1] == 0 && values[2] == 0) {
            diagnostic.notes.push_back(
                "midnight is `00:00` and belongs to the day that begins with it");
        }
        throw BrokenItem{};
    }
    return {std::chrono::seconds(values[0] * 3600 + values[1] * 60 + values[2]), token.span};
}

bool at_duration(const Cursor& cursor, std::size_t ahead) {
    return cursor.is(TokenKind::measure, ahead) || cursor.is(TokenKind::number, ahead);
}

int read_integer(Cursor& cursor, std::string_view what, int least, int most) {
    const Token token = cursor.expect(TokenKind::number, what);
    cursor.last_use().role = TokenRole::number;
    const auto value = whole_number(cursor.text(token));
    if (!value || *value < least || *value > most) {
        cursor.report(code::number_out_of_range, token.span,
                      fmt::format("expected {}, found `{}`", what, cursor.text(token)),
                      fmt::format("{} to {}", least, most));
        throw BrokenItem{};
    }
    return static_cast<int>(*value);
}

Keyword read_policy(Cursor& cursor, const std::vector<Keyword>& policies) {
    for (const Keyword policy : policies) {
        if (cursor.take_if(policy)) return policy;
    }
    const std::string what = fmt::format("`{}`", fmt::join(spellings(policies), "`, `"));
    if (!cursor.is(TokenKind::word)) cursor.fail_expecting(what);
    cursor.fail_unknown(code::unknown_setting, "policy", what + " stands here", policies);
}

ast::Duration read_duration(Cursor& cursor) {
    if (!at_duration(cursor)) cursor.fail_expecting("a duration such as `10m` or `1 day`");
    ast::Duration duration;
    const bool one_word = cursor.is(TokenKind::measure);
    const Token token = cursor.take(one_word ? TokenRole::duration : TokenRole::count);
    if (one_word) {
        read_measure(cursor, token, duration.value);
    } else {
        const auto count = whole_number(cursor.text(token));
        if (!cursor.is(TokenKind::word)) cursor.fail_expecting("a unit such as `m`, `h` or `days`");
        const Token unit_token = cursor.peek();
        const auto unit = cursor.take_unit();
        const SourceSpan span = cursor.span_from(token.span.begin);
        if (!unit) fail_unit(cursor, span, cursor.text(unit_token), count);
        add_checked(cursor, duration.value, count, *unit, span);
    }
    duration.span = cursor.span_from(token.span.begin);
    if (duration.value == calendar::Span{}) {
        cursor.report(code::zero_duration, duration.span, "a duration of nothing", "at least `1s`");
        throw BrokenItem{};
    }
    return duration;
}

date::local_days read_date(Cursor& cursor) {
    if (!cursor.is(TokenKind::date)) cursor.fail_expecting("a date such as `2026-11-11`");
    const Token token = cursor.take();
    const std::string_view text = cursor.text(token);
    const std::size_t second_dash = text.find('-', 5);
    const auto year = static_cast<int>(*whole_number(text.substr(0, 4)));
    const auto month = static_cast<unsigned>(*whole_number(text.substr(5, second_dash - 5)));
    const auto day = static_cast<unsigned>(*whole_number(text.substr(second_dash + 1)));
    const date::year_month_day value{date::year(year), date::month(month), date::day(day)};
    if (!value.ok()) {
        auto& diagnostic = cursor.report(code::impossible_date, token.span,
                                         fmt::format("there is no date `{}`", text));
        if (month >= 1 && month <= 12 && day >= 1) {
            const date::year_month_day_last last{date::year(year),
                                                 date::month_day_last(date::month(month))};
            diagnostic.label =
                fmt::format("that month has {} days", static_cast<unsigned>(last.day()));
        }
        throw BrokenItem{};
    }
    return date::local_days(value);
}

}  // namespace sop::lang::reader
