#include "lang/calendar/days.h"

#include <algorithm>

#include "lang/calendar/lunar.h"
#include "lang/overload.h"

namespace sop::lang::calendar {

namespace {

using date::days;
using date::local_days;

// How far from a day off the next working day is looked for; no calendar closes for longer.
constexpr days longest_closure{366};

unsigned weekday_of(local_days date) {
    // 1 January 1970 was a Thursday.
    constexpr unsigned thursday = 3;
    const auto since = (date.time_since_epoch().count() % 7 + 7) % 7;
    return (static_cast<unsigned>(since) + thursday) % days_per_week;
}

int year_of(local_days date) {
    return static_cast<int>(date::year_month_day{date}.year());
}

void keep_earlier(std::optional<local_days>& earliest, std::optional<local_days> candidate) {
    if (candidate && (!earliest || *candidate < *earliest)) earliest = candidate;
}

bool contains(const Dates& dates, local_days date) {
    const auto after = std::upper_bound(
        dates.ranges.begin(), dates.ranges.end(), date,
        [](local_days wanted, const DateRange& range) { return wanted < range.first; });
    return after != dates.ranges.begin() && date <= std::prev(after)->last;
}

// ---- working days ----

Membership answer(bool is) {
    return is ? Membership::yes : Membership::no;
}

Membership workday_membership(local_days date, const DayContext& context) {
    const unsigned weekday = weekday_of(date);
    if (!context.calendar) return answer(monday_to_friday.has(weekday));
    if (context.calendar->knows(date)) return answer(context.calendar->is_workday(date));
    if (context.unknown_as_weekdays) return answer(!context.calendar->weekend.has(weekday));
    // A weekend may be a working day as much as a weekday may be a holiday, but only the days that
    // are worked in ordinary weeks are planned on.
    return context.calendar->weekend.has(weekday) ? Membership::no : Membership::unknown;
}

Membership weekend_membership(local_days date, const DayContext& context) {
    const WeekdaySet weekend = context.calendar ? context.calendar->weekend : saturday_and_sunday;
    if (!weekend.has(weekday_of(date))) return Membership::no;
    if (!context.calendar) return Membership::yes;
    if (context.calendar->knows(date)) {
        return contains(context.calendar->workdays, date) ? Membership::no : Membership::yes;
    }
    return context.unknown_as_weekdays ? Membership::yes : Membership::unknown;
}

bool may_be_workday(local_days date, const DayContext& context) {
    return workday_membership(date, context) != Membership::no;
}

std::optional<local_days> workday_from(local_days date, int direction, const DayContext& context) {
    for (const local_days limit = date + direction * longest_closure; date != limit;
         date += days{direction}) {
        if (may_be_workday(date, context)) return date;
    }
    return std::nullopt;
}

std::optional<local_days> nth_workday(const MonthDay& day, date::year_month month,
                                      const DayContext& context) {
    const bool from_end = day.kind == MonthDay::Kind::workday_from_end;
    const local_days first{month / 1};
    const local_days last{month / date::last};
    int found = 0;
    for (local_days date = from_end ? last : first; date >= first && date <= last;
         date += days{from_end ? -1 : 1}) {
        if (may_be_workday(date, context) && ++found == day.number) return date;
    }
    return std::nullopt;
}

// ---- sets that repeat ----

std::optional<local_days> first_of_weekdays(WeekdaySet set, local_days from) {
    const unsigned today = weekday_of(from);
    for (unsigned ahead = 0; ahead < days_per_week; ++ahead) {
        if (set.has((today + ahead) % days_per_week)) return from + days{ahead};
    }
    return std::nullopt;
}

// Tests every date in turn; for sets whose gaps are short.
template <typename Belongs>
std::optional<local_days> first_by_day(local_days from, local_days last, Belongs belongs) {
    for (local_days date = from; date <= last; date += days{1}) {
        if (belongs(date) != Membership::no) return date;
    }
    return std::nullopt;
}

std::optional<local_days> earliest_in_month(const std::vector<MonthDay>& wanted,
                                            date::year_month month, local_days from,
                                            const DayContext& context) {
    std::optional<local_days> earliest;
    for (const MonthDay& day : wanted) {
        const auto date = date_in_month(day, month, context);
        if (date && *date >= from) keep_earlier(earliest, date);
    }
    return earliest;
}

std::optional<local_days> first_of_month_days(const std::vector<MonthDay>& wanted, local_days from,
                                              local_days last, int step, date::year_month month,
                                              const DayContext& context) {
    for (; local_days{month / 1} <= last; month += date::months{step}) {
        if (const auto date = earliest_in_month(wanted, month, from, context)) return date;
    }
    return std::nullopt;
}

// Asks a set for its dates of one year after the other.
template <typename DateInYear>
std::optional<local_days> first_by_year(local_days from, int year_first, int year_last,
                                        DateInYear dates_in_year) {
    for (int year = year_first; year <= year_last; ++year) {
        std::optional<local_days> earliest;
        dates_in_year(year, [&](std::optional<local_days> date) {
            if (date && *date >= from) keep_earlier(earliest, date);
        });
        if (earliest) return earliest;
    }
    return std::nullopt;
}

std::optional<local_days> first_of(const YearDays& set, local_days from, local_days last) {
    return first_by_year(from, year_of(from), year_of(last), [&](int year, auto offer) {
        for (const date::month_day day : set.days) {
            const date::year_month_day date = date::year{year} / day;
            if (date.ok()) offer(local_days{date});
        }
    });
}

std::optional<local_days> first_of(const LunarDays& set, local_days from, local_days last) {
    // A lunar year ends up to 50 days into the next one.
    return first_by_year(from, std::max(year_of(from) - 1, lunar_year_first),
                         std::min(year_of(last), lunar_year_last), [&](int year, auto offer) {
                             for (const LunarDay& day : set.days)
                                 offer(lunar_date(year, day.month, day.day));
                         });
}

std::optional<local_days> first_of(const SolarTerms& set, local_days from, local_days last) {
    return first_by_year(from, std::max(year_of(from), lunar_year_first),
                         std::min(year_of(last), lunar_year_last), [&](int year, auto offer) {
                             for (const int term : set.terms) offer(solar_term_date(year, term));
                         });
}

std::optional<local_days> first_of(const Dates& set, local_days from) {
    const auto range = std::lower_bound(
        set.ranges.begin(), set.ranges.end(), from,
        [](const DateRange& candidate, local_days wanted) { return candidate.last < wanted; });
    if (range == set.ranges.end()) return std::nullopt;
    return std::max(from, range->first);
}

std::optional<local_days> first_of(const EveryNth& set, local_days from, local_days last,
                                   const DayContext& context) {
    const local_days start = context.starting;
    from = std::max(from, start);
    if (set.unit == EveryNth::Unit::day) {
        const days past = (from - start) % days{set.count};
        return past == days{0} ? from : from + (days{set.count} - past);
    }
    if (set.unit == EveryNth::Unit::week) {
        const auto week_of = [&](local_days date) {
            return date -
                   days{(weekday_of(date) + days_per_week - context.week_start) % days_per_week};
        };
        const days cycle = days{set.count * static_cast<int>(days_per_week)};
        const WeekdaySet wanted =
            set.weekdays.empty() ? WeekdaySet::of({weekday_of(start)}) : set.weekdays;
        for (local_days week = week_of(start) + (from - week_of(start)) / cycle * cycle;
             week <= last; week += cycle) {
            const auto date = first_of_weekdays(wanted, std::max(week, from));
            if (date && *date < week + days{days_per_week}) return date;
        }
        return std::nullopt;
    }
    const date::year_month_day first{start};
    const date::year_month_day now{from};
    const auto months_past =
        (now.year() / now.month() - first.year() / first.month()).count() / set.count * set.count;
    const date::year_month month = first.year() / first.month() + date::months{months_past};
    if (!set.month_days.empty())
        return first_of_month_days(set.month_days, from, last, set.count, month, context);
    const MonthDay same_day{MonthDay::Kind::day,
                            static_cast<int>(static_cast<unsigned>(first.day())), 0};
    return first_of_month_days({same_day}, from, last, set.count, month, context);
}

std::optional<local_days> first_of(const CalendarDays& set, local_days from, local_days last,
                                   const DayContext& context) {
    if (!set.data) return std::nullopt;
    if (set.name->days == extra_workdays) return first_of(set.data->workdays, from);
    std::optional<local_days> earliest;
    for (const auto& named : set.data->named) {
        if (set.name->days == all_holidays ? named.holiday : named.name == set.name->days)
            keep_earlier(earliest, first_date_from(named.days, from, last, context));
    }
    return earliest;
}

std::optional<local_days> first_of(const WorkdayBeside& set, local_days from, local_days last,
                                   DayContext context) {
    if (!context.calendar) context.calendar = set.of.data.get();
    // The working days beside later days of the set are later themselves, so the first that is not
    // before `from` is the answer.
    for (auto day = first_of(set.of, from - longest_closure, last + longest_closure, context); day;
         day = first_of(set.of, *day + days{1}, last + longest_closure, context)) {
        const int direction = set.after ? 1 : -1;
        const auto beside = workday_from(*day + days{direction}, direction, context);
        if (!beside || *beside < from) continue;
        return *beside <= last ? beside : std::nullopt;
    }
    return std::nullopt;
}

bool needs_workdays(const MonthDay& day) {
    return day.kind == MonthDay::Kind::workday || day.kind == MonthDay::Kind::workday_from_end;
}

Membership generated(const Days& set, local_days date, const DayContext& context) {
    return answer(first_date_from(set, date, date, context) == date);
}

}  // namespace

// ---- calendars ----

bool is_same(const std::shared_ptr<const Calendar>& a, const std::shared_ptr<const Calendar>& b) {
    return a == b || (a && b && *a == *b);
}

bool Calendar::knows(local_days date) const {
    if (!years) return true;
    const int year = year_of(date);
    return year >= years->first && year <= years->second;
}

const Calendar::NamedDays* Calendar::find(std::string_view days_name) const {
    const auto found = std::find_if(named.begin(), named.end(), [&](const NamedDays& candidate) {
        return candidate.name == days_name;
    });
    return found == named.end() ? nullptr : &*found;
}

const Calendar::NamedDays* Calendar::holiday_on(local_days date) const {
    const DayContext context{.calendar = this, .unknown_as_weekdays = true};
    for (const NamedDays& candidate : named) {
        if (candidate.holiday && membership(candidate.days, date, context) == Membership::yes)
            return &candidate;
    }
    return nullptr;
}

bool Calendar::is_workday(local_days date) const {
    if (contains(workdays, date)) return true;
    return !weekend.has(weekday_of(date)) && holiday_on(date) == nullptr;
}

// ---- sets ----

std::optional<local_days> date_in_month(const MonthDay& day, date::year_month month,
                                        const DayContext& context) {
    const auto wanted = static_cast<unsigned>(day.number);
    const auto last_day = static_cast<unsigned>((month / date::last).day());
    switch (day.kind) {
        case MonthDay::Kind::day:
            if (wanted > last_day) return std::nullopt;
            return local_days{month / static_cast<int>(wanted)};
        case MonthDay::Kind::day_or_last:
            return local_days{month / static_cast<int>(std::min(wanted, last_day))};
        case MonthDay::Kind::day_from_end:
            if (wanted > last_day) return std::nullopt;
            return local_days{month / static_cast<int>(last_day + 1 - wanted)};
        case MonthDay::Kind::weekday: {
            const local_days first{month / 1};
            const unsigned ahead =
                (static_cast<unsigned>(day.weekday) + days_per_week - weekday_of(first)) %
                days_per_week;
            const unsigned in_month = 1 + ahead + (wanted - 1) * days_per_week;
            if (in_month > last_day) return std::nullopt;
            return first + days{in_month - 1};
        }
        case MonthDay::Kind::weekday_from_end: {
            const local_days last{month / static_cast<int>(last_day)};
            const unsigned back =
                (weekday_of(last) + days_per_week - static_cast<unsigned>(day.weekday)) %
                days_per_week;
            const unsigned before_end = back + (wanted - 1) * days_per_week;
            if (before_end >= last_day) return std::nullopt;
            return last - days{before_end};
        }
        case MonthDay::Kind::workday:
        case MonthDay::Kind::workday_from_end:
            return nth_workday(day, month, context);
    }
    return std::nullopt;
}

Membership membership(const Days& set, local_days date, const DayContext& context) {
    const auto unless_unknown = [&](const Calendar* calendar, Membership found) {
        const bool known = !calendar || context.unknown_as_weekdays || calendar->knows(date);
        return known ? found : Membership::unknown;
    };
    // Known when a day gives the date that needs no calendar.
    const auto of_months = [&](const std::vector<MonthDay>& month_days) {
        const Membership found = generated(set, date, context);
        const date::year_month_day day{date};
        const bool by_date_alone =
            std::any_of(month_days.begin(), month_days.end(), [&](const MonthDay& wanted) {
                return !needs_workdays(wanted) &&
                       date_in_month(wanted, day.year() / day.month(), context) == date;
            });
        if (found == Membership::no || by_date_alone || month_days.empty()) return found;
        return unless_unknown(context.calendar, found);
    };
    return std::visit(
        Overload{[&](const EveryDay&) { return Membership::yes; },
                 [&](const Weekdays& days) { return answer(days.set.has(weekday_of(date))); },
                 [&](const Workdays&) { return workday_membership(date, context); },
                 [&](const Weekend&) { return weekend_membership(date, context); },
                 [&](const Dates& dates) { return answer(contains(dates, date)); },
                 [&](const MonthDays& days) { return of_months(days.days); },
                 [&](const EveryNth& days) { return of_months(days.month_days); },
                 [&](const WorkdayBeside& days) {
                     const Membership found = generated(set, date, context);
                     const auto* calendar =
                         context.calendar ? context.calendar : days.of.data.get();
                     return found == Membership::no ? found : unless_unknown(calendar, found);
                 },
                 [&](const CalendarDays& days) {
                     const Membership found = generated(set, date, context);
                     if (found == Membership::yes || !days.data) return found;
                     const Calendar::NamedDays* named = days.data->find(days.name->days);
                     // A festival by rule is known for every year.
                     const bool by_announcement = named ? named->holiday : true;
                     return by_announcement ? unless_unknown(days.data.get(), found) : found;
                 },
                 [&](const auto&) { return generated(set, date, context); }},
        set);
}

std::optional<local_days> first_date_from(const Days& set, local_days from, local_days last,
                                          const DayContext& context) {
    return std::visit(
        Overload{[&](const EveryDay&) { return std::optional(from); },
                 [&](const Weekdays& days) { return first_of_weekdays(days.set, from); },
                 [&](const Workdays&) {
                     return first_by_day(from, last, [&](local_days date) {
                         return workday_membership(date, context);
                     });
                 },
                 [&](const Weekend&) {
                     return first_by_day(from, last, [&](local_days date) {
                         return weekend_membership(date, context);
                     });
                 },
                 [&](const MonthDays& days) {
                     const date::year_month_day start{from};
                     return first_of_month_days(days.days, from, last, 1,
                                                start.year() / start.month(), context);
                 },
                 [&](const YearDays& days) { return first_of(days, from, last); },
                 [&](const Dates& dates) { return first_of(dates, from); },
                 [&](const LunarDays& days) { return first_of(days, from, last); },
                 [&](const SolarTerms& terms) { return first_of(terms, from, last); },
                 [&](const CalendarDays& days) { return first_of(days, from, last, context); },
                 [&](const WorkdayBeside& days) { return first_of(days, from, last, context); },
                 [&](const EveryNth& days) { return first_of(days, from, last, context); }},
        set);
}

}  // namespace sop::lang::calendar
