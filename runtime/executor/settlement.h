// The end of a message.
#pragma once

#include <string>

#include "runtime/executor/guardian.h"
#include "runtime/executor/plan_book.h"
#include "runtime/executor/reports.h"
#include "runtime/scheduler/flow.h"
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
// taken before ends as unknown. A wait that comes after it begins.
//
// One that is under way or asked about may still be taken: that it is not to be sent any more is
// noted, and it ends so unless it was.
void settle(Store& store, PlanBook& plans, Guardian& guardian, Reports& reports,
            const DueDelivery& due, const End& end, Instant now);
// The same, of one that is neither any more.
void settle_finally(Store& store, PlanBook& plans, Guardian& guardian, Reports& reports,
                    const DueDelivery& due, const End& end, Instant now);

// ---- waits after a message ----

// When such a wait ends as long as the message before it has no outcome.
inline constexpr Instant awaits_outcome = parked;

// The message in a run of the rule.
struct MessagePlace {
    PlanVersion plan = 0;
    RuleId rule = 0;
    RunId run = 0;
    Position position{};
};
MessagePlace place_of(const DueDelivery& due);
// Whom its run is for.
std::string run_subject(const DueDelivery& due);
// The wait right after a message that now has its outcome begins, if there is one.
void begin_wait_after(Store& store, PlanBook& plans, const MessagePlace& message, Instant now);
// Those whose messages came to their ends without that, as when the process died.
void begin_waits_after_outcomes(Store& store, PlanBook& plans);

}  // namespace sop::runtime
