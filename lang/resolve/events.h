// Events as rules, waits, draws and exits ask for them.
#pragma once

#include "lang/ast.h"
#include "lang/plan.h"
#include "lang/resolve/context.h"

namespace sop::lang {

// `scope` is what the rule can see; bare names in `where` are fields of the event.
EventPattern resolve_event(const ast::EventPattern& written, const Scope& scope,
                           const ResolveContext& context);

// The event's name as plans have it: `message`, `join`, or a declared one's.
std::string event_name(const ast::EventPattern& written);
// It is one of the language's, or declared.
bool is_known_event(const ast::EventPattern& written, const Symbols& symbols);

}  // namespace sop::lang
