// Messages that quiet hours drop whenever they are due.
#pragma once

#include "lang/ast.h"
#include "lang/calendar/zone.h"
#include "lang/plan.h"
#include "lang/resolve/context.h"

namespace sop::lang {

// Warns of them. `resolved` is the rule with its trigger and guards; where it is of the calendar
// its coming occurrences are looked at, from `from` on. What follows a wait, or has no time of day
// of its own behind an event, is not judged.
void check_quiet_hours(const ast::Rule& rule, const Rule& resolved, const calendar::Zone& zone,
                       date::sys_seconds from, const ResolveContext& context);

}  // namespace sop::lang
