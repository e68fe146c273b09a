#include "runtime/scheduler/lateness.h"

#include <catch2/catch.hpp>

#include "tests/support/world.h"

namespace sop::runtime {

using namespace sop::tests;

namespace {

// Posts at each of these times of its window.
lang::Rule posting_rule(lang::CalendarTrigger trigger, std::vector<lang::StepTime> times) {
    lang::Rule rule;
    rule.trigger = std::move(trigger);
    for (const lang::StepTime& when : times) rule.steps.push_back({"", when, {lang::Deliver{0}}});
    return rule;
}

const lang::calendar::Zone& shanghai() {
    return zone("Asia/Shanghai");
}

const Instant eight = instant("2026-11-19 20:00");

}  // namespace

TEST_CASE("exactly as late as allowed is not too late", "[scheduler][late]") {
    lang::Rule rule;
    CHECK_FALSE(is_too_late(rule, eight, eight));
    CHECK_FALSE(is_too_late(rule, eight, eight - 1h));
    CHECK_FALSE(is_too_late(rule, eight, eight + 5min));
    CHECK(is_too_late(rule, eight, eight + 5min + 1ms));
    rule.late_within = 0s;
    CHECK_FALSE(is_too_late(rule, eight, eight));
    CHECK(is_too_late(rule, eight, eight + 1ms));
}

TEST_CASE("a later step of the run overtakes once it is due", "[scheduler][late]") {
    const auto rule = posting_rule(daily({20h}), {at_start(), at_start(2min), after(0s)});
    const Window window{eight, eight};
    const auto overtaken = [&](std::size_t step, Instant planned_for, Instant now) {
        return count_newer_in_run(rule, {step, 0}, window, planned_for, now, shanghai());
    };
    CHECK_FALSE(overtaken(0, eight, eight));
    CHECK_FALSE(overtaken(0, eight, eight + 2min - 1ms));
    CHECK(overtaken(0, eight, eight + 2min));
    // The third counts from when the second is done: it is no miss, however late the second is.
    CHECK_FALSE(overtaken(1, eight + 2min, eight + 1h));
}

TEST_CASE("a later step that posts nothing overtakes nothing", "[scheduler][late]") {
    auto rule = posting_rule(daily({20h}), {at_start(), at_start(1min)});
    rule.steps[1].actions = {lang::ChangeTag{true, "seen"}};
    CHECK_FALSE(count_newer_in_run(rule, {}, {eight, eight}, eight, eight + 2min, shanghai()));
}

TEST_CASE("steps planned together do not overtake one another", "[scheduler][late]") {
    const auto rule = posting_rule(daily({20h}), {at_start(), at_start()});
    CHECK_FALSE(count_newer_in_run(rule, {}, {eight, eight}, eight, eight + 1min, shanghai()));
}

TEST_CASE("a later occurrence overtakes once it is due", "[scheduler][late]") {
    const auto rule = posting_rule(daily({20h, 20h + 2min}), {at_start()});
    const Instant long_ago = eight - 1000h;
    const auto overtaken = [&](Instant admitted_at, Instant now) {
        return count_newer_occurrences(rule, eight, eight, admitted_at, now, shanghai());
    };
    CHECK_FALSE(overtaken(long_ago, eight));
    CHECK_FALSE(overtaken(long_ago, eight + 2min - 1ms));
    CHECK(overtaken(long_ago, eight + 2min));
    // One that lies before its rule was deployed is never sent.
    CHECK(overtaken(eight + 2min, eight + 3min));
    CHECK_FALSE(overtaken(eight + 2min + 1ms, eight + 3min));
}

TEST_CASE("occurrences whose steps interleave are told apart by their steps' times",
          "[scheduler][late]") {
    // Teasers for the next three days are under way at any time.
    const auto rule = posting_rule(daily({20h}), {days_from_start(-3, 12h), at_start()});
    const auto overtaken = [&](Instant now) {
        return count_newer_occurrences(rule, eight, eight, Instant{}, now, shanghai());
    };
    CHECK_FALSE(overtaken(eight + 5min));
    // The next teaser, for the 23rd, comes at noon of the 20th.
    CHECK_FALSE(overtaken(instant("2026-11-20 11:59:59")));
    CHECK(overtaken(instant("2026-11-20 12:00")));
}

TEST_CASE("the search for a later occurrence is bounded", "[scheduler][late]") {
    // Every minute of the day, each announced thirty days before: 43,200 are under way.
    std::vector<std::chrono::seconds> minutes;
    for (int i = 0; i < 24 * 60; ++i) minutes.push_back(std::chrono::minutes{i});
    auto rule = posting_rule(daily(minutes), {days_from_start(-30, 0h), at_start()});
    rule.steps[1].actions = {lang::ChangeTag{true, "seen"}};
    CHECK_FALSE(count_newer_occurrences(rule, eight, eight, Instant{}, eight + 4min, shanghai()));
}

TEST_CASE("`late skip` gives a minute, whatever else is allowed", "[scheduler][late]") {
    lang::Rule rule;
    rule.guards.edit().late.skip = true;
    rule.late_within = 15min;
    CHECK_FALSE(is_too_late(rule, eight, eight + 1min));
    CHECK(is_too_late(rule, eight, eight + 1min + 1ms));
}

TEST_CASE("newer occurrences are counted as far as they matter", "[scheduler][late]") {
    auto rule = posting_rule(daily({20h, 20h + 1min, 20h + 2min, 20h + 3min}), {at_start()});
    const auto newer = [&] {
        return count_newer_occurrences(rule, eight, eight, Instant{}, eight + 10min, shanghai());
    };
    CHECK(newer() == 1);
    rule.guards.edit().late.last = 2;
    CHECK(newer() == 2);
    rule.guards.edit().late.last = 10;
    CHECK(newer() == 3);
}

}  // namespace sop::runtime
