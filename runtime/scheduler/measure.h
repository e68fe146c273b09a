// Which aggregates of a plan are counted by the day while events come in, so that nobody has to
// look at all events of a month again, nor to keep them.
//
// That goes for those over whole dates whose condition asks for nothing but the event itself; the
// others are counted from the events when they are asked for. What is counted has a key that says
// all that the number depends on: for whom, by whose clock, of which events. Plans that ask for the
// same share it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lang/plan.h"
#include "runtime/store/store.h"

namespace sop::runtime {

struct Measure {
    std::string key{};
    SubjectKind kind = SubjectKind::group;
    std::string timezone{};
    lang::Expression aggregate{};  // without a period

    bool operator==(const Measure&) const = default;
};

// How a count of this kind is known, whatever its period; nothing when it is not one that could be
// counted by the day.
std::optional<std::string> measure_key(const lang::Plan& plan, const lang::Expression& aggregate,
                                       SubjectKind kind, const std::string& timezone);

// All that the plan asks for, each once, in the order of keys: its metrics for groups by the clock
// of its first rule, for reports; and what rules, tiers and audiences ask for themselves, directly
// or by a metric, for their kind of subject and by their clock.
std::vector<Measure> measures_of(const lang::Plan& plan);

// By whose clock reports have their dates: that of the plan's first rule, or first tier; empty
// without any.
std::string report_timezone(const lang::Plan& plan);

}  // namespace sop::runtime
