#include "lang/calendar/span.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <optional>
#include <string>

#include "lang/calendar/schedule.h"
#include "tests/lang/calendar/sample_zones.h"
#include "tests/support/printers.h"

namespace sop::lang::calendar {

namespace {

using namespace std::chrono_literals;
using sop::tests::sample_zone;
using sop::tests::utc;

Span elapsed(std::chrono::seconds length) {
    return {0, 0, length};
}
Span days(int count) {
    return {0, count, 0s};
}
Span months(int count) {
    return {count, 0, 0s};
}

constexpr std::optional<std::chrono::seconds> no_time;

date::sys_seconds window_of(WindowLength length, date::sys_seconds start, const Zone& zone) {
    Schedule schedule;
    schedule.window = length;
    return window_end(schedule, {zone.to_local(start), start}, zone);
}

}  // namespace

TEST_CASE("an offset reaches the instant an author means", "[calendar][span][dst]") {
    constexpr AnchorSide start = AnchorSide::start;
    constexpr AnchorSide end = AnchorSide::end;
    struct Row {
        const char* behaviour;
        const char* zone;
        const char* anchor;
        AnchorSide side;
        Offset offset;
        const char* expected;
    };
    const Row rows[] = {
        {"start itself",
         "Asia/Shanghai",
         "2026-11-12 12:00",
         start,
         {{}, false, no_time},
         "2026-11-12 12:00"},
        {"minutes before",
         "Asia/Shanghai",
         "2026-11-12 12:00",
         start,
         {elapsed(10min), true, no_time},
         "2026-11-12 11:50"},
        {"minutes after the end",
         "Asia/Shanghai",
         "2026-11-12 14:00",
         end,
         {elapsed(30min), false, no_time},
         "2026-11-12 14:30"},
        {"the day before at noon",
         "Asia/Shanghai",
         "2026-11-12 12:00",
         start,
         {days(1), true, 12h},
         "2026-11-11 04:00"},
        {"a time on the same date",
         "Asia/Shanghai",
         "2026-11-12 12:00",
         start,
         {{}, false, 9h},
         "2026-11-12 01:00"},
        {"the local date counts, not that of UTC",
         "Asia/Shanghai",
         "2026-11-11 16:30",
         start,
         {days(1), false, 9h},
         "2026-11-13 01:00"},

        // The wall clock stays put over a change for days, and the stopwatch for hours.
        {"a day over a gap",
         "America/New_York",
         "2026-03-07 17:00",
         start,
         {days(1), false, no_time},
         "2026-03-08 16:00"},
        {"24 hours over a gap",
         "America/New_York",
         "2026-03-07 17:00",
         start,
         {elapsed(24h), false, no_time},
         "2026-03-08 17:00"},
        {"a day over a repeated hour",
         "America/New_York",
         "2026-10-31 16:00",
         start,
         {days(1), false, no_time},
         "2026-11-01 17:00"},
        {"a day into a gap moves later",
         "America/New_York",
         "2026-03-07 07:30",
         start,
         {days(1), false, no_time},
         "2026-03-08 07:30"},
        {"a day into a repeated hour is its first",
         "America/New_York",
         "2026-10-31 05:30",
         start,
         {days(1), false, no_time},
         "2026-11-01 05:30"},
        {"a time in a gap moves later",
         "America/New_York",
         "2026-03-07 17:00",
         start,
         {days(1), false, 2h + 30min},
         "2026-03-08 07:30"},

        {"a month",
         "Asia/Shanghai",
         "2026-11-12 12:00",
         start,
         {months(1), false, no_time},
         "2026-12-12 12:00"},
        {"a month too short gives its last day",
         "Asia/Shanghai",
         "2026-01-31 02:00",
         start,
         {months(1), false, no_time},
         "2026-02-28 02:00"},
        {"and in a leap year",
         "Asia/Shanghai",
         "2028-01-31 02:00",
         start,
         {months(1), false, no_time},
         "2028-02-29 02:00"},
        {"a month back over the new year",
         "Asia/Shanghai",
         "2026-01-31 02:00",
         start,
         {months(2), true, no_time},
         "2025-11-30 02:00"},
        {"a year from 29 February",
         "Asia/Shanghai",
         "2028-02-29 02:00",
         start,
         {months(12), false, no_time},
         "2029-02-28 02:00"},
        {"months before days",
         "Asia/Shanghai",
         "2026-01-31 02:00",
         start,
         {{1, 1, 0s}, false, no_time},
         "2026-03-01 02:00"},

        // An end at midnight closes the day before.
        {"the day after an end at midnight",
         "Asia/Shanghai",
         "2026-11-11 16:00",
         end,
         {days(1), false, 10h},
         "2026-11-12 02:00"},
        {"the same for a start is another day",
         "Asia/Shanghai",
         "2026-11-11 16:00",
         start,
         {days(1), false, 10h},
         "2026-11-13 02:00"},
        {"a second past midnight does not close",
         "Asia/Shanghai",
         "2026-11-11 16:00:01",
         end,
         {days(1), false, 10h},
         "2026-11-13 02:00"},
        {"the day an end at midnight closes",
         "Asia/Shanghai",
         "2026-11-11 16:00",
         end,
         {{}, false, 9h},
         "2026-11-11 01:00"},
        {"24:00 moved by a day is 24:00",
         "Asia/Shanghai",
         "2026-11-11 16:00",
         end,
         {days(1), false, no_time},
         "2026-11-12 16:00"},
        {"24:00 of the last of a month, moved by a month",
         "Asia/Shanghai",
         "2026-02-28 16:00",
         end,
         {months(1), false, no_time},
         "2026-03-28 16:00"},
        {"an end at midnight, elapsed",
         "Asia/Shanghai",
         "2026-11-11 16:00",
         end,
         {elapsed(30min), false, no_time},
         "2026-11-11 16:30"},
        {"an end at a midnight that the clock skips",
         "Africa/Cairo",
         "2026-04-23 22:00",
         end,
         {days(1), false, 10h},
         "2026-04-24 07:00"},
        {"an end in the repeated hour before midnight closes nothing",
         "Asia/Beirut",
         "2026-10-24 21:00",
         end,
         {days(1), false, 10h},
         "2026-10-25 08:00"},
        {"an end before the date that Apia skipped",
         "Pacific/Apia",
         "2011-12-30 10:00",
         end,
         {{}, false, 9h},
         "2011-12-29 19:00"},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.behaviour) {
            CHECK(apply(row.offset, utc(row.anchor), row.side, *sample_zone(row.zone)) ==
                  utc(row.expected));
        }
    }
}

TEST_CASE("a window ends by the stopwatch or by the calendar", "[calendar][span][dst]") {
    const auto new_york = sample_zone("America/New_York");
    CHECK(window_of(elapsed(2h), utc("2026-03-08 06:30"), *new_york) == utc("2026-03-08 08:30"));
    CHECK(window_of(days(1), utc("2026-03-08 05:00"), *new_york) == utc("2026-03-09 04:00"));
    CHECK(window_of(elapsed(24h), utc("2026-03-08 05:00"), *new_york) == utc("2026-03-09 05:00"));
    CHECK(window_of(months(1), utc("2026-01-31 17:00"), *new_york) == utc("2026-02-28 17:00"));
}

TEST_CASE("a window is open until a time of day, on the next date if need be",
          "[calendar][span][dst]") {
    struct Row {
        const char* behaviour;
        const char* start;
        std::chrono::seconds until;
        const char* end;
    };
    const Row rows[] = {
        {"on the same date", "2026-06-01 14:00", 12h, "2026-06-01 16:00"},
        {"across midnight", "2026-06-01 14:00", 2h, "2026-06-02 06:00"},
        {"to midnight", "2026-06-01 14:00", 0h, "2026-06-02 04:00"},
        {"to a time the clock skips", "2026-03-08 06:00", 2h + 30min, "2026-03-08 07:30"},
        {"to a time that comes twice", "2026-11-01 04:30", 1h + 30min, "2026-11-01 05:30"},
        {"from the first reading to one that has passed", "2026-11-01 05:45", 1h + 30min,
         "2026-11-02 06:30"},
        {"from the second reading to a later time that came before", "2026-11-01 06:15", 1h + 30min,
         "2026-11-01 06:30"},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.behaviour) {
            CHECK(window_of(OpenUntil{row.until}, utc(row.start),
                            *sample_zone("America/New_York")) == utc(row.end));
        }
    }
}

TEST_CASE("spans print in their canonical spelling", "[calendar][span]") {
    const std::pair<Span, const char*> rows[] = {
        {elapsed(0s), "0s"},
        {elapsed(45s), "45s"},
        {elapsed(90min), "1h30m"},
        {elapsed(24h), "24h"},
        {elapsed(49h), "49h"},
        {elapsed(1h + 5s), "1h5s"},
        {elapsed(1h + 2min + 3s), "1h2m3s"},
        {days(1), "1 day"},
        {days(14), "14 days"},
        {months(1), "1 month"},
        {months(12), "12 months"},
        {{2, 3, 0s}, "2 months 3 days"},
    };
    for (const auto& [span, text] : rows) {
        CHECK(to_text(span) == text);
    }
}

TEST_CASE("times of day print with two digits, seconds only when there are any",
          "[calendar][span]") {
    CHECK(time_of_day_text(0s) == "00:00");
    CHECK(time_of_day_text(9h + 5min) == "09:05");
    CHECK(time_of_day_text(12h + 30s) == "12:00:30");
    CHECK(time_of_day_text(23h + 59min + 59s) == "23:59:59");
}

}  // namespace sop::lang::calendar
