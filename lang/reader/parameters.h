// Parameters of templates: their declarations, what they are given, and where they stand.
#pragma once

#include "lang/ast.h"
#include "lang/reader/cursor.h"

namespace sop::lang::reader {

// `(what: content, hour: time = 20:00)`
std::vector<ast::TemplateDeclaration::Parameter> read_parameters(Cursor& cursor);

// `(what: sale_card, hour: 21:00)`
std::vector<ast::Argument> read_arguments(Cursor& cursor);

// The rules of a template, from the brace that opens them. Parameters stand for what they are bound
// to.
ast::Playbook read_template_body(Cursor& cursor, bool& broken);

// With the default of each parameter, or a value like any other.
ParameterValues any_values(const std::vector<ast::TemplateDeclaration::Parameter>& parameters);

// The name of a content, tag, role or channel, or a parameter of that kind, which gives its name;
// an empty one stands for every name.
ast::Name read_reference(Cursor& cursor, ast::ParameterKind kind, Message what);

// What a parameter that stands here is worth, if one of a kind that has values does.
std::optional<ast::Expression> read_parameter_value(Cursor& cursor);

}  // namespace sop::lang::reader
