// Which rules an event starts, and for whom.
#pragma once

#include <optional>
#include <string>

#include "lang/plan.h"
#include "runtime/store/store.h"

namespace sop::runtime {

// The canonical text of a declared field: what the event carries, else the declared default;
// nothing when it has neither.
std::optional<std::string> event_field(const lang::Plan& plan, const Event& event,
                                       const std::string& field);

// The name of the event is the trigger's, and its first field the trigger's argument when it has
// one.
bool matches(const lang::Plan& plan, const lang::EventTrigger& trigger, const Event& event);

// The subject of the kind the rule is for; nothing when the event names none.
const std::optional<std::string>& event_subject(const lang::Rule& rule, const Event& event);

}  // namespace sop::runtime
