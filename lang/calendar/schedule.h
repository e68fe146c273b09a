// Calendar schedules as values, and the instants they give.
//
// A schedule is days × times of day, read in one zone. Search works on nominal local dates and
// turns each into an instant last, so that a day's weekday and date are those on the wall whatever
// an offset change does to the instant.
#pragma once

#include <date/date.h>
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lang/calendar/zone.h"

namespace sop::lang::calendar {

// The local dates on which a schedule falls.
struct Days {
    enum class Kind {
        every_day,
        workdays,    // Monday to Friday
        weekdays,    // those set in `weekdays`
        month_days,  // those in `month_days`; a month without the day is skipped
        dates,       // exactly `dates`
    };
    Kind kind = Kind::every_day;
    std::array<bool, 7> weekdays{};       // index 0 is Monday
    std::vector<int> month_days;          // 1 to 31, ascending, unique
    std::vector<date::local_days> dates;  // ascending, unique

    bool operator==(const Days&) const = default;
};

struct Schedule {
    Days days;
    std::vector<std::chrono::seconds>
        times;  // since local midnight, under 24 h, ascending, unique, at least one

    bool operator==(const Schedule&) const = default;
};

// One planned time. `nominal` is what the schedule says and names the occurrence for ever;
// `instant` is when it happens under the zone data in use (a nominal time in a gap is moved later
// by the gap's length, a repeated one is its first).
struct Occurrence {
    date::local_seconds nominal;
    date::sys_seconds instant;

    bool operator==(const Occurrence&) const = default;
};

// The first occurrence whose instant is after `after` (exclusive); nothing when the schedule has no
// further one within `search_days_max` days. Two nominal times that meet in one instant (the second
// lies where the first was moved to) are one occurrence, the one with the later nominal time is
// left out. Pure; independent of how `after` was reached.
inline constexpr int search_days_max = 366 * 30;
std::optional<Occurrence> next_occurrence(const Schedule& schedule, const Zone& zone,
                                          date::sys_seconds after);

}  // namespace sop::lang::calendar
