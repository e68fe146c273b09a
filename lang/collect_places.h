// The places of a plan's parts, out of the syntax trees it was made from.
#pragma once

#include <deque>

#include "lang/places.h"
#include "lang/plan.h"
#include "lang/project.h"

namespace sop::lang {

// Of rules, those of `plan`: one that comes from a template stands where that is used.
PlanPlaces collect_places(const Plan& plan, const std::deque<ProjectFile>& files);

}  // namespace sop::lang
