// What an expression can see where it stands, and the types of what it sees.
#pragma once

#include <date/date.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lang/expression.h"
#include "lang/plan.h"
#include "lang/symbols.h"

namespace sop::lang {

// Fields of an event by name: the declared ones, and what every event has.
using Fields = std::map<std::string, Type>;
Fields event_fields(const std::string& event, const Symbols& symbols);

struct Scope {
    const Symbols* symbols = nullptr;
    bool group = false;
    bool member = false;
    bool event = false;
    std::string event_name{};  // empty although `event`: any declared event
    bool window = false;
    bool collected = false;         // the rule has a list
    std::string collected_event{};  // of what is given back to it
    bool draw = false;
    bool draws = false;  // the rule has a draw: what seals it is known before
    bool gives = false;  // the rule gives codes
    // The dates of the rule's coming runs; nothing when they are not known.
    std::shared_ptr<const std::vector<date::local_days>> coming_dates{};
    // What bare names are fields of, inside `where`.
    std::optional<Fields> filtered{};

    Scope filtering(Fields fields) const;
};

// Everything at once: what a content may use before it is known where it is used.
Scope widest_scope(const Symbols& symbols);

// The fields of a group or a member.
const Fields& subject_fields(SubjectKind kind);

enum class FieldProblem {
    none,
    unknown_owner,  // `{grp.name}`
    unknown_field,  // `{group.nam}`
    not_visible,    // `{member.name}` where the subject is a group
    no_window,      // `{end}` of a rule without one
};

struct ResolvedField {
    FieldProblem problem = FieldProblem::none;
    std::optional<FieldReference> reference{};  // when there is no problem
    std::vector<std::string> candidates{};      // what could have stood there, for suggestions
};

// A path whose first name is a thing the language has (`group`, `start`, …).
ResolvedField resolve_field(const std::vector<std::string>& path, const Scope& scope);

}  // namespace sop::lang
