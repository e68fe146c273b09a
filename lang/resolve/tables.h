// Tables: the rows of their CSV files, typed.
#pragma once

#include <vector>

#include "lang/ast.h"
#include "lang/plan.h"
#include "lang/resolve/context.h"

namespace sop::lang {

inline constexpr std::size_t table_rows_max = 100000;

// What is wrong in the file is reported there, at its line and value.
Table resolve_table(const ast::TableDeclaration& declaration, std::vector<Table::Column> columns,
                    const ResolveContext& context);

}  // namespace sop::lang
