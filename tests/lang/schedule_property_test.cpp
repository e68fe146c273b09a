// What holds for every schedule: it reads back from its sentences, and its instants ascend, however
// they are asked for.
#include "lang/sentence.h"

#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "lang/library.h"
#include "tests/support/sources.h"

namespace sop::lang {

namespace {

using namespace calendar;
using namespace std::chrono_literals;
using std::chrono::seconds;

// ---- schedules at random ----

int any(int least, int most) {
    return *rc::gen::inRange(least, most + 1);
}
bool rarely() {
    return any(0, 4) == 0;
}

template <typename T>
std::vector<T> sorted(std::vector<T> values) {
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    return values;
}

template <typename Make>
auto some(int most, Make make) {
    std::vector<decltype(make())> values;
    for (int i = any(1, most); i > 0; --i) values.push_back(make());
    return sorted(values);
}

date::local_days any_date() {
    return date::local_days{date::year{2024} / 1 / 1} + date::days{any(0, 3000)};
}

seconds any_time() {
    return rarely() ? seconds{any(0, 86399)} : std::chrono::minutes{any(0, 95) * 15};
}

WeekdaySet any_weekdays() {
    return {static_cast<std::uint8_t>(any(1, 127))};
}

MonthDay any_month_day() {
    using Kind = MonthDay::Kind;
    switch (any(0, 6)) {
        case 0:
            return {Kind::day_or_last, any(29, 31), 0};
        case 1:
            return {Kind::day_from_end, any(1, 31), 0};
        case 2:
            return {Kind::weekday, any(1, 5), any(0, 6)};
        case 3:
            return {Kind::weekday_from_end, any(1, 5), any(0, 6)};
        case 4:
            return {Kind::workday, any(1, 23), 0};
        case 5:
            return {Kind::workday_from_end, any(1, 23), 0};
        default:
            return {Kind::day, any(1, 31), 0};
    }
}

CalendarDays any_calendar_days() {
    const char* const names[] = {"holidays", "workdays", "mid_autumn", "qingming"};
    return {{{"cn", names[any(0, 3)]}}, library_calendars().at("cn")};
}

// Apart, so that they are not joined when they are read.
Dates any_dates() {
    Dates dates;
    auto first = any_date();
    for (int i = any(1, 3); i > 0; --i) {
        dates.ranges.push_back({first, first + date::days{any(0, 9)}});
        first = dates.ranges.back().last + date::days{any(2, 400)};
    }
    return dates;
}

Days any_set() {
    switch (any(0, 6)) {
        case 0:
            return any_dates();
        case 1:
            return Weekdays{any_weekdays()};
        case 2:
            return Workdays{};
        case 3:
            return Weekend{};
        case 4:
            return LunarDays{some(3, [] { return LunarDay{any(1, 12), any(0, 30)}; })};
        case 5:
            return SolarTerms{some(3, [] { return any(0, 23); })};
        default:
            return any_calendar_days();
    }
}

// One of each kind, in the order in which they are kept.
std::vector<Days> any_sets() {
    std::vector<Days> sets;
    for (int i = any(1, 3); i > 0; --i) {
        const Days set = any_set();
        const bool known = std::any_of(sets.begin(), sets.end(), [&](const Days& other) {
            return other.index() == set.index();
        });
        if (!known) sets.push_back(set);
    }
    std::sort(sets.begin(), sets.end(),
              [](const Days& a, const Days& b) { return a.index() < b.index(); });
    return sets;
}

Days any_days() {
    switch (any(0, 8)) {
        case 0:
            return EveryDay{};
        case 1:
            return MonthDays{some(4, any_month_day)};
        case 2:
            return YearDays{some(3, [] {
                return date::month_day{date::month{static_cast<unsigned>(any(1, 12))},
                                       date::day{static_cast<unsigned>(any(1, 29))}};
            })};
        case 3:
            return WorkdayBeside{any(0, 1) == 0, any_calendar_days()};
        case 4:
            return EveryNth{EveryNth::Unit::day, any(1, 40), {}, {}};
        case 5:
            return EveryNth{
                EveryNth::Unit::week, any(1, 9), rarely() ? WeekdaySet{} : any_weekdays(), {}};
        case 6: {
            EveryNth nth{EveryNth::Unit::month, any(1, 9), {}, {}};
            if (!rarely()) nth.month_days = some(3, any_month_day);
            return nth;
        }
        default:
            return any_set();
    }
}

Times any_times() {
    if (any(0, 5) == 0) {
        const auto from = any_time();
        auto to = any_time();
        if (to == from) to = (from + 1h) % seconds{24h};
        return DailyInterval{std::chrono::minutes{any(1, 500)}, from, to};
    }
    if (any(0, 5) == 0) return ElapsedInterval{std::chrono::minutes{any(1, 5000)}, any_time()};
    return TimesOfDay{some(3, any_time)};
}

Schedule any_schedule() {
    Schedule schedule;
    schedule.times = any_times();
    const auto* of_day = std::get_if<TimesOfDay>(&schedule.times);
    if (of_day) schedule.days = any_days();
    const bool counted = std::holds_alternative<EveryNth>(schedule.days) ||
                         std::holds_alternative<ElapsedInterval>(schedule.times);
    if (counted || rarely()) schedule.starting = any_date();
    if (rarely()) schedule.months = static_cast<MonthSet>(any(1, every_month - 1));
    if (rarely()) schedule.from = any_date();
    if (rarely()) {
        schedule.until =
            std::max(schedule.from.value_or(any_date()), schedule.starting.value_or(any_date())) +
            date::days{any(0, 900)};
    }
    if (rarely()) schedule.week_start = static_cast<unsigned>(any(0, 6));
    if (rarely()) schedule.only = any_sets();
    if (rarely()) schedule.except = any_sets();
    if (rarely()) schedule.also = any_sets();
    const bool may_count = !std::holds_alternative<DailyInterval>(schedule.times);
    if (schedule.starting && may_count && rarely()) schedule.count = any(1, 300);
    if (rarely()) {
        schedule.window = Span{0, 0, std::chrono::minutes{any(1, 3000)}};
        const auto until = any_time();
        const bool may_be =
            of_day && !std::binary_search(of_day->times.begin(), of_day->times.end(), until);
        if (may_be && rarely()) schedule.window = OpenUntil{until};
    }
    if (rarely()) schedule.gap = static_cast<GapPolicy>(any(0, 3));
    if (rarely()) schedule.overlap = static_cast<OverlapPolicy>(any(0, 3));
    if (rarely()) {
        schedule.calendar = library_calendars().at("cn");
        schedule.unknown_as_weekdays = rarely();
    }
    settle_count(schedule);
    return schedule;
}

date::sys_seconds any_instant() {
    return date::sys_days{date::year{2023} / 1 / 1} + seconds{any(0, 365 * 86400 * 5)};
}

std::shared_ptr<const Zone> any_zone() {
    const char* const names[] = {"Asia/Shanghai",       "America/New_York", "Europe/Dublin",
                                 "Australia/Lord_Howe", "Africa/Cairo",     "America/Santiago"};
    return tests::frozen_zones().find(names[any(0, 5)]);
}

// A year of occurrences is enough of one.
std::vector<Occurrence> occurrences(const Schedule& schedule, const Zone& zone,
                                    date::sys_seconds from, date::sys_seconds to) {
    std::vector<Occurrence> result;
    for (const Occurrence& occurrence : OccurrenceRange(schedule, zone, from, to)) {
        result.push_back(occurrence);
        if (result.size() == 200) break;
    }
    return result;
}

}  // namespace

TEST_CASE("a schedule reads back from its sentences", "[schedule][property]") {
    for (const Dialect dialect : {Dialect::en, Dialect::zh_cn}) {
        CHECK(rc::check([dialect] {
            const Schedule schedule = any_schedule();
            const std::string sentence = schedule_text(schedule, dialect);
            RC_LOG() << sentence;
            const Source source("sentence", sentence);
            const auto read = parse_schedule(source);
            if (!read.value) RC_FAIL(render(read.diagnostics.front(), source));
            RC_ASSERT(schedule_text(*read.value, dialect) == sentence);
            RC_ASSERT(*read.value == schedule);
        }));
    }
}

TEST_CASE("next is exclusive, ascends, and does not depend on where it is asked from",
          "[schedule][property]") {
    CHECK(rc::check([] {
        const Schedule schedule = any_schedule();
        const auto zone = any_zone();
        RC_LOG() << schedule_text(schedule) << " in " << zone->name();
        const auto from = any_instant();
        const auto found = occurrences(schedule, *zone, from, from + date::days{200});
        auto after = from - 1s;
        for (const Occurrence& occurrence : found) {
            RC_ASSERT(occurrence.instant > after);
            const auto between = after + seconds{any(0, 1000000)} % (occurrence.instant - after);
            RC_ASSERT(next_occurrence(schedule, *zone, between) == occurrence);
            after = occurrence.instant;
        }
    }));
}

TEST_CASE("previous is the last one before", "[schedule][property]") {
    CHECK(rc::check([] {
        const Schedule schedule = any_schedule();
        const auto zone = any_zone();
        RC_LOG() << schedule_text(schedule) << " in " << zone->name();
        const auto first = next_occurrence(schedule, *zone, any_instant());
        if (!first) return;
        const auto second = next_occurrence(schedule, *zone, first->instant);
        RC_ASSERT(previous_occurrence(schedule, *zone, first->instant + 1s) == first);
        if (second) RC_ASSERT(previous_occurrence(schedule, *zone, second->instant) == first);
    }));
}

// The definition, date by date.
TEST_CASE("a schedule of times of day falls on the dates its clauses say", "[schedule][property]") {
    CHECK(rc::check([] {
        Schedule schedule = any_schedule();
        schedule.times = TimesOfDay{{10h}};
        schedule.count.reset();
        if (schedule.window) schedule.window = Span{0, 0, 1h};
        settle_count(schedule);
        RC_LOG() << schedule_text(schedule);
        const auto zone = tests::frozen_zones().find("Asia/Shanghai");
        const DayContext context{schedule.calendar.get(), schedule.unknown_as_weekdays,
                                 schedule.starting.value_or(date::local_days{}),
                                 schedule.week_start};
        const auto belongs = [&](const Days& set, date::local_days date) {
            return membership(set, date, context) == Membership::yes;
        };
        const auto any_belongs = [&](const std::vector<Days>& sets, date::local_days date) {
            return std::any_of(sets.begin(), sets.end(),
                               [&](const Days& set) { return belongs(set, date); });
        };
        const auto first = any_date();
        std::vector<date::local_days> wanted;
        for (auto date = first; date < first + date::days{400}; date += date::days{1}) {
            const date::year_month_day day{date};
            const bool in_bounds = (!schedule.from || date >= *schedule.from) &&
                                   (!schedule.starting || date >= *schedule.starting) &&
                                   (!schedule.until || date <= *schedule.until);
            const bool in_months =
                (schedule.months >> (static_cast<unsigned>(day.month()) - 1) & 1U) != 0;
            const bool planned =
                in_bounds && in_months && belongs(schedule.days, date) &&
                (schedule.only.empty() || any_belongs(schedule.only, date)) &&
                std::all_of(schedule.except.begin(), schedule.except.end(), [&](const Days& set) {
                    return membership(set, date, context) == Membership::no;
                });
            if (planned || any_belongs(schedule.also, date)) wanted.push_back(date);
        }
        std::vector<date::local_days> found;
        const auto begin = zone->to_instant(first);
        for (const Occurrence& occurrence :
             OccurrenceRange(schedule, *zone, begin, begin + date::days{400})) {
            const auto date = date::floor<date::days>(occurrence.nominal);
            // Beyond its years a calendar cannot say.
            if (!occurrence.no_calendar_data) found.push_back(date);
        }
        RC_ASSERT(found == wanted);
    }));
}

}  // namespace sop::lang
