// Sets of local dates, as rules name them: "thursday", "last friday of a month", "holidays of cn".
//
// Values only; nothing here knows about zones or times of day.
#pragma once

#include <date/date.h>
#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "lang/shared.h"

namespace sop::lang::calendar {

struct Calendar;

// Indexes are 0 for Monday to 6 for Sunday.
struct WeekdaySet {
    std::uint8_t bits = 0;

    static WeekdaySet of(std::initializer_list<unsigned> indexes) {
        WeekdaySet set;
        for (const unsigned index : indexes) set.add(index);
        return set;
    }
    bool has(unsigned index) const { return (bits >> index & 1U) != 0; }
    void add(unsigned index) { bits = static_cast<std::uint8_t>(bits | 1U << index); }
    bool empty() const { return bits == 0; }
    bool operator==(const WeekdaySet&) const = default;
};
inline constexpr unsigned days_per_week = 7;
inline const WeekdaySet monday_to_friday{0b0011111};
inline const WeekdaySet saturday_and_sunday{0b1100000};

// Bit 0 is January.
using MonthSet = std::uint16_t;
inline constexpr MonthSet every_month = 0x0FFF;

// Both ends belong to it.
struct DateRange {
    date::local_days first;
    date::local_days last;

    bool operator==(const DateRange&) const = default;
};

struct EveryDay {
    bool operator==(const EveryDay&) const = default;
};
struct Weekdays {
    WeekdaySet set;
    bool operator==(const Weekdays&) const = default;
};
// The working days of the calendar in use; Monday to Friday where none is.
struct Workdays {
    bool operator==(const Workdays&) const = default;
};
// The days off of each week that the calendar in use does not make working days; Saturday and
// Sunday where none is.
struct Weekend {
    bool operator==(const Weekend&) const = default;
};

// One day of every month; a month without it has none, but for `day_or_last`.
struct MonthDay {
    enum class Kind {
        day,               // the 18th
        day_or_last,       // the 31st, or the last day of a shorter month
        day_from_end,      // 1 is the last day
        weekday,           // the 3rd Thursday
        weekday_from_end,  // 1 is the last Friday
        workday,           // the 1st working day
        workday_from_end,
    };
    Kind kind = Kind::day;
    int number = 1;
    int weekday = 0;

    auto operator<=>(const MonthDay&) const = default;
};
struct MonthDays {
    std::vector<MonthDay> days;  // ascending, unique
    bool operator==(const MonthDays&) const = default;
};

struct YearDays {
    std::vector<date::month_day> days;  // ascending, unique; 29 February is none in common years
    bool operator==(const YearDays&) const = default;
};

struct Dates {
    std::vector<DateRange> ranges;  // ascending, apart
    bool operator==(const Dates&) const = default;
};

struct LunarDay {
    int month = 1;  // plain months, never leap ones
    int day = 1;    // 0 is the last day of the month

    auto operator<=>(const LunarDay&) const = default;
};
struct LunarDays {
    std::vector<LunarDay> days;  // ascending, unique
    bool operator==(const LunarDays&) const = default;
};

struct SolarTerms {
    std::vector<int> terms;  // as in lunar.h, ascending, unique
    bool operator==(const SolarTerms&) const = default;
};

// `cn.holidays`, `cn.mid_autumn`. Equal by name.
struct CalendarDays {
    struct Name {
        std::string calendar;
        std::string days;

        auto operator<=>(const Name&) const = default;
    };
    Shared<Name> name;
    std::shared_ptr<const Calendar> data{};  // what the name stands for, once resolved

    bool operator==(const CalendarDays& other) const { return name == other.name; }
};

// The first working day after, or the last one before, each stretch of such days; by their own
// calendar where no other is in use.
struct WorkdayBeside {
    bool after = true;
    CalendarDays of;
    bool operator==(const WorkdayBeside&) const = default;
};

// Every `count` days, weeks or months, counted from the date, week or month the schedule starts in.
struct EveryNth {
    enum class Unit { day, week, month };
    Unit unit = Unit::day;
    int count = 1;
    WeekdaySet weekdays;               // of a week; empty: that of the starting date
    std::vector<MonthDay> month_days;  // of a month; empty: that of the starting date

    bool operator==(const EveryNth&) const = default;
};

using Days = std::variant<EveryDay, Weekdays, Workdays, Weekend, MonthDays, YearDays, Dates,
                          LunarDays, SolarTerms, CalendarDays, WorkdayBeside, EveryNth>;

// A calendar of working days and holidays: "cn". Its holidays are known for certain years only.
struct Calendar {
    struct NamedDays {
        std::string name;
        std::string title;  // may be empty
        bool holiday = false;
        Days days;

        bool operator==(const NamedDays&) const = default;
    };
    std::string name;
    std::string title;     // may be empty
    std::string timezone;  // where it is kept, for showing its holidays; may be empty
    WeekdaySet weekend = saturday_and_sunday;
    std::optional<std::pair<int, int>> years;  // first and last known; nothing: no limit
    Dates workdays;                            // working days although in the weekend
    std::vector<NamedDays> named;              // as declared

    bool operator==(const Calendar&) const = default;

    bool knows(date::local_days date) const;
    const NamedDays* find(std::string_view days_name) const;
    // The holiday that falls on a date, of those known.
    const NamedDays* holiday_on(date::local_days date) const;
    // Of a year that is known.
    bool is_workday(date::local_days date) const;
};

// The same calendar, by value.
bool is_same(const std::shared_ptr<const Calendar>& a, const std::shared_ptr<const Calendar>& b);

// Names every calendar has: all its holidays, and the working days in its weekends.
inline constexpr std::string_view all_holidays = "holidays";
inline constexpr std::string_view extra_workdays = "workdays";

// What sets of dates are read with.
struct DayContext {
    const Calendar* calendar = nullptr;
    // In a year the calendar does not know, its working days are the days outside its weekend and
    // it has no holidays; otherwise membership is unknown there.
    bool unknown_as_weekdays = false;
    date::local_days starting{};  // for EveryNth
    unsigned week_start = 0;      // 0 is Monday
};

enum class Membership { no, yes, unknown };
Membership membership(const Days& days, date::local_days date, const DayContext& context);

// The first date from `from` on that belongs to the set or whose membership is unknown (but for the
// dates of a calendar in years it does not know, which are none). Looks no further than `last`, but
// may answer with a later date.
std::optional<date::local_days> first_date_from(const Days& days, date::local_days from,
                                                date::local_days last, const DayContext& context);

// The date of such a day in one month.
std::optional<date::local_days> date_in_month(const MonthDay& day, date::year_month month,
                                              const DayContext& context);

}  // namespace sop::lang::calendar
