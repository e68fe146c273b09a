// The settings that hold for a rule: its own, else its playbook's.
#pragma once

#include "lang/ast.h"

namespace sop::lang {

// Pointers go into the document.
struct EffectiveSettings {
    const ast::TimezoneClause* timezone = nullptr;
    const ast::CalendarClause* calendar = nullptr;
    const ast::AudienceClause* audience = nullptr;
    const ast::ViaClause* via = nullptr;
    const ast::GapClause* gap = nullptr;
    const ast::OverlapClause* overlap = nullptr;
};

// A playbook's are looked up once for all its rules.
EffectiveSettings settings_of(const ast::Playbook& playbook);
EffectiveSettings effective_settings(EffectiveSettings of_playbook, const ast::Rule& rule);
// Of clauses that stand alone.
EffectiveSettings settings_of(const std::vector<ast::Clause>& clauses);

}  // namespace sop::lang
