// Calendar schedules as values, and the instants they give.
//
// A schedule is dates × times of day, read in one zone. Search works on nominal local dates and
// turns each into an instant last, so that a day's weekday and date are those on the wall whatever
// an offset change does to the instant. Everything here is pure and needs no state between calls:
// an answer depends on the schedule, the zone and the instant asked about, never on how that was
// reached.
#pragma once

#include <date/date.h>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "lang/calendar/days.h"
#include "lang/calendar/span.h"
#include "lang/calendar/zone.h"
#include "lang/rare.h"

namespace sop::lang::calendar {

// Since local midnight, under 24 h, ascending, unique, at least one.
struct TimesOfDay {
    std::vector<std::chrono::seconds> times;
    bool operator==(const TimesOfDay&) const = default;
};
// `every 30m from 09:00 to 18:00`: on each date from the instant of `from` on, by the stopwatch, up
// to and including the instant of `to`; on the next date when `to` is not later than `from`.
struct DailyInterval {
    std::chrono::seconds step{0};
    std::chrono::seconds from{0};
    std::chrono::seconds to{0};
    bool operator==(const DailyInterval&) const = default;
};
// `every 90m starting 2026-01-01 at 09:00`: by the stopwatch, whatever the clock does.
struct ElapsedInterval {
    std::chrono::seconds step{0};
    std::chrono::seconds at{0};  // on the date the schedule starts
    bool operator==(const ElapsedInterval&) const = default;
};
using Times = std::variant<TimesOfDay, DailyInterval, ElapsedInterval>;

struct Schedule {
    // The dates: those of `days` in one of `months`, from `starting` and `from` on through `until`,
    // that belong to a set of `only`, if there are any, and to none of `except`; and those of
    // `also`, whatever the other clauses say. For an interval the date is the one its series begins
    // on (DailyInterval) or the one the wall shows (ElapsedInterval).
    Days days = EveryDay{};
    MonthSet months = every_month;
    std::optional<date::local_days> from{};
    std::optional<date::local_days> until{};     // itself included
    std::optional<date::local_days> starting{};  // EveryNth, ElapsedInterval and `count` need it
    unsigned week_start = 0;                     // of `every N weeks`; 0 is Monday
    RareList<Days> only{};
    RareList<Days> except{};
    RareList<Days> also{};
    Times times = TimesOfDay{};
    // `times N`: the first N from `starting` on, those that `from` or `except` take out counted
    // too; with times of day or an elapsed interval.
    std::optional<int> count{};
    std::optional<WindowLength> window{};
    std::optional<GapPolicy> gap{};          // GapPolicy::shift unless written
    std::optional<OverlapPolicy> overlap{};  // OverlapPolicy::first unless written
    // What `workday` and `weekend` mean. Equal by value.
    std::shared_ptr<const Calendar> calendar{};
    bool unknown_as_weekdays = false;
    // The nominal time of the last one that `count` leaves, from settle_count.
    std::optional<date::local_seconds> counted_until{};

    LocalPolicy policy() const {
        return {gap.value_or(GapPolicy::shift), overlap.value_or(OverlapPolicy::first)};
    }
    bool operator==(const Schedule& other) const;
};

// Sets `counted_until` from `count`; to be called once a schedule is complete.
void settle_count(Schedule& schedule);

// Calls `visit` with every set of dates a schedule names.
template <typename AnySchedule, typename Visit>
void for_each_days(AnySchedule& schedule, Visit visit) {
    visit(schedule.days);
    for (auto* sets : {&schedule.only, &schedule.except, &schedule.also}) {
        for (auto& set : *sets) visit(set);
    }
}

// The calendars a schedule is read with, each once.
std::vector<std::shared_ptr<const Calendar>> calendars_of(const Schedule& schedule);
bool uses_calendar(const Schedule& schedule);

// One planned time. `nominal` is what the schedule says (for intervals, what the wall shows) and
// names the occurrence for ever; `instant` is when it happens under the zone data in use.
struct Occurrence {
    enum class Reading {
        exact,  // the wall shows the nominal time at the instant, once
        moved,  // the clock skips the nominal time
        first,  // of a nominal time that comes twice
        second,
    };
    date::local_seconds nominal;
    date::sys_seconds instant;
    Reading reading = Reading::exact;
    // The calendar has no data for the date, so whether the schedule means it cannot be told:
    // nothing is to be done then, and that is the reason.
    bool no_calendar_data = false;

    bool operator==(const Occurrence&) const = default;
};

// The first occurrence whose instant is after `after` (exclusive); nothing when the schedule has no
// further one within `search_days_max` days. Two nominal times that meet in one instant (the second
// lies where the first was moved to) are one occurrence; the one with the later nominal time is
// left out.
inline constexpr int search_days_max = 366 * 60;  // 29 February meets each weekday within 40 years
std::optional<Occurrence> next_occurrence(const Schedule& schedule, const Zone& zone,
                                          date::sys_seconds after);

// The last occurrence whose instant is before `before` (exclusive), within as many days.
std::optional<Occurrence> previous_occurrence(const Schedule& schedule, const Zone& zone,
                                              date::sys_seconds before);

// All occurrences in [from, to), each computed when it is asked for. The schedule and the zone must
// outlive the range.
class OccurrenceRange {
  public:
    class Iterator {
      public:
        using iterator_category = std::input_iterator_tag;
        using value_type = Occurrence;
        using difference_type = std::ptrdiff_t;
        using pointer = const Occurrence*;
        using reference = const Occurrence&;

        Iterator() = default;
        explicit Iterator(const OccurrenceRange& range)
            : range_(&range), current_(range.first_after(range.from_ - std::chrono::seconds{1})) {}

        const Occurrence& operator*() const { return *current_; }
        const Occurrence* operator->() const { return &*current_; }
        Iterator& operator++() {
            current_ = range_->first_after(current_->instant);
            return *this;
        }
        void operator++(int) { ++*this; }
        bool operator==(const Iterator& other) const { return current_ == other.current_; }

      private:
        const OccurrenceRange* range_ = nullptr;
        std::optional<Occurrence> current_{};
    };

    OccurrenceRange(const Schedule& schedule, const Zone& zone, date::sys_seconds from,
                    date::sys_seconds to = date::sys_seconds::max())
        : schedule_(schedule), zone_(zone), from_(from), to_(to) {}

    Iterator begin() const { return Iterator(*this); }
    Iterator end() const { return {}; }

  private:
    std::optional<Occurrence> first_after(date::sys_seconds after) const {
        auto found = next_occurrence(schedule_, zone_, after);
        return found && found->instant < to_ ? found : std::nullopt;
    }

    const Schedule& schedule_;
    const Zone& zone_;
    date::sys_seconds from_;
    date::sys_seconds to_;
};

// The times the schedule names in [from, to) of the wall clock, in order: its times of day, where
// the interval of a date begins and ends, the beginning of an elapsed interval.
std::vector<date::local_seconds> nominal_times_between(const Schedule& schedule,
                                                       date::local_seconds from,
                                                       date::local_seconds to);

// The end of the window of an occurrence (its instant, when there is no window), never before it.
date::sys_seconds window_end(const Schedule& schedule, const Occurrence& start, const Zone& zone);

}  // namespace sop::lang::calendar
