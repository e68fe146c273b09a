// Rules that start one another without end, by `run` and `emit`.
//
// Every such circle is one, whatever delays, conditions and limits lie on it: whether it ever ends
// would depend on what happens.
#pragma once

#include <string>
#include <vector>

#include "lang/plan.h"

namespace sop::lang {

// Each circle once: the paths of its rules ("members.sale") in the order in which they start one
// another, from the first of them in the plan on. Of circles that share a rule one is given. A rule
// that runs itself is reported where it says so, and is none.
std::vector<std::vector<std::string>> rule_cycles(const Plan& plan);

}  // namespace sop::lang
