#include "runtime/cli/stored_rules.h"

#include <fmt/format.h>

#include <set>

#include "lang/suggestion.h"
#include "runtime/cli/exit_code.h"

namespace sop::runtime::cli {

RuleName find_rule_name(const std::string& name, Store& store) {
    std::set<std::string> known;
    for (const StoredRule& rule : store.list_rules()) {
        known.insert(rule.playbook);
        known.insert(rule.playbook + "." + rule.name);
    }
    if (known.contains(name)) {
        const auto dot = name.find('.');
        if (dot == std::string::npos) return {.playbook = name};
        return {.playbook = name.substr(0, dot), .rule = name.substr(dot + 1)};
    }
    const auto near = lang::closest(name, {known.begin(), known.end()});
    throw CommandError(
        fmt::format("no playbook or rule that was ever in force is called `{}`; {}", name,
                    near            ? fmt::format("did you mean `{}`?", *near)
                    : known.empty() ? "none was yet: `sop serve` brings a plan into force"
                                    : "rules are called as in `sop status`: playbook.rule"));
}

}  // namespace sop::runtime::cli
