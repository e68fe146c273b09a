// The end of a message that is not under way.
#pragma once

#include <string>

#include "runtime/executor/guardian.h"
#include "runtime/executor/reports.h"
#include "runtime/store/store.h"

namespace sop::runtime {

struct End {
    DeliveryState state = DeliveryState::skipped;
    std::string reason{};
};

// Of a message that waited too long: it failed with its last reason when it was tried, else it is
// skipped for `reason`.
End end_of_waiting(const Delivery& delivery, const std::string& reason);

// Brings it to its end in the store, in the accounts and for the observer. One that may have been
// taken before ends as unknown.
void settle(Store& store, Guardian& guardian, Reports& reports, const DueDelivery& due,
            const End& end, Instant now);

}  // namespace sop::runtime
