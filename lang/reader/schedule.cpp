#include "lang/reader/schedule.h"

#include "lang/calendar/lunar.h"
#include "lang/codes.h"
#include "lang/reader/literals.h"
#include "lang/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace sop::lang::reader {

namespace {

using namespace sop::lang::calendar;

constexpr int interval_count_max = 1000;
constexpr int times_max = 100000;
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

unsigned read_weekday(Cursor& cursor, const std::vector<Keyword>& known) {
    if (!cursor.is(TokenKind::word)) cursor.fail_expecting("a weekday");
    const auto keyword = cursor.keyword_at();
    const auto index = keyword ? weekday_index(*keyword) : std::nullopt;
    if (!index) {
        cursor.fail_unknown(code::unknown_weekday, "weekday",
                            known == after_every
                                ? "`day`, `workday`, a weekday or `month on …` stands here"
                                : "a weekday such as `monday` stands here",
                            known);
    }
    cursor.take();
    return static_cast<unsigned>(*index);
}

bool at_weekday(const Cursor& cursor) {
    const auto keyword = cursor.keyword_at();
    return keyword && weekday_index(*keyword);
}

// `monday`, or `saturday..monday`, which goes over the week's end.
void add_weekdays(Cursor& cursor, WeekdaySet& set, const std::vector<Keyword>& known) {
    unsigned index = read_weekday(cursor, known);
    set.add(index);
    if (!cursor.take_if_sign("..")) return;
    const unsigned last = read_weekday(cursor, weekday_keywords);
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
        if (cursor.dialect() != Dialect::zh_cn || text.substr(0, 3) != chinese_prefix)
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

[[noreturn]] void fail_month_day(Cursor& cursor, SourceSpan span, std::string label) {
    cursor.report(code::impossible_month_day, span,
                  fmt::format("no month has a day `{}`", cursor.text(Token{TokenKind::word, span})),
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
        cursor.fail_expecting(from_end ? "`day`, `workday` or a weekday behind `last`"
                                       : "`day`, `workday`, a weekday or `last`");
    }
    return {from_end ? MonthDay::Kind::weekday_from_end : MonthDay::Kind::weekday,
            static_cast<int>(read_weekday(cursor, weekday_keywords)), 5};
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
        ordinals.emplace_back(*number, cursor.take().span);
        if (!cursor.is(TokenKind::comma)) break;
        cursor.take();
        if (!ordinal_at(cursor)) cursor.fail_expecting("an ordinal such as `3rd`");
    }
    const bool from_end = cursor.take_if(Keyword::last);
    const CountedDay counted = read_counted_day(cursor, from_end);
    for (const auto& [number, span] : ordinals) {
        if (number < 1 || number > counted.number_max) {
            cursor.report(code::impossible_month_day, span,
                          fmt::format("no month has so many: `{}`",
                                      cursor.text(Token{TokenKind::word, span})),
                          fmt::format("1 to {}", counted.number_max));
            throw BrokenItem{};
        }
        add_month_day(days, {counted.kind, number, counted.weekday}, span, places);
    }
}

void read_last(Cursor& cursor, std::vector<MonthDay>& days, ast::SchedulePlaces& places) {
    const std::size_t begin = cursor.take().span.begin;
    const CountedDay counted = read_counted_day(cursor, true);
    add_month_day(days, {counted.kind, 1, counted.weekday}, cursor.span_from(begin), places);
}

// `18`, `31 or last day`.
void read_month_day_number(Cursor& cursor, std::vector<MonthDay>& days,
                           ast::SchedulePlaces& places) {
    const Token token = cursor.expect(TokenKind::number, "a day of the month from 1 to 31");
    const std::string_view text = cursor.text(token);
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number < 1 || number > 31)
        fail_month_day(cursor, token.span, "1 to 31");
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

unsigned read_small_number(Cursor& cursor, std::string_view what, unsigned most) {
    return static_cast<unsigned>(read_integer(cursor, what, 1, static_cast<int>(most)));
}

YearDays read_year_days(Cursor& cursor, ast::SchedulePlaces& places) {
    cursor.expect(Keyword::on);
    YearDays set;
    do {
        const std::size_t begin = cursor.peek().span.begin;
        const unsigned month = read_small_number(cursor, "a month and a day such as `06-18`", 12);
        cursor.expect(TokenKind::minus, "`-` and the day, as in `06-18`");
        const unsigned day = read_small_number(cursor, "a day of the month from 1 to 31", 31);
        const date::month_day value{date::month{month}, date::day{day}};
        const SourceSpan span = cursor.span_from(begin);
        if (!value.ok()) {
            cursor.report(code::impossible_date, span,
                          fmt::format("there is no date `{}` in any year",
                                      cursor.text(Token{TokenKind::date, span})));
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
        cursor.report(code::bounds_contradict, span, "the last of these dates is before the first");
        throw BrokenItem{};
    }
    if (range.last - range.first > date_range_max) {
        cursor.report(code::number_out_of_range, span, "more than ten years of dates");
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
    day.month = read_integer(cursor, "a lunar month from 1 to 12", 1, 12);
    cursor.expect(TokenKind::minus, "`-` and the day, as in `lunar 8-15`");
    day.day = cursor.take_if(Keyword::last)
                  ? 0
                  : read_integer(cursor, "a lunar day from 1 to 30, or `last`", 1, 30);
    return day;
}

int read_solar_term(Cursor& cursor) {
    if (!cursor.is(TokenKind::word)) cursor.fail_expecting("a solar term such as `qingming`");
    const Token token = cursor.take();
    const auto term = find_solar_term(cursor.text(token));
    if (term) return *term;
    auto& diagnostic =
        cursor.report(code::unknown_solar_term, token.span,
                      fmt::format("there is no solar term `{}`", cursor.text(token)));
    if (!suggest(diagnostic, cursor.text(token), solar_term_names()))
        diagnostic.notes.push_back("terms are written in pinyin: `lichun`, `qingming`, `dongzhi`");
    throw BrokenItem{};
}

bool at_calendar_days(const Cursor& cursor) {
    return cursor.is(TokenKind::word) && cursor.is_sign(".", 1);
}

CalendarDays read_calendar_days(Cursor& cursor, ast::SchedulePlaces& places) {
    const ast::Name calendar = cursor.expect_name("a calendar");
    if (!cursor.take_if_sign(".")) cursor.fail_expecting("`.` and the days, as in `cn.holidays`");
    const ast::Name days = cursor.expect_name("days of the calendar, such as `holidays`");
    places.calendar_days.push_back({calendar, days});
    return {calendar.text, days.text, nullptr};
}

Days read_day_set(Cursor& cursor, ast::SchedulePlaces& places) {
    if (cursor.is(TokenKind::date)) return Dates{{read_date_range(cursor)}};
    if (at_calendar_days(cursor)) return read_calendar_days(cursor, places);
    if (cursor.take_if(Keyword::lunar)) return LunarDays{{read_lunar_day(cursor)}};
    if (cursor.take_if(Keyword::solar)) return SolarTerms{{read_solar_term(cursor)}};
    const bool workday = cursor.is(Keyword::workday);
    if (workday || cursor.is(Keyword::weekend)) {
        if (workday && !places.workday) places.workday = cursor.peek().span;
        cursor.take();
        if (workday) return Workdays{};
        return Weekend{};
    }
    if (!cursor.is(TokenKind::word))
        cursor.fail_expecting("days such as `cn.holidays`, `monday` or `2026-10-01`");
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

// In one order however they were written, so that equal lists are equal values.
std::vector<Days> read_day_sets(Cursor& cursor, ast::SchedulePlaces& places) {
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
        if (left && right)
            return std::tie(left->calendar, left->name) < std::tie(right->calendar, right->name);
        return a.index() < b.index();
    });
    return sets;
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
            read_integer(cursor, "a number of days, weeks or months", 1, interval_count_max);
        cursor.take();
        return {count, unit};
    }
    cursor.take();
    const std::string_view text = cursor.text(token);
    int count = 0;
    std::from_chars(text.data(), text.data() + text.size(), count);
    if (count < 1 || count > interval_count_max) {
        cursor.report(code::number_out_of_range, token.span,
                      fmt::format("`{}` is no interval", text),
                      fmt::format("1 to {}", interval_count_max));
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
        cursor.take();
        set.weekdays = read_weekdays_of(cursor, weekday_keywords);
    } else {
        cursor.fail_expecting("`starting` and a date, as days have no days,");
    }
    return set;
}

WorkdayBeside read_workday_beside(Cursor& cursor, ast::SchedulePlaces& places) {
    const bool after = cursor.take_if(Keyword::first);
    if (!after) cursor.take();
    if (!after && (at_weekday(cursor) || cursor.is(Keyword::day))) {
        cursor.report(
            code::syntax, cursor.peek().span, "the last one of what?",
            fmt::format("of a month: `every month on last {}`", cursor.text(cursor.peek())));
        throw BrokenItem{};
    }
    cursor.expect(Keyword::workday);
    cursor.expect(after ? Keyword::after : Keyword::before);
    return {after, read_calendar_days(cursor, places)};
}

Days read_every(Cursor& cursor, ast::SchedulePlaces& places) {
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

Days read_on(Cursor& cursor, ast::SchedulePlaces& places) {
    const std::size_t begin = cursor.peek().span.begin;
    if (at_weekday(cursor) || cursor.is(Keyword::workday) || cursor.is(Keyword::weekend)) {
        cursor.report(code::syntax, cursor.peek().span,
                      fmt::format("`{}` comes every week", cursor.text(cursor.peek())),
                      fmt::format("write `every {}`", cursor.text(cursor.peek())));
        throw BrokenItem{};
    }
    std::vector<Days> sets = read_day_sets(cursor, places);
    if (sets.size() == 1) return sets.front();
    cursor
        .report(code::syntax, cursor.span_from(begin), "these are days of different kinds",
                "one kind stands behind `on`")
        .notes.push_back("add the others with `also on …`");
    throw BrokenItem{};
}

// ---- times ----

bool at_interval(const Cursor& cursor) {
    return at_duration(cursor) && !nth_unit_at(cursor);
}

// `every 90m`; the clauses say from when.
void read_interval(Cursor& cursor, ast::CalendarHead& head) {
    const ast::Duration step = read_duration(cursor);
    if (step.value.is_calendar()) {
        cursor
            .report(code::syntax, step.span, "`every` counts days, weeks and months",
                    "a year is 12 months")
            .notes.push_back("as in `every 24 months on 18 at 10:00 starting 2026-06-01`");
        throw BrokenItem{};
    }
    head.schedule.times = ElapsedInterval{step.value.elapsed, std::chrono::seconds{0}};
    head.places.times = step.span;
}

void read_times(Cursor& cursor, ast::CalendarHead& head) {
    const std::size_t begin = cursor.peek().span.begin;
    const auto fail_said = [&](SourceSpan first) {
        cursor.report(code::set_twice, cursor.span_from(begin), "the times are said already")
            .related.push_back({first, "here"});
        throw BrokenItem{};
    };
    cursor.take_if(Keyword::at);
    std::vector<ast::TimeOfDay> times;
    do {
        times.push_back(read_time(cursor));
    } while (cursor.take_if(TokenKind::comma));
    if (head.places.at) fail_said(*head.places.at);
    if (head.places.range) fail_said(*head.places.range);
    head.places.at = cursor.span_from(begin);
    if (auto* elapsed = std::get_if<ElapsedInterval>(&head.schedule.times)) {
        if (times.size() > 1) {
            cursor.report(code::syntax, *head.places.at, "an interval begins once");
            throw BrokenItem{};
        }
        elapsed->at = times.front().value;
        return;
    }
    auto& of_day = std::get<TimesOfDay>(head.schedule.times).times;
    for (const auto& time : times) of_day.push_back(time.value);
    head.places.times = times.front().span;
    std::sort(of_day.begin(), of_day.end());
    of_day.erase(std::unique(of_day.begin(), of_day.end()), of_day.end());
}

// ---- clauses ----

[[noreturn]] void fail_twice(Cursor& cursor, SourceSpan span, std::string_view what,
                             std::optional<SourceSpan> first) {
    auto& diagnostic = cursor.report(code::set_twice, span, fmt::format("{} already", what));
    if (first) diagnostic.related.push_back({*first, "here"});
    throw BrokenItem{};
}

template <typename T>
void set_once(Cursor& cursor, std::optional<T>& target, T value, std::size_t begin,
              std::optional<SourceSpan>& place) {
    const SourceSpan span = cursor.span_from(begin);
    if (target) fail_twice(cursor, span, "this schedule says so", place);
    target = value;
    place = span;
}

void set_window(Cursor& cursor, ast::CalendarHead& head, WindowLength window, std::size_t begin) {
    if (head.schedule.window)
        fail_twice(cursor, cursor.span_from(begin), "this rule has a window", std::nullopt);
    head.schedule.window = window;
}

void read_from(Cursor& cursor, ast::CalendarHead& head, std::size_t begin) {
    if (!cursor.is(TokenKind::time)) {
        set_once(cursor, head.schedule.from, read_date(cursor), begin, head.places.from);
        return;
    }
    if (head.places.range)
        fail_twice(cursor, cursor.span_from(begin), "this interval has its times",
                   head.places.range);
    const auto* elapsed = std::get_if<ElapsedInterval>(&head.schedule.times);
    if (!elapsed) {
        cursor.report(code::syntax, cursor.span_from(begin),
                      "times of day from and to go with an interval",
                      "as in `every 30m from 09:00 to 18:00`");
        throw BrokenItem{};
    }
    if (head.places.at)
        fail_twice(cursor, cursor.span_from(begin), "the times are said", head.places.at);
    DailyInterval interval{elapsed->step, {}, {}};
    interval.from = read_time(cursor).value;
    cursor.expect(Keyword::to);
    interval.to = read_time(cursor).value;
    if (interval.to == interval.from) {
        cursor.report(code::bounds_contradict, cursor.span_from(begin),
                      "the interval ends where it begins");
        throw BrokenItem{};
    }
    head.schedule.times = interval;
    head.places.range = cursor.span_from(begin);
}

void read_until(Cursor& cursor, ast::CalendarHead& head, std::size_t begin) {
    if (!cursor.is(TokenKind::time)) {
        set_once(cursor, head.schedule.until, read_date(cursor), begin, head.places.until);
        return;
    }
    const ast::TimeOfDay until = read_time(cursor);
    head.places.until_time = until.span;
    set_window(cursor, head, OpenUntil{until.value}, begin);
}

void read_months(Cursor& cursor, ast::CalendarHead& head, std::size_t begin) {
    if (head.schedule.months != every_month)
        fail_twice(cursor, cursor.span_from(begin), "this schedule names its months", std::nullopt);
    MonthSet months = 0;
    do {
        const auto keyword = cursor.keyword_at();
        const auto index = keyword ? month_index(*keyword) : std::nullopt;
        if (!index) {
            if (!cursor.is(TokenKind::word)) cursor.fail_expecting("a month such as `january`");
            std::vector<Keyword> known;
            for (int month = 0; month < 12; ++month) known.push_back(month_keyword(month));
            cursor.fail_unknown(code::unknown_month, "month", "`january` to `december`", known);
        }
        cursor.take();
        months = static_cast<MonthSet>(months | 1U << static_cast<unsigned>(*index));
    } while (cursor.take_if(TokenKind::comma));
    head.schedule.months = months;
}

void read_sets_once(Cursor& cursor, ast::CalendarHead& head, std::vector<Days>& sets,
                    std::size_t begin) {
    if (!sets.empty())
        fail_twice(cursor, cursor.span_from(begin), "this schedule says so", std::nullopt);
    sets = read_day_sets(cursor, head.places);
}

// `until 22:00`, which may stand before the times it closes.
void check_until_time(Cursor& cursor, const ast::CalendarHead& head) {
    if (!head.places.until_time) return;
    const auto* of_day = std::get_if<TimesOfDay>(&head.schedule.times);
    if (!of_day) {
        cursor.report(code::syntax, *head.places.until_time,
                      "an interval has no window to a time of day",
                      "`for` and a duration gives each of its times one");
        throw BrokenItem{};
    }
    const auto& window = std::get<OpenUntil>(*head.schedule.window);
    if (!std::binary_search(of_day->times.begin(), of_day->times.end(), window.time)) return;
    cursor
        .report(code::bounds_contradict, *head.places.until_time, "the window ends where it starts")
        .notes.push_back("for a whole day write `for 1 day`");
    throw BrokenItem{};
}

}  // namespace

const std::vector<Keyword> schedule_clause_keywords{
    Keyword::at,    Keyword::in,       Keyword::lasting, Keyword::from,
    Keyword::until, Keyword::starting, Keyword::times,   Keyword::week,
    Keyword::only,  Keyword::except,   Keyword::also};

bool at_schedule(const Cursor& cursor) {
    if (cursor.is(Keyword::every)) return true;
    if (!cursor.is(Keyword::on)) return false;
    const auto next = cursor.keyword_at(1);
    const bool weekly =
        next && (weekday_index(*next) || next == Keyword::workday || next == Keyword::weekend);
    if (weekly && (cursor.is(Keyword::at, 2) || cursor.is(TokenKind::time, 2))) return true;
    return cursor.is(TokenKind::date, 1) || cursor.is_sign(".", 2) ||
           (cursor.is(Keyword::lunar, 1) && cursor.is(TokenKind::number, 2)) ||
           (cursor.is(Keyword::solar, 1) && cursor.is(TokenKind::word, 2));
}

WeekdaySet read_weekdays(Cursor& cursor) {
    return read_weekdays_of(cursor, weekday_keywords);
}

Dates read_dates(Cursor& cursor) {
    Dates dates;
    do {
        cursor.skip_line_ends();
        merge(dates, read_date_range(cursor));
    } while (cursor.take_if(TokenKind::comma));
    return dates;
}

Days read_days(Cursor& cursor, ast::SchedulePlaces& places) {
    if (cursor.take_if(Keyword::every)) return read_every(cursor, places);
    cursor.expect(Keyword::on);
    if (cursor.is(TokenKind::date)) return read_dates(cursor);
    return read_on(cursor, places);
}

ast::CalendarHead begin_schedule(Cursor& cursor) {
    ast::CalendarHead head;
    const std::size_t begin = cursor.peek().span.begin;
    const bool every = cursor.is(Keyword::every);
    cursor.take();
    if (every && at_interval(cursor)) {
        read_interval(cursor, head);
    } else {
        head.schedule.days = every ? read_every(cursor, head.places) : read_on(cursor, head.places);
    }
    head.places.days = cursor.span_from(begin);
    head.span = head.places.days;
    return head;
}

bool at_schedule_clause(const Cursor& cursor, std::size_t ahead) {
    if (cursor.is(TokenKind::time, ahead)) return true;
    if (cursor.is(Keyword::for_, ahead)) return at_duration(cursor, ahead + 1);
    return std::any_of(schedule_clause_keywords.begin(), schedule_clause_keywords.end(),
                       [&](Keyword keyword) { return cursor.is(keyword, ahead); });
}

void read_schedule_clause(Cursor& cursor, ast::CalendarHead& head) {
    const std::size_t begin = cursor.peek().span.begin;
    calendar::Schedule& schedule = head.schedule;
    if (cursor.is(TokenKind::time) || cursor.is(Keyword::at)) {
        read_times(cursor, head);
    } else if (cursor.take_if(Keyword::for_) || cursor.take_if(Keyword::lasting)) {
        set_window(cursor, head, read_duration(cursor).value, begin);
    } else if (cursor.take_if(Keyword::from)) {
        read_from(cursor, head, begin);
    } else if (cursor.take_if(Keyword::until)) {
        read_until(cursor, head, begin);
    } else if (cursor.take_if(Keyword::starting)) {
        set_once(cursor, schedule.starting, read_date(cursor), begin, head.places.starting);
    } else if (cursor.take_if(Keyword::times)) {
        set_once(cursor, schedule.count, read_integer(cursor, "a number of times", 1, times_max),
                 begin, head.places.count);
    } else if (cursor.take_if(Keyword::week)) {
        cursor.expect(Keyword::from);
        const unsigned week_start = read_weekday(cursor, weekday_keywords);
        if (head.places.week_start)
            fail_twice(cursor, cursor.span_from(begin), "this schedule says so",
                       head.places.week_start);
        head.places.week_start = cursor.span_from(begin);
        schedule.week_start = week_start;
    } else if (cursor.take_if(Keyword::in)) {
        read_months(cursor, head, begin);
    } else if (cursor.take_if(Keyword::only)) {
        read_sets_once(cursor, head, schedule.only, begin);
    } else if (cursor.take_if(Keyword::except)) {
        read_sets_once(cursor, head, schedule.except, begin);
    } else {
        cursor.expect(Keyword::also);
        cursor.expect(Keyword::on);
        read_sets_once(cursor, head, schedule.also, begin);
    }
    head.span.end = cursor.span_from(begin).end;
}

void finish_schedule(Cursor& cursor, ast::CalendarHead& head) {
    const calendar::Schedule& schedule = head.schedule;
    const auto* of_day = std::get_if<TimesOfDay>(&schedule.times);
    if (of_day && of_day->times.empty()) cursor.fail_expecting("`at` and a time");
    check_until_time(cursor, head);
    const auto require_starting = [&](SourceSpan span, std::string message) {
        if (schedule.starting) return;
        cursor.report(code::starting_missing, span, std::move(message), "from which date on?")
            .notes.push_back("add `starting` and a date, such as `starting 2026-01-05`");
        throw BrokenItem{};
    };
    if (std::holds_alternative<EveryNth>(schedule.days))
        require_starting(head.places.days, "an interval of dates is counted from a date");
    if (schedule.count) {
        require_starting(*head.places.count, "times are counted from a date");
        if (std::holds_alternative<DailyInterval>(schedule.times)) {
            cursor
                .report(code::syntax, *head.places.count,
                        "`times` does not count the steps of an interval that begins anew each day",
                        "as they are more or fewer where the clock changes")
                .notes.push_back(
                    "end it with `until` and a date, or count from one moment: `every 1h starting "
                    "2026-01-05 at 09:00 times 3`");
            throw BrokenItem{};
        }
    }
    if (std::holds_alternative<ElapsedInterval>(schedule.times) && !schedule.starting) {
        cursor
            .report(code::interval_without_bounds, head.places.times,
                    "an interval by the stopwatch needs a beginning", "from when?")
            .notes.push_back("add `from 09:00 to 18:00`, or `starting 2026-01-05 at 09:00`");
        throw BrokenItem{};
    }
}

}  // namespace sop::lang::reader
