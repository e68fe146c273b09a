#include "lang/codes.h"
#include "runtime/analysis/findings.h"

#include <fmt/format.h>

#include <set>

#include "runtime/scheduler/flow.h"

namespace sop::runtime {

using namespace lang::literals;

namespace {

// What rules and tiers add meanwhile.
std::set<std::string> tags_added(const lang::Plan& plan) {
    std::set<std::string> tags;
    for (const auto& tier : plan.tiers) {
        for (const auto& level : tier.levels) tags.insert(level.tag);
    }
    for (const auto& playbook : plan.playbooks) {
        for (const auto& rule : playbook.rules) {
            for (std::size_t step = 0; step < count_steps(rule); ++step) {
                for (const auto& action : step_at(rule, step).actions) {
                    const auto* change = std::get_if<lang::ChangeTag>(&action);
                    if (change != nullptr && change->add) tags.insert(change->tag);
                }
            }
        }
    }
    return tags;
}

// The first clause of which nobody can come to carry a tag; nullptr when there is none.
const std::vector<std::string>* find_untagged(const lang::Audience& audience,
                                              const std::set<std::string>& added,
                                              const FindSubjects& find) {
    for (const auto& clause : audience.tagged) {
        bool is_added = false;
        for (const std::string& tag : clause) is_added = is_added || added.contains(tag);
        if (is_added) continue;
        lang::Audience alone{.kind = audience.kind};
        alone.tagged.push_back(clause);
        alone.of_groups = audience.of_groups;
        if (find(alone).empty()) return &clause;
    }
    return nullptr;
}

}  // namespace

void find_nobody(const AnalysisView& view) {
    const auto added = tags_added(view.input.plan);
    for (const auto& playbook : view.input.plan.playbooks) {
        for (const auto& rule : playbook.rules) {
            if (rule.audience->kind == lang::SubjectKind::playbook) continue;
            const auto* clause = find_untagged(*rule.audience, added, view.input.find);
            if (clause == nullptr) continue;
            const bool of_groups =
                rule.audience->kind == lang::SubjectKind::group || rule.audience->of_groups;
            const lang::Pattern text = of_groups ? "no group of the directory is tagged {}"_say
                                                 : "no member of the directory is tagged {}"_say;
            const std::string path = lang::rule_path(playbook, rule);
            auto& diagnostic = view.warn(lang::code::for_nobody, view.input.places.of_rule(path),
                                         text(fmt::format("`{}`", fmt::join(*clause, "`, `"))),
                                         "this rule is for nobody"_say);
            diagnostic.notes.push_back(
                "nothing here adds the tag; add it in the directory, or mend `for`"_say);
        }
    }
}

}  // namespace sop::runtime
