#include "lang/calendar/schedule.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "tests/lang/calendar/sample_zones.h"
#include "tests/support/printers.h"

namespace sop::lang::calendar {

namespace {

using namespace std::chrono_literals;
using sop::tests::local;
using sop::tests::sample_zone;
using sop::tests::utc;

enum Weekday { mon, tue, wed, thu, fri, sat, sun };

Days every_day() {
    return {Days::Kind::every_day, {}, {}, {}};
}
Days workdays() {
    return {Days::Kind::workdays, {}, {}, {}};
}
Days weekly(const std::vector<Weekday>& wanted) {
    Days days{Days::Kind::weekdays, {}, {}, {}};
    for (const Weekday weekday : wanted) {
        days.weekdays[weekday] = true;
    }
    return days;
}
Days monthly(std::vector<int> month_days) {
    return {Days::Kind::month_days, {}, std::move(month_days), {}};
}
Days on(const std::vector<std::string>& dates) {
    Days days{Days::Kind::dates, {}, {}, {}};
    for (const std::string& text : dates) {
        days.dates.push_back(date::floor<date::days>(local(text + " 00:00")));
    }
    return days;
}

// "2026-03-08 02:30 = 2026-03-08 07:30Z": the nominal time and the instant.
std::string text_of(const Occurrence& occurrence) {
    return date::format("%F %R = ", occurrence.nominal) +
           date::format("%F %RZ", occurrence.instant);
}

std::vector<std::string> sequence(const Schedule& schedule, const Zone& zone,
                                  date::sys_seconds after, std::size_t count) {
    std::vector<std::string> result;
    while (result.size() < count) {
        const auto next = next_occurrence(schedule, zone, after);
        if (!next) {
            result.push_back("none");
            break;
        }
        result.push_back(text_of(*next));
        after = next->instant;
    }
    return result;
}

struct Row {
    const char* behaviour;
    Schedule schedule;
    const char* zone;
    const char* after;
    std::vector<std::string> expected;
};

void check(const std::vector<Row>& rows) {
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.behaviour) {
            CHECK(sequence(row.schedule, *sample_zone(row.zone), utc(row.after),
                           row.expected.size()) == row.expected);
        }
    }
}

}  // namespace

TEST_CASE("schedules give their dates and times in order", "[calendar][schedule]") {
    check({
        {"weekly",
         {weekly({thu}), {20h}},
         "Asia/Shanghai",
         "2026-11-09 00:00",
         {"2026-11-12 20:00 = 2026-11-12 12:00Z", "2026-11-19 20:00 = 2026-11-19 12:00Z"}},
        {"the instant itself is not after itself",
         {weekly({thu}), {20h}},
         "Asia/Shanghai",
         "2026-11-12 12:00",
         {"2026-11-19 20:00 = 2026-11-19 12:00Z"}},
        {"a second before is",
         {weekly({thu}), {20h}},
         "Asia/Shanghai",
         "2026-11-12 11:59:59",
         {"2026-11-12 20:00 = 2026-11-12 12:00Z"}},
        {"several times of a day",
         {every_day(), {8h, 12h, 21h}},
         "Asia/Shanghai",
         "2026-11-09 01:00",
         {"2026-11-09 12:00 = 2026-11-09 04:00Z", "2026-11-09 21:00 = 2026-11-09 13:00Z",
          "2026-11-10 08:00 = 2026-11-10 00:00Z"}},
        {"workdays skip the weekend",
         {workdays(), {8h}},
         "Asia/Shanghai",
         "2026-11-12 01:00",
         {"2026-11-13 08:00 = 2026-11-13 00:00Z", "2026-11-16 08:00 = 2026-11-16 00:00Z"}},
        {"several weekdays",
         {weekly({mon, sun}), {10h}},
         "Asia/Shanghai",
         "2026-11-14 00:00",
         {"2026-11-15 10:00 = 2026-11-15 02:00Z", "2026-11-16 10:00 = 2026-11-16 02:00Z",
          "2026-11-22 10:00 = 2026-11-22 02:00Z"}},
        {"the weekday is that on the wall, not that of UTC",
         {weekly({mon}), {30min}},
         "Pacific/Kiritimati",
         "2026-11-14 00:00",
         {"2026-11-16 00:30 = 2026-11-15 10:30Z"}},
        {"and west of Greenwich",
         {weekly({mon}), {23h}},
         "Etc/GMT+12",
         "2026-11-14 00:00",
         {"2026-11-16 23:00 = 2026-11-17 11:00Z"}},
        {"dates, each once",
         {on({"2026-11-11", "2026-12-12"}), {20h}},
         "Asia/Shanghai",
         "2026-11-01 00:00",
         {"2026-11-11 20:00 = 2026-11-11 12:00Z", "2026-12-12 20:00 = 2026-12-12 12:00Z", "none"}},
        {"a date that is past",
         {on({"2020-01-01"}), {20h}},
         "Asia/Shanghai",
         "2026-11-01 00:00",
         {"none"}},
    });
}

TEST_CASE("months without the day are skipped", "[calendar][schedule]") {
    check({
        {"the 18th",
         {monthly({18}), {10h}},
         "Asia/Shanghai",
         "2026-11-18 02:00",
         {"2026-12-18 10:00 = 2026-12-18 02:00Z", "2027-01-18 10:00 = 2027-01-18 02:00Z"}},
        {"the 31st does not drift to the last day",
         {monthly({31}), {10h}},
         "Asia/Shanghai",
         "2026-01-31 02:00",
         {"2026-03-31 10:00 = 2026-03-31 02:00Z", "2026-05-31 10:00 = 2026-05-31 02:00Z",
          "2026-07-31 10:00 = 2026-07-31 02:00Z", "2026-08-31 10:00 = 2026-08-31 02:00Z"}},
        {"the 30th skips February only",
         {monthly({30}), {10h}},
         "Asia/Shanghai",
         "2026-01-30 02:00",
         {"2026-03-30 10:00 = 2026-03-30 02:00Z", "2026-04-30 10:00 = 2026-04-30 02:00Z"}},
        {"the 29th skips February in a common year",
         {monthly({29}), {10h}},
         "Asia/Shanghai",
         "2027-01-30 00:00",
         {"2027-03-29 10:00 = 2027-03-29 02:00Z"}},
        {"and has it in a leap year",
         {monthly({29}), {10h}},
         "Asia/Shanghai",
         "2028-01-30 00:00",
         {"2028-02-29 10:00 = 2028-02-29 02:00Z"}},
        {"2100 is no leap year",
         {monthly({29}), {10h}},
         "Asia/Shanghai",
         "2100-01-30 00:00",
         {"2100-03-29 10:00 = 2100-03-29 02:00Z"}},
        {"several days, over the end of the year",
         {monthly({1, 29, 31}), {10h}},
         "Asia/Shanghai",
         "2026-11-29 02:00",
         {"2026-12-01 10:00 = 2026-12-01 02:00Z", "2026-12-29 10:00 = 2026-12-29 02:00Z",
          "2026-12-31 10:00 = 2026-12-31 02:00Z", "2027-01-01 10:00 = 2027-01-01 02:00Z"}},
        {"29 February by date",
         {on({"2028-02-29"}), {0h}},
         "Asia/Shanghai",
         "2026-01-01 00:00",
         {"2028-02-29 00:00 = 2028-02-28 16:00Z", "none"}},
    });
}

TEST_CASE("a time skipped by the clock moves later by the gap", "[calendar][schedule][dst]") {
    check({
        {"New York",
         {every_day(), {2h + 30min}},
         "America/New_York",
         "2026-03-06 12:00",
         {"2026-03-07 02:30 = 2026-03-07 07:30Z", "2026-03-08 02:30 = 2026-03-08 07:30Z",
          "2026-03-09 02:30 = 2026-03-09 06:30Z"}},
        {"New York by a rule beyond the listed changes",
         {every_day(), {2h + 30min}},
         "America/New_York",
         "2100-03-13 12:00",
         {"2100-03-14 02:30 = 2100-03-14 07:30Z", "2100-03-15 02:30 = 2100-03-15 06:30Z"}},
        {"weekly, which would else be lost for a week",
         {weekly({sun}), {2h + 30min}},
         "America/New_York",
         "2026-03-02 00:00",
         {"2026-03-08 02:30 = 2026-03-08 07:30Z", "2026-03-15 02:30 = 2026-03-15 06:30Z"}},
        {"Dublin, where winter is the exception",
         {every_day(), {1h + 30min}},
         "Europe/Dublin",
         "2026-03-28 12:00",
         {"2026-03-29 01:30 = 2026-03-29 01:30Z", "2026-03-30 01:30 = 2026-03-30 00:30Z"}},
        {"Lord Howe, half an hour",
         {every_day(), {2h + 15min}},
         "Australia/Lord_Howe",
         "2026-10-02 12:00",
         {"2026-10-03 02:15 = 2026-10-02 15:45Z", "2026-10-04 02:15 = 2026-10-03 15:45Z",
          "2026-10-05 02:15 = 2026-10-04 15:15Z"}},
        {"Troll, two hours",
         {every_day(), {2h + 30min}},
         "Antarctica/Troll",
         "2026-03-27 12:00",
         {"2026-03-28 02:30 = 2026-03-28 02:30Z", "2026-03-29 02:30 = 2026-03-29 02:30Z",
          "2026-03-30 02:30 = 2026-03-30 00:30Z"}},
        {"the rest of the day goes on",
         {every_day(), {0h, 4h, 8h, 12h, 16h, 20h}},
         "America/New_York",
         "2026-03-08 04:00",
         {"2026-03-08 00:00 = 2026-03-08 05:00Z", "2026-03-08 04:00 = 2026-03-08 08:00Z",
          "2026-03-08 08:00 = 2026-03-08 12:00Z", "2026-03-08 12:00 = 2026-03-08 16:00Z",
          "2026-03-08 16:00 = 2026-03-08 20:00Z", "2026-03-08 20:00 = 2026-03-09 00:00Z",
          "2026-03-09 00:00 = 2026-03-09 04:00Z"}},
    });
}

TEST_CASE("a day without midnight is not lost, nor the day after moved",
          "[calendar][schedule][dst]") {
    check({
        {"Cairo",
         {every_day(), {0h}},
         "Africa/Cairo",
         "2026-04-22 12:00",
         {"2026-04-23 00:00 = 2026-04-22 22:00Z", "2026-04-24 00:00 = 2026-04-23 22:00Z",
          "2026-04-25 00:00 = 2026-04-24 21:00Z"}},
        {"Beirut",
         {every_day(), {15min}},
         "Asia/Beirut",
         "2026-03-27 12:00",
         {"2026-03-28 00:15 = 2026-03-27 22:15Z", "2026-03-29 00:15 = 2026-03-28 22:15Z",
          "2026-03-30 00:15 = 2026-03-29 21:15Z"}},
        {"Santiago",
         {every_day(), {0h}},
         "America/Santiago",
         "2026-09-04 12:00",
         {"2026-09-05 00:00 = 2026-09-05 04:00Z", "2026-09-06 00:00 = 2026-09-06 04:00Z",
          "2026-09-07 00:00 = 2026-09-07 03:00Z"}},
        {"Havana",
         {every_day(), {30min}},
         "America/Havana",
         "2026-03-06 12:00",
         {"2026-03-07 00:30 = 2026-03-07 05:30Z", "2026-03-08 00:30 = 2026-03-08 05:30Z",
          "2026-03-09 00:30 = 2026-03-09 04:30Z"}},
        {"Sao Paulo, weekly",
         {weekly({sun}), {0h}},
         "America/Sao_Paulo",
         "2017-10-09 00:00",
         {"2017-10-15 00:00 = 2017-10-15 03:00Z", "2017-10-22 00:00 = 2017-10-22 02:00Z"}},
        {"a moved time of a day that begins late stays with its date",
         {weekly({fri}), {0h, 30min}},
         "Africa/Cairo",
         "2026-04-23 21:59:59",
         {"2026-04-24 00:00 = 2026-04-23 22:00Z", "2026-04-24 00:30 = 2026-04-23 22:30Z",
          "2026-05-01 00:00 = 2026-04-30 21:00Z"}},
    });
}

TEST_CASE("a time repeated by the clock comes once, the first time", "[calendar][schedule][dst]") {
    const Schedule daily{every_day(), {1h + 30min}};
    check({
        {"New York",
         daily,
         "America/New_York",
         "2026-10-31 12:00",
         {"2026-11-01 01:30 = 2026-11-01 05:30Z", "2026-11-02 01:30 = 2026-11-02 06:30Z"}},
        {"from between the two readings",
         daily,
         "America/New_York",
         "2026-11-01 05:45",
         {"2026-11-02 01:30 = 2026-11-02 06:30Z"}},
        {"from inside the repeated hour",
         daily,
         "America/New_York",
         "2026-11-01 06:10",
         {"2026-11-02 01:30 = 2026-11-02 06:30Z"}},
        {"from the second reading itself",
         daily,
         "America/New_York",
         "2026-11-01 06:30",
         {"2026-11-02 01:30 = 2026-11-02 06:30Z"}},
        {"a later time of the day, from inside the repeated hour",
         {every_day(), {1h + 30min, 2h}},
         "America/New_York",
         "2026-11-01 06:10",
         {"2026-11-01 02:00 = 2026-11-01 07:00Z"}},
        {"Lord Howe, half an hour",
         {every_day(), {1h + 45min}},
         "Australia/Lord_Howe",
         "2026-04-03 12:00",
         {"2026-04-04 01:45 = 2026-04-03 14:45Z", "2026-04-05 01:45 = 2026-04-04 14:45Z",
          "2026-04-06 01:45 = 2026-04-05 15:15Z"}},
        {"Beirut, in the last hour of the day before",
         {every_day(), {0h, 23h + 30min}},
         "Asia/Beirut",
         "2026-10-24 12:00",
         {"2026-10-24 23:30 = 2026-10-24 20:30Z", "2026-10-25 00:00 = 2026-10-24 22:00Z",
          "2026-10-25 23:30 = 2026-10-25 21:30Z"}},
    });
}

TEST_CASE("nominal times that meet in one instant are one occurrence, the earlier",
          "[calendar][schedule][dst]") {
    check({
        {"the moved one comes after a time it precedes on paper",
         {every_day(), {2h + 30min, 3h, 3h + 30min}},
         "America/New_York",
         "2026-03-08 05:00",
         {"2026-03-08 03:00 = 2026-03-08 07:00Z", "2026-03-08 02:30 = 2026-03-08 07:30Z",
          "2026-03-09 02:30 = 2026-03-09 06:30Z"}},
        {"from between the two",
         {every_day(), {2h + 30min, 3h, 3h + 30min}},
         "America/New_York",
         "2026-03-08 07:00",
         {"2026-03-08 02:30 = 2026-03-08 07:30Z"}},
        {"the first minute after Chatham's gap",
         {every_day(), {2h + 45min, 3h + 45min}},
         "Pacific/Chatham",
         "2026-09-26 12:00",
         {"2026-09-27 02:45 = 2026-09-26 14:00Z", "2026-09-28 02:45 = 2026-09-27 13:00Z",
          "2026-09-28 03:45 = 2026-09-27 14:00Z"}},
        {"only the time after the gap",
         {every_day(), {3h + 45min}},
         "Pacific/Chatham",
         "2026-09-26 12:00",
         {"2026-09-27 03:45 = 2026-09-26 14:00Z"}},
        {"the date Apia never had is held on the next",
         {every_day(), {10h}},
         "Pacific/Apia",
         "2011-12-29 12:00",
         {"2011-12-29 10:00 = 2011-12-29 20:00Z", "2011-12-30 10:00 = 2011-12-30 20:00Z",
          "2012-01-01 10:00 = 2011-12-31 20:00Z"}},
        {"Apia from the morning after",
         {every_day(), {10h}},
         "Pacific/Apia",
         "2011-12-30 19:00",
         {"2011-12-30 10:00 = 2011-12-30 20:00Z"}},
        {"Apia's missing Friday, weekly",
         {weekly({fri}), {10h}},
         "Pacific/Apia",
         "2011-12-29 00:00",
         {"2011-12-30 10:00 = 2011-12-30 20:00Z", "2012-01-06 10:00 = 2012-01-05 20:00Z"}},
    });
}

TEST_CASE("a schedule without days or times has no occurrence", "[calendar][schedule][error]") {
    check({
        {"no weekday", {weekly({}), {20h}}, "Asia/Shanghai", "2026-01-01 00:00", {"none"}},
        {"no day of the month",
         {monthly({}), {20h}},
         "Asia/Shanghai",
         "2026-01-01 00:00",
         {"none"}},
        {"no date", {on({}), {20h}}, "Asia/Shanghai", "2026-01-01 00:00", {"none"}},
        {"no time", {every_day(), {}}, "Asia/Shanghai", "2026-01-01 00:00", {"none"}},
    });
}

TEST_CASE("the search ends after its limit", "[calendar][schedule][limit]") {
    const auto shanghai = sample_zone("Asia/Shanghai");
    const date::sys_seconds after = utc("2026-01-01 04:00");
    const date::local_days today = date::floor<date::days>(shanghai->to_local(after));
    Schedule schedule{{Days::Kind::dates, {}, {}, {today + date::days{search_days_max}}}, {10h}};
    CHECK(next_occurrence(schedule, *shanghai, after) != std::nullopt);
    schedule.days.dates[0] += date::days{1};
    CHECK(next_occurrence(schedule, *shanghai, after) == std::nullopt);
}

// The definition, spelled out without any search: the instants of all nominal times, the earliest
// nominal for each.
TEST_CASE("round every kind of change the search agrees with the definition",
          "[calendar][schedule][dst]") {
    const std::vector<std::chrono::seconds> times = [] {
        std::vector<std::chrono::seconds> result;
        for (std::chrono::minutes time = 0min; time < 24h; time += 45min) {
            result.push_back(time);
        }
        return result;
    }();
    const std::pair<const char*, const char*> stretches[] = {
        {"2026-01-01 00:00", "2027-06-01 00:00"}, {"2011-12-01 00:00", "2012-01-15 00:00"},
        {"1993-08-01 00:00", "1993-09-01 00:00"}, {"2015-08-01 00:00", "2018-06-01 00:00"},
        {"2098-01-01 00:00", "2099-01-01 00:00"},
    };
    const Schedule schedule{every_day(), times};
    int changes = 0;
    for (const std::string& name : tests::sample_zones().names()) {
        const auto zone = sample_zone(name);
        for (const auto& [from, until] : stretches) {
            for (auto change = zone->next_transition(utc(from)); change && *change < utc(until);
                 change = zone->next_transition(*change)) {
                ++changes;
                std::map<date::sys_seconds, date::local_seconds> expected;
                const auto date_of_change = date::floor<date::days>(zone->to_local(*change));
                for (auto day = date_of_change - date::days{6};
                     day <= date_of_change + date::days{6}; day += date::days{1}) {
                    for (const std::chrono::seconds time : times) {
                        expected.emplace(zone->to_instant(day + time), day + time);
                    }
                }
                for (auto after = *change - 60h; after < *change + 60h; after += 13min) {
                    const auto next = expected.upper_bound(after);
                    const Occurrence wanted{next->second, next->first};
                    if (next_occurrence(schedule, *zone, after) != wanted) {
                        FAIL(name << " after " << date::format("%F %TZ", after) << ": not "
                                  << text_of(wanted));
                    }
                }
            }
        }
    }
    CHECK(changes > 150);
}

}  // namespace sop::lang::calendar
