#include "runtime/scheduler/timeline.h"

#include <algorithm>

#include "runtime/scheduler/flow.h"

namespace sop::runtime {

namespace calendar = lang::calendar;

namespace {

// The calendar counts in seconds. The milliseconds an event's time may have are carried over,
// except to a time of day that was written.
Instant apply_offset(const calendar::Offset& offset, Instant anchor, calendar::AnchorSide side,
                     const calendar::Zone& zone, calendar::LocalPolicy policy) {
    const auto whole = date::floor<std::chrono::seconds>(anchor);
    const Instant moved = calendar::apply(offset, whole, side, zone, policy);
    return offset.at ? moved : moved + (anchor - whole);
}

const calendar::Schedule* schedule_of(const lang::Rule& rule) {
    const auto* trigger = std::get_if<lang::CalendarTrigger>(&rule.trigger);
    return trigger == nullptr ? nullptr : &trigger->schedule;
}

}  // namespace

bool is_elapsed(const lang::Rule& rule) {
    const auto* schedule = schedule_of(rule);
    return schedule && std::holds_alternative<calendar::ElapsedInterval>(schedule->times);
}

calendar::LocalPolicy policy_of(const lang::Rule& rule) {
    const auto* schedule = schedule_of(rule);
    return schedule ? schedule->policy() : calendar::LocalPolicy{};
}

Instant planned_time(const lang::Rule& rule, std::size_t index, const Window& window,
                     const std::optional<PreviousStep>& previous, const calendar::Zone& zone) {
    const lang::Step& step = step_at(rule, index);
    if (previous && is_at_once(step)) return previous->planned_for;
    const lang::StepTime& when = step.when;
    const calendar::LocalPolicy policy = policy_of(rule);
    const auto from = [&](Instant anchor, calendar::AnchorSide side) {
        return apply_offset(when.offset, anchor, side, zone, policy);
    };
    Instant planned{};
    switch (when.anchor) {
        case lang::StepTime::Anchor::start:
            planned = from(window.start, calendar::AnchorSide::start);
            break;
        case lang::StepTime::Anchor::end:
            planned = from(window.end, calendar::AnchorSide::end);
            break;
        case lang::StepTime::Anchor::previous:
            planned =
                from(previous ? previous->done_at : window.start, calendar::AnchorSide::start);
            break;
        case lang::StepTime::Anchor::date:
            planned = zone.to_instant(*when.date + *when.offset.at, policy);
            break;
    }
    return previous ? std::max(planned, previous->planned_for) : planned;
}

std::vector<FixedStep> fixed_steps(const lang::Rule& rule, std::optional<std::size_t> first,
                                   std::optional<Instant> planned_for, const Window& window,
                                   const lang::calendar::Zone& zone) {
    std::vector<FixedStep> steps;
    for (auto step = first; step; step = following_step(rule, {*step, 0})) {
        const bool counts_from_above =
            step_at(rule, *step).when.anchor == lang::StepTime::Anchor::previous;
        if (counts_from_above && *step > 0) break;
        const auto previous =
            planned_for ? std::optional(PreviousStep{*planned_for, *planned_for}) : std::nullopt;
        planned_for = planned_time(rule, *step, window, previous, zone);
        steps.push_back({*step, *planned_for});
    }
    return steps;
}

std::optional<PlannedFiring> next_firing(const lang::Rule& rule, const calendar::Zone& zone,
                                         Instant fired_through) {
    const auto* schedule = schedule_of(rule);
    if (schedule == nullptr) return std::nullopt;
    const auto occurrence = calendar::next_occurrence(
        *schedule, zone, date::floor<std::chrono::seconds>(fired_through));
    if (!occurrence) return std::nullopt;
    PlannedFiring firing{*occurrence, {occurrence->instant, occurrence->instant}, {}};
    firing.window.end = calendar::window_end(*schedule, *occurrence, zone);
    firing.begins_at = planned_time(rule, 0, firing.window, std::nullopt, zone);
    return firing;
}

bool lacks_calendar_data(const lang::Rule& rule, const Window& window, const calendar::Zone& zone) {
    const auto* schedule = schedule_of(rule);
    if (schedule == nullptr || !calendar::uses_calendar(*schedule)) return false;
    const auto start = date::floor<std::chrono::seconds>(window.start);
    const auto occurrence =
        calendar::next_occurrence(*schedule, zone, start - std::chrono::seconds{1});
    return occurrence && occurrence->instant == start && occurrence->no_calendar_data;
}

std::string firing_key(const lang::Rule& rule, const calendar::Occurrence& occurrence,
                       const calendar::Zone& zone) {
    if (is_elapsed(rule)) return date::format("%FT%TZ", occurrence.instant);
    const bool is_second = occurrence.reading == calendar::Occurrence::Reading::second;
    return date::format("%FT%T ", occurrence.nominal) + zone.name() + (is_second ? " second" : "");
}

std::string event_firing_key(const std::string& event_id) {
    return "event:" + event_id;
}

Instant wait_end(const lang::Wait& wait, Instant from, const calendar::Zone& zone) {
    return apply_offset({wait.within, false, std::nullopt}, from, calendar::AnchorSide::start, zone,
                        {});
}

}  // namespace sop::runtime
