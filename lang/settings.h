// The settings that hold for a rule: its own, else its playbook's, else its file's.
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
    const ast::LocaleClause* locale = nullptr;
    const ast::CalendarClause* calendar = nullptr;
    const ast::AudienceClause* audience = nullptr;
    const ast::ViaClause* via = nullptr;
    const ast::QuietClause* quiet = nullptr;
    std::vector<const ast::LimitClause*> limits{};  // one of each kind
    const ast::SpaceClause* space = nullptr;
    const ast::SpreadClause* spread = nullptr;
    const ast::LateClause* late = nullptr;
    const ast::DeliverClause* deliver = nullptr;
    const ast::GapClause* gap = nullptr;
    const ast::OverlapClause* overlap = nullptr;
    const ast::PriorityClause* priority = nullptr;
    const ast::ConcurrentClause* concurrent = nullptr;
    const ast::OutsideClause* outside = nullptr;
};

// Each clause takes the place of the outer one of its kind.
EffectiveSettings effective_settings(EffectiveSettings outer,
                                     const std::vector<ast::Clause>& clauses);
// Those of a playbook, or of a file.
EffectiveSettings settings_of(EffectiveSettings of_file, const ast::Playbook& playbook);
EffectiveSettings settings_of(const Document& document);

// Reports a clause of which there was one of its kind before.
class ClausesSeen {
  public:
    void add(const ast::Clause& clause, std::vector<Diagnostic>& diagnostics);

  private:
    std::array<const ast::Clause*, std::variant_size_v<ast::Clause>> first_{};
    std::vector<const ast::LimitClause*> limits_{};
};

}  // namespace sop::lang
