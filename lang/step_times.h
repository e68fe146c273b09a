// When the steps of a rule as written would be planned, tried out on one occurrence; and how their
// labels are written.
#pragma once

#include <string>
#include <vector>

#include "lang/ast.h"
#include "lang/calendar/zone.h"

namespace sop::lang {

// The planned instant of each step for the first occurrence after the beginning of 2026 (or, when
// there is none, the last before), taking each step as done when it is planned. Empty when the rule
// never fires. `schedule` is that of a calendar rule.
std::vector<date::sys_seconds> sample_step_times(const ast::Rule& rule,
                                                 const calendar::Schedule* schedule,
                                                 const calendar::Zone& zone);

// "start - 1 day at 12:00", "next day at 09:00": canonical, without the colon.
std::string label_text(const ast::StepLabel& label);

}  // namespace sop::lang
