// `sop report tiers`: where everybody stands, since when and why.
#include "runtime/cli/exit_code.h"
#include "runtime/cli/report.h"
#include "runtime/cli/sheet.h"
#include "runtime/cli/terminal.h"
#include "runtime/clock/instant_text.h"
#include "runtime/scheduler/tier.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace sop::runtime::cli {

namespace {

std::string name_of(Store& store, const TierChange& change) {
    if (change.kind == SubjectKind::group) {
        const auto group = store.find_group(change.subject);
        return group ? group->name : "";
    }
    const auto member = store.find_member(change.subject);
    return member ? member->name : "";
}

}  // namespace

int report_tiers(const ReportScene& scene) {
    if (scene.plan.tiers.empty()) throw CommandError("the plan in force declares no tier");
    const auto rules = scene.store.list_rules();
    const bool is_json = scene.options.format == OutputFormat::json;
    Sheet sheet{{{"tier"}, {"of"}, {"name"}, {"level"}, {"before"}, {"since"}, {"why"}}, {}};
    const lang::Playbook tiers = tier_playbook(scene.plan);
    for (const lang::Rule& tier : tiers.rules) {
        const auto stored = std::find_if(rules.begin(), rules.end(), [&](const StoredRule& rule) {
            return rule.playbook == tiers.name && rule.name == tier.name;
        });
        const auto zone = scene.zones.find(tier.timezone);
        if (stored == rules.end() || !zone) continue;
        for (const TierChange& change : scene.store.figures().latest_tier_changes(stored->id))
            sheet.rows.push_back({tier.name, change.subject, name_of(scene.store, change),
                                  change.level, change.before,
                                  is_json ? instant_text(change.at) : local_text(change.at, *zone),
                                  change.why});
    }
    if (scene.options.format == OutputFormat::text && sheet.rows.empty()) {
        fmt::print("no tier has changed anybody's level yet\n");
        return exit_fine;
    }
    fmt::print("{}", render(sheet, scene.options.format, nlohmann::json::object()));
    return exit_fine;
}

}  // namespace sop::runtime::cli
