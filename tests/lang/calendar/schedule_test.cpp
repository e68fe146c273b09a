#include "lang/calendar/schedule.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "lang/sentence.h"
#include "tests/lang/calendar/sample_zones.h"
#include "tests/support/printers.h"

namespace sop::lang::calendar {

namespace {

using namespace std::chrono_literals;
using sop::tests::local;
using sop::tests::sample_zone;
using sop::tests::utc;

Schedule schedule_of(const std::string& sentence) {
    const Source source("schedule", sentence);
    const auto parsed = parse_schedule(source);
    if (!parsed.value) FAIL(render(parsed.diagnostics.front(), source));
    return *parsed.value;
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
    std::string schedule;
    const char* zone;
    const char* after;
    std::vector<std::string> expected;
};

void check(const std::vector<Row>& rows) {
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.behaviour) {
            CHECK(sequence(schedule_of(row.schedule), *sample_zone(row.zone), utc(row.after),
                           row.expected.size()) == row.expected);
        }
    }
}

}  // namespace

TEST_CASE("schedules give their dates and times in order", "[calendar][schedule]") {
    check({
        {"weekly",
         "every thursday at 20:00",
         "Asia/Shanghai",
         "2026-11-09 00:00",
         {"2026-11-12 20:00 = 2026-11-12 12:00Z", "2026-11-19 20:00 = 2026-11-19 12:00Z"}},
        {"the instant itself is not after itself",
         "every thursday at 20:00",
         "Asia/Shanghai",
         "2026-11-12 12:00",
         {"2026-11-19 20:00 = 2026-11-19 12:00Z"}},
        {"a second before is",
         "every thursday at 20:00",
         "Asia/Shanghai",
         "2026-11-12 11:59:59",
         {"2026-11-12 20:00 = 2026-11-12 12:00Z"}},
        {"several times of a day",
         "every day at 08:00, 12:00, 21:00",
         "Asia/Shanghai",
         "2026-11-09 01:00",
         {"2026-11-09 12:00 = 2026-11-09 04:00Z", "2026-11-09 21:00 = 2026-11-09 13:00Z",
          "2026-11-10 08:00 = 2026-11-10 00:00Z"}},
        {"workdays skip the weekend",
         "every workday at 08:00",
         "Asia/Shanghai",
         "2026-11-12 01:00",
         {"2026-11-13 08:00 = 2026-11-13 00:00Z", "2026-11-16 08:00 = 2026-11-16 00:00Z"}},
        {"several weekdays",
         "every monday, sunday at 10:00",
         "Asia/Shanghai",
         "2026-11-14 00:00",
         {"2026-11-15 10:00 = 2026-11-15 02:00Z", "2026-11-16 10:00 = 2026-11-16 02:00Z",
          "2026-11-22 10:00 = 2026-11-22 02:00Z"}},
        {"the weekday is that on the wall, not that of UTC",
         "every monday at 00:30",
         "Pacific/Kiritimati",
         "2026-11-14 00:00",
         {"2026-11-16 00:30 = 2026-11-15 10:30Z"}},
        {"and west of Greenwich",
         "every monday at 23:00",
         "Etc/GMT+12",
         "2026-11-14 00:00",
         {"2026-11-16 23:00 = 2026-11-17 11:00Z"}},
        {"dates, each once",
         "on 2026-11-11, 2026-12-12 at 20:00",
         "Asia/Shanghai",
         "2026-11-01 00:00",
         {"2026-11-11 20:00 = 2026-11-11 12:00Z", "2026-12-12 20:00 = 2026-12-12 12:00Z", "none"}},
        {"a date that is past",
         "on 2020-01-01 at 20:00",
         "Asia/Shanghai",
         "2026-11-01 00:00",
         {"none"}},
    });
}

TEST_CASE("months without the day are skipped", "[calendar][schedule]") {
    check({
        {"the 18th",
         "every month on 18 at 10:00",
         "Asia/Shanghai",
         "2026-11-18 02:00",
         {"2026-12-18 10:00 = 2026-12-18 02:00Z", "2027-01-18 10:00 = 2027-01-18 02:00Z"}},
        {"the 31st does not drift to the last day",
         "every month on 31 at 10:00",
         "Asia/Shanghai",
         "2026-01-31 02:00",
         {"2026-03-31 10:00 = 2026-03-31 02:00Z", "2026-05-31 10:00 = 2026-05-31 02:00Z",
          "2026-07-31 10:00 = 2026-07-31 02:00Z", "2026-08-31 10:00 = 2026-08-31 02:00Z"}},
        {"the 30th skips February only",
         "every month on 30 at 10:00",
         "Asia/Shanghai",
         "2026-01-30 02:00",
         {"2026-03-30 10:00 = 2026-03-30 02:00Z", "2026-04-30 10:00 = 2026-04-30 02:00Z"}},
        {"the 29th skips February in a common year",
         "every month on 29 at 10:00",
         "Asia/Shanghai",
         "2027-01-30 00:00",
         {"2027-03-29 10:00 = 2027-03-29 02:00Z"}},
        {"and has it in a leap year",
         "every month on 29 at 10:00",
         "Asia/Shanghai",
         "2028-01-30 00:00",
         {"2028-02-29 10:00 = 2028-02-29 02:00Z"}},
        {"2100 is no leap year",
         "every month on 29 at 10:00",
         "Asia/Shanghai",
         "2100-01-30 00:00",
         {"2100-03-29 10:00 = 2100-03-29 02:00Z"}},
        {"several days, over the end of the year",
         "every month on 1, 29, 31 at 10:00",
         "Asia/Shanghai",
         "2026-11-29 02:00",
         {"2026-12-01 10:00 = 2026-12-01 02:00Z", "2026-12-29 10:00 = 2026-12-29 02:00Z",
          "2026-12-31 10:00 = 2026-12-31 02:00Z", "2027-01-01 10:00 = 2027-01-01 02:00Z"}},
        {"29 February by date",
         "on 2028-02-29 at 00:00",
         "Asia/Shanghai",
         "2026-01-01 00:00",
         {"2028-02-29 00:00 = 2028-02-28 16:00Z", "none"}},
    });
}

TEST_CASE("a time skipped by the clock moves later by the gap", "[calendar][schedule][dst]") {
    check({
        {"New York",
         "every day at 02:30",
         "America/New_York",
         "2026-03-06 12:00",
         {"2026-03-07 02:30 = 2026-03-07 07:30Z", "2026-03-08 02:30 = 2026-03-08 07:30Z",
          "2026-03-09 02:30 = 2026-03-09 06:30Z"}},
        {"New York by a rule beyond the listed changes",
         "every day at 02:30",
         "America/New_York",
         "2100-03-13 12:00",
         {"2100-03-14 02:30 = 2100-03-14 07:30Z", "2100-03-15 02:30 = 2100-03-15 06:30Z"}},
        {"weekly, which would else be lost for a week",
         "every sunday at 02:30",
         "America/New_York",
         "2026-03-02 00:00",
         {"2026-03-08 02:30 = 2026-03-08 07:30Z", "2026-03-15 02:30 = 2026-03-15 06:30Z"}},
        {"Dublin, where winter is the exception",
         "every day at 01:30",
         "Europe/Dublin",
         "2026-03-28 12:00",
         {"2026-03-29 01:30 = 2026-03-29 01:30Z", "2026-03-30 01:30 = 2026-03-30 00:30Z"}},
        {"Lord Howe, half an hour",
         "every day at 02:15",
         "Australia/Lord_Howe",
         "2026-10-02 12:00",
         {"2026-10-03 02:15 = 2026-10-02 15:45Z", "2026-10-04 02:15 = 2026-10-03 15:45Z",
          "2026-10-05 02:15 = 2026-10-04 15:15Z"}},
        {"Troll, two hours",
         "every day at 02:30",
         "Antarctica/Troll",
         "2026-03-27 12:00",
         {"2026-03-28 02:30 = 2026-03-28 02:30Z", "2026-03-29 02:30 = 2026-03-29 02:30Z",
          "2026-03-30 02:30 = 2026-03-30 00:30Z"}},
        {"the rest of the day goes on",
         "every day at 00:00, 04:00, 08:00, 12:00, 16:00, 20:00",
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
         "every day at 00:00",
         "Africa/Cairo",
         "2026-04-22 12:00",
         {"2026-04-23 00:00 = 2026-04-22 22:00Z", "2026-04-24 00:00 = 2026-04-23 22:00Z",
          "2026-04-25 00:00 = 2026-04-24 21:00Z"}},
        {"Beirut",
         "every day at 00:15",
         "Asia/Beirut",
         "2026-03-27 12:00",
         {"2026-03-28 00:15 = 2026-03-27 22:15Z", "2026-03-29 00:15 = 2026-03-28 22:15Z",
          "2026-03-30 00:15 = 2026-03-29 21:15Z"}},
        {"Santiago",
         "every day at 00:00",
         "America/Santiago",
         "2026-09-04 12:00",
         {"2026-09-05 00:00 = 2026-09-05 04:00Z", "2026-09-06 00:00 = 2026-09-06 04:00Z",
          "2026-09-07 00:00 = 2026-09-07 03:00Z"}},
        {"Havana",
         "every day at 00:30",
         "America/Havana",
         "2026-03-06 12:00",
         {"2026-03-07 00:30 = 2026-03-07 05:30Z", "2026-03-08 00:30 = 2026-03-08 05:30Z",
          "2026-03-09 00:30 = 2026-03-09 04:30Z"}},
        {"Sao Paulo, weekly",
         "every sunday at 00:00",
         "America/Sao_Paulo",
         "2017-10-09 00:00",
         {"2017-10-15 00:00 = 2017-10-15 03:00Z", "2017-10-22 00:00 = 2017-10-22 02:00Z"}},
        {"a moved time of a day that begins late stays with its date",
         "every friday at 00:00, 00:30",
         "Africa/Cairo",
         "2026-04-23 21:59:59",
         {"2026-04-24 00:00 = 2026-04-23 22:00Z", "2026-04-24 00:30 = 2026-04-23 22:30Z",
          "2026-05-01 00:00 = 2026-04-30 21:00Z"}},
    });
}

TEST_CASE("a time repeated by the clock comes once, the first time", "[calendar][schedule][dst]") {
    const char* const daily = "every day at 01:30";
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
         "every day at 01:30, 02:00",
         "America/New_York",
         "2026-11-01 06:10",
         {"2026-11-01 02:00 = 2026-11-01 07:00Z"}},
        {"Lord Howe, half an hour",
         "every day at 01:45",
         "Australia/Lord_Howe",
         "2026-04-03 12:00",
         {"2026-04-04 01:45 = 2026-04-03 14:45Z", "2026-04-05 01:45 = 2026-04-04 14:45Z",
          "2026-04-06 01:45 = 2026-04-05 15:15Z"}},
        {"Beirut, in the last hour of the day before",
         "every day at 00:00, 23:30",
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
         "every day at 02:30, 03:00, 03:30",
         "America/New_York",
         "2026-03-08 05:00",
         {"2026-03-08 03:00 = 2026-03-08 07:00Z", "2026-03-08 02:30 = 2026-03-08 07:30Z",
          "2026-03-09 02:30 = 2026-03-09 06:30Z"}},
        {"from between the two",
         "every day at 02:30, 03:00, 03:30",
         "America/New_York",
         "2026-03-08 07:00",
         {"2026-03-08 02:30 = 2026-03-08 07:30Z"}},
        {"the first minute after Chatham's gap",
         "every day at 02:45, 03:45",
         "Pacific/Chatham",
         "2026-09-26 12:00",
         {"2026-09-27 02:45 = 2026-09-26 14:00Z", "2026-09-28 02:45 = 2026-09-27 13:00Z",
          "2026-09-28 03:45 = 2026-09-27 14:00Z"}},
        {"only the time after the gap",
         "every day at 03:45",
         "Pacific/Chatham",
         "2026-09-26 12:00",
         {"2026-09-27 03:45 = 2026-09-26 14:00Z"}},
        {"the date Apia never had is held on the next",
         "every day at 10:00",
         "Pacific/Apia",
         "2011-12-29 12:00",
         {"2011-12-29 10:00 = 2011-12-29 20:00Z", "2011-12-30 10:00 = 2011-12-30 20:00Z",
          "2012-01-01 10:00 = 2011-12-31 20:00Z"}},
        {"Apia from the morning after",
         "every day at 10:00",
         "Pacific/Apia",
         "2011-12-30 19:00",
         {"2011-12-30 10:00 = 2011-12-30 20:00Z"}},
        {"Apia's missing Friday, weekly",
         "every friday at 10:00",
         "Pacific/Apia",
         "2011-12-29 00:00",
         {"2011-12-30 10:00 = 2011-12-30 20:00Z", "2012-01-06 10:00 = 2012-01-05 20:00Z"}},
    });
}

TEST_CASE("a schedule without days or times has no occurrence", "[calendar][schedule][error]") {
    const auto shanghai = sample_zone("Asia/Shanghai");
    Schedule schedule;
    CHECK(next_occurrence(schedule, *shanghai, utc("2026-01-01 00:00")) == std::nullopt);
    schedule.times = TimesOfDay{{20h}};
    schedule.days = Weekdays{};
    CHECK(next_occurrence(schedule, *shanghai, utc("2026-01-01 00:00")) == std::nullopt);
}

TEST_CASE("the search ends after its limit", "[calendar][schedule][limit]") {
    const auto shanghai = sample_zone("Asia/Shanghai");
    const date::sys_seconds after = utc("2026-01-01 04:00");
    const date::local_days today = date::floor<date::days>(shanghai->to_local(after));
    const date::local_days furthest = today + date::days{search_days_max};
    Schedule schedule;
    schedule.times = TimesOfDay{{10h}};
    schedule.days = Dates{{{furthest, furthest}}};
    CHECK(next_occurrence(schedule, *shanghai, after) != std::nullopt);
    schedule.days = Dates{{{furthest + date::days{1}, furthest + date::days{1}}}};
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
    Schedule schedule;
    schedule.times = TimesOfDay{times};
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
                    const auto found = next_occurrence(schedule, *zone, after);
                    if (!found || found->instant != next->first || found->nominal != next->second) {
                        FAIL(name << " after " << date::format("%F %TZ", after) << ": not "
                                  << date::format("%F %R", next->second));
                    }
                }
            }
        }
    }
    CHECK(changes > 150);
}

}  // namespace sop::lang::calendar
