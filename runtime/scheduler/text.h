// A message's text: the holes of its template filled in for one subject.
#pragma once

#include <string>
#include <variant>

#include "lang/calendar/zone.h"
#include "lang/plan.h"
#include "runtime/scheduler/timeline.h"
#include "runtime/store/store.h"

namespace sop::runtime {

// Whom a run is for, as the directory has it now; monostate when it is no longer there.
using Subject = std::variant<std::monostate, Group, Member>;

// Empty for one that is no longer there.
std::string_view subject_id(const Subject& subject);

struct TextFacts {
    const lang::Plan& plan;
    const lang::calendar::Zone& zone;  // the rule's: instants are shown in it
    const Window& window;
    const Subject& subject;
    const Event* event = nullptr;  // nullptr for a calendar rule
};

// Instants read "2026-11-19 20:00", their dates "2026-11-19", their times "20:00"; other fields as
// they are stored. What there is no value for reads as nothing.
std::string render_text(const lang::TextTemplate& text, const TextFacts& facts);

}  // namespace sop::runtime
