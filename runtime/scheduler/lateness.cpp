#include "runtime/scheduler/lateness.h"

#include <algorithm>

namespace sop::runtime {

namespace {

bool delivers(const lang::Step& step) {
    return std::any_of(step.actions.begin(), step.actions.end(), [](const lang::Action& action) {
        return std::holds_alternative<lang::Deliver>(action);
    });
}

// Whether a delivering step from `first` on is planned after `after` and not after `until`.
bool delivers_between(const lang::Rule& rule, std::size_t first,
                      std::optional<PreviousStep> previous, const Window& window, Instant after,
                      Instant until, const lang::calendar::Zone& zone) {
    for (std::size_t i = first; i < rule.steps.size(); ++i) {
        const bool counts_from_above =
            rule.steps[i].when.anchor == lang::StepTime::Anchor::previous;
        if (counts_from_above && i > 0) return false;
        const Instant planned = planned_time(rule, i, window, previous, zone);
        if (planned > until) return false;
        if (planned > after && delivers(rule.steps[i])) return true;
        previous = PreviousStep{planned, planned};
    }
    return false;
}

// Saves the search for nearly everything: planned times of the calendar are whole seconds.
bool holds_whole_second(Instant after, Instant until) {
    return date::floor<std::chrono::seconds>(after) < date::floor<std::chrono::seconds>(until);
}

}  // namespace

bool is_too_late(const lang::Rule& rule, Instant planned_for, Instant now) {
    return now - planned_for > rule.late_within;
}

bool is_overtaken_in_run(const lang::Rule& rule, std::size_t step, const Window& window,
                         Instant planned_for, Instant now, const lang::calendar::Zone& zone) {
    return delivers_between(rule, step + 1, PreviousStep{planned_for, planned_for}, window,
                            planned_for, now, zone);
}

bool is_overtaken_by_occurrence(const lang::Rule& rule, Instant start, Instant planned_for,
                                Instant admitted_at, Instant now,
                                const lang::calendar::Zone& zone) {
    if (!holds_whole_second(planned_for, now)) return false;
    const Instant after = std::max(planned_for, admitted_at - std::chrono::milliseconds{1});
    for (int i = 0; i < occurrences_searched_max; ++i) {
        const auto firing = next_firing(rule, zone, start);
        if (!firing || firing->begins_at > now) return false;
        if (delivers_between(rule, 0, std::nullopt, firing->window, after, now, zone)) return true;
        start = firing->window.start;
    }
    return false;
}

bool has_expired(const lang::Rule& rule, const Window& window, Instant planned_for, Instant now) {
    const bool inside = window.start <= planned_for && planned_for < window.end;
    return now - planned_for > rule.deliver_within || (inside && now >= window.end);
}

}  // namespace sop::runtime
