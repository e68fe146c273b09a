#include "lang/reader/schedule.h"

#include "lang/codes.h"
#include "lang/reader/days.h"
#include "lang/reader/literals.h"
#include "lang/report.h"

#include <algorithm>

namespace sop::lang::reader {

namespace {

using namespace sop::lang::calendar;

constexpr int times_max = 100000;

// ---- times ----

// `every 90m`; the clauses say from when.
void read_interval(Cursor& cursor, ast::CalendarHead& head) {
    const ast::Duration step = read_duration(cursor);
    if (step.value.is_calendar()) {
        cursor
            .report(code::syntax, step.span, "`every` counts days, weeks and months"_say,
                    "a year is 12 months"_say)
            .notes.push_back("as in `every 24 months on 18 at 10:00 starting 2026-06-01`"_say);
        throw BrokenItem{};
    }
    head.schedule.times = ElapsedInterval{step.value.elapsed, std::chrono::seconds{0}};
    head.places.times = step.span;
}

void read_times(Cursor& cursor, ast::CalendarHead& head) {
    const std::size_t begin = cursor.peek().span.begin;
    const auto fail_said = [&](SourceSpan first) {
        cursor.report(code::set_twice, cursor.span_from(begin), "the times are said already"_say)
            .related.push_back({first, "here"_say});
        throw BrokenItem{};
    };
    cursor.take_if(Keyword::at);
    cursor.mark_literal_times();
    std::vector<ast::TimeOfDay> times;
    do {
        times.push_back(read_time(cursor));
    } while (cursor.take_if(TokenKind::comma));
    if (head.places.at) fail_said(*head.places.at);
    if (head.places.range) fail_said(*head.places.range);
    head.places.at = cursor.span_from(begin);
    if (auto* elapsed = std::get_if<ElapsedInterval>(&head.schedule.times)) {
        if (times.size() > 1) {
            cursor.report(code::syntax, *head.places.at, "an interval begins once"_say);
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

[[noreturn]] void fail_twice(Cursor& cursor, SourceSpan span, Message what,
                             std::optional<SourceSpan> first) {
    auto& diagnostic = cursor.report(code::set_twice, span, std::move(what));
    if (first) diagnostic.related.push_back({*first, "here"_say});
    throw BrokenItem{};
}

template <typename T>
void set_once(Cursor& cursor, std::optional<T>& target, T value, std::size_t begin,
              std::optional<SourceSpan>& place) {
    const SourceSpan span = cursor.span_from(begin);
    if (target) fail_twice(cursor, span, "this schedule says so already"_say, place);
    target = value;
    place = span;
}

void set_window(Cursor& cursor, ast::CalendarHead& head, WindowLength window, std::size_t begin) {
    if (head.schedule.window)
        fail_twice(cursor, cursor.span_from(begin), "this rule has a window already"_say,
                   std::nullopt);
    head.schedule.window = window;
}

void read_from(Cursor& cursor, ast::CalendarHead& head, std::size_t begin) {
    if (!at_time(cursor)) {
        set_once(cursor, head.schedule.from, read_date(cursor), begin, head.places.from);
        return;
    }
    if (head.places.range)
        fail_twice(cursor, cursor.span_from(begin), "this interval has its times already"_say,
                   head.places.range);
    const auto* elapsed = std::get_if<ElapsedInterval>(&head.schedule.times);
    if (!elapsed) {
        cursor.report(code::syntax, cursor.span_from(begin),
                      "times of day from and to go with an interval"_say,
                      "as in `every 30m from 09:00 to 18:00`"_say);
        throw BrokenItem{};
    }
    if (head.places.at)
        fail_twice(cursor, cursor.span_from(begin), "the times are said already"_say,
                   head.places.at);
    DailyInterval interval{elapsed->step, {}, {}};
    interval.from = read_time(cursor).value;
    cursor.expect(Keyword::to);
    interval.to = read_time(cursor).value;
    if (interval.to == interval.from) {
        cursor.report(code::bounds_contradict, cursor.span_from(begin),
                      "the interval ends where it begins"_say);
        throw BrokenItem{};
    }
    head.schedule.times = interval;
    head.places.range = cursor.span_from(begin);
}

void read_until(Cursor& cursor, ast::CalendarHead& head, std::size_t begin) {
    if (!at_time(cursor)) {
        set_once(cursor, head.schedule.until, read_date(cursor), begin, head.places.until);
        return;
    }
    const ast::TimeOfDay until = read_time(cursor);
    head.places.until_time = until.span;
    set_window(cursor, head, OpenUntil{until.value}, begin);
}

void read_months(Cursor& cursor, ast::CalendarHead& head, std::size_t begin) {
    if (head.schedule.months != every_month)
        fail_twice(cursor, cursor.span_from(begin), "this schedule names its months already"_say,
                   std::nullopt);
    MonthSet months = 0;
    do {
        const auto keyword = cursor.keyword_at();
        const auto index = keyword ? month_index(*keyword) : std::nullopt;
        if (!index) {
            if (!cursor.is(TokenKind::word)) cursor.fail_expecting("a month such as `january`"_say);
            std::vector<Keyword> known;
            for (int month = 0; month < 12; ++month) known.push_back(month_keyword(month));
            cursor.fail_unknown(code::unknown_month, "month"_say, "`january` to `december`"_say,
                                known);
        }
        cursor.take(*keyword);
        months = static_cast<MonthSet>(months | 1U << static_cast<unsigned>(*index));
    } while (cursor.take_if(TokenKind::comma));
    head.schedule.months = months;
}

void read_sets_once(Cursor& cursor, ast::CalendarHead& head, RareList<Days>& sets,
                    std::size_t begin) {
    if (!sets.empty())
        fail_twice(cursor, cursor.span_from(begin), "this schedule says so already"_say,
                   std::nullopt);
    sets = read_day_sets(cursor, head.places);
}

// `until 22:00`, which may stand before the times it closes.
void check_until_time(Cursor& cursor, const ast::CalendarHead& head) {
    if (!head.places.until_time) return;
    const auto* of_day = std::get_if<TimesOfDay>(&head.schedule.times);
    if (!of_day) {
        cursor.report(code::syntax, *head.places.until_time,
                      "an interval has no window to a time of day"_say,
                      "`for` and a duration gives each of its times one"_say);
        throw BrokenItem{};
    }
    const auto& window = std::get<OpenUntil>(*head.schedule.window);
    if (!std::binary_search(of_day->times.begin(), of_day->times.end(), window.time)) return;
    cursor
        .report(code::bounds_contradict, *head.places.until_time,
                "the window ends where it starts"_say)
        .notes.push_back("for a whole day write `for 1 day`"_say);
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
    if (weekly && (cursor.is(Keyword::at, 2) || at_time(cursor, 2))) return true;
    return at_date(cursor, 1) || cursor.is_sign(".", 2) ||
           (cursor.is(Keyword::lunar, 1) && cursor.is(TokenKind::number, 2)) ||
           (cursor.is(Keyword::solar, 1) && cursor.is(TokenKind::word, 2));
}

ast::CalendarHead begin_schedule(Cursor& cursor) {
    ast::CalendarHead head;
    const std::size_t begin = cursor.peek().span.begin;
    const bool every = cursor.is(Keyword::every);
    cursor.take(every ? Keyword::every : Keyword::on);
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
    if (at_time(cursor, ahead)) return true;
    if (cursor.is(Keyword::for_, ahead)) return at_duration(cursor, ahead + 1);
    return std::any_of(schedule_clause_keywords.begin(), schedule_clause_keywords.end(),
                       [&](Keyword keyword) { return cursor.is(keyword, ahead); });
}

int schedule_clause_rank(const Cursor& cursor, const ast::CalendarHead& head) {
    enum Rank { months, times, window, starting, beginning, from, until, count, week, sets };
    const bool interval = !std::holds_alternative<TimesOfDay>(head.schedule.times);
    const bool before_time = at_time(cursor, 1);
    if (cursor.is(Keyword::in)) return months;
    if (at_time(cursor) || cursor.is(Keyword::at)) return interval ? beginning : times;
    if (cursor.is(Keyword::lasting)) return window;
    if (cursor.is(Keyword::starting)) return starting;
    if (cursor.is(Keyword::from)) return before_time ? times : from;
    if (cursor.is(Keyword::until)) return before_time ? window : until;
    if (cursor.is(Keyword::times)) return count;
    if (cursor.is(Keyword::week)) return week;
    if (cursor.is(Keyword::only)) return sets;
    return cursor.is(Keyword::except) ? sets + 1 : sets + 2;
}

void read_schedule_clause(Cursor& cursor, ast::CalendarHead& head) {
    const std::size_t begin = cursor.peek().span.begin;
    calendar::Schedule& schedule = head.schedule;
    if (at_time(cursor) || cursor.is(Keyword::at)) {
        read_times(cursor, head);
    } else if (cursor.take_if(Keyword::lasting)) {
        set_window(cursor, head, read_duration(cursor).value, begin);
    } else if (cursor.take_if(Keyword::from)) {
        read_from(cursor, head, begin);
    } else if (cursor.take_if(Keyword::until)) {
        read_until(cursor, head, begin);
    } else if (cursor.take_if(Keyword::starting)) {
        set_once(cursor, schedule.starting, read_date(cursor), begin, head.places.starting);
    } else if (cursor.take_if(Keyword::times)) {
        set_once(cursor, schedule.count,
                 read_integer(cursor, "a number of times"_say, 1, times_max), begin,
                 head.places.count);
    } else if (cursor.take_if(Keyword::week)) {
        cursor.expect(Keyword::from);
        const unsigned week_start = read_weekday(cursor);
        if (head.places.week_start)
            fail_twice(cursor, cursor.span_from(begin), "this schedule says so already"_say,
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
    if (of_day && of_day->times.empty()) cursor.fail_expecting("`at` and a time"_say);
    check_until_time(cursor, head);
    const auto require_starting = [&](SourceSpan span, Pattern message) {
        if (schedule.starting) return;
        cursor.report(code::starting_missing, span, message, "from which date on?"_say)
            .notes.push_back("add `starting` and a date, such as `starting 2026-01-05`"_say);
        throw BrokenItem{};
    };
    if (std::holds_alternative<EveryNth>(schedule.days))
        require_starting(head.places.days, "an interval of dates is counted from a date"_say);
    if (schedule.count) {
        require_starting(*head.places.count, "times are counted from a date"_say);
        if (std::holds_alternative<DailyInterval>(schedule.times)) {
            cursor
                .report(
                    code::syntax, *head.places.count,
                    "`times` does not count the steps of an interval that begins anew each day"_say,
                    "as they are more or fewer where the clock changes"_say)
                .notes.push_back(
                    "end it with `until` and a date, or count from one moment: `every 1h starting "
                    "2026-01-05 at 09:00 times 3`"_say);
            throw BrokenItem{};
        }
    }
    if (std::holds_alternative<ElapsedInterval>(schedule.times) && !schedule.starting) {
        cursor
            .report(code::interval_without_bounds, head.places.times,
                    "an interval by the stopwatch needs a beginning"_say, "from when?"_say)
            .notes.push_back("add `from 09:00 to 18:00`, or `starting 2026-01-05 at 09:00`"_say);
        throw BrokenItem{};
    }
}

}  // namespace sop::lang::reader
