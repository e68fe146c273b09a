// `test` blocks to test cases: that all they name is there, and values have their types.
#pragma once

#include "lang/ast.h"
#include "lang/resolve/context.h"

namespace sop::lang {

// Worth keeping only when nothing was found wrong with any file.
TestCase resolve_test(const ast::TestDeclaration& test, const ResolveContext& context);

}  // namespace sop::lang
