// Runs that create groups: without that step the others have nobody to go to.
#pragma once

#include <optional>

#include "lang/calendar/zone.h"
#include "lang/plan.h"
#include "runtime/clock/clock.h"

namespace sop::runtime {

bool creates_groups(const lang::Rule& rule);

// The start of the first occurrence after `fired_through` (exclusive) whose groups were to be
// created before `now`: a plan that is deployed now would come too late for it.
std::optional<Instant> missed_creation(const lang::Rule& rule, const lang::calendar::Zone& zone,
                                       Instant fired_through, Instant now);

// How far the calendar of a rule in force has been used when it has begun what begins before `now`.
Instant fired_through_at(const lang::Rule& rule, const lang::calendar::Zone& zone,
                         Instant fired_through, Instant now);

}  // namespace sop::runtime
