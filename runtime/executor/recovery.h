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
// Then all that are pending go through the late policy (find_end_of_missed); one whose channel is
// no longer set up is `failed`. In transactions of `page_rows`; broken off, it may simply be
// repeated.
void recover_outbox(Store& store, PlanBook& plans, Walker& walker, Guardian& guardian,
                    const Dispatcher& dispatcher, std::size_t page_rows, Instant now,
                    Reports& reports);

// The same for messages that became due since a process that goes on was last there, before
// anything else is done. What was due before that waited for its channel.
void settle_missed(Store& store, PlanBook& plans, Walker& walker, Guardian& guardian,
                   const Dispatcher& dispatcher, std::size_t page_rows, Instant since, Instant now,
                   Reports& reports);

// A pending message goes through the late policy, by how long nobody was there since it was wanted:
// too late, or overtaken while nobody was, one that was never tried is `skipped` "late", and one
// that was is `failed` with its last reason. Nothing when it goes on waiting, as for its channel.
std::optional<End> find_end_of_missed(const DueDelivery& due, PlanBook& plans, Walker& walker,
                                      const Guardian& guardian, Instant now);

}  // namespace sop::runtime
