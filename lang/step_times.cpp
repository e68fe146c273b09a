#include "lang/step_times.h"

#include "lang/calendar/schedule.h"
#include "lang/calendar/span.h"
#include "lang/keywords.h"

#include <fmt/format.h>

#include <algorithm>

namespace sop::lang {

namespace {

constexpr date::sys_days sample_start{date::year(2026) / 1 / 1};

std::string previous_text(const ast::StepLabel& label) {
    switch (label.when.next) {
        case StepTime::Next::workday:
            return "next workday";
        case StepTime::Next::weekday:
            return fmt::format("next {}", spelling(weekday_keyword(label.when.weekday)));
        case StepTime::Next::none:
            break;
    }
    if (label.next_day) return "next day";
    return "after " + calendar::to_text(label.when.offset.span);
}

// As a plan would be walked, with every wait over at once.
date::sys_seconds planned(const StepTime& when, date::sys_seconds anchor, calendar::AnchorSide side,
                          const calendar::Zone& zone, calendar::LocalPolicy policy) {
    if (when.date) return zone.to_instant(*when.date + *when.offset.at, policy);
    calendar::Offset offset = when.offset;
    if (when.next == StepTime::Next::weekday) {
        // To the first such weekday behind the anchor's date.
        const auto today = date::floor<date::days>(zone.to_local(anchor));
        const int weekday = static_cast<int>(date::weekday{today}.iso_encoding()) - 1;
        offset.span.days = (when.weekday - weekday + 6) % 7 + 1;
    }
    return calendar::apply(offset, anchor, side, zone, policy);
}

}  // namespace

std::vector<date::sys_seconds> sample_step_times(const ast::Rule& rule,
                                                 const calendar::Schedule* schedule,
                                                 const calendar::Zone& zone) {
    date::sys_seconds start = sample_start;
    date::sys_seconds end = start;
    calendar::LocalPolicy policy;
    if (schedule) {
        auto occurrence = calendar::next_occurrence(*schedule, zone, sample_start);
        if (!occurrence) occurrence = calendar::previous_occurrence(*schedule, zone, sample_start);
        if (!occurrence) return {};
        start = occurrence->instant;
        end = calendar::window_end(*schedule, *occurrence, zone);
        policy = schedule->policy();
    }
    std::vector<date::sys_seconds> times;
    date::sys_seconds previous = start;
    for (const auto& step : rule.steps) {
        if (step.label) {
            const StepTime& when = step.label->when;
            const bool at_end = when.anchor == StepTime::Anchor::end;
            const date::sys_seconds anchor = at_end                                      ? end
                                             : when.anchor == StepTime::Anchor::previous ? previous
                                                                                         : start;
            previous = planned(when, anchor,
                               at_end ? calendar::AnchorSide::end : calendar::AnchorSide::start,
                               zone, policy);
        }
        times.push_back(previous);
    }
    return times;
}

std::string label_text(const ast::StepLabel& label) {
    const calendar::Offset& offset = label.when.offset;
    std::string text;
    switch (label.when.anchor) {
        case StepTime::Anchor::start:
            text = "start";
            break;
        case StepTime::Anchor::end:
            text = "end";
            break;
        case StepTime::Anchor::previous:
            text = previous_text(label);
            break;
        case StepTime::Anchor::date:
            text = calendar::date_text(*label.when.date);
            break;
    }
    const bool anchored = label.when.anchor != StepTime::Anchor::previous;
    if (anchored && offset.span != calendar::Span{})
        text += fmt::format(" {} {}", offset.backwards ? '-' : '+', calendar::to_text(offset.span));
    if (offset.at) text += " at " + calendar::time_of_day_text(*offset.at);
    return text;
}

}  // namespace sop::lang
