#include "runtime/executor/settlement.h"

#include "runtime/executor/clocks.h"
#include "runtime/executor/orders.h"
#include "runtime/scheduler/retry.h"
#include "runtime/scheduler/step.h"

namespace sop::runtime {

End end_of_waiting(const Delivery& delivery, const std::string& reason) {
    if (delivery.attempts > 0 || delivery.in_doubt) return {DeliveryState::failed, delivery.reason};
    return {DeliveryState::skipped, reason};
}

void settle(Store& store, PlanBook& plans, Guardian& guardian, Reports& reports,
            const DueDelivery& due, const End& end, Instant now) {
    const bool may_be_taken = due.delivery.asks || due.delivery.state == DeliveryState::attempting;
    if (may_be_taken) return store.end_unless_taken(due.delivery.id, end.state, end.reason);
    settle_finally(store, plans, guardian, reports, due, end, now);
}

void settle_finally(Store& store, PlanBook& plans, Guardian& guardian, Reports& reports,
                    const DueDelivery& due, const End& end, Instant now) {
    const DeliveryState state = end_of(end.state, due.delivery.in_doubt);
    store.settle(due.delivery.id, state, end.reason, now);
    guardian.settled(contact_of(due), state);
    reports.settled(due.playbook, due.rule, state, end.reason);
    order_ended(store, due.delivery.id, state, now);
    begin_wait_after(store, plans, place_of(due), now);
}

MessagePlace place_of(const DueDelivery& due) {
    return {due.firing.plan,
            due.firing.rule,
            due.delivery.run,
            {due.delivery.step, due.delivery.action}};
}

void begin_wait_after(Store& store, PlanBook& plans, const MessagePlace& message, Instant now) {
    try {
        const LoadedRule& rule = plans.rule(message.plan, message.rule);
        const lang::Wait* wait = wait_after(*rule.rule, message.position);
        if (wait == nullptr) return;
        auto run = store.find_run(message.run);
        if (!run || run->state != RunState::waiting || run->due_at != awaits_outcome) return;
        const auto firing = store.find_firing(run->firing);
        if (!firing) return;
        run->due_at = wait_end(*wait, now, zone_of(store, plans, rule, *firing));
        store.update_run(*run);
    } catch (const PlanError&) {
        // The run cannot go on; the walker ends it when its wait would.
        if (auto run = store.find_run(message.run); run && run->due_at == awaits_outcome) {
            run->due_at = now;
            store.update_run(*run);
        }
    }
}

void begin_waits_after_outcomes(Store& store, PlanBook& plans) {
    for (const auto& [run, settled_at] : store.waits_after_outcome(awaits_outcome)) {
        const auto firing = store.find_firing(run.firing);
        if (!firing) continue;
        const Position message{run.next_step, run.next_action - 1};
        begin_wait_after(store, plans, {firing->plan, run.rule, run.id, message}, settled_at);
    }
}

}  // namespace sop::runtime
