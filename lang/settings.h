// The settings that hold for a rule: its own, else its playbook's.
#pragma once

#include <array>
#include <variant>
#include <vector>

#include "lang/ast.h"
#include "lang/diagnostic.h"

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
EffectiveSettings effective_settings(EffectiveSettings of_playbook,
                                     const std::vector<ast::Clause>& clauses);

// Reports a clause of which there was one of its kind before.
class ClausesSeen {
  public:
    void add(const ast::Clause& clause, std::vector<Diagnostic>& diagnostics);

  private:
    std::array<const ast::Clause*, std::variant_size_v<ast::Clause>> first_{};
};

}  // namespace sop::lang
