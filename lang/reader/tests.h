// `test` blocks: what happens, and what is expected of it.
#pragma once

#include "lang/ast.h"
#include "lang/reader/cursor.h"

namespace sop::lang::reader {

ast::TestDeclaration read_test(Cursor& cursor);

}  // namespace sop::lang::reader
