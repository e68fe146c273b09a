#include "lang/calendar/span.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

namespace sop::lang::calendar {

namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// A wall-clock reading as its date and its time of day; the time is 24:00 for the end of a window
// that closes the date.
struct Reading {
    date::local_days date;
    seconds time;
};

Reading reading_of(date::sys_seconds instant, AnchorSide side, const Zone& zone) {
    const date::local_seconds local = zone.to_local(instant);
    const auto date = date::floor<date::days>(local);
    if (side == AnchorSide::end) {
        // Windows are half open, so the date an end belongs to is that of the last second inside.
        // Where clocks skip midnight the first reading of a date is not 00:00, and it still closes
        // the date before.
        const auto date_inside = date::floor<date::days>(zone.to_local(instant - seconds{1}));
        if (date_inside < date) {
            return {date_inside, hours{24}};
        }
    }
    return {date, local - date};
}

// Months first, then days. A month too short for the day gives its last day.
date::local_days moved(date::local_days from, int months, int days) {
    const date::year_month_day start{from};
    const date::year_month month = start.year() / start.month() + date::months{months};
    const date::day day = std::min(start.day(), (month / date::last).day());
    return date::local_days{month / day} + date::days{days};
}

std::string counted(int count, std::string_view unit) {
    return fmt::format("{} {}{}", count, unit, count == 1 ? "" : "s");
}

std::string elapsed_text(seconds elapsed) {
    const auto whole_hours = date::floor<hours>(elapsed);
    const auto whole_minutes = date::floor<minutes>(elapsed - whole_hours);
    const seconds rest = elapsed - whole_hours - whole_minutes;
    std::string text;
    if (whole_hours.count() != 0) {
        text += fmt::format("{}h", whole_hours.count());
    }
    if (whole_minutes.count() != 0) {
        text += fmt::format("{}m", whole_minutes.count());
    }
    if (rest.count() != 0 || text.empty()) {
        text += fmt::format("{}s", rest.count());
    }
    return text;
}

}  // namespace

date::sys_seconds apply(const Offset& offset, date::sys_seconds anchor, AnchorSide side,
                        const Zone& zone, LocalPolicy policy) {
    const Span& span = offset.span;
    const int direction = offset.backwards ? -1 : 1;
    if (!span.is_calendar() && !offset.at) {
        return anchor + direction * span.elapsed;
    }
    assert(span.elapsed == seconds{0});
    const Reading reading = reading_of(anchor, side, zone);
    const date::local_days date =
        moved(reading.date, direction * span.months, direction * span.days);
    return zone.to_instant(date + offset.at.value_or(reading.time), policy);
}

std::string to_text(const Span& span) {
    if (!span.is_calendar()) {
        return elapsed_text(span.elapsed);
    }
    std::string text;
    if (span.months != 0) {
        text = counted(span.months, "month");
    }
    if (span.days != 0) {
        text += (text.empty() ? "" : " ") + counted(span.days, "day");
    }
    return text;
}

std::string date_text(date::local_days date) {
    return date::format("%F", date);
}

std::string time_of_day_text(seconds since_midnight) {
    const auto whole_hours = date::floor<hours>(since_midnight);
    const auto whole_minutes = date::floor<minutes>(since_midnight - whole_hours);
    const seconds rest = since_midnight - whole_hours - whole_minutes;
    if (rest == seconds{0}) {
        return fmt::format("{:02}:{:02}", whole_hours.count(), whole_minutes.count());
    }
    return fmt::format("{:02}:{:02}:{:02}", whole_hours.count(), whole_minutes.count(),
                       rest.count());
}

}  // namespace sop::lang::calendar
