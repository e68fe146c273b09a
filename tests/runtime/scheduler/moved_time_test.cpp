#include "runtime/scheduler/moved_time.h"

#include <catch2/catch.hpp>

#include "tests/lang/calendar/sample_zones.h"
#include "tests/support/world.h"

namespace sop::runtime {

using namespace sop::tests;

namespace {

lang::Rule rule_of(lang::Trigger trigger, std::vector<lang::StepTime> times = {at_start()}) {
    lang::Rule rule;
    rule.name = "rule";
    rule.timezone = "America/New_York";
    rule.trigger = std::move(trigger);
    for (const lang::StepTime& time : times) rule.steps.push_back({"step", time, {}});
    return rule;
}

// New York as it is, and with the clocks of another place.
struct Clocks {
    explicit Clocks(const std::string& other)
        : before(sample_zone("America/New_York")), after(sample_zone(other)) {}

    ZonePair pair() const { return {*before, *after}; }

    std::shared_ptr<const lang::calendar::Zone> before;
    std::shared_ptr<const lang::calendar::Zone> after;
};

std::string in_utc(Instant instant) {
    return local_text(instant, "UTC");
}

Firing firing_of(const std::string& key, const std::string& start) {
    Firing firing;
    firing.key = key;
    firing.start_at = firing.end_at = instant(start, "UTC");
    return firing;
}

}  // namespace

TEST_CASE("a cursor goes back before what is still to come, and never forward",
          "[scheduler][zones]") {
    struct Row {
        const char* what;
        const char* other;
        std::vector<std::chrono::seconds> times;
        const char* fired_through;
        const char* expected;
    };
    const Row rows[] = {
        {"an hour later", "America/Ojinaga", {8h, 9h}, "2026-11-18 13:00", "2026-11-18 13:00"},
        {"an hour earlier, nothing passes it",
         "America/Caracas",
         {8h, 10h},
         "2026-11-18 13:00",
         "2026-11-18 13:00"},
        {"an hour earlier, 09:00 meets it",
         "America/Caracas",
         {8h, 9h},
         "2026-11-18 13:00",
         "2026-11-18 12:59:59.999"},
        {"two hours earlier, 09:00 and 10:00 pass it",
         "America/Sao_Paulo",
         {8h, 9h, 10h},
         "2026-11-18 13:00",
         "2026-11-18 11:59:59.999"},
        {"a day earlier", "Pacific/Kiritimati", {8h}, "2026-11-18 13:00", "2026-11-18 13:00"},
        {"a day earlier, twice a day",
         "Pacific/Kiritimati",
         {8h, 20h},
         "2026-11-18 13:00",
         "2026-11-18 05:59:59.999"},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.what) {
            const Clocks clocks(row.other);
            CHECK(in_utc(moved_cursor(rule_of(daily(row.times)), clocks.pair(),
                                      instant(row.fired_through, "UTC"))) == row.expected);
        }
    }
}

TEST_CASE("the window of a firing is counted from the wall time it is named by",
          "[scheduler][zones]") {
    const Clocks clocks("America/Caracas");
    const auto rule = rule_of(daily({2h + 30min}, 3h));
    const auto moved = [&](const Firing& firing) {
        const auto window = moved_window(rule, *clocks.after, firing);
        return window ? in_utc(window->start) + " to " + in_utc(window->end) : "stays";
    };
    // The night in which New York skips 02:30, so that it was 03:30 there, and Caracas does not.
    CHECK(moved(firing_of("2027-03-14T02:30:00 America/New_York", "2027-03-14 07:30")) ==
          "2027-03-14 06:30 to 2027-03-14 09:30");
    // The second of two readings, of which the new clocks have one.
    CHECK(moved(firing_of("2026-11-01T02:30:00 America/New_York second", "2026-11-01 07:30")) ==
          "2026-11-01 06:30 to 2026-11-01 09:30");
    CHECK(moved(firing_of("2026-11-18T05:00:00 America/New_York", "2026-11-18 10:00")) == "stays");
    for (const char* key :
         {"", "event:e1", "2026-11-18T02:30:00", "2026-11-18T02:30:xx America/New_York",
          "2026-02-30T02:30:00 America/New_York"}) {
        CAPTURE(key);
        CHECK(moved(firing_of(key, "2026-11-18 07:30")) == "stays");
    }
    Firing of_event = firing_of("event:e1", "2026-11-18 07:30");
    of_event.event = "e1";
    CHECK(moved(of_event) == "stays");
}

TEST_CASE("a step is counted anew from what it was written as", "[scheduler][zones]") {
    struct Row {
        const char* what;
        lang::StepTime when;
        const char* before;
        const char* after;
    };
    // 08:00 to 10:00 in New York is 13:00 to 15:00 UTC, by the new clocks 12:00 to 14:00.
    const Row rows[] = {
        {"start", at_start(), "2026-11-18 13:00", "2026-11-18 12:00"},
        {"end - 10m", at_end(-10min), "2026-11-18 14:50", "2026-11-18 13:50"},
        {"start + 1 day at 12:00", days_from_start(1, 12h), "2026-11-19 17:00", "2026-11-19 16:00"},
        {"after 3h", after(3h), "2026-11-18 16:10", "2026-11-18 16:10"},
        {"next day at 09:00", next_day(9h), "2026-11-19 14:00", "2026-11-19 13:00"},
        {"next day at 02:30, which New York skips", next_day(2h + 30min), "2027-03-14 07:30",
         "2027-03-14 06:30"},
        {"held back by the step above", at_start(), "2026-11-18 13:20", "2026-11-18 13:20"},
    };
    const Clocks clocks("America/Caracas");
    const Window before{instant("2026-11-18 13:00", "UTC"), instant("2026-11-18 15:00", "UTC")};
    const Window after{before.start - 1h, before.end - 1h};
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.what) {
            const auto rule = rule_of(daily({8h}, 2h), {at_start(), row.when});
            CHECK(in_utc(moved_step(rule, 1, clocks.pair(), before, after,
                                    instant(row.before, "UTC"))) == row.after);
        }
    }
}

TEST_CASE("a step of an event's run keeps its wall time and its milliseconds",
          "[scheduler][zones]") {
    const Clocks clocks("America/Caracas");
    lang::StepTime two_days = next_day(9h);
    two_days.offset.span.days = 2;
    two_days.offset.at.reset();
    const auto rule = rule_of(on_event("opened"), {at_start(), two_days});
    const Window at{instant("2026-11-18 13:00:00.250", "UTC"),
                    instant("2026-11-18 13:00:00.250", "UTC")};
    CHECK(in_utc(moved_step(rule, 1, clocks.pair(), at, at,
                            instant("2026-11-20 13:00:00.250", "UTC"))) ==
          "2026-11-20 12:00:00.250");
}

}  // namespace sop::runtime
