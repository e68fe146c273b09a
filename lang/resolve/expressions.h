// Expressions and texts as written to typed ones, and what is wrong with them.
#pragma once

#include <optional>

#include "lang/ast.h"
#include "lang/plan.h"
#include "lang/resolve/context.h"
#include "lang/resolve/scope.h"

namespace sop::lang {

// Nothing when something is wrong, which is then reported.
std::optional<Expression> resolve_expression(const ast::Expression& written, const Scope& scope,
                                             const ResolveContext& context);

// As above, and is yes or no.
std::optional<Expression> resolve_condition(const ast::Expression& written, const Scope& scope,
                                            const ResolveContext& context);

// As above, and has that type; `what` is said to expect it.
std::optional<Expression> resolve_value(const ast::Expression& written, const Type& type,
                                        const Scope& scope, const ResolveContext& context);

// A text without its broken holes.
TextTemplate resolve_text(const ast::Text& text, const Scope& scope, const ResolveContext& context);

// "money", "money CNY", "an event `order`": for messages.
std::string type_text(const Type& type);

void check_pool(const ast::Name& pool, const ResolveContext& context);
void check_tag(const ast::Name& tag, const ResolveContext& context);

}  // namespace sop::lang
