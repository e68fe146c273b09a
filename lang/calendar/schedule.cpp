// Searches nominal local time from date to date, never second by second.
//
// Nominal order and the order of instants differ in one place only: a time skipped by the clock
// happens later by the length of the gap, and so may come after, or together with, times that
// follow it on paper. The search therefore looks back over the longest possible gap when the clock
// has just changed, and holds a moved occurrence until no nearer one can come.
#include "lang/calendar/schedule.h"

#include <algorithm>

namespace sop::lang::calendar {

namespace {

// Offsets lie between -25 and +26 hours, so no gap is longer than 51. Those so far had at most 24.
constexpr date::days gap_length_max{3};

std::array<bool, 7> weekday_set(const Days& days) {
    switch (days.kind) {
        case Days::Kind::workdays:
            return {true, true, true, true, true, false, false};
        case Days::Kind::weekdays:
            return days.weekdays;
        default:
            return {true, true, true, true, true, true, true};
    }
}

std::optional<date::local_days> first_weekday_from(const std::array<bool, 7>& wanted,
                                                   date::local_days from) {
    constexpr unsigned days_of_week = 7;
    const unsigned today = date::weekday{from}.iso_encoding() - 1;
    for (unsigned ahead = 0; ahead < days_of_week; ++ahead) {
        if (wanted[(today + ahead) % days_of_week]) {
            return from + date::days{ahead};
        }
    }
    return std::nullopt;
}

std::optional<date::local_days> first_month_day_from(const std::vector<int>& wanted,
                                                     date::local_days from) {
    // From 31 January the next 30th is two months ahead; no day from 1 to 31 is further.
    constexpr int months_searched = 3;
    const date::year_month_day start{from};
    auto day_min = static_cast<int>(static_cast<unsigned>(start.day()));
    for (date::year_month month = start.year() / start.month(),
                          end = month + date::months{months_searched};
         month < end; month += date::months{1}) {
        const auto day_max = static_cast<int>(static_cast<unsigned>((month / date::last).day()));
        const auto found = std::lower_bound(wanted.begin(), wanted.end(), day_min);
        if (found != wanted.end() && *found <= day_max) {
            return date::local_days{month / *found};
        }
        day_min = 1;
    }
    return std::nullopt;
}

std::optional<date::local_days> first_date_from(const Days& days, date::local_days from) {
    switch (days.kind) {
        case Days::Kind::every_day:
        case Days::Kind::workdays:
        case Days::Kind::weekdays:
            return first_weekday_from(weekday_set(days), from);
        case Days::Kind::month_days:
            return first_month_day_from(days.month_days, from);
        case Days::Kind::dates:
            break;
    }
    const auto found = std::lower_bound(days.dates.begin(), days.dates.end(), from);
    return found == days.dates.end() ? std::nullopt : std::optional(*found);
}

// The wall-clock time up to which every occurrence has happened by `after`, so that the search may
// begin behind it; `local` is what the wall shows at `after`.
date::local_seconds settled_until(const Zone& zone, date::sys_seconds after,
                                  date::local_seconds local) {
    const std::optional<date::sys_seconds> change = zone.next_transition(after - gap_length_max);
    const bool changed_lately = change && *change <= after;
    return changed_lately ? local - gap_length_max : local;
}

}  // namespace

std::optional<Occurrence> next_occurrence(const Schedule& schedule, const Zone& zone,
                                          date::sys_seconds after) {
    const date::local_seconds local = zone.to_local(after);
    const date::local_seconds settled = settled_until(zone, after, local);
    const date::local_days date_first = date::floor<date::days>(settled);
    const date::local_days date_last = date::floor<date::days>(local) + date::days{search_days_max};

    // The nearest one that a gap moved, which times later on paper may still overtake.
    std::optional<Occurrence> moved;
    for (auto date = first_date_from(schedule.days, date_first); date && *date <= date_last;
         date = first_date_from(schedule.days, *date + date::days{1})) {
        auto time = schedule.times.begin();
        if (*date == date_first) {
            time = std::upper_bound(time, schedule.times.end(), settled - date_first);
        }
        for (; time != schedule.times.end(); ++time) {
            const date::local_seconds nominal = *date + *time;
            // Here the wall shows the moved one; whatever is still to come on paper meets it or
            // comes after it.
            if (moved && nominal >= zone.to_local(moved->instant)) {
                return moved;
            }
            const LocalMeaning meaning = zone.meaning_of(nominal);
            if (meaning.first <= after) {
                continue;
            }
            if (meaning.kind != LocalMeaning::Kind::gap) {
                return Occurrence{nominal, meaning.first};
            }
            if (!moved) {
                moved = Occurrence{nominal, meaning.first};
            }
        }
    }
    return moved;
}

}  // namespace sop::lang::calendar
