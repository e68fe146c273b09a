#include "lang/places.h"

namespace sop::lang {

namespace {

const StepPlace* find_step(const PlanPlaces& places, std::string_view rule, std::size_t step) {
    const auto found = places.rules.find(rule);
    if (found == places.rules.end() || step >= found->second.steps.size()) return nullptr;
    return &found->second.steps[step];
}

}  // namespace

Place PlanPlaces::of_rule(std::string_view rule) const {
    const auto found = rules.find(rule);
    return found == rules.end() ? Place{} : found->second.name;
}

Place PlanPlaces::of_step(std::string_view rule, std::size_t step) const {
    const StepPlace* found = find_step(*this, rule, step);
    return found ? found->label : of_rule(rule);
}

Place PlanPlaces::of_action(std::string_view rule, std::size_t step, std::size_t action) const {
    const StepPlace* found = find_step(*this, rule, step);
    return found && action < found->actions.size() ? found->actions[action] : of_step(rule, step);
}

}  // namespace sop::lang
