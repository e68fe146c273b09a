// Expressions as the language writes them, in one canonical way: for people who ask why, and to
// tell one from another.
#pragma once

#include <string>

#include "lang/plan.h"

namespace sop::runtime {

// "gmv(last 7 days) >= 10000 CNY"
std::string expression_text(const lang::Expression& expression);
// "last 7 days"
std::string period_text(const lang::Period& period);

}  // namespace sop::runtime
