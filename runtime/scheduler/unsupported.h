// What the language can say and this executor cannot do yet. A plan with any of it is refused
// before it is deployed: nothing may be half done, or left out without a word.
#pragma once

#include <string>
#include <vector>

#include "lang/plan.h"

namespace sop::runtime {

// "members.funnel: `wait for`", one for each place, in the order of the plan; empty for a plan that
// can be run.
std::vector<std::string> unsupported(const lang::Plan& plan);

}  // namespace sop::runtime
