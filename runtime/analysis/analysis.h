// What cannot go as it is planned: messages in quiet hours, several at once in one group, over a
// limit or a quota, more than a channel takes in time, for nobody. Found before anything is sent,
// from the plan, the calendar and, where there is one, the directory. Pure but for what `find`
// looks up.
#pragma once

#include <string>
#include <vector>

#include "lang/calendar/zone.h"
#include "lang/diagnostic.h"
#include "lang/places.h"
#include "lang/plan.h"
#include "runtime/analysis/subject_classes.h"

namespace sop::runtime {

inline constexpr date::days analysis_horizon_default{90};

struct AnalysisInput {
    const lang::Plan& plan;
    const lang::PlanPlaces& places;  // of that plan
    const lang::calendar::ZoneDatabase& zones;
    date::local_days from;  // coming dates are looked at from this one on
    date::days horizon = analysis_horizon_default;
    FindSubjects find{};  // in the directory; without one, what is true of any
};

struct Finding {
    const lang::Source* source = nullptr;
    lang::Diagnostic diagnostic;
};

// Warnings all of them, each once for a message, in no particular order.
std::vector<Finding> analyse(const AnalysisInput& input);

}  // namespace sop::runtime
