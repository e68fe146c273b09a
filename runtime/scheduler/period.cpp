#include "runtime/scheduler/period.h"

#include <algorithm>

namespace sop::runtime {

namespace {

using lang::Period;

// Before all dates that anything is counted for.
constexpr date::local_days days_begin{date::days{-1'000'000}};

date::local_days back_by(date::local_days day, const lang::calendar::Span& span) {
    if (span.months == 0) return day - date::days{span.days};
    const date::year_month_day written{day};
    auto earlier = written - date::months{span.months};
    // A month that is too short gives its last day.
    if (!earlier.ok()) earlier = earlier.year() / earlier.month() / date::last;
    return date::local_days{earlier} - date::days{span.days};
}

}  // namespace

InstantRange range_of(const Period& period, const lang::calendar::Zone& zone, const Window& window,
                      Instant at) {
    const auto today =
        date::floor<date::days>(zone.to_local(date::floor<std::chrono::seconds>(at)));
    const auto midnight = [&zone](date::local_days day) -> Instant { return zone.to_instant(day); };
    switch (period.kind) {
        case Period::Kind::last:
            if (!period.span.is_calendar()) return {at - period.span.elapsed, at};
            return {midnight(back_by(today, period.span)), midnight(today)};
        case Period::Kind::last_and_today:
            return {midnight(back_by(today, period.span)), at};
        case Period::Kind::today:
            return {midnight(today), at};
        case Period::Kind::since_start:
            return {window.start, at};
        case Period::Kind::between:
            return {midnight(period.from), std::min(at, midnight(period.until + date::days{1}))};
        case Period::Kind::ever:
            break;
    }
    return {Instant::min(), at};
}

WholeDays whole_days(const InstantRange& range, const lang::calendar::Zone& zone) {
    const auto date_of = [&zone](Instant at) {
        return date::floor<date::days>(zone.to_local(date::floor<std::chrono::seconds>(at)));
    };
    WholeDays days;
    days.to = date_of(range.to);
    days.ends_at = zone.to_instant(days.to);
    // Ever: there is nothing before it.
    days.from = days_begin;
    days.begins_at = range.from;
    if (range.from == Instant::min()) return days;
    days.from = date_of(range.from);
    if (zone.to_instant(days.from) < range.from) days.from += date::days{1};
    days.begins_at = zone.to_instant(days.from);
    return days;
}

}  // namespace sop::runtime
