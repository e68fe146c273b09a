// The rule in the footer of a zone file: the offsets after the last change the file lists.
//
// POSIX's TZ format with the extensions of RFC 8536: names in angle brackets, and times of change
// beyond 24 hours or negative ("the Saturday before the last Sunday" is written `M3.5.0/-1`).
// "Daylight" may be behind standard time, as in Dublin, so nothing here asks which of the two is
// summer.
#pragma once

#include <date/date.h>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sop::lang::calendar {

// When in a year the clock changes, on the wall clock in force before the change.
struct RuleDate {
    enum class Kind {
        day_of_365,       // `J60`: the 60th day, counted as if 29 February did not exist
        day_of_year,      // `59`: days after 1 January, 29 February counts
        weekday_of_month  // `M3.2.0`: the second Sunday of March; week 5 is the last
    };
    Kind kind = Kind::day_of_year;
    unsigned day = 0;
    unsigned month = 1;
    unsigned week = 1;
    unsigned weekday = 0;  // 0 is Sunday
    std::chrono::seconds time{0};
};

struct PosixRule {
    struct Daylight {
        std::chrono::seconds offset;
        RuleDate begin;
        RuleDate end;
    };
    std::chrono::seconds standard{0};  // east of UTC, unlike in the text
    std::optional<Daylight> daylight;
};

// What is wrong with a rule, and at which byte of its text.
struct PosixRuleError {
    std::size_t at;
    std::string what;
};

// Throws PosixRuleError.
PosixRule parse_posix_rule(std::string_view text);

// A stretch in which daylight saving is in force.
struct DaylightPeriod {
    date::sys_seconds begin;
    date::sys_seconds end;
};

// The stretches that begin in the given years, in order and apart: those that meet (daylight saving
// all the year round) are one.
std::vector<DaylightPeriod> daylight_periods(const PosixRule& rule, date::year first,
                                             date::year last);

}  // namespace sop::lang::calendar
