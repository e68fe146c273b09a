#include "runtime/scheduler/step.h"

#include <fmt/format.h>

#include "runtime/scheduler/guards.h"
#include "runtime/scheduler/lateness.h"

namespace sop::runtime {

namespace {

// Why a whole step is passed over, tags too.
std::optional<Withhold> find_obstacle(const StepContext& context, Instant planned_for) {
    if (context.no_calendar_data) {
        return Withhold{DeliveryState::skipped, "no calendar data"};
    }
    if (context.skips_paused) return Withhold{DeliveryState::skipped, "paused"};
    if (planned_for < context.admitted_at) {
        return Withhold{DeliveryState::skipped, "before admission"};
    }
    return std::nullopt;
}

std::vector<StepEffect> withhold_messages(const lang::Step& step, const Withhold& why) {
    std::vector<StepEffect> effects;
    for (std::size_t i = 0; i < step.actions.size(); ++i) {
        if (std::holds_alternative<lang::Deliver>(step.actions[i])) effects.push_back({i, why});
    }
    return effects;
}

class StepPerformance {
  public:
    StepPerformance(const StepContext& context, const lang::Step& step, Instant planned_for,
                    int newer, const TextFacts& facts)
        : context_(context), step_(step), planned_for_(planned_for), newer_(newer), facts_(facts) {}

    std::vector<StepEffect> run() const {
        std::vector<StepEffect> effects;
        for (std::size_t i = 0; i < step_.actions.size(); ++i) {
            const lang::Action& action = step_.actions[i];
            if (const auto* change = std::get_if<lang::ChangeTag>(&action)) {
                effects.push_back({i, *change});
            } else {
                effects.push_back({i, deliver(std::get<lang::Deliver>(action))});
            }
        }
        return effects;
    }

  private:
    decltype(StepEffect::what) deliver(const lang::Deliver& deliver) const {
        const bool guarded = is_guarded(context_.rule, step_, deliver) && !deliver.at_once;
        const auto wanted_at = place(context_.rule, context_.zone, context_.window, planned_for_,
                                     subject_id(facts_.subject), guarded);
        if (!wanted_at) return Withhold{DeliveryState::skipped, "quiet"};
        const bool missed = context_.now > *wanted_at;
        const bool overtaken = missed && newer_ >= newer_needed(context_.rule);
        if (overtaken || is_too_late(context_.rule, *wanted_at, context_.now)) {
            return Withhold{DeliveryState::skipped, "late"};
        }
        if (!context_.channel) {
            return Withhold{DeliveryState::failed,
                            fmt::format("no channel of `via {}` is set up",
                                        fmt::join(context_.rule.via, " else "))};
        }
        const auto& content = context_.plan.contents.at(deliver.content);
        return SendText{render_text(content.text, facts_), *wanted_at};
    }

    const StepContext& context_;
    const lang::Step& step_;
    Instant planned_for_;
    int newer_;
    const TextFacts& facts_;
};

std::optional<NextStep> find_next(const StepContext& context, std::size_t step,
                                  Instant planned_for) {
    const std::size_t next = step + 1;
    if (next >= context.rule.steps.size()) return std::nullopt;
    const PreviousStep previous{planned_for, context.now};
    return NextStep{next, planned_time(context.rule, next, context.window, previous, context.zone)};
}

}  // namespace

StepDecision decide_step(const StepContext& context, std::size_t step, Instant planned_for,
                         int newer, const Subject& subject, const Event* event) {
    const lang::Step& current = context.rule.steps.at(step);
    if (std::holds_alternative<std::monostate>(subject)) {
        const Withhold gone{DeliveryState::exited, "gone"};
        return {withhold_messages(current, gone), std::nullopt, gone.reason};
    }
    StepDecision decision;
    if (const auto obstacle = find_obstacle(context, planned_for)) {
        decision.effects = withhold_messages(current, *obstacle);
    } else {
        const TextFacts facts{context.plan, context.zone, context.window, subject, event};
        decision.effects = StepPerformance(context, current, planned_for, newer, facts).run();
    }
    decision.next = find_next(context, step, planned_for);
    return decision;
}

StepDecision fail_step(const lang::Rule& rule, std::size_t step, const std::string& reason) {
    if (step >= rule.steps.size()) return {{}, std::nullopt, reason};
    return {withhold_messages(rule.steps[step], {DeliveryState::failed, reason}), std::nullopt,
            reason};
}

}  // namespace sop::runtime
