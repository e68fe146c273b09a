// What becomes of messages that waited while nobody was there, or while their rule was held.
#pragma once

#include <set>
#include <string>

#include "runtime/executor/dispatcher.h"
#include "runtime/executor/guardian.h"
#include "runtime/executor/plan_book.h"
#include "runtime/executor/reports.h"
#include "runtime/executor/settlement.h"
#include "runtime/executor/walker.h"
#include "runtime/store/store.h"

namespace sop::runtime {

// Messages that were being attempted may have been taken: they become unknown, or are asked about
// or sent again where that is what their channel does. Those that were asked about go on being
// asked about; one whose channel is not asked any more is treated as if it had been attempted.
// Then as settle_missed; one whose channel is no longer set up is `failed`. Broken off, it may
// simply be repeated.
void recover_outbox(Store& store, PlanBook& plans, Walker& walker, Guardian& guardian,
                    const Dispatcher& dispatcher, std::size_t page_rows, Instant now,
                    Reports& reports);

// Pending messages go through the late policy, by how long nobody was there since they were wanted:
// too late, or overtaken while nobody was, one that was never tried is `skipped` "late", and one
// that was is `failed` with its last reason. What waited for its channel before goes on waiting.
// Before anything else is done after an absence that the guardian knows of; reads all pending
// messages, in transactions of `page_rows`.
void settle_missed(Store& store, PlanBook& plans, Walker& walker, Guardian& guardian,
                   std::size_t page_rows, Instant now, Reports& reports);

// The same of one message: what it ends as; nothing when it goes on waiting.
std::optional<End> find_end_of_missed(const DueDelivery& due, PlanBook& plans, Walker& walker,
                                      const Guardian& guardian, Instant now);

}  // namespace sop::runtime
