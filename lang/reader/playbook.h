// Playbooks, and the rules in them.
#pragma once

#include "lang/ast.h"
#include "lang/reader/cursor.h"

namespace sop::lang::reader {

// Behind the keyword `playbook`.
ast::Playbook read_playbook(Cursor& cursor);

// A rule, at its name. Its head may be broken; its steps are read all the same.
struct ReadRule {
    std::optional<ast::Rule> rule{};
    std::optional<ast::Instance> instance{};  // of a template, where that stands
    // A rule began inside this one's block, so this one's closing brace is missing (reported) and
    // the brace that comes for it in the token list closes what is round it.
    bool closer_missing = false;
};
ReadRule read_rule(Cursor& cursor);

}  // namespace sop::lang::reader
