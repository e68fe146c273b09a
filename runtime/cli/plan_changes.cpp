#include "runtime/cli/plan_changes.h"

#include "runtime/cli/seed.h"
#include "runtime/scheduler/tier.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <filesystem>

namespace sop::runtime::cli {

namespace {

using nlohmann::json;

// Texts stand in the plan once and are referred to by number; numbers change when any text is
// added.
json with_texts(json value, const json& contents) {
    for (auto& entry : value) {
        if (entry.is_structured()) entry = with_texts(std::move(entry), contents);
    }
    if (value.is_object() && value.contains("content") && value["content"].is_number())
        value["content"] = contents.at(value["content"].get<std::size_t>());
    return value;
}

std::map<std::string, json> rules_in(const json& plan) {
    std::map<std::string, json> rules;
    for (const json& playbook : plan["playbooks"]) {
        for (const json& rule : playbook["rules"]) {
            const std::string name = fmt::format("{}.{}", playbook["name"].get<std::string>(),
                                                 rule["name"].get<std::string>());
            rules.emplace(name, with_texts(rule, plan["contents"]));
        }
    }
    return rules;
}

// What is told rule by rule, or is no change of the playbooks.
bool is_of_rules(const std::string& section) {
    return section == "playbooks" || section == "contents" || section == "tiers" ||
           section == "zone_release";
}

// As tier.h names them.
std::map<std::string, json> tiers_in(const lang::Plan& plan, const json& written) {
    std::map<std::string, json> tiers;
    const lang::Playbook playbook = tier_playbook(plan);
    for (std::size_t i = 0; i < playbook.rules.size(); ++i)
        tiers.emplace(lang::rule_path(playbook, playbook.rules[i]), written["tiers"][i]);
    return tiers;
}

}  // namespace

InForce read_in_force(const Config& config) {
    InForce in_force;
    if (!std::filesystem::exists(config.store)) return in_force;
    const auto store = open_existing(config, true);
    const auto snapshot = store->begin();
    in_force.stored = store->latest_plan();
    if (in_force.stored) in_force.plan = lang::plan_from_json(in_force.stored->json);
    for (const StoredRule& rule : store->list_rules()) {
        if (const auto runs = store->open_runs(rule.id, {}, every_row).size(); runs > 0)
            in_force.runs_under_way[rule.playbook + "." + rule.name] = runs;
    }
    return in_force;
}

RuleChanges compare_rules(const lang::Plan& before, const lang::Plan& after) {
    const json old = json::parse(lang::to_json(before));
    const json fresh = json::parse(lang::to_json(after));
    auto old_rules = rules_in(old);
    auto fresh_rules = rules_in(fresh);
    old_rules.merge(tiers_in(before, old));
    fresh_rules.merge(tiers_in(after, fresh));
    RuleChanges changes;
    for (const auto& [name, rule] : old_rules) {
        const auto same = fresh_rules.find(name);
        if (same == fresh_rules.end()) {
            changes.removed.push_back(name);
        } else if (same->second != rule) {
            changes.changed.push_back(name);
        }
    }
    for (const auto& [name, rule] : fresh_rules) {
        if (!old_rules.contains(name)) changes.added.push_back(name);
    }
    for (const auto& [section, value] : fresh.items()) {
        if (is_of_rules(section)) continue;
        if (!old.contains(section) || old[section] != value) changes.elsewhere.push_back(section);
    }
    for (const auto& [section, value] : old.items()) {
        if (!fresh.contains(section) && !is_of_rules(section)) changes.elsewhere.push_back(section);
    }
    return changes;
}

}  // namespace sop::runtime::cli
