// Searches nominal local time from date to date, never second by second.
//
// Nominal order and the order of instants differ in two places only: a time skipped by the clock
// may happen later than times that follow it on paper, and the second reading of a repeated one
// happens after the first readings of those that follow. The search therefore begins further back
// when the clock changes nearby, and holds what it has found until no nearer one can come.
#include "lang/calendar/schedule.h"

#include <algorithm>
#include <array>

namespace sop::lang::calendar {

namespace {

using date::days;
using date::local_days;
using date::local_seconds;
using date::sys_seconds;
using std::chrono::seconds;

// Offsets lie between -25 and +26 hours, so no clock is moved by more than 51. Those so far were
// moved by at most 24.
constexpr days clock_change_max{3};

// ---- dates ----

// Answers for the dates of one schedule.
class DateSearch {
  public:
    explicit DateSearch(const Schedule& schedule)
        : schedule_(schedule),
          context_{schedule.calendar.get(), schedule.unknown_as_weekdays,
                   schedule.starting.value_or(local_days{}), schedule.week_start},
          plain_(schedule.months == every_month && !schedule.from && !schedule.until &&
                 !schedule.starting && schedule.only.empty() && schedule.except.empty() &&
                 schedule.also.empty() && !uses_calendar(schedule)) {}

    struct Found {
        local_days date;
        bool no_calendar_data = false;
        bool added = false;  // by `also on`
    };

    std::optional<Found> first_from(local_days from, local_days last) const {
        if (plain_) {
            const auto date = first_date_from(schedule_.days, from, last, context_);
            return date && *date <= last ? std::optional(Found{*date}) : std::nullopt;
        }
        while (from <= last) {
            const auto candidate = first_candidate(from, last);
            if (!candidate || *candidate > last) return std::nullopt;
            if (const auto found = judge(*candidate)) return found;
            from = *candidate + days{1};
        }
        return std::nullopt;
    }

    // From any date on, before `except` takes dates out, and without what `also on` adds.
    std::optional<local_days> first_counted_from(local_days from, local_days last) const {
        while (from <= last) {
            const auto date = first_in_months(from, last);
            if (!date || *date > last) return std::nullopt;
            if (only_membership(*date) != Membership::no) return date;
            from = *date + days{1};
        }
        return std::nullopt;
    }

  private:
    bool in_months(local_days date) const {
        const date::year_month_day day{date};
        return (schedule_.months >> (static_cast<unsigned>(day.month()) - 1) & 1U) != 0;
    }

    // The first date of `days` within bounds and months.
    std::optional<local_days> first_of_days(local_days from, local_days last) const {
        if (schedule_.starting) from = std::max(from, *schedule_.starting);
        if (schedule_.from) from = std::max(from, *schedule_.from);
        if (schedule_.until) last = std::min(last, *schedule_.until);
        if (schedule_.counted_until)
            last = std::min(last, date::floor<days>(*schedule_.counted_until));
        return first_in_months(from, last);
    }

    std::optional<local_days> first_in_months(local_days from, local_days last) const {
        while (from <= last) {
            const auto date = first_date_from(schedule_.days, from, last, context_);
            if (!date || *date > last) return std::nullopt;
            if (schedule_.months == every_month || in_months(*date)) return date;
            const date::year_month_day day{*date};
            from = local_days{(day.year() / day.month() + date::months{1}) / 1};
        }
        return std::nullopt;
    }

    std::optional<local_days> first_candidate(local_days from, local_days last) const {
        auto first = first_of_days(from, last);
        for (const Days& added : schedule_.also) {
            const auto date = first_date_from(added, from, last, context_);
            if (date && (!first || *date < *first)) first = date;
        }
        return first;
    }

    Membership only_membership(local_days date) const {
        Membership result = schedule_.only.empty() ? Membership::yes : Membership::no;
        for (const Days& wanted : schedule_.only) {
            const Membership here = membership(wanted, date, context_);
            if (here == Membership::yes) return Membership::yes;
            if (here == Membership::unknown) result = Membership::unknown;
        }
        return result;
    }

    Membership base_membership(local_days date) const {
        if (first_of_days(date, date) != date) return Membership::no;
        const Membership in_days = membership(schedule_.days, date, context_);
        const Membership only = only_membership(date);
        if (in_days == Membership::no || only == Membership::no) return Membership::no;
        Membership result = in_days == Membership::yes ? only : in_days;
        for (const Days& taken_out : schedule_.except) {
            const Membership here = membership(taken_out, date, context_);
            if (here == Membership::yes) return Membership::no;
            if (here == Membership::unknown) result = Membership::unknown;
        }
        return result;
    }

    std::optional<Found> judge(local_days date) const {
        for (const Days& added : schedule_.also) {
            if (membership(added, date, context_) == Membership::yes)
                return Found{date, false, true};
        }
        const Membership result = base_membership(date);
        if (result == Membership::no) return std::nullopt;
        return Found{date, result == Membership::unknown};
    }

    const Schedule& schedule_;
    DayContext context_;
    bool plain_;  // nothing but `days`, which do not depend on a calendar
};

local_days date_of(local_seconds local) {
    return date::floor<days>(local);
}

// ---- times of day ----

class TimesSearch {
  public:
    TimesSearch(const Schedule& schedule, const TimesOfDay& times, const Zone& zone,
                sys_seconds after)
        : schedule_(schedule),
          times_(times.times),
          zone_(zone),
          after_(after),
          policy_(schedule.policy()) {}

    std::optional<Occurrence> run() {
        const local_seconds wall = zone_.to_local(after_);
        const local_seconds settled = settled_until(wall);
        const local_days date_first = date_of(settled);
        const local_days date_last = date_of(wall) + days{search_days_max};
        const DateSearch dates(schedule_);
        for (auto found = dates.first_from(date_first, date_last); found;
             found = dates.first_from(found->date + days{1}, date_last)) {
            auto time = times_.begin();
            if (found->date == date_first)
                time = std::upper_bound(time, times_.end(), settled - date_first);
            for (; time != times_.end(); ++time) {
                const local_seconds nominal = found->date + *time;
                if (schedule_.counted_until && nominal > *schedule_.counted_until && !found->added)
                    break;
                if (take(nominal, found->no_calendar_data)) return held_;
            }
        }
        return held_;
    }

  private:
    // The wall-clock time up to which every occurrence has happened by `after_`, so that the search
    // may begin behind it.
    local_seconds settled_until(local_seconds wall) const {
        const auto change = zone_.next_transition(after_ - clock_change_max);
        const bool changes_nearby = change && *change <= after_ + clock_change_max;
        return changes_nearby ? wall - clock_change_max : wall;
    }

    // True when `held_` is the answer.
    bool take(local_seconds nominal, bool no_calendar_data) {
        const LocalMeaning meaning = zone_.meaning_of(nominal);
        const auto hold = [&](sys_seconds instant, Occurrence::Reading reading) {
            if (instant > after_ && (!held_ || instant < held_->instant))
                held_ = Occurrence{nominal, instant, reading, no_calendar_data};
        };
        switch (meaning.kind) {
            case LocalMeaning::Kind::unique:
                // Whatever follows on paper happens later than this one.
                hold(meaning.first, Occurrence::Reading::exact);
                return held_ && held_->instant <= meaning.first;
            case LocalMeaning::Kind::gap:
                if (policy_.gap == GapPolicy::skip) return false;
                hold(policy_.gap == GapPolicy::next ? meaning.transition : meaning.first,
                     Occurrence::Reading::moved);
                return false;
            case LocalMeaning::Kind::overlap:
                if (held_ && held_->instant <= meaning.first) return true;
                if (policy_.overlap != OverlapPolicy::second)
                    hold(meaning.first, Occurrence::Reading::first);
                if (policy_.overlap == OverlapPolicy::second ||
                    policy_.overlap == OverlapPolicy::both)
                    hold(meaning.second, Occurrence::Reading::second);
                return held_ && held_->instant <= meaning.first;
        }
        return false;
    }

    const Schedule& schedule_;
    const std::vector<seconds>& times_;
    const Zone& zone_;
    sys_seconds after_;
    LocalPolicy policy_;
    std::optional<Occurrence> held_{};  // the nearest one so far
};

// ---- intervals ----

// What the wall shows at an instant of an interval, and which of two readings that is.
Occurrence by_the_wall(const Zone& zone, sys_seconds instant, bool no_calendar_data) {
    const local_seconds nominal = zone.to_local(instant);
    const LocalMeaning meaning = zone.meaning_of(nominal);
    auto reading = Occurrence::Reading::exact;
    if (meaning.kind == LocalMeaning::Kind::overlap) {
        reading =
            instant == meaning.first ? Occurrence::Reading::first : Occurrence::Reading::second;
    }
    return {nominal, instant, reading, no_calendar_data};
}

// The first of begin, begin + step, … that is after `after`.
sys_seconds first_step_after(sys_seconds begin, seconds step, sys_seconds after) {
    return after < begin ? begin : begin + ((after - begin) / step + 1) * step;
}

// The series of one date. Both ends are included.
struct Series {
    sys_seconds begin;
    sys_seconds end;
    bool without_begin = false;  // the clock skips it, and so does the schedule
};

// When the series of a date is to end.
local_seconds nominal_end(const DailyInterval& interval, local_days date) {
    return date + interval.to + (interval.to <= interval.from ? days{1} : days{0});
}

Series series_of(const DailyInterval& interval, local_days date, const Zone& zone,
                 LocalPolicy policy) {
    const local_seconds to = nominal_end(interval, date);
    const LocalMeaning begin = zone.meaning_of(date + interval.from);
    const LocalMeaning end = zone.meaning_of(to);
    Series series{zone.to_instant(date + interval.from, policy), zone.to_instant(to, policy)};
    if (policy.gap == GapPolicy::skip) {
        series.without_begin = begin.kind == LocalMeaning::Kind::gap;
        if (end.kind == LocalMeaning::Kind::gap) series.end = end.transition - seconds{1};
    }
    if (policy.overlap == OverlapPolicy::both && end.kind == LocalMeaning::Kind::overlap)
        series.end = end.second;
    return series;
}

// Daily series follow each other, but where the clock changes the end of one may meet or pass the
// beginning of the next.
std::optional<Occurrence> next_of_interval(const Schedule& schedule, const DailyInterval& interval,
                                           const Zone& zone, sys_seconds after) {
    const local_days today = date_of(zone.to_local(after));
    const local_days date_last = today + days{search_days_max};
    const DateSearch dates(schedule);
    std::optional<Occurrence> nearest;
    std::optional<local_days> nearest_date;
    for (auto found = dates.first_from(today - clock_change_max, date_last); found;
         found = dates.first_from(found->date + days{1}, date_last)) {
        if (nearest_date && found->date > *nearest_date + clock_change_max) break;
        const Series series = series_of(interval, found->date, zone, schedule.policy());
        const sys_seconds floor = series.without_begin ? std::max(after, series.begin) : after;
        const sys_seconds instant = first_step_after(series.begin, interval.step, floor);
        if (instant > series.end || (nearest && instant >= nearest->instant)) continue;
        nearest = by_the_wall(zone, instant, found->no_calendar_data);
        if (!nearest_date) nearest_date = found->date;
    }
    return nearest;
}

std::optional<Occurrence> next_of_interval(const Schedule& schedule,
                                           const ElapsedInterval& interval, const Zone& zone,
                                           sys_seconds after) {
    const sys_seconds begin = zone.to_instant(*schedule.starting + interval.at, schedule.policy());
    std::optional<sys_seconds> last;
    if (schedule.count) last = begin + (*schedule.count - 1) * interval.step;
    sys_seconds instant = first_step_after(begin, interval.step, after);
    const local_days date_last = date_of(zone.to_local(instant)) + days{search_days_max};
    const DateSearch dates(schedule);
    while (!last || instant <= *last) {
        const local_days date = date_of(zone.to_local(instant));
        const auto found = dates.first_from(date, date_last);
        if (!found) return std::nullopt;
        if (found->date == date) return by_the_wall(zone, instant, found->no_calendar_data);
        const sys_seconds midnight = zone.to_instant(found->date);
        instant = std::max(first_step_after(begin, interval.step, instant),
                           first_step_after(begin, interval.step, midnight - seconds{1}));
    }
    return std::nullopt;
}

// Of a set that names a calendar; nullptr for others.
const std::shared_ptr<const Calendar>* data_of(const Days& set) {
    if (const auto* named = std::get_if<CalendarDays>(&set)) return &named->data;
    if (const auto* beside = std::get_if<WorkdayBeside>(&set)) return &beside->of.data;
    return nullptr;
}

}  // namespace

bool Schedule::operator==(const Schedule& other) const {
    return days == other.days && months == other.months && from == other.from &&
           until == other.until && starting == other.starting && week_start == other.week_start &&
           only == other.only && except == other.except && also == other.also &&
           times == other.times && count == other.count && window == other.window &&
           gap == other.gap && overlap == other.overlap && is_same(calendar, other.calendar) &&
           unknown_as_weekdays == other.unknown_as_weekdays && counted_until == other.counted_until;
}

void settle_count(Schedule& schedule) {
    schedule.counted_until.reset();
    const auto* of_day = std::get_if<TimesOfDay>(&schedule.times);
    if (!schedule.count || !of_day) return;
    const std::vector<seconds>& times_of_date = of_day->times;
    const auto per_date = static_cast<int>(times_of_date.size());
    int left = *schedule.count;
    const DateSearch dates(schedule);
    // Far beyond any search, so that a count which is not reached by then cuts nothing off.
    const local_days last = *schedule.starting + days{366 * 1000};
    for (auto date = dates.first_counted_from(*schedule.starting, last); date;
         date = dates.first_counted_from(*date + days{1}, last)) {
        if (left <= per_date) {
            schedule.counted_until = *date + times_of_date[static_cast<std::size_t>(left - 1)];
            return;
        }
        left -= per_date;
    }
}

std::vector<std::shared_ptr<const Calendar>> calendars_of(const Schedule& schedule) {
    std::vector<std::shared_ptr<const Calendar>> calendars;
    const auto add = [&](const std::shared_ptr<const Calendar>& calendar) {
        if (calendar && std::find(calendars.begin(), calendars.end(), calendar) == calendars.end())
            calendars.push_back(calendar);
    };
    add(schedule.calendar);
    for_each_days(schedule, [&](const Days& set) {
        if (const auto* data = data_of(set)) add(*data);
    });
    return calendars;
}

bool uses_calendar(const Schedule& schedule) {
    bool uses = schedule.calendar != nullptr;
    for_each_days(schedule, [&](const Days& set) { uses = uses || data_of(set) != nullptr; });
    return uses;
}

std::optional<Occurrence> next_occurrence(const Schedule& schedule, const Zone& zone,
                                          sys_seconds after) {
    if (const auto* times = std::get_if<TimesOfDay>(&schedule.times))
        return TimesSearch(schedule, *times, zone, after).run();
    if (const auto* interval = std::get_if<DailyInterval>(&schedule.times))
        return next_of_interval(schedule, *interval, zone, after);
    return next_of_interval(schedule, std::get<ElapsedInterval>(schedule.times), zone, after);
}

std::optional<Occurrence> previous_occurrence(const Schedule& schedule, const Zone& zone,
                                              sys_seconds before) {
    // A later question never has an earlier answer, so that the last answer that lies before is
    // found by halving, in a stretch that grows until it holds one.
    constexpr int growth = 4;
    const sys_seconds furthest = before - days{search_days_max};
    const auto next_before = [&](sys_seconds after) {
        const auto next = next_occurrence(schedule, zone, after);
        return next && next->instant < before ? next : std::nullopt;
    };
    std::optional<Occurrence> last;
    sys_seconds none_after = before;
    for (seconds length = std::chrono::minutes{1}; !last && none_after > furthest;
         length *= growth) {
        const sys_seconds begin = std::max(before - length, furthest);
        last = next_before(begin);
        if (!last) none_after = begin;
    }
    while (last) {
        const sys_seconds middle =
            last->instant + std::max((none_after - last->instant) / 2, seconds{0});
        auto later = next_before(middle);
        if (!later) {
            none_after = middle;
            later = next_before(last->instant);
        }
        if (!later) break;
        last = later;
    }
    return last;
}

std::vector<local_seconds> nominal_times_between(const Schedule& schedule, local_seconds from,
                                                 local_seconds to) {
    std::vector<local_seconds> result;
    const auto take = [&](local_seconds nominal) {
        if (nominal >= from && nominal < to) result.push_back(nominal);
    };
    if (const auto* elapsed = std::get_if<ElapsedInterval>(&schedule.times)) {
        take(*schedule.starting + elapsed->at);
        return result;
    }
    const DateSearch dates(schedule);
    const local_days last = date_of(to);
    for (auto found = dates.first_from(date_of(from) - days{1}, last); found;
         found = dates.first_from(found->date + days{1}, last)) {
        if (const auto* daily = std::get_if<DailyInterval>(&schedule.times)) {
            take(found->date + daily->from);
            take(nominal_end(*daily, found->date));
            continue;
        }
        for (const seconds time : std::get<TimesOfDay>(schedule.times).times) {
            const local_seconds nominal = found->date + time;
            const bool counted =
                !schedule.counted_until || found->added || nominal <= *schedule.counted_until;
            if (counted) take(nominal);
        }
    }
    return result;
}

sys_seconds window_end(const Schedule& schedule, const Occurrence& start, const Zone& zone) {
    if (!schedule.window) return start.instant;
    if (const auto* span = std::get_if<Span>(&*schedule.window)) {
        return apply(Offset{.span = *span, .backwards = false, .at = std::nullopt}, start.instant,
                     AnchorSide::start, zone, schedule.policy());
    }
    const seconds until = std::get<OpenUntil>(*schedule.window).time;
    const local_days date = date_of(start.nominal);
    const local_seconds end = date + until + (date + until <= start.nominal ? days{1} : days{0});
    const LocalMeaning meaning = zone.meaning_of(end);
    // Of two readings the one that comes after the start.
    if (meaning.kind == LocalMeaning::Kind::overlap && meaning.first <= start.instant)
        return meaning.second;
    return std::max(zone.to_instant(end, schedule.policy()), start.instant);
}

}  // namespace sop::lang::calendar
