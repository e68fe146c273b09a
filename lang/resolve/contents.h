// Contents: texts with their forms, pictures and cards.
#pragma once

#include "lang/ast.h"
#include "lang/plan.h"
#include "lang/resolve/context.h"

namespace sop::lang {

Content resolve_content(const ast::ContentDeclaration& declaration, const Scope& scope,
                        const ResolveContext& context);

// Reports a text of a message that says nothing whatever its holes are.
void check_says_something(const ast::Text& text, const ResolveContext& context);

}  // namespace sop::lang
