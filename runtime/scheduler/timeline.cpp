#include "runtime/scheduler/timeline.h"

#include <fmt/core.h>

#include <algorithm>

#include "runtime/scheduler/flow.h"

namespace sop::runtime {

namespace calendar = lang::calendar;

namespace {

constexpr const char* condition_mark = "when:";

// Whether it may become so by time alone.
bool asks_for_time(const lang::Expression& condition) {
    const bool has_period = condition.period && condition.period->kind != lang::Period::Kind::ever;
    return has_period || condition.kind == lang::Expression::Kind::streak ||
           condition.kind == lang::Expression::Kind::metric ||
           std::any_of(condition.operands.begin(), condition.operands.end(), asks_for_time);
}

// The calendar counts in seconds. The milliseconds an event's time may have are carried over,
// except to a time of day that was written.
Instant apply_offset(const calendar::Offset& offset, Instant anchor, calendar::AnchorSide side,
                     const calendar::Zone& zone, calendar::LocalPolicy policy) {
    const auto whole = date::floor<std::chrono::seconds>(anchor);
    const Instant moved = calendar::apply(offset, whole, side, zone, policy);
    return offset.at ? moved : moved + (anchor - whole);
}

// Further off, a calendar has no workday.
constexpr date::days workday_searched{366};

calendar::DayContext context_of(const lang::WorkdayCalendar& workdays) {
    return {.calendar = workdays.calendar.get(),
            .unknown_as_weekdays = workdays.unknown_as_weekdays};
}

date::local_days local_date(Instant at, const calendar::Zone& zone) {
    return date::floor<date::days>(zone.to_local(date::floor<std::chrono::seconds>(at)));
}

// `next workday` and `next friday` are so many days later. A date of which nobody can tell whether
// it is a workday counts as one (lacks_calendar_data says so of the step then).
date::days days_to_next(const lang::StepTime& when, const lang::WorkdayCalendar& workdays,
                        date::local_days from) {
    constexpr int week = 7;
    if (when.next == lang::StepTime::Next::weekday) {
        const int today = static_cast<int>(date::weekday{from}.iso_encoding()) - 1;
        return date::days{(when.weekday - today + week - 1) % week + 1};
    }
    const date::days one{1};
    const auto found = calendar::first_date_from(calendar::Workdays{}, from + one,
                                                 from + workday_searched, context_of(workdays));
    return found ? *found - from : one;
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
        case lang::StepTime::Anchor::previous: {
            const Instant done_at = previous ? previous->done_at : window.start;
            calendar::Offset offset = when.offset;
            if (when.next != lang::StepTime::Next::none) {
                const auto days = days_to_next(when, rule.workdays, local_date(done_at, zone));
                offset.span.days = static_cast<int>(days.count());
            }
            planned = apply_offset(offset, done_at, calendar::AnchorSide::start, zone, policy);
            break;
        }
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

bool lacks_calendar_data(const lang::Rule& rule, std::size_t step, Instant planned_for,
                         const calendar::Zone& zone) {
    if (step_at(rule, step).when.next != lang::StepTime::Next::workday) return false;
    return calendar::membership(calendar::Workdays{}, local_date(planned_for, zone),
                                context_of(rule.workdays)) == calendar::Membership::unknown;
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

std::string condition_firing_key(const std::string& subject, Instant at) {
    return fmt::format("{}{} {}", condition_mark, at.time_since_epoch().count(), subject);
}

std::string first_look_key(std::int64_t version) {
    return fmt::format("{}version {}", condition_mark, version);
}

bool is_condition_key(const std::string& key) {
    return key.starts_with(condition_mark);
}

std::optional<PlannedFiring> next_look(const lang::Rule& rule, const calendar::Zone& zone,
                                       Instant after) {
    const auto* trigger = std::get_if<lang::ConditionTrigger>(&rule.trigger);
    if (trigger == nullptr || !asks_for_time(trigger->condition)) return std::nullopt;
    auto day = date::floor<date::days>(zone.to_local(date::floor<std::chrono::seconds>(after)));
    // A midnight that the clock skips may be moved to `after` itself.
    for (;;) {
        day += date::days{1};
        const Instant at = zone.to_instant(day);
        if (at <= after) continue;
        PlannedFiring look;
        look.window = {at, at};
        look.begins_at = at;
        return look;
    }
}

std::string look_key(const PlannedFiring& look, const calendar::Zone& zone) {
    const auto local = zone.to_local(date::floor<std::chrono::seconds>(look.begins_at));
    return condition_mark + date::format("%F", date::floor<date::days>(local));
}

Instant span_after(const calendar::Span& span, Instant from, const calendar::Zone& zone) {
    return apply_offset({span, false, std::nullopt}, from, calendar::AnchorSide::start, zone, {});
}

Instant wait_end(const lang::Wait& wait, Instant from, const calendar::Zone& zone) {
    return span_after(wait.within, from, zone);
}

}  // namespace sop::runtime
