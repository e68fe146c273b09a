// Names, types, zones, order: everything that can be wrong with a document that could be read.
#pragma once

#include <vector>

#include "lang/ast.h"
#include "lang/compile.h"
#include "lang/diagnostic.h"
#include "lang/scope.h"
#include "lang/symbols.h"

namespace sop::lang {

// The settings that hold for a rule: its own, else its playbook's, which are looked up once for all
// rules.
struct EffectiveSettings {
    const ast::TimezoneClause* timezone = nullptr;
    const ast::AudienceClause* audience = nullptr;
    const ast::ViaClause* via = nullptr;
};
EffectiveSettings settings_of(const ast::Playbook& playbook);
EffectiveSettings effective_settings(EffectiveSettings of_playbook, const ast::Rule& rule);

// What a text of the rule can see.
Scope scope_of(const ast::Rule& rule, const EffectiveSettings& settings, const Symbols& symbols);

std::vector<Diagnostic> check(const Document& document, const Symbols& symbols,
                              const CompileOptions& options);

}  // namespace sop::lang
