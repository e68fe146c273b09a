// The ways out that a plan uses.
#pragma once

#include <set>
#include <string>

#include "lang/plan.h"

namespace sop::runtime {

// Of `via` and of `call`.
std::set<std::string> channels_used_by(const lang::Plan& plan);

}  // namespace sop::runtime
