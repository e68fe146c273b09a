// `test` blocks: that all they name is there.
#pragma once

#include "lang/ast.h"
#include "lang/resolve/context.h"

namespace sop::lang {

void check_test(const ast::TestDeclaration& test, const ResolveContext& context);

}  // namespace sop::lang
