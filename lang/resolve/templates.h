// Templates: the rules that their instances bring.
#pragma once

#include <string>
#include <vector>

#include "lang/ast.h"
#include "lang/resolve/context.h"

namespace sop::lang {

// How many rules the instances of one playbook bring at most.
inline constexpr std::size_t expanded_rules_max = 10000;

// A rule of a template with the values of an instance in it.
struct ExpandedRule {
    ast::Rule rule;      // its name is the whole one: `sale.reminder`
    std::string prefix;  // `sale.`
    Declared<ast::TemplateDeclaration> of;
};

// The rules of an instance, with those of the instances in its template. Arguments that are wrong
// are reported; there are no rules then.
std::vector<ExpandedRule> expand(const ast::Instance& instance, const ResolveContext& context);

// Reports at the instance what is wrong inside it, with the place in the template, unless it is
// wrong whatever the values and reported there.
void report_inside(const ast::Instance& instance, const Declared<ast::TemplateDeclaration>& of,
                   const std::vector<Diagnostic>& found, const ResolveContext& context);

}  // namespace sop::lang
