// Steps and actions of a rule.
#pragma once

#include "lang/ast.h"
#include "lang/plan.h"
#include "lang/resolve/context.h"

namespace sop::lang {

// What is known of the rule whose steps are resolved.
struct RuleContext {
    const ast::Rule& rule;
    const std::vector<std::string>& rule_names;  // of the whole playbook
    std::string prefix{};                        // of the rules of its template's instance
    std::optional<ast::AudienceClause> audience{};
    SubjectKind subject = SubjectKind::playbook;
    bool audience_known = false;
    bool event_known = true;  // it is on the calendar, or its event is declared
    Scope scope{};
};

std::vector<Step> resolve_steps(const ast::Steps& steps, const RuleContext& rule,
                                const ResolveContext& context);

// A step or branch of these delivers something, so that the rule needs a way.
bool delivers(const ast::Steps& steps);

// One of these goes to the rule's own subject.
bool delivers_to_subject(const ast::Steps& steps);

// A step of these, or of a branch of theirs, is counted by workdays.
bool counts_workdays(const ast::Steps& steps);

// The index of a content in the plan, made for the holes it has here.
std::size_t resolve_message(const std::variant<ast::Name, ast::Text>& message,
                            const RuleContext& rule, const ResolveContext& context);

}  // namespace sop::lang
