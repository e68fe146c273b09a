#include "lang/step_times.h"

#include "lang/calendar/schedule.h"
#include "lang/calendar/span.h"
#include "lang/keywords.h"
#include "lang/nested_steps.h"

#include <fmt/format.h>

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

class StepWalk {
  public:
    StepWalk(date::sys_seconds start, date::sys_seconds end, const calendar::Zone& zone,
             calendar::LocalPolicy policy)
        : start_(start), end_(end), zone_(zone), policy_(policy) {}

    std::optional<MisplacedStep> run(const ast::Steps& steps) { return walk(steps, std::nullopt); }

  private:
    struct Place {
        const ast::StepLabel* label;
        bool broken;
        date::sys_seconds at;
    };

    // What a rule begins with may come before its moment; what a branch begins with may not come
    // before the step it is in.
    std::optional<MisplacedStep> walk(const ast::Steps& steps, std::optional<Place> above) const {
        for (const auto& step : steps) {
            Place here = above.value_or(Place{nullptr, false, start_});
            if (step.label) {
                here = {&*step.label, step.label_broken, planned_at(step.label->when, here.at)};
                const bool known = above && !here.broken && !above->broken;
                if (known && here.at < above->at)
                    return MisplacedStep{here.label, here.at, above->label, above->at};
            }
            for (const auto& action : step.actions) {
                for (const auto* inner : nested_steps(action)) {
                    if (auto misplaced = walk(*inner, here)) return misplaced;
                }
            }
            above = here;
        }
        return std::nullopt;
    }

    date::sys_seconds planned_at(const StepTime& when, date::sys_seconds previous) const {
        const bool at_end = when.anchor == StepTime::Anchor::end;
        const date::sys_seconds anchor = at_end                                      ? end_
                                         : when.anchor == StepTime::Anchor::previous ? previous
                                                                                     : start_;
        return planned(when, anchor,
                       at_end ? calendar::AnchorSide::end : calendar::AnchorSide::start, zone_,
                       policy_);
    }

    date::sys_seconds start_;
    date::sys_seconds end_;
    const calendar::Zone& zone_;
    calendar::LocalPolicy policy_;
};

}  // namespace

std::optional<MisplacedStep> find_misplaced_step(const ast::Rule& rule,
                                                 const calendar::Schedule* schedule,
                                                 const calendar::Zone& zone) {
    date::sys_seconds start = sample_start;
    date::sys_seconds end = start;
    calendar::LocalPolicy policy;
    if (schedule) {
        auto occurrence = calendar::next_occurrence(*schedule, zone, sample_start);
        if (!occurrence) occurrence = calendar::previous_occurrence(*schedule, zone, sample_start);
        if (!occurrence) return std::nullopt;
        start = occurrence->instant;
        end = calendar::window_end(*schedule, *occurrence, zone);
        policy = schedule->policy();
    }
    return StepWalk(start, end, zone, policy).run(rule.steps);
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
