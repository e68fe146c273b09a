// What a copy of a store has missed while another one was served.
#pragma once

#include <optional>

#include "lang/calendar/zone.h"
#include "runtime/store/store.h"

namespace sop::runtime {

// From when on the store does not know what was done; nothing when it never had a plan.
std::optional<Instant> known_until(Store& store);

// Goes from there to `now` as an executor would have that was there: on time, with every decision
// it would have made. Each message that it would have attempted becomes `unknown`, as the other may
// have sent it. Broken off, it may simply be repeated. Throws StoreError.
void walk_through(Store& store, const lang::calendar::ZoneDatabase& zones, Instant now);

}  // namespace sop::runtime
