#include "lang/step_times.h"

#include "lang/calendar/schedule.h"
#include "lang/calendar/span.h"

#include <fmt/format.h>

#include <algorithm>

namespace sop::lang {

namespace {

constexpr date::sys_days sample_start{date::year(2026) / 1 / 1};

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
    std::vector<date::sys_seconds> planned;
    date::sys_seconds previous = start;
    for (const auto& step : rule.steps) {
        if (step.label) {
            const StepTime& when = step.label->when;
            const bool at_end = when.anchor == StepTime::Anchor::end;
            const date::sys_seconds anchor = at_end                                      ? end
                                             : when.anchor == StepTime::Anchor::previous ? previous
                                                                                         : start;
            previous = calendar::apply(
                when.offset, anchor,
                at_end ? calendar::AnchorSide::end : calendar::AnchorSide::start, zone, policy);
        }
        planned.push_back(previous);
    }
    return planned;
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
            text = label.next_day ? "next day" : "after";
            break;
    }
    if (label.when.anchor == StepTime::Anchor::previous) {
        if (!label.next_day) text += " " + calendar::to_text(offset.span);
    } else if (offset.span != calendar::Span{}) {
        text += fmt::format(" {} {}", offset.backwards ? '-' : '+', calendar::to_text(offset.span));
    }
    if (offset.at) text += " at " + calendar::time_of_day_text(*offset.at);
    return text;
}

}  // namespace sop::lang
