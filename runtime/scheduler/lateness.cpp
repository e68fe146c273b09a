#include "runtime/scheduler/lateness.h"

#include <algorithm>

namespace sop::runtime {

namespace {

bool delivers(const lang::Step& step) {
    return std::any_of(step.actions.begin(), step.actions.end(), [](const lang::Action& action) {
        return std::holds_alternative<lang::Deliver>(action);
    });
}

// The delivering ones among the steps planned after `after` and not after `until`.
int count_delivering(const lang::Rule& rule, const std::vector<FixedStep>& steps, Instant after,
                     Instant until) {
    const auto counts = [&](const FixedStep& step) {
        return step.planned_for > after && step.planned_for <= until &&
               delivers(step_at(rule, step.index));
    };
    return static_cast<int>(std::count_if(steps.begin(), steps.end(), counts));
}

// Saves the search for nearly everything: planned times of the calendar are whole seconds.
bool holds_whole_second(Instant after, Instant until) {
    return date::floor<std::chrono::seconds>(after) < date::floor<std::chrono::seconds>(until);
}

}  // namespace

bool is_too_late(const lang::Rule& rule, Instant wanted_at, Instant now) {
    const auto allowed = rule.guards->late.skip ? late_skip_grace : rule.late_within;
    return now - wanted_at > allowed;
}

int newer_needed(const lang::Rule& rule) {
    return rule.guards->late.last;
}

int count_newer_in_run(const lang::Rule& rule, Position position, const Window& window,
                       Instant planned_for, Instant now, const lang::calendar::Zone& zone) {
    if (!holds_whole_second(planned_for, now)) return 0;
    const auto next = following_step(rule, position);
    return count_delivering(rule, fixed_steps(rule, next, planned_for, window, zone), planned_for,
                            now);
}

int count_newer_occurrences(const lang::Rule& rule, Instant start, Instant planned_for,
                            Instant admitted_at, Instant now, const lang::calendar::Zone& zone) {
    if (!holds_whole_second(planned_for, now)) return 0;
    const Instant after = std::max(planned_for, admitted_at - std::chrono::milliseconds{1});
    int newer = 0;
    for (int i = 0; i < occurrences_searched_max && newer < newer_needed(rule); ++i) {
        const auto firing = next_firing(rule, zone, start);
        if (!firing || firing->begins_at > now) break;
        newer += count_delivering(rule, fixed_steps(rule, 0, std::nullopt, firing->window, zone),
                                  after, now);
        start = firing->window.start;
    }
    return newer;
}

}  // namespace sop::runtime
