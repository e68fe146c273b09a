#include "runtime/scheduler/timeline.h"

#include <catch2/catch.hpp>

#include "tests/support/sources.h"
#include "tests/support/world.h"

namespace sop::runtime {

using namespace sop::tests;

namespace {

// A rule whose steps are at these times; it does nothing.
lang::Rule rule_of(lang::Trigger trigger, std::vector<lang::StepTime> times,
                   const std::string& zone_name) {
    lang::Rule rule;
    rule.name = "rule";
    rule.timezone = zone_name;
    rule.trigger = std::move(trigger);
    for (std::size_t i = 0; i < times.size(); ++i) {
        rule.steps.push_back({"step " + std::to_string(i), times[i], {}});
    }
    return rule;
}

}  // namespace

TEST_CASE("a step is planned from its anchor", "[scheduler][timeline]") {
    struct Row {
        const char* what;
        lang::StepTime when;
        const char* expected;
    };
    const Row rows[] = {
        {"start", at_start(), "2026-11-19 20:00"},
        {"start - 10m", at_start(-10min), "2026-11-19 19:50"},
        {"start - 1 day at 12:00", days_from_start(-1, 12h), "2026-11-18 12:00"},
        {"end", at_end(), "2026-11-19 22:00"},
        {"end + 90s", at_end(90s), "2026-11-19 22:01:30"},
        {"after 1h, as the first step", after(1h), "2026-11-19 21:00"},
        {"next day at 09:00, as the first step", next_day(9h), "2026-11-20 09:00"},
    };
    const Window window{instant("2026-11-19 20:00"), instant("2026-11-19 22:00")};
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.what) {
            const auto rule = rule_of(daily({20h}), {row.when}, "Asia/Shanghai");
            CHECK(local_text(planned_time(rule, 0, window, std::nullopt, zone("Asia/Shanghai"))) ==
                  row.expected);
        }
    }
}

TEST_CASE("a step after another counts from when that one was done", "[scheduler][timeline]") {
    struct Row {
        const char* what;
        lang::StepTime when;
        const char* done_at;
        const char* expected;
    };
    const Row rows[] = {
        {"elapsed time keeps the milliseconds", after(1h), "2026-11-19 20:03:00.250",
         "2026-11-19 21:03:00.250"},
        {"the next day is that of the local date", next_day(9h), "2026-11-19 23:59:59.900",
         "2026-11-20 09:00"},
        {"a minute later it is another", next_day(9h), "2026-11-20 00:00", "2026-11-21 09:00"},
    };
    const Window window{instant("2026-11-19 20:00"), instant("2026-11-19 20:00")};
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.what) {
            const auto rule = rule_of(daily({20h}), {at_start(), row.when}, "Asia/Shanghai");
            const PreviousStep previous{window.start, instant(row.done_at)};
            CHECK(local_text(planned_time(rule, 1, window, previous, zone("Asia/Shanghai"))) ==
                  row.expected);
        }
    }
}

TEST_CASE("an event's milliseconds stay with elapsed time and leave a written time of day",
          "[scheduler][timeline]") {
    const Instant at = instant("2026-11-19 20:00:00.750");
    const auto rule = rule_of(
        on_event("order"), {at_start(), at_start(10min), days_from_start(1, 9h)}, "Asia/Shanghai");
    const auto planned = [&](std::size_t step) {
        return local_text(planned_time(rule, step, {at, at}, std::nullopt, zone("Asia/Shanghai")));
    };
    CHECK(planned(0) == "2026-11-19 20:00:00.750");
    CHECK(planned(1) == "2026-11-19 20:10:00.750");
    CHECK(planned(2) == "2026-11-20 09:00");
}

TEST_CASE("a clock change does not turn the order of steps round", "[scheduler][timeline][dst]") {
    // Clocks go forward on 2026-03-08: a day of the wall clock is 23 hours of the stopwatch.
    const auto& new_york = zone("America/New_York");
    const auto rule =
        rule_of(daily({20h}), {at_start(24h), days_from_start(1, 20h)}, "America/New_York");
    const Window window{instant("2026-03-07 20:00", "America/New_York"),
                        instant("2026-03-07 20:00", "America/New_York")};
    const Instant first = planned_time(rule, 0, window, std::nullopt, new_york);
    CHECK(local_text(first, "America/New_York") == "2026-03-08 21:00");
    const Instant second = planned_time(rule, 1, window, PreviousStep{first, first}, new_york);
    CHECK(second == first);
}

TEST_CASE("a calendar rule begins at its earliest step", "[scheduler][timeline]") {
    const auto rule = rule_of(weekly(3, 20h, 2h), {days_from_start(-1, 12h), at_start(), at_end()},
                              "Asia/Shanghai");
    const auto firing = next_firing(rule, zone("Asia/Shanghai"), instant("2026-11-16 00:00"));
    REQUIRE(firing);
    CHECK(local_text(firing->begins_at) == "2026-11-18 12:00");
    CHECK(local_text(firing->window.start) == "2026-11-19 20:00");
    CHECK(local_text(firing->window.end) == "2026-11-19 22:00");
    CHECK(firing_key(rule, firing->occurrence, zone("Asia/Shanghai")) ==
          "2026-11-19T20:00:00 Asia/Shanghai");
}

TEST_CASE("what was fired through is not fired again", "[scheduler][timeline]") {
    const auto rule = rule_of(daily({20h}), {at_start()}, "Asia/Shanghai");
    const auto start_after = [&](const char* fired_through) {
        const auto firing = next_firing(rule, zone("Asia/Shanghai"), instant(fired_through));
        return local_text(firing.value().window.start);
    };
    CHECK(start_after("2026-11-16 19:59:59.999") == "2026-11-16 20:00");
    CHECK(start_after("2026-11-16 20:00") == "2026-11-17 20:00");
    CHECK(start_after("2026-11-16 20:00:00.001") == "2026-11-17 20:00");
}

TEST_CASE("an event rule and a calendar that has run out fire no more", "[scheduler][timeline]") {
    const auto reaction = rule_of(on_event("order"), {at_start()}, "Asia/Shanghai");
    CHECK_FALSE(next_firing(reaction, zone("Asia/Shanghai"), instant("2026-11-16 00:00")));

    lang::CalendarTrigger once = daily({20h});
    const date::local_days eleventh{date::year{2026} / 11 / 11};
    once.schedule.days = lang::calendar::Dates{{{eleventh, eleventh}}};
    const auto past = rule_of(once, {at_start()}, "Asia/Shanghai");
    CHECK(next_firing(past, zone("Asia/Shanghai"), instant("2026-11-11 00:00")));
    CHECK_FALSE(next_firing(past, zone("Asia/Shanghai"), instant("2026-11-11 20:00")));
}

TEST_CASE("a firing on a date the calendar has no data for is told apart",
          "[scheduler][timeline][calendar]") {
    const lang::Plan plan = plan_of(
        "sop 1\nimport std.calendar.cn\nplaybook p {\n  timezone Asia/Shanghai\n  calendar cn\n"
        "  for groups\n  via log\n  r: every workday at 08:00 { post \"a\" }\n}\n");
    const lang::Rule& rule = plan.playbooks.front().rules.front();
    const auto lacks = [&](const char* start) {
        return lacks_calendar_data(rule, {instant(start), instant(start)}, zone(rule.timezone));
    };
    CHECK_FALSE(lacks("2026-12-31 08:00"));
    CHECK(lacks("2027-01-04 08:00"));
    CHECK_FALSE(lacks("2027-01-04 09:00"));
}

TEST_CASE("a firing is named by what the wall shows", "[scheduler][timeline][dst]") {
    const auto& new_york = zone("America/New_York");
    const date::local_seconds repeated = date::local_days{date::year{2026} / 11 / 1} + 1h + 30min;
    const auto meaning = new_york.meaning_of(repeated);
    using Reading = lang::calendar::Occurrence::Reading;
    const auto rule = rule_of(daily({1h + 30min}), {at_start()}, "America/New_York");
    CHECK(firing_key(rule, {repeated, meaning.first, Reading::first}, new_york) ==
          "2026-11-01T01:30:00 America/New_York");
    CHECK(firing_key(rule, {repeated, meaning.second, Reading::second}, new_york) ==
          "2026-11-01T01:30:00 America/New_York second");
    lang::CalendarTrigger by_stopwatch;
    by_stopwatch.schedule.starting = date::local_days{date::year{2026} / 1 / 1};
    by_stopwatch.schedule.times = lang::calendar::ElapsedInterval{90min, 0s};
    CHECK(firing_key(rule_of(by_stopwatch, {at_start()}, "America/New_York"),
                     {repeated, meaning.second, Reading::second},
                     new_york) == "2026-11-01T06:30:00Z");
    CHECK(event_firing_key("o-17") == "event:o-17");
}

namespace {

lang::StepTime next_weekday(int weekday, std::chrono::seconds at) {
    lang::StepTime when = next_day(at);
    when.next = lang::StepTime::Next::weekday;
    when.weekday = weekday;
    return when;
}

lang::StepTime next_workday(std::chrono::seconds at) {
    lang::StepTime when = next_day(at);
    when.next = lang::StepTime::Next::workday;
    return when;
}

// Knows 2026 alone: 1 to 7 October are holidays, Saturday the 10th is worked.
std::shared_ptr<const lang::calendar::Calendar> national_days() {
    lang::calendar::Calendar made;
    made.name = "cn";
    made.years = {2026, 2026};
    const auto of_october = [](int day) { return date::local_days{date::year{2026} / 10 / day}; };
    made.workdays.ranges = {{of_october(10), of_october(10)}};
    made.named = {
        {"national_day", "", true, lang::calendar::Dates{{{of_october(1), of_october(7)}}}}};
    return std::make_shared<const lang::calendar::Calendar>(made);
}

}  // namespace

TEST_CASE("the next workday or weekday counts from the date on which the step above was done",
          "[scheduler][timeline]") {
    struct Row {
        const char* what;
        lang::StepTime when;
        bool with_calendar;
        const char* done_at;
        const char* expected;
    };
    const Row rows[] = {
        {"friday from a thursday", next_weekday(4, 9h), false, "2026-11-19 20:00",
         "2026-11-20 09:00"},
        {"friday from a friday, though its time is to come", next_weekday(4, 9h), false,
         "2026-11-20 08:00", "2026-11-27 09:00"},
        {"monday from a sunday night", next_weekday(0, 9h), false, "2026-11-22 23:59:59",
         "2026-11-23 09:00"},
        {"workday from a friday", next_workday(9h), false, "2026-11-20 08:00", "2026-11-23 09:00"},
        {"workday from a saturday", next_workday(9h), false, "2026-11-21 08:00",
         "2026-11-23 09:00"},
        {"workday in the middle of the week", next_workday(9h), false, "2026-11-18 23:30",
         "2026-11-19 09:00"},
        {"workday after the holidays", next_workday(9h), true, "2026-09-30 12:00",
         "2026-10-08 09:00"},
        {"workday on a saturday that is worked", next_workday(9h), true, "2026-10-09 12:00",
         "2026-10-10 09:00"},
        {"workday behind what the calendar knows", next_workday(9h), true, "2026-12-31 12:00",
         "2027-01-01 09:00"},
    };
    const Window window{instant("2026-09-01 20:00"), instant("2026-09-01 20:00")};
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.what) {
            auto rule = rule_of(on_event("order"), {at_start(), row.when}, "Asia/Shanghai");
            if (row.with_calendar) rule.workdays.calendar = national_days();
            const Instant done_at = instant(row.done_at);
            CHECK(local_text(planned_time(rule, 1, window, PreviousStep{done_at, done_at},
                                          zone("Asia/Shanghai"))) == row.expected);
        }
    }
}

TEST_CASE("the next weekday keeps its time of day through changes of the clock",
          "[scheduler][timeline][dst]") {
    struct Row {
        const char* what;
        lang::StepTime when;
        const char* done_at;
        const char* expected;
    };
    // In New York, 2:00 on 8 March 2026 becomes 3:00, and 2:00 on 1 November comes twice.
    const Row rows[] = {
        {"over the change", next_weekday(0, 9h), "2026-03-06 20:00", "2026-03-09 09:00"},
        {"into the skipped hour", next_weekday(6, 2h + 30min), "2026-03-06 20:00",
         "2026-03-08 03:30"},
        {"into the hour that comes twice", next_weekday(6, 1h + 30min), "2026-10-30 20:00",
         "2026-11-01 01:30"},
        {"over the change back", next_workday(9h), "2026-10-30 20:00", "2026-11-02 09:00"},
    };
    const char* const new_york = "America/New_York";
    const Window window{instant("2026-01-01 00:00"), instant("2026-01-01 00:00")};
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.what) {
            const auto rule = rule_of(on_event("order"), {at_start(), row.when}, new_york);
            const Instant done_at = instant(row.done_at, new_york);
            CHECK(local_text(
                      planned_time(rule, 1, window, PreviousStep{done_at, done_at}, zone(new_york)),
                      new_york) == row.expected);
        }
    }
}

TEST_CASE("a workday of a year that the calendar does not know is no time to do anything",
          "[scheduler][timeline]") {
    auto rule = rule_of(on_event("order"), {at_start(), next_workday(9h), next_weekday(4, 9h)},
                        "Asia/Shanghai");
    const auto lacks = [&](std::size_t step, const char* at) {
        return lacks_calendar_data(rule, step, instant(at), zone("Asia/Shanghai"));
    };
    CHECK_FALSE(lacks(1, "2027-01-01 09:00"));
    rule.workdays.calendar = national_days();
    CHECK(lacks(1, "2027-01-01 09:00"));
    CHECK_FALSE(lacks(1, "2026-12-31 09:00"));
    CHECK_FALSE(lacks(0, "2027-01-01 09:00"));
    CHECK_FALSE(lacks(2, "2027-01-01 09:00"));
    rule.workdays.unknown_as_weekdays = true;
    CHECK_FALSE(lacks(1, "2027-01-01 09:00"));
}

}  // namespace sop::runtime
