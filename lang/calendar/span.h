// Lengths of time as people write them, and moving an instant by one.
//
// "1 day" keeps the wall clock and "24h" keeps the stopwatch; the two differ across daylight
// saving, so they are different units here and never mix in one span.
#pragma once

#include <date/date.h>
#include <chrono>
#include <optional>
#include <string>
#include <variant>

#include "lang/calendar/zone.h"

namespace sop::lang::calendar {

// Either months and days (calendar units), or elapsed seconds; never both.
struct Span {
    int months = 0;
    int days = 0;
    std::chrono::seconds elapsed{0};

    bool is_calendar() const { return months != 0 || days != 0; }
    bool operator==(const Span&) const = default;
};

// A place in time relative to an anchor: `start - 1 day at 12:00`, `end + 30m`, `start`.
struct Offset {
    Span span;  // lengths are not negative; `backwards` gives the direction
    bool backwards = false;
    std::optional<std::chrono::seconds>
        at{};  // time of day on the date reached; only with calendar units or none

    bool operator==(const Offset&) const = default;
};

enum class AnchorSide { start, end };

// The length of a window: a span, or the time of day it is open to, on the same date or, when that
// is not later than its start, on the next one.
struct OpenUntil {
    std::chrono::seconds time{0};
    bool operator==(const OpenUntil&) const = default;
};
using WindowLength = std::variant<Span, OpenUntil>;

// The instant an offset names. Calendar units move the local date of the anchor (a month that is
// too short gives its last day) and keep its time of day unless `at` is given. An `end` at exactly
// 00:00 counts as 24:00 of the day it closes, so `end + 1 day at 10:00` after a window that closes
// at the midnight ending the 11th is 10:00 on the 12th.
//
// A wall-clock time reached that the clock skips is moved (to the first instant after the gap when
// that is the policy for gaps, by the gap's length otherwise), and of two readings it is the second
// only when that is the policy.
date::sys_seconds apply(const Offset& offset, date::sys_seconds anchor, AnchorSide side,
                        const Zone& zone, LocalPolicy policy = {});

// "1h30m", "2 days", "1 month": the canonical spelling, which the language reads back to the same
// span.
std::string to_text(const Span& span);
// "2026-11-19"
std::string date_text(date::local_days date);
// "12:00", or "12:00:30" when there are seconds.
std::string time_of_day_text(std::chrono::seconds since_midnight);

}  // namespace sop::lang::calendar
