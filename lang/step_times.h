// Whether the steps of a rule as written would come in their order, tried out on one occurrence;
// and how their labels are written.
#pragma once

#include <optional>
#include <string>

#include "lang/ast.h"
#include "lang/calendar/zone.h"

namespace sop::lang {

// A step that is planned before the one above it, which may be the one its branch is in.
struct MisplacedStep {
    const ast::StepLabel* label;
    date::sys_seconds at;
    const ast::StepLabel* above;  // nothing: the rule's own moment
    date::sys_seconds above_at;
};

// The first of the rule's steps and those of their branches, at the first occurrence after the
// beginning of 2026 (or, when there is none, the last before), taking each step as done when it is
// planned and every wait as over at once. `schedule` is that of a calendar rule. Points into the
// rule.
std::optional<MisplacedStep> find_misplaced_step(const ast::Rule& rule,
                                                 const calendar::Schedule* schedule,
                                                 const calendar::Zone& zone);

// "start - 1 day at 12:00", "next day at 09:00": canonical, without the colon.
std::string label_text(const ast::StepLabel& label);

}  // namespace sop::lang
