// By whose clock a run walks, and a subject's day is counted.
#pragma once

#include <string>

#include "lang/calendar/zone.h"
#include "runtime/executor/plan_book.h"
#include "runtime/store/store.h"

namespace sop::runtime {

// The name of the zone of a firing's runs: the rule's; by the clock of each member, the one the
// firing is for, and of an event the member's own.
std::string zone_name_of(Store& store, const LoadedRule& rule, const Firing& firing);
// That zone. The rule's own where the zone data have no such.
const lang::calendar::Zone& zone_of(Store& store, PlanBook& plans, const LoadedRule& rule,
                                    const Firing& firing);

// Of one group or member: its own, else that of the run.
const lang::calendar::Zone& zone_of_subject(Store& store, PlanBook& plans, SubjectKind kind,
                                            const std::string& subject,
                                            const lang::calendar::Zone& of_run);

}  // namespace sop::runtime
