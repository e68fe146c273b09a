#include "runtime/executor/settlement.h"

#include "runtime/scheduler/retry.h"

namespace sop::runtime {

End end_of_waiting(const Delivery& delivery, const std::string& reason) {
    if (delivery.attempts > 0) return {DeliveryState::failed, delivery.reason};
    return {DeliveryState::skipped, reason};
}

void settle(Store& store, Guardian& guardian, Reports& reports, const DueDelivery& due,
            const End& end, Instant now) {
    const DeliveryState state = end_of(end.state, due.delivery.in_doubt);
    store.settle(due.delivery.id, state, end.reason, now);
    guardian.settled(contact_of(due), state);
    reports.settled(due.playbook, due.rule, state, end.reason);
}

}  // namespace sop::runtime
