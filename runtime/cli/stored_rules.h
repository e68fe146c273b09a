// The names of rules and playbooks that a store knows, as people write them on the command line.
#pragma once

#include <string>

#include "runtime/store/store.h"

namespace sop::runtime::cli {

struct RuleName {
    std::string playbook{};
    std::string rule{};  // empty: all of the playbook
};

// "members" or "members.sale". Throws CommandError when none that was ever in force is called so.
RuleName find_rule_name(const std::string& name, Store& store);

}  // namespace sop::runtime::cli
