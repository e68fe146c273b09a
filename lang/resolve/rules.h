// Playbooks and their rules.
#pragma once

#include "lang/ast.h"
#include "lang/plan.h"
#include "lang/resolve/context.h"
#include "lang/settings.h"

namespace sop::lang {

Playbook resolve_playbook(const ast::Playbook& playbook, const EffectiveSettings& of_file,
                          const ResolveContext& context);

// Reports what is wrong with the rules of a template whatever its values.
void check_template(const ast::TemplateDeclaration& declaration, const ResolveContext& context);

// Zones, calendars and what else a setting names.
void check_clause(const ast::Clause& clause, const ResolveContext& context);

// The zone of a clause; nothing when there is none, which is reported if wanted.
std::shared_ptr<const calendar::Zone> find_zone(const ast::Name& zone, bool report_problems,
                                                const ResolveContext& context);

}  // namespace sop::lang
