// What a start makes of the messages the last process left behind.
#pragma once

#include <set>
#include <string>

#include "runtime/executor/dispatcher.h"
#include "runtime/executor/guardian.h"
#include "runtime/executor/plan_book.h"
#include "runtime/executor/reports.h"
#include "runtime/executor/walker.h"
#include "runtime/store/store.h"

namespace sop::runtime {

// Messages that were being attempted may have been taken: they become unknown, or are asked about
// or sent again where that is what their channel does. Those that were asked about go on being
// asked about; one whose channel is not asked any more is treated as if it had been attempted.
// Pending ones go through the late policy, by how long
// nobody was there since they were wanted: too late, or overtaken while nobody was, one that was
// never tried is `skipped` "late", and one that was is `failed` with its last reason. What waited
// for its channel before goes on waiting. One whose channel is no longer set up is `failed`. Works
// in transactions of `page_rows`; broken off, it may simply be repeated.
void recover_outbox(Store& store, PlanBook& plans, Walker& walker, Guardian& guardian,
                    const Dispatcher& dispatcher, std::size_t page_rows, Instant now,
                    Reports& reports);

}  // namespace sop::runtime
