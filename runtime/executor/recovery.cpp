#include "runtime/executor/recovery.h"

#include <fmt/core.h>

#include "runtime/executor/settlement.h"
#include "runtime/scheduler/lateness.h"

namespace sop::runtime {

namespace {

std::optional<End> find_end(const DueDelivery& due, PlanBook& plans, Walker& walker,
                            const Guardian& guardian, const std::set<std::string>& channels,
                            Instant now) {
    const Delivery& delivery = due.delivery;
    if (!channels.contains(delivery.channel)) {
        return End{DeliveryState::failed,
                   fmt::format("channel `{}` is no longer set up", delivery.channel)};
    }
    try {
        const LoadedRule& rule = plans.rule(due.firing.plan, due.firing.rule);
        const StepContext context = walker.context_of(rule, due.firing, now);
        if (now <= delivery.wanted_at()) return std::nullopt;
        const bool is_overtaken =
            !guardian.was_waiting(delivery) &&
            walker.count_newer(context, rule.id, {delivery.step, delivery.action + 1},
                               delivery.planned_for, due.subject) >= newer_needed(*rule.rule);
        if (!is_overtaken && !guardian.is_missed(due, *rule.rule)) return std::nullopt;
        return end_of_waiting(delivery, "late");
    } catch (const PlanError& error) {
        return End{DeliveryState::failed, error.what()};
    }
}

}  // namespace

void recover_outbox(Store& store, PlanBook& plans, Walker& walker, Guardian& guardian,
                    const Dispatcher& dispatcher, std::size_t page_rows, Instant now,
                    Reports& reports) {
    const auto channels = dispatcher.channel_names();
    for (const std::string& channel : dispatcher.resending_channels())
        store.resend_attempting(channel, now);
    store.settle_attempting_as_unknown(now);
    begin_waits_after_outcomes(store, plans);
    DeliveryFilter filter{.state = DeliveryState::pending, .limit = page_rows};
    for (;;) {
        const auto transaction = store.begin();
        const auto page = store.list_deliveries(filter);
        for (const DueDelivery& due : page) {
            if (const auto end = find_end(due, plans, walker, guardian, channels, now)) {
                settle(store, plans, guardian, reports, due, *end, now);
            }
        }
        transaction->commit();
        reports.tell();
        if (page.size() < page_rows) return;
        filter.after = page.back().delivery.id;
    }
}

}  // namespace sop::runtime
