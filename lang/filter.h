// Conditions that stand alone, as `where` has them: `owner == "li" and size > 100`.
#pragma once

#include <map>
#include <string>

#include "lang/calendar/zone.h"
#include "lang/diagnostic.h"
#include "lang/expression.h"
#include "lang/plan.h"
#include "lang/source.h"

namespace sop::lang {

// What a filter may name besides the fields of what it filters.
struct FilterNames {
    SubjectKind kind = SubjectKind::group;  // group or member
    const Plan* plan = nullptr;  // its tags and events; nullptr: there is none, and any tag is one
    // Free fields, each a text or a number. One that is called as a field of the language is not
    // seen.
    std::map<std::string, ValueType> attributes{};
};

// A condition of yes or no, in English or Chinese, on groups or members one by one. Its bare names
// are FieldReference::Owner::subject. The place of each diagnostic is in `source`.
Checked<Expression> compile_filter(const Source& source, const FilterNames& names,
                                   const calendar::ZoneDatabase& zones);

}  // namespace sop::lang
