// What a text can see where it is used, and what its holes mean there.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lang/ast.h"
#include "lang/plan.h"
#include "lang/symbols.h"

namespace sop::lang {

struct Scope {
    const Symbols* symbols = nullptr;
    bool group = false;
    bool member = false;
    bool event = false;
    const ast::EventDeclaration* event_type =
        nullptr;  // nothing although `event`: any declared event
    bool window = false;
};

// Everything at once: what a content may use before it is known where it is used.
Scope widest_scope(const Symbols& symbols);

enum class HoleProblem {
    none,
    unknown_owner,  // `{grp.name}`
    unknown_field,  // `{group.nam}`
    not_visible,    // `{member.name}` where the subject is a group
    no_window,      // `{end}` of a rule without one
};

struct ResolvedHole {
    HoleProblem problem = HoleProblem::none;
    std::optional<FieldReference> reference;  // when there is no problem
    std::vector<std::string> candidates;      // what could have stood there, for suggestions
};

ResolvedHole resolve_hole(const ast::Hole& hole, const Scope& scope);

}  // namespace sop::lang
