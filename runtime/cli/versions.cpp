#include "runtime/cli/commands.h"
#include "runtime/cli/exit_code.h"
#include "runtime/cli/seed.h"
#include "runtime/cli/terminal.h"
#include "runtime/clock/instant_text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace sop::runtime::cli {

namespace {

void print_text(const std::vector<PlanSummary>& plans) {
    if (plans.empty()) {
        fmt::print("no plan yet; `sop deploy` or `sop serve` brings one into force\n");
        return;
    }
    Table table{{{"version", Table::Align::right},
                 {"deployed at (UTC)"},
                 {"plan"},
                 {"open runs", Table::Align::right},
                 {"by"},
                 {""}},
                {}};
    for (const PlanSummary& plan : plans) {
        table.rows.push_back(
            {fmt::to_string(plan.version), instant_text(plan.deployed_at), plan.hash.substr(0, 12),
             count_text(plan.open_runs),
             plan.rollback_to ? fmt::format("rollback to {}", *plan.rollback_to) : "deploy",
             plan.version == plans.back().version ? "in force" : ""});
    }
    fmt::print("{}", render_table(table));
}

void print_json(const std::vector<PlanSummary>& plans) {
    auto list = nlohmann::json::array();
    for (const PlanSummary& plan : plans) {
        nlohmann::json entry{{"version", plan.version},
                             {"deployed_at", instant_text(plan.deployed_at)},
                             {"hash", plan.hash},
                             {"open_runs", plan.open_runs},
                             {"by", plan.rollback_to ? "rollback" : "deploy"},
                             {"in_force", plan.version == plans.back().version}};
        if (plan.rollback_to) entry["rollback_to"] = *plan.rollback_to;
        list.push_back(std::move(entry));
    }
    fmt::print("{}\n", nlohmann::json{{"format_version", 1}, {"versions", list}}.dump());
}

}  // namespace

int versions(const VersionsOptions& options) {
    const auto store = open_existing(load_config(options.folder), true);
    const auto plans = store->list_plans();
    if (options.format == OutputFormat::json) {
        print_json(plans);
    } else {
        print_text(plans);
    }
    return exit_fine;
}

}  // namespace sop::runtime::cli
