// Every form of recurrence, by the dates it gives.
#include "lang/calendar/schedule.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "lang/library.h"
#include "lang/sentence.h"
#include "tests/lang/calendar/sample_zones.h"
#include "tests/support/sources.h"

namespace sop::lang {

namespace {

using sop::tests::sample_zone;
using sop::tests::utc;

calendar::Schedule read(const std::string& sentence) {
    const Source source("schedule", sentence);
    const auto parsed = parse_schedule(source);
    if (!parsed.value) FAIL(render(parsed.diagnostics.front(), source));
    return *parsed.value;
}

// The local dates and times on the wall of the next occurrences.
std::vector<std::string> coming(const std::string& sentence, const char* zone, const char* after,
                                std::size_t count, const char* format) {
    const calendar::Schedule schedule = read(sentence);
    const auto in = sample_zone(zone);
    std::vector<std::string> result;
    for (const auto& occurrence :
         calendar::OccurrenceRange(schedule, *in, utc(after) + std::chrono::seconds{1})) {
        if (result.size() == count) return result;
        result.push_back(date::format(format, in->to_local(occurrence.instant)));
    }
    result.emplace_back("none");
    return result;
}

}  // namespace

TEST_CASE("each form gives its dates", "[calendar][recurrence]") {
    struct Row {
        const char* sentence;
        const char* after;
        std::vector<std::string> dates;
    };
    const Row rows[] = {
        {"every weekend at 10:00", "2026-11-20 00:00", {"2026-11-21", "2026-11-22", "2026-11-28"}},
        {"every monday..wednesday at 10:00",
         "2026-11-20 00:00",
         {"2026-11-23", "2026-11-24", "2026-11-25", "2026-11-30"}},
        {"every saturday..monday at 10:00",
         "2026-11-20 12:00",
         {"2026-11-21", "2026-11-22", "2026-11-23", "2026-11-28"}},
        {"every month on last day at 10:00",
         "2027-12-31 12:00",
         {"2028-01-31", "2028-02-29", "2028-03-31"}},
        {"every month on 2nd last day at 10:00", "2026-01-31 00:00", {"2026-02-27", "2026-03-30"}},
        {"every month on 31 or last day at 10:00",
         "2026-01-31 12:00",
         {"2026-02-28", "2026-03-31", "2026-04-30"}},
        {"every month on 1st, 3rd thursday at 10:00",
         "2026-11-01 00:00",
         {"2026-11-05", "2026-11-19", "2026-12-03"}},
        {"every month on last friday at 10:00", "2026-11-01 00:00", {"2026-11-27", "2026-12-25"}},
        {"every month on 5th monday at 10:00", "2026-04-01 00:00", {"2026-06-29", "2026-08-31"}},
        {"every month on 1st workday at 10:00", "2026-07-31 12:00", {"2026-08-03", "2026-09-01"}},
        {"every month on 1st workday at 10:00 calendar cn",
         "2025-12-15 00:00",
         {"2026-01-04", "2026-02-02"}},
        {"every month on last workday at 10:00", "2026-01-15 00:00", {"2026-01-30", "2026-02-27"}},
        {"every friday in january, july at 10:00",
         "2026-01-24 00:00",
         {"2026-01-30", "2026-07-03"}},
        {"every year on 06-18, 11-11 at 10:00", "2026-06-18 12:00", {"2026-11-11", "2027-06-18"}},
        {"every year on 02-29 at 10:00", "2096-03-01 00:00", {"2104-02-29", "2108-02-29"}},
        {"every 3 days at 10:00 starting 2026-02-27",
         "2026-01-01 00:00",
         {"2026-02-27", "2026-03-02", "2026-03-05"}},
        // RFC 5545: every other week on Tuesday and Sunday gives other dates for another week
        // start.
        {"every 2 weeks on tuesday, sunday at 10:00 starting 1997-08-05 times 4",
         "1997-08-01 00:00",
         {"1997-08-05", "1997-08-10", "1997-08-19", "1997-08-24", "none"}},
        {"every 2 weeks on tuesday, sunday at 10:00 starting 1997-08-05 times 4 week from sunday",
         "1997-08-01 00:00",
         {"1997-08-05", "1997-08-17", "1997-08-19", "1997-08-31", "none"}},
        {"every 2 weeks at 10:00 starting 2026-01-07",
         "2026-01-01 00:00",
         {"2026-01-07", "2026-01-21"}},
        {"every 3 months on 31 at 10:00 starting 2026-01-01",
         "2026-01-01 00:00",
         {"2026-01-31", "2026-07-31", "2026-10-31"}},
        {"every 2 months at 10:00 starting 2026-01-30",
         "2026-01-01 00:00",
         {"2026-01-30", "2026-03-30", "2026-05-30"}},
        {"every month on 13 at 10:00 only friday",
         "2026-01-01 00:00",
         {"2026-02-13", "2026-03-13", "2026-11-13"}},
        {"every thursday at 10:00 except 2026-11-26",
         "2026-11-20 00:00",
         {"2026-12-03", "2026-12-10"}},
        {"every thursday at 10:00 except 2026-11-26 also on 2026-11-26, 2026-11-28",
         "2026-11-20 00:00",
         {"2026-11-26", "2026-11-28", "2026-12-03"}},
        {"every day at 10:00 from 2026-03-01 until 2026-03-02",
         "2026-01-01 00:00",
         {"2026-03-01", "2026-03-02", "none"}},
        // Counted before dates are taken out.
        {"every thursday at 10:00 starting 2026-11-19 times 3 except 2026-11-26",
         "2026-01-01 00:00",
         {"2026-11-19", "2026-12-03", "none"}},
        {"on 2026-10-01..2026-10-03, 2026-11-11 at 10:00",
         "2026-01-01 00:00",
         {"2026-10-01", "2026-10-02", "2026-10-03", "2026-11-11", "none"}},
        // Where an approximation by ICU is a day off.
        {"on lunar 1-1 at 10:00", "2026-03-01 00:00", {"2027-02-06", "2028-01-26"}},
        {"on lunar 1-1 at 10:00", "2029-03-01 00:00", {"2030-02-03"}},
        {"on lunar 12-last at 10:00", "2026-03-01 00:00", {"2027-02-05"}},
        // 2025 has a leap 6th month, which has no festivals.
        {"on lunar 7-7 at 10:00", "2025-01-01 00:00", {"2025-08-29", "2026-08-19"}},
        {"on solar qingming at 10:00", "2026-01-01 00:00", {"2026-04-05", "2027-04-05"}},
        {"on cn.mid_autumn at 10:00", "2024-01-01 00:00", {"2024-09-17", "2025-10-06"}},
        {"every first workday after cn.holidays at 10:00",
         "2026-09-01 00:00",
         {"2026-09-28", "2026-10-08", "none"}},
        {"every last workday before cn.holidays at 10:00",
         "2026-09-01 00:00",
         {"2026-09-24", "2026-09-30", "none"}},
        {"every thursday at 10:00 except cn.holidays",
         "2026-09-25 00:00",
         {"2026-10-08", "2026-10-15"}},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.sentence << " after " << row.after) {
            CHECK(coming(row.sentence, "Asia/Shanghai", row.after, row.dates.size(), "%F") ==
                  row.dates);
        }
    }
}

TEST_CASE("intervals go by the stopwatch, times of day by the wall",
          "[calendar][recurrence][dst]") {
    struct Row {
        const char* sentence;
        const char* after;
        std::vector<std::string> times;
    };
    const Row rows[] = {
        {"every 6h from 09:00 to 18:00", "2026-06-01 14:00", {"01 15:00", "02 09:00", "02 15:00"}},
        {"every 1h from 22:00 to 01:00",
         "2026-06-01 12:00",
         {"01 22:00", "01 23:00", "02 00:00", "02 01:00", "02 22:00"}},
        {"every 30m from 01:00 to 03:00",
         "2026-03-08 05:00",
         {"08 01:00", "08 01:30", "08 03:00", "09 01:00"}},
        {"every 30m from 01:00 to 02:00",
         "2026-11-01 04:30",
         {"01 01:00", "01 01:30", "01 01:00", "01 01:30", "01 02:00", "02 01:00"}},
        {"every 24h starting 2026-03-07 at 12:00",
         "2026-03-07 00:00",
         {"07 12:00", "08 13:00", "09 13:00"}},
        {"every 5h starting 2026-03-07 at 22:00 only sunday",
         "2026-03-07 00:00",
         {"08 04:00", "08 09:00", "08 14:00", "08 19:00", "15 01:00"}},
        {"every 12h starting 2026-03-07 times 3",
         "2026-03-01 00:00",
         {"07 00:00", "07 12:00", "08 00:00", "none"}},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.sentence) {
            CHECK(coming(row.sentence, "America/New_York", row.after, row.times.size(),
                         "%d %H:%M") == row.times);
        }
    }
}

TEST_CASE("the policy says what becomes of times the clock skips or repeats",
          "[calendar][recurrence][dst]") {
    struct Row {
        const char* sentence;
        const char* zone;
        const char* after;
        std::vector<std::string> instants;
    };
    const Row rows[] = {
        {"every day at 02:30 gap shift",
         "America/New_York",
         "2026-03-08 00:00",
         {"2026-03-08 07:30", "2026-03-09 06:30"}},
        {"every day at 02:30 gap next",
         "America/New_York",
         "2026-03-08 00:00",
         {"2026-03-08 07:00", "2026-03-09 06:30"}},
        {"every day at 02:30 gap skip",
         "America/New_York",
         "2026-03-08 00:00",
         {"2026-03-09 06:30", "2026-03-10 06:30"}},
        {"every day at 02:15, 02:45 gap next",
         "America/New_York",
         "2026-03-08 00:00",
         {"2026-03-08 07:00", "2026-03-09 06:15"}},
        {"every day at 02:15 gap next",
         "Australia/Lord_Howe",
         "2026-10-03 00:00",
         {"2026-10-03 15:30", "2026-10-04 15:15"}},
        {"every day at 10:00 gap skip",
         "Pacific/Apia",
         "2011-12-29 12:00",
         {"2011-12-29 20:00", "2011-12-30 20:00"}},
        {"every day at 01:30 overlap second",
         "America/New_York",
         "2026-11-01 00:00",
         {"2026-11-01 06:30", "2026-11-02 06:30"}},
        {"every day at 01:30 overlap both",
         "America/New_York",
         "2026-11-01 00:00",
         {"2026-11-01 05:30", "2026-11-01 06:30", "2026-11-02 06:30"}},
        {"every day at 01:15, 01:45 overlap both",
         "America/New_York",
         "2026-11-01 00:00",
         {"2026-11-01 05:15", "2026-11-01 05:45", "2026-11-01 06:15", "2026-11-01 06:45"}},
        {"every day at 01:30 overlap second",
         "America/New_York",
         "2026-11-01 05:30",
         {"2026-11-01 06:30"}},
        {"every day at 01:30 overlap both",
         "America/New_York",
         "2026-11-01 06:29",
         {"2026-11-01 06:30"}},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.sentence << " in " << row.zone << " after " << row.after) {
            const calendar::Schedule schedule = read(row.sentence);
            std::vector<std::string> instants;
            for (const auto& occurrence : calendar::OccurrenceRange(
                     schedule, *sample_zone(row.zone), utc(row.after) + std::chrono::seconds{1})) {
                if (instants.size() == row.instants.size()) break;
                instants.push_back(date::format("%F %R", occurrence.instant));
            }
            CHECK(instants == row.instants);
        }
    }
}

TEST_CASE("a year the calendar does not know is told apart, not guessed",
          "[calendar][recurrence]") {
    const auto shanghai = sample_zone("Asia/Shanghai");
    const auto after = utc("2026-12-31 12:00");
    const auto next = [&](const char* sentence) {
        return calendar::next_occurrence(read(sentence), *shanghai, after).value();
    };
    CHECK(next("every workday at 09:00 calendar cn").no_calendar_data);
    CHECK_FALSE(next("every workday at 09:00 calendar cn unknown weekdays").no_calendar_data);
    CHECK(next("every thursday at 09:00 except cn.holidays").no_calendar_data);
    CHECK_FALSE(next("every thursday at 09:00 except cn.mid_autumn").no_calendar_data);
    CHECK_FALSE(next("every thursday at 09:00 calendar cn").no_calendar_data);
}

TEST_CASE("what a schedule cannot mean is refused with its code", "[calendar][recurrence][error]") {
    const std::pair<const char*, const char*> rows[] = {
        {"every 1h from 00:00 to 06:00 starting 2026-03-08 times 3", "SOP0107"},
        {"every 30m from 09:00 to 18:00 until 20:00", "SOP0107"},
        {"every 30m at 08:00 from 09:00 to 18:00", "SOP0111"},
        {"every 30m from 09:00 to 18:00 from 10:00 to 12:00", "SOP0111"},
        {"every 30m starting 2026-01-01 at 09:00 at 10:00", "SOP0111"},
        {"every day at 10:00 week from sunday week from monday", "SOP0111"},
        {"every day at 10:00 gap next gap skip", "SOP0111"},
        {"every day until 12:00 at 12:00", "SOP0218"},
        {"every last friday at 10:00", "SOP0107"},
        {"on friday at 10:00", "SOP0107"},
        {"every 2 years on 06-18 at 10:00", "SOP0107"},
        {"every day at 25:00", "SOP0203"},
        {"on 2026-02-30 at 10:00", "SOP0204"},
        {"on lunar 13-1 at 10:00", "SOP0211"},
        {"on cn.hollidays at 10:00", "SOP0412"},
        {"每周四20:00除cn.holidays", "SOP0107"},
    };
    for (const auto& [sentence, code] : rows) {
        DYNAMIC_SECTION(sentence) {
            const auto parsed = parse_schedule(Source("schedule", sentence));
            CHECK_FALSE(parsed.value);
            REQUIRE_FALSE(parsed.diagnostics.empty());
            CHECK(parsed.diagnostics.front().code == code);
        }
    }
}

TEST_CASE("what the coming dates bring is found where it is", "[calendar][recurrence][error]") {
    struct Row {
        const char* sentence;
        const char* zone;
        const char* from;
        const char* code;  // "" for nothing to say
    };
    const Row rows[] = {
        {"every 30m from 22:00 to 02:30 only saturday gap reject", "America/New_York", "2026-03-07",
         "SOP0213"},
        {"every 30m from 22:00 to 02:30 only sunday gap reject", "America/New_York", "2026-03-08",
         ""},
        {"every day at 01:00, 02:30 starting 2026-03-08 times 1 gap reject", "America/New_York",
         "2026-03-01", ""},
        {"every 1h starting 2026-03-08 at 02:30 gap reject", "America/New_York", "2026-03-01",
         "SOP0213"},
        {"every first workday after cn.holidays at 10:00", "Asia/Shanghai", "2026-06-01",
         "SOP0221"},
        {"every first workday after cn.national_day at 10:00", "Asia/Shanghai", "2026-11-01",
         "SOP0221"},
        {"every month on 15, last workday at 10:00 calendar cn", "Asia/Shanghai", "2026-11-01",
         "SOP0221"},
        {"every 1 month at 10:00 starting 2026-01-31", "Asia/Shanghai", "2026-01-01", "SOP0208"},
        {"every 1s from 00:00 to 23:59:59 until 2015-01-01", "America/New_York", "2026-01-01",
         "SOP0212"},
        {"every 1s starting 2000-01-01 until 2020-01-01", "America/New_York", "2026-01-01",
         "SOP0212"},
        {"on lunar 7-7 at 10:00", "Asia/Shanghai", "2097-01-01", "SOP0222"},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.sentence) {
            const auto from =
                date::floor<date::days>(tests::local(std::string(row.from) + " 00:00"));
            const auto checked =
                check_sentence(Source("schedule", row.sentence), *sample_zone(row.zone), from);
            std::string codes;
            for (const auto& diagnostic : checked.diagnostics) codes += diagnostic.code;
            CHECK(codes == row.code);
        }
    }
}

TEST_CASE("a run of words that does not split is given up at once", "[calendar][recurrence]") {
    std::string run = "每";
    for (int i = 0; i < 250; ++i) run += "2天";
    CHECK_FALSE(parse_schedule(Source("schedule", run + "甲")).value);
}

TEST_CASE("China's working days are the official ones, date by date",
          "[calendar][recurrence][china]") {
    const auto announced = nlohmann::json::parse(
        tests::read_text_file(tests::source_folder() / "stdlib/sources/cn_holidays.json"))["days"];
    REQUIRE(announced.size() == 108);
    const auto cn = library_calendars().at("cn");
    for (date::local_days date{date::year{2024} / 1 / 1};
         date < date::local_days{date::year{2027} / 1 / 1}; date += date::days{1}) {
        const std::string text = date::format("%F", date);
        const bool weekday = date::weekday{date}.iso_encoding() <= 5;
        const bool wanted =
            announced.contains(text) ? announced[text]["kind"] == "makeup_workday" : weekday;
        INFO(text);
        CHECK(cn->is_workday(date) == wanted);
    }
}

TEST_CASE("China's working days are as many as a year has", "[calendar][recurrence][china]") {
    const calendar::Schedule schedule = read("every workday at 09:00 calendar cn");
    const auto shanghai = sample_zone("Asia/Shanghai");
    std::vector<int> per_year(3, 0);
    for (const auto& occurrence : calendar::OccurrenceRange(
             schedule, *shanghai, utc("2023-12-31 16:00"), utc("2026-12-31 16:00"))) {
        const date::year_month_day day{date::floor<date::days>(occurrence.nominal)};
        ++per_year[static_cast<std::size_t>(static_cast<int>(day.year()) - 2024)];
        CHECK_FALSE(occurrence.no_calendar_data);
    }
    CHECK(per_year == std::vector<int>{251, 248, 248});
}

}  // namespace sop::lang
