// Actions that hold steps themselves: branches, cases, what a list is posted by.
#pragma once

#include <vector>

#include "lang/ast.h"

namespace sop::lang {

// Those right in the action, in the order written. They point into it.
std::vector<const ast::Steps*> nested_steps(const ast::Action& action);

}  // namespace sop::lang
