#include "lang/reader/days.h"

#include "lang/calendar/lunar.h"
#include "lang/codes.h"
#include "lang/reader/literals.h"
#include "lang/report.h"

#include <algorithm>
#include <charconv>
#include <tuple>

namespace sop::lang::reader {

namespace {

using namespace sop::lang::calendar;

constexpr int interval_count_max = 1000;
constexpr date::days date_range_max{3660};

const std::vector<Keyword> after_every{
    Keyword::monday,   Keyword::tuesday, Keyword::wednesday, Keyword::thursday, Keyword::friday,
    Keyword::saturday, Keyword::sunday,  Keyword::day,       Keyword::workday,  Keyword::weekend,
    Keyword::month,    Keyword::year,    Keyword::first,     Keyword::last};
const std::vector<Keyword> weekday_keywords(after_every.begin(), after_every.begin() + 7);
const std::vector<Keyword> day_set_keywords = [] {
    std::vector<Keyword> keywords = weekday_keywords;
    for (const Keyword keyword :
         {Keyword::workday, Keyword::weekend, Keyword::lunar, Keyword::solar})
        keywords.push_back(keyword);
    return keywords;
}();
// ---- weekdays ----

unsigned read_weekday_of(Cursor& cursor, const std::vector<Keyword>& known) {
    if (const auto* parameter = cursor.take_parameter(ast::ParameterKind::weekday))
        return static_cast<unsigned>(*weekday_index(*find_keyword(parameter->value.literal)));
    if (!cursor.is(TokenKind::word)) cursor.fail_expecting("a weekday"_say);
    const auto keyword = cursor.keyword_at();
    const auto index = keyword ? weekday_index(*keyword) : std::nullopt;
    if (!index) {
        cursor.fail_unknown(code::unknown_weekday, "weekday"_say,
                            known == after_every
                                ? "`day`, `workday`, a weekday or `month on …` stands here"_say
                                : "a weekday such as `monday` stands here"_say,
                            known);
    }
    cursor.take(*keyword);
    return static_cast<unsigned>(*index);
}

// `monday`, or `saturday..monday`, which goes over the week's end.
void add_weekdays(Cursor& cursor, WeekdaySet& set, const std::vector<Keyword>& known) {
    unsigned index = read_weekday_of(cursor, known);
    set.add(index);
    if (!cursor.take_if_sign("..")) return;
    const unsigned last = read_weekday_of(cursor, weekday_keywords);
    while (index != last) {
        index = (index + 1) % days_per_week;
        set.add(index);
    }
}

WeekdaySet read_weekdays_of(Cursor& cursor, const std::vector<Keyword>& known) {
    WeekdaySet set;
    do {
        add_weekdays(cursor, set, known);
    } while (cursor.take_if(TokenKind::comma));
    return set;
}

// ---- days of a month ----

// `1st`, `22nd`, or `第1` in Chinese.
std::optional<int> ordinal_at(const Cursor& cursor) {
    std::string_view text = cursor.text(cursor.peek());
    if (cursor.is(TokenKind::word)) {
        constexpr std::string_view chinese_prefix = "第";
        if (cursor.dialect() == Dialect::en || text.substr(0, 3) != chinese_prefix)
            return std::nullopt;
        text.remove_prefix(chinese_prefix.size());
    } else if (!cursor.is(TokenKind::measure)) {
        return std::nullopt;
    }
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc()) return std::nullopt;
    const std::string_view suffix(end, static_cast<std::size_t>(text.data() + text.size() - end));
    const bool is_ordinal = cursor.is(TokenKind::word) ? suffix.empty()
                                                       : suffix == "st" || suffix == "nd" ||
                                                             suffix == "rd" || suffix == "th";
    return is_ordinal ? std::optional(number) : std::nullopt;
}

[[noreturn]] void fail_month_day(Cursor& cursor, SourceSpan span, Message label) {
    cursor.report(code::impossible_month_day, span,
                  "no month has a day `{}`"_say(cursor.text(Token{TokenKind::word, span})),
                  std::move(label));
    throw BrokenItem{};
}

// What an ordinal counts: `thursday`, `workday`, `day`.
struct CountedDay {
    MonthDay::Kind kind;
    int weekday = 0;
    int number_max = 0;
};

CountedDay read_counted_day(Cursor& cursor, bool from_end) {
    if (cursor.take_if(Keyword::day)) {
        return {from_end ? MonthDay::Kind::day_from_end : MonthDay::Kind::day, 0, 31};
    }
    if (cursor.take_if(Keyword::workday)) {
        return {from_end ? MonthDay::Kind::workday_from_end : MonthDay::Kind::workday, 0, 23};
    }
    if (!at_weekday(cursor)) {
        cursor.fail_expecting(from_end ? "`day`, `workday` or a weekday behind `last`"_say
                                       : "`day`, `workday`, a weekday or `last`"_say);
    }
    return {from_end ? MonthDay::Kind::weekday_from_end : MonthDay::Kind::weekday,
            static_cast<int>(read_weekday_of(cursor, weekday_keywords)), 5};
}

void add_month_day(std::vector<MonthDay>& days, MonthDay day, SourceSpan span,
                   ast::SchedulePlaces& places) {
    days.push_back(day);
    const bool is_workday =
        day.kind == MonthDay::Kind::workday || day.kind == MonthDay::Kind::workday_from_end;
    if (is_workday && !places.workday) places.workday = span;
    const bool by_number =
        day.kind == MonthDay::Kind::day || day.kind == MonthDay::Kind::day_from_end;
    if (by_number && day.number > 28)
        places.scarce_days.push_back({ast::ScarceDay::In::month, day.number, span});
}

// `1st, 3rd thursday`, `2nd last day`.
void read_ordinals(Cursor& cursor, std::vector<MonthDay>& days, ast::SchedulePlaces& places) {
    std::vector<std::pair<int, SourceSpan>> ordinals;
    while (const auto number = ordinal_at(cursor)) {
        ordinals.emplace_back(*number, cursor.take(TokenRole::ordinal).span);
        if (!cursor.take_if(TokenKind::comma)) break;
        if (!ordinal_at(cursor)) cursor.fail_expecting("an ordinal such as `3rd`"_say);
    }
    const bool from_end = cursor.take_if(Keyword::last);
    const CountedDay counted = read_counted_day(cursor, from_end);
    for (const auto& [number, span] : ordinals) {
        if (number < 1 || number > counted.number_max) {
            cursor.report(
                code::impossible_month_day, span,
                "no month has so many: `{}`"_say(cursor.text(Token{TokenKind::word, span})),
                "{} to {}"_say(1, counted.number_max));
            throw BrokenItem{};
        }
        add_month_day(days, {counted.kind, number, counted.weekday}, span, places);
    }
}

void read_last(Cursor& cursor, std::vector<MonthDay>& days, ast::SchedulePlaces& places) {
    const std::size_t begin = cursor.take(Keyword::last).span.begin;
    const CountedDay counted = read_counted_day(cursor, true);
    add_month_day(days, {counted.kind, 1, counted.weekday}, cursor.span_from(begin), places);
}

// `18`, `31 or last day`.
void read_month_day_number(Cursor& cursor, std::vector<MonthDay>& days,
                           ast::SchedulePlaces& places) {
    const Token token = cursor.expect(TokenKind::number, "a day of the month from 1 to 31"_say);
    const std::string_view text = cursor.text(token);
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number < 1 || number > 31)
        fail_month_day(cursor, token.span, "{} to {}"_say(1, 31));
    if (!cursor.take_if(Keyword::or_)) {
        add_month_day(days, {MonthDay::Kind::day, number, 0}, token.span, places);
        return;
    }
    cursor.expect(Keyword::last);
    cursor.expect(Keyword::day);
    // Every month has the days to 28.
    const auto kind = number > 28 ? MonthDay::Kind::day_or_last : MonthDay::Kind::day;
    days.push_back({kind, number, 0});
}

std::vector<MonthDay> read_month_days(Cursor& cursor, ast::SchedulePlaces& places) {
    cursor.expect(Keyword::on);
    std::vector<MonthDay> days;
    do {
        if (ordinal_at(cursor)) {
            read_ordinals(cursor, days, places);
        } else if (cursor.is(Keyword::last)) {
            read_last(cursor, days, places);
        } else {
            read_month_day_number(cursor, days, places);
        }
    } while (cursor.take_if(TokenKind::comma));
    std::sort(days.begin(), days.end());
    days.erase(std::unique(days.begin(), days.end()), days.end());
    return days;
}

// ---- days of a year ----

unsigned read_small_number(Cursor& cursor, Message what, unsigned most) {
    return static_cast<unsigned>(read_integer(cursor, std::move(what), 1, static_cast<int>(most)));
}

YearDays read_year_days(Cursor& cursor, ast::SchedulePlaces& places) {
    cursor.expect(Keyword::on);
    YearDays set;
    do {
        const std::size_t begin = cursor.peek().span.begin;
        const unsigned month =
            read_small_number(cursor, "a month and a day such as `06-18`"_say, 12);
        cursor.expect(TokenKind::minus, "`-` and the day, as in `06-18`"_say);
        cursor.last_use().role = TokenRole::hyphen;
        const unsigned day = read_small_number(cursor, "a day of the month from 1 to 31"_say, 31);
        const date::month_day value{date::month{month}, date::day{day}};
        const SourceSpan span = cursor.span_from(begin);
        if (!value.ok()) {
            cursor.report(
                code::impossible_date, span,
                "there is no date `{}` in any year"_say(cursor.text(Token{TokenKind::date, span})));
            throw BrokenItem{};
        }
        if (value == date::February / 29)
            places.scarce_days.push_back({ast::ScarceDay::In::year, 29, span});
        set.days.push_back(value);
    } while (cursor.take_if(TokenKind::comma));
    std::sort(set.days.begin(), set.days.end());
    set.days.erase(std::unique(set.days.begin(), set.days.end()), set.days.end());
    return set;
}

// ---- sets of dates ----

DateRange read_date_range(Cursor& cursor) {
    const std::size_t begin = cursor.peek().span.begin;
    DateRange range{};
    range.first = read_date(cursor);
    range.last = cursor.take_if_sign("..") ? read_date(cursor) : range.first;
    const SourceSpan span = cursor.span_from(begin);
    if (range.last < range.first) {
        cursor.report(code::bounds_contradict, span,
                      "the last of these dates is before the first"_say);
        throw BrokenItem{};
    }
    if (range.last - range.first > date_range_max) {
        cursor.report(code::number_out_of_range, span, "more than ten years of dates"_say);
        throw BrokenItem{};
    }
    return range;
}

void merge(Dates& dates, const DateRange& range) {
    auto& ranges = dates.ranges;
    ranges.push_back(range);
    std::sort(ranges.begin(), ranges.end(),
              [](const DateRange& a, const DateRange& b) { return a.first < b.first; });
    std::size_t kept = 0;
    for (std::size_t i = 1; i < ranges.size(); ++i) {
        if (ranges[i].first <= ranges[kept].last + date::days{1}) {
            ranges[kept].last = std::max(ranges[kept].last, ranges[i].last);
        } else {
            ranges[++kept] = ranges[i];
        }
    }
    ranges.resize(kept + 1);
}

LunarDay read_lunar_day(Cursor& cursor) {
    LunarDay day;
    day.month = read_integer(cursor, "a lunar month from 1 to 12"_say, 1, 12);
    cursor.expect(TokenKind::minus, "`-` and the day, as in `lunar 8-15`"_say);
    cursor.last_use().role = TokenRole::hyphen;
    day.day = cursor.take_if(Keyword::last)
                  ? 0
                  : read_integer(cursor, "a lunar day from 1 to 30, or `last`"_say, 1, 30);
    return day;
}

int read_solar_term(Cursor& cursor) {
    if (!cursor.is(TokenKind::word)) cursor.fail_expecting("a solar term such as `qingming`"_say);
    const Token token = cursor.take(TokenRole::name);
    const auto term = find_solar_term(cursor.text(token));
    if (term) return *term;
    auto& diagnostic = cursor.report(code::unknown_solar_term, token.span,
                                     "there is no solar term `{}`"_say(cursor.text(token)));
    if (!suggest(diagnostic, cursor.text(token), solar_term_names()))
        diagnostic.notes.push_back(
            "terms are written in pinyin: `lichun`, `qingming`, `dongzhi`"_say);
    throw BrokenItem{};
}

bool at_calendar_days(const Cursor& cursor) {
    return cursor.is(TokenKind::word) && cursor.is_sign(".", 1);
}

CalendarDays read_calendar_days(Cursor& cursor, ast::SchedulePlaces& places) {
    const ast::Name calendar = cursor.expect_name("a calendar"_say);
    if (!cursor.take_if_dot()) cursor.fail_expecting("`.` and the days, as in `cn.holidays`"_say);
    const ast::Name days = cursor.expect_name("days of the calendar, such as `holidays`"_say);
    places.calendar_days.push_back({calendar, days});
    return {{{calendar.text, days.text}}, nullptr};
}

Days read_day_set(Cursor& cursor, ast::SchedulePlaces& places) {
    if (at_date(cursor)) return Dates{{read_date_range(cursor)}};
    if (at_calendar_days(cursor)) return read_calendar_days(cursor, places);
    if (cursor.take_if(Keyword::lunar)) return LunarDays{{read_lunar_day(cursor)}};
    if (cursor.take_if(Keyword::solar)) return SolarTerms{{read_solar_term(cursor)}};
    const bool workday = cursor.is(Keyword::workday);
    if (workday || cursor.is(Keyword::weekend)) {
        if (workday && !places.workday) places.workday = cursor.peek().span;
        cursor.take(workday ? Keyword::workday : Keyword::weekend);
        if (workday) return Workdays{};
        return Weekend{};
    }
    if (!cursor.is(TokenKind::word))
        cursor.fail_expecting("days such as `cn.holidays`, `monday` or `2026-10-01`"_say);
    WeekdaySet set;
    add_weekdays(cursor, set, day_set_keywords);
    return Weekdays{set};
}

template <typename T>
void merge_values(std::vector<T>& into, const std::vector<T>& values) {
    into.insert(into.end(), values.begin(), values.end());
    std::sort(into.begin(), into.end());
    into.erase(std::unique(into.begin(), into.end()), into.end());
}

// Joins a set to one of its kind, if that can be done.
bool join(Days& into, const Days& set) {
    if (into == set) return true;
    if (into.index() != set.index()) return false;
    if (auto* weekdays = std::get_if<Weekdays>(&into)) {
        weekdays->set.bits |= std::get<Weekdays>(set).set.bits;
        return true;
    }
    if (auto* dates = std::get_if<Dates>(&into)) {
        for (const DateRange& range : std::get<Dates>(set).ranges) merge(*dates, range);
        return true;
    }
    if (auto* lunar = std::get_if<LunarDays>(&into)) {
        merge_values(lunar->days, std::get<LunarDays>(set).days);
        return true;
    }
    if (auto* solar = std::get_if<SolarTerms>(&into)) {
        merge_values(solar->terms, std::get<SolarTerms>(set).terms);
        return true;
    }
    return false;
}

// ---- behind `every` and `on` ----

struct CountAndUnit {
    int count;
    EveryNth::Unit unit;
};

std::optional<EveryNth::Unit> nth_unit(std::optional<Unit> unit) {
    if (unit == Unit::day) return EveryNth::Unit::day;
    if (unit == Unit::week) return EveryNth::Unit::week;
    if (unit == Unit::month) return EveryNth::Unit::month;
    return std::nullopt;
}

// `2 weeks`, or `2周` where units touch their numbers.
std::optional<EveryNth::Unit> nth_unit_at(const Cursor& cursor) {
    if (cursor.is(TokenKind::number) && cursor.is(TokenKind::word, 1))
        return nth_unit(find_unit(cursor.text(cursor.peek(1)), cursor.dialect()));
    if (!cursor.is(TokenKind::measure)) return std::nullopt;
    std::string_view text = cursor.text(cursor.peek());
    text.remove_prefix(std::min(text.find_first_not_of("0123456789"), text.size()));
    const auto unit = find_unit(text, cursor.dialect());
    return find_unit(text) ? std::nullopt : nth_unit(unit);
}

CountAndUnit read_count_and_unit(Cursor& cursor, EveryNth::Unit unit) {
    const Token token = cursor.peek();
    if (cursor.is(TokenKind::number)) {
        const int count =
            read_integer(cursor, "a number of days, weeks or months"_say, 1, interval_count_max);
        cursor.last_use().role = TokenRole::count;
        cursor.take_unit();
        return {count, unit};
    }
    cursor.take(TokenRole::duration);
    const std::string_view text = cursor.text(token);
    int count = 0;
    std::from_chars(text.data(), text.data() + text.size(), count);
    if (count < 1 || count > interval_count_max) {
        cursor.report(code::number_out_of_range, token.span, "`{}` is no interval"_say(text),
                      "{} to {}"_say(1, interval_count_max));
        throw BrokenItem{};
    }
    return {count, unit};
}

EveryNth read_every_nth(Cursor& cursor, EveryNth::Unit unit, ast::SchedulePlaces& places) {
    const CountAndUnit read = read_count_and_unit(cursor, unit);
    EveryNth set{read.unit, read.count, {}, {}};
    if (!cursor.is(Keyword::on)) return set;
    if (set.unit == EveryNth::Unit::month) {
        set.month_days = read_month_days(cursor, places);
    } else if (set.unit == EveryNth::Unit::week) {
        cursor.take(Keyword::on);
        set.weekdays = read_weekdays_of(cursor, weekday_keywords);
    } else {
        cursor.fail_expecting("`starting` and a date, as days have no days,"_say);
    }
    return set;
}

WorkdayBeside read_workday_beside(Cursor& cursor, ast::SchedulePlaces& places) {
    const bool after = cursor.take_if(Keyword::first);
    if (!after) cursor.take(Keyword::last);
    if (!after && (at_weekday(cursor) || cursor.is(Keyword::day))) {
        cursor.report(code::syntax, cursor.peek().span, "the last one of what?"_say,
                      "of a month: `every month on last {}`"_say(cursor.text(cursor.peek())));
        throw BrokenItem{};
    }
    cursor.expect(Keyword::workday);
    cursor.expect(after ? Keyword::after : Keyword::before);
    return {after, read_calendar_days(cursor, places)};
}

}  // namespace

// In one order however they were written, so that equal lists are equal values.
std::vector<calendar::Days> read_day_sets(Cursor& cursor, ast::SchedulePlaces& places) {
    std::vector<Days> sets;
    do {
        const Days set = read_day_set(cursor, places);
        const bool joined =
            std::any_of(sets.begin(), sets.end(), [&](Days& into) { return join(into, set); });
        if (!joined) sets.push_back(set);
    } while (cursor.take_if(TokenKind::comma));
    std::sort(sets.begin(), sets.end(), [](const Days& a, const Days& b) {
        const auto* left = std::get_if<CalendarDays>(&a);
        const auto* right = std::get_if<CalendarDays>(&b);
        if (left && right) return *left->name < *right->name;
        return a.index() < b.index();
    });
    return sets;
}

bool at_weekday(const Cursor& cursor) {
    const auto keyword = cursor.keyword_at();
    return (keyword && weekday_index(*keyword)) || cursor.parameter(ast::ParameterKind::weekday);
}

unsigned read_weekday(Cursor& cursor) {
    return read_weekday_of(cursor, weekday_keywords);
}

calendar::WeekdaySet read_weekdays(Cursor& cursor) {
    return read_weekdays_of(cursor, weekday_keywords);
}

calendar::Dates read_dates(Cursor& cursor) {
    Dates dates;
    do {
        merge(dates, read_date_range(cursor));
    } while (cursor.take_if(TokenKind::comma));
    return dates;
}

calendar::Days read_on(Cursor& cursor, ast::SchedulePlaces& places) {
    const std::size_t begin = cursor.peek().span.begin;
    if (at_weekday(cursor) || cursor.is(Keyword::workday) || cursor.is(Keyword::weekend)) {
        cursor.report(code::syntax, cursor.peek().span,
                      "`{}` comes every week"_say(cursor.text(cursor.peek())),
                      "write `every {}`"_say(cursor.text(cursor.peek())));
        throw BrokenItem{};
    }
    std::vector<Days> sets = read_day_sets(cursor, places);
    if (sets.size() == 1) return sets.front();
    cursor
        .report(code::syntax, cursor.span_from(begin), "these are days of different kinds"_say,
                "one kind stands behind `on`"_say)
        .notes.push_back("add the others with `also on …`"_say);
    throw BrokenItem{};
}

calendar::Days read_every(Cursor& cursor, ast::SchedulePlaces& places) {
    if (cursor.take_if(Keyword::day)) return EveryDay{};
    if (cursor.is(Keyword::workday) || cursor.is(Keyword::weekend))
        return read_day_set(cursor, places);
    if (cursor.take_if(Keyword::month)) return MonthDays{read_month_days(cursor, places)};
    if (cursor.take_if(Keyword::year)) return read_year_days(cursor, places);
    if (cursor.is(Keyword::first) || cursor.is(Keyword::last))
        return read_workday_beside(cursor, places);
    if (const auto unit = nth_unit_at(cursor)) return read_every_nth(cursor, *unit, places);
    return Weekdays{read_weekdays_of(cursor, after_every)};
}

calendar::Days read_days(Cursor& cursor, ast::SchedulePlaces& places) {
    if (cursor.take_if(Keyword::every)) return read_every(cursor, places);
    cursor.expect(Keyword::on);
    if (at_date(cursor)) return read_dates(cursor);
    return read_on(cursor, places);
}

bool at_interval(const Cursor& cursor) {
    return at_duration(cursor) && !nth_unit_at(cursor);
}

}  // namespace sop::lang::reader
