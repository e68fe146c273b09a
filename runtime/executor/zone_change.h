// What other zone data do to a store: everything that was planned by the old is counted anew.
//
// The store keeps the bytes of each zone that plans use. Data that came while nothing ran are
// therefore found at the next start, and both ways are one: a transaction that moves the cursors of
// the rules, the windows of firings that have begun and the due times of their runs, and then keeps
// the new bytes. What has fired keeps its key and never fires twice; what is in the past by the new
// data is due at once, and is found late there.
//
// Messages that are pending stay as they are: they were decided on time by what was known.
#pragma once

#include <cstddef>

#include "lang/calendar/zone.h"
#include "lang/plan.h"
#include "runtime/executor/plan_book.h"
#include "runtime/executor/reports.h"
#include "runtime/store/store.h"

namespace sop::runtime {

// Of how many moved times the store and the observer are told; all are counted.
inline constexpr std::size_t moved_times_kept_max = 1000;

// A zone in use that the new data lack or whose file is damaged: throw ZoneDataError before
// anything is changed, or leave what was planned by it as it is.
enum class UnusableZone { refuse, leave };

// False when the store was planned by these data already.
bool change_zone_data(Store& store, PlanBook& plans, const lang::calendar::ZoneDatabase& zones,
                      UnusableZone unusable, std::size_t page_rows, Instant now, Reports& reports);

// Keeps the zones of a plan that is deployed. Runs in the open transaction.
void remember_zones(Store& store, const lang::calendar::ZoneDatabase& zones,
                    const lang::Plan& plan);

}  // namespace sop::runtime
