#include "runtime/scheduler/step.h"

#include <fmt/format.h>

#include "runtime/scheduler/lateness.h"

namespace sop::runtime {

namespace {

// Why the step's messages are not sent; nothing when they are.
std::optional<Withhold> find_obstacle(const StepContext& context, Instant planned_for,
                                      bool overtaken) {
    if (context.no_calendar_data) {
        return Withhold{DeliveryState::skipped, "no calendar data"};
    }
    if (planned_for < context.admitted_at) {
        return Withhold{DeliveryState::skipped, "before admission"};
    }
    if (overtaken || is_too_late(context.rule, planned_for, context.now)) {
        return Withhold{DeliveryState::skipped, "late"};
    }
    if (!context.channel) {
        return Withhold{DeliveryState::failed, fmt::format("no channel of `via {}` is set up",
                                                           fmt::join(context.rule.via, " else "))};
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

std::vector<StepEffect> perform(const StepContext& context, const lang::Step& step,
                                const std::optional<Withhold>& obstacle, const TextFacts& facts) {
    std::vector<StepEffect> effects;
    for (std::size_t i = 0; i < step.actions.size(); ++i) {
        if (const auto* change = std::get_if<lang::ChangeTag>(&step.actions[i])) {
            effects.push_back({i, *change});
        } else if (obstacle) {
            effects.push_back({i, *obstacle});
        } else {
            const auto& content =
                context.plan.contents.at(std::get<lang::Deliver>(step.actions[i]).content);
            effects.push_back({i, SendText{render_text(content.text, facts)}});
        }
    }
    return effects;
}

std::optional<NextStep> find_next(const StepContext& context, std::size_t step,
                                  Instant planned_for) {
    const std::size_t next = step + 1;
    if (next >= context.rule.steps.size()) return std::nullopt;
    const PreviousStep previous{planned_for, context.now};
    return NextStep{next, planned_time(context.rule, next, context.window, previous, context.zone)};
}

}  // namespace

StepDecision decide_step(const StepContext& context, std::size_t step, Instant planned_for,
                         bool overtaken, const Subject& subject, const Event* event) {
    const lang::Step& current = context.rule.steps.at(step);
    if (std::holds_alternative<std::monostate>(subject)) {
        const Withhold gone{DeliveryState::exited, "gone"};
        return {withhold_messages(current, gone), std::nullopt, gone.reason};
    }
    StepDecision decision;
    const auto obstacle = find_obstacle(context, planned_for, overtaken);
    if (context.no_calendar_data || planned_for < context.admitted_at) {
        decision.effects = withhold_messages(current, *obstacle);
    } else {
        const TextFacts facts{context.plan, context.zone, context.window, subject, event};
        decision.effects = perform(context, current, obstacle, facts);
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
