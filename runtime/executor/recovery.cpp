#include "runtime/executor/recovery.h"

#include <fmt/core.h>

#include "runtime/scheduler/lateness.h"
#include "runtime/scheduler/retry.h"

namespace sop::runtime {

namespace {

class Recovery {
  public:
    Recovery(Store& store, PlanBook& plans, Walker& walker, Guardian& guardian,
             const Dispatcher& dispatcher, Instant now, Reports& reports)
        : store_(store),
          plans_(plans),
          walker_(walker),
          guardian_(guardian),
          dispatcher_(dispatcher),
          now_(now),
          reports_(reports) {}

    void recover_attempting();
    void recover_pending(DueDelivery due);

  private:
    bool is_still_asked_about(const DueDelivery& due) const;
    bool end_or_resend(DueDelivery& due);
    std::optional<End> find_end(const DueDelivery& due);

    Store& store_;
    PlanBook& plans_;
    Walker& walker_;
    Guardian& guardian_;
    const Dispatcher& dispatcher_;
    Instant now_;
    Reports& reports_;
};

// By what its channel does with what nobody can tell.
void Recovery::recover_attempting() {
    for (const std::string& channel : dispatcher_.channel_names()) {
        switch (dispatcher_.unknown_policy(channel).value()) {
            case UnknownPolicy::hold:
                break;
            case UnknownPolicy::resend:
                store_.resend_attempting(channel, now_);
                break;
            case UnknownPolicy::reconcile:
                store_.ask_about_attempting(channel, now_ + ask_delay_first);
                break;
        }
    }
    store_.settle_attempting_as_unknown(now_);
}

void Recovery::recover_pending(DueDelivery due) {
    if (due.delivery.asks && !is_still_asked_about(due) && end_or_resend(due)) return;
    if (const auto end = find_end(due))
        settle(store_, plans_, guardian_, reports_, due, *end, now_);
}

bool Recovery::is_still_asked_about(const DueDelivery& due) const {
    return dispatcher_.unknown_policy(due.delivery.channel) == UnknownPolicy::reconcile;
}

// Of one that was asked about on a channel that is so no more. True when it came to its end.
bool Recovery::end_or_resend(DueDelivery& due) {
    Delivery& delivery = due.delivery;
    const auto policy = dispatcher_.unknown_policy(delivery.channel);
    const std::string reason = fmt::format("channel `{}` is no longer {}", delivery.channel,
                                           policy ? "asked what it took" : "set up");
    if (policy != UnknownPolicy::resend || delivery.unless_taken) {
        settle_finally(store_, plans_, guardian_, reports_, due, {DeliveryState::unknown, reason},
                       now_);
        return true;
    }
    store_.resend(delivery.id, now_, reason);
    delivery.asks.reset();
    delivery.reason = reason;
    return false;
}

std::optional<End> Recovery::find_end(const DueDelivery& due) {
    const Delivery& delivery = due.delivery;
    if (!dispatcher_.unknown_policy(delivery.channel)) {
        return End{DeliveryState::failed,
                   fmt::format("channel `{}` is no longer set up", delivery.channel)};
    }
    return find_end_of_missed(due, plans_, walker_, guardian_, now_);
}

}  // namespace

std::optional<End> find_end_of_missed(const DueDelivery& due, PlanBook& plans, Walker& walker,
                                      const Guardian& guardian, Instant now) {
    const Delivery& delivery = due.delivery;
    try {
        const LoadedRule& rule = plans.rule(due.firing.plan, due.firing.rule);
        const StepContext context = walker.context_of(rule, due.firing, now);
        const Position place{delivery.step, delivery.action};
        if (now <= delivery.wanted_at() || !is_message(action_of(*rule.rule, place)))
            return std::nullopt;
        // What is asked about had its turn, before anything newer was missed.
        const bool is_overtaken =
            !delivery.asks && !delivery.skipped_as && !guardian.was_waiting(due) &&
            walker.count_newer(context, rule.id, {delivery.step, delivery.action + 1},
                               delivery.planned_for, due.run_subject) >= newer_needed(*rule.rule);
        if (!is_overtaken && !guardian.is_missed(due, *rule.rule)) return std::nullopt;
        return end_of_waiting(delivery, "late");
    } catch (const PlanError& error) {
        return End{DeliveryState::failed, error.what()};
    }
}

void settle_missed(Store& store, PlanBook& plans, Walker& walker, Guardian& guardian,
                   const Dispatcher& dispatcher, std::size_t page_rows, Instant since, Instant now,
                   Reports& reports) {
    for (const std::string& channel : dispatcher.channel_names()) {
        for (DeliveryId after = 0;;) {
            const auto transaction = store.begin();
            const auto page = store.deliveries_due_between(channel, since, now, after, page_rows);
            for (const DueDelivery& due : page) {
                if (const auto end = find_end_of_missed(due, plans, walker, guardian, now))
                    settle(store, plans, guardian, reports, due, *end, now);
            }
            transaction->commit();
            reports.tell();
            if (page.size() < page_rows) break;
            after = page.back().delivery.id;
        }
    }
}

void recover_outbox(Store& store, PlanBook& plans, Walker& walker, Guardian& guardian,
                    const Dispatcher& dispatcher, std::size_t page_rows, Instant now,
                    Reports& reports) {
    Recovery recovery(store, plans, walker, guardian, dispatcher, now, reports);
    recovery.recover_attempting();
    begin_waits_after_outcomes(store, plans);
    DeliveryFilter filter{.state = DeliveryState::pending, .limit = page_rows};
    for (;;) {
        const auto transaction = store.begin();
        const auto page = store.list_deliveries(filter);
        for (const DueDelivery& due : page) recovery.recover_pending(due);
        transaction->commit();
        reports.tell();
        if (page.size() < page_rows) return;
        filter.after = page.back().delivery.id;
    }
}

}  // namespace sop::runtime
