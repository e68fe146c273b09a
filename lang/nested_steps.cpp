#include "lang/nested_steps.h"

#include <variant>

namespace sop::lang {

std::vector<const ast::Steps*> nested_steps(const ast::Action& action) {
    std::vector<const ast::Steps*> nested;
    std::visit(
        [&](const auto& node) {
            if constexpr (requires { node.listed; }) nested.push_back(&node.listed);
            if constexpr (requires { node.cases; }) {
                for (const auto& one : node.cases) nested.push_back(&one.steps);
            }
            if constexpr (requires { node.branches; }) {
                for (const auto& branch : node.branches) nested.push_back(&branch.steps);
            }
        },
        action.node);
    return nested;
}

}  // namespace sop::lang
