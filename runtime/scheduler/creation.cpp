#include "runtime/scheduler/creation.h"

#include <algorithm>

#include "runtime/scheduler/flow.h"
#include "runtime/scheduler/timeline.h"

namespace sop::runtime {

namespace {

bool creates_in(const lang::Step& step) {
    return std::any_of(step.actions.begin(), step.actions.end(), [](const lang::Action& action) {
        return std::holds_alternative<lang::CreateGroup>(action);
    });
}

}  // namespace

bool creates_groups(const lang::Rule& rule) {
    return std::any_of(rule.steps.begin(), rule.steps.end(),
                       [](const lang::Step& step) { return creates_in(step); });
}

std::optional<Instant> missed_creation(const lang::Rule& rule, const lang::calendar::Zone& zone,
                                       Instant fired_through, Instant now) {
    for (auto planned = next_firing(rule, zone, fired_through); planned && planned->begins_at < now;
         planned = next_firing(rule, zone, planned->window.start)) {
        for (const FixedStep& step : fixed_steps(rule, 0, std::nullopt, planned->window, zone)) {
            if (step.planned_for < now && creates_in(step_at(rule, step.index)))
                return planned->window.start;
        }
    }
    return std::nullopt;
}

Instant fired_through_at(const lang::Rule& rule, const lang::calendar::Zone& zone,
                         Instant fired_through, Instant now) {
    for (auto planned = next_firing(rule, zone, fired_through); planned && planned->begins_at < now;
         planned = next_firing(rule, zone, planned->window.start))
        fired_through = planned->window.start;
    return fired_through;
}

}  // namespace sop::runtime
