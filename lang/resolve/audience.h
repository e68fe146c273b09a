// Whom a rule, a message or a group is for.
#pragma once

#include "lang/ast.h"
#include "lang/plan.h"
#include "lang/resolve/context.h"

namespace sop::lang {

Audience resolve_audience(const ast::AudienceText& written, const ResolveContext& context);

// With the name of a declared audience looked up; that of nothing declared is a group's.
SubjectKind subject_kind(const ast::AudienceText& written, const Symbols& symbols);
// Members as members of groups: a run is for one in a group.
bool is_of_groups(const ast::AudienceText& written, const Symbols& symbols);

}  // namespace sop::lang
