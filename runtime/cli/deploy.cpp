#include "runtime/cli/commands.h"
#include "runtime/cli/exit_code.h"
#include "runtime/cli/plan_changes.h"
#include "runtime/cli/project.h"
#include "runtime/cli/terminal.h"
#include "runtime/cli/time_argument.h"
#include "runtime/cli/version_request.h"
#include "runtime/clock/instant_text.h"
#include "runtime/scheduler/firing_changes.h"
#include "runtime/zoneinfo/zoneinfo.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace sop::runtime::cli {

namespace {

using nlohmann::json;

constexpr date::days compared_for{14};
constexpr std::chrono::hours wait_max{1};

struct Changes {
    RuleChanges rules{};
    std::size_t added = 0;
    std::size_t removed = 0;
    std::size_t moved = 0;
    std::size_t kept = 0;
    std::size_t runs_under_way = 0;
};

// Nothing when the plan in force cannot be read: a better one is to be deployed all the same.
std::optional<Changes> find_changes(const Config& config, const lang::Plan& plan,
                                    const lang::calendar::ZoneDatabase& zones) {
    InForce in_force;
    try {
        in_force = read_in_force(config);
    } catch (const lang::PlanFormatError&) {
        return std::nullopt;
    }
    const Instant from = date::floor<std::chrono::seconds>(SystemClock().now());
    const auto firings = compare_firings(in_force.plan, plan, zones, from, from + compared_for);
    Changes changes{.rules = compare_rules(in_force.plan, plan), .kept = firings.kept};
    for (const FiringChange& change : firings.changes)
        ++(!change.before ? changes.added : !change.after ? changes.removed : changes.moved);
    for (const auto& [rule, runs] : in_force.runs_under_way) changes.runs_under_way += runs;
    return changes;
}

void print_changes(const Changes& changes) {
    fmt::print("rules: {} added, {} changed, {} removed\n", changes.rules.added.size(),
               changes.rules.changed.size(), changes.rules.removed.size());
    fmt::print("firings of the next {} days: {} added, {} removed, {} moved, {} as they are\n",
               compared_for.count(), changes.added, changes.removed, changes.moved, changes.kept);
    if (changes.runs_under_way == 1) {
        fmt::print(
            "1 run is under way, which keeps the plan it began with; `sop migrate` moves it\n");
    } else if (changes.runs_under_way > 1) {
        fmt::print(
            "{} runs are under way, which keep the plan they began with; `sop migrate` moves "
            "them\n",
            count_text(static_cast<std::int64_t>(changes.runs_under_way)));
    }
}

json json_of(const Changes& changes) {
    return {{"rules",
             {{"added", changes.rules.added},
              {"changed", changes.rules.changed},
              {"removed", changes.rules.removed}}},
            {"firings",
             {{"days", compared_for.count()},
              {"added", changes.added},
              {"removed", changes.removed},
              {"moved", changes.moved},
              {"kept", changes.kept}}},
            {"runs_under_way", changes.runs_under_way}};
}

void print_text(const AnsweredRequest& answered, const std::optional<Changes>& changes) {
    const StoredPlan& in_force = answered.in_force.value();
    if (answered.answer.outcome == VersionOutcome::unchanged) {
        fmt::print("nothing changes: {}\n", version_text(in_force));
        return;
    }
    if (changes) print_changes(*changes);
    fmt::print("{}\n", version_text(in_force));
    if (!answered.executor_runs)
        fmt::print("no executor runs on this store; `sop serve` goes on with it\n");
}

}  // namespace

int deploy(const DeployOptions& options) {
    const auto wait = parse_length(options.wait, wait_max, "--wait");
    const lang::calendar::ZoneDatabase zones(zoneinfo_folder(options.zoneinfo));
    const ProjectPlan loaded = load_plan(options.folder, zones, today(), options.language);
    if (!loaded.plan) return exit_findings;
    const auto changes = find_changes(loaded.config, *loaded.plan, zones);
    const AnsweredRequest answered = request_version(
        loaded.config, {.kind = VersionRequestKind::deploy, .plan = lang::to_json(*loaded.plan)},
        {.zoneinfo = options.zoneinfo, .wait = wait});
    if (options.format == OutputFormat::json) {
        json result = json::parse(answer_json(answered));
        if (changes && answered.answer.outcome == VersionOutcome::changed)
            result["changes"] = json_of(*changes);
        fmt::print("{}\n", result.dump());
    } else if (answered.answer.outcome != VersionOutcome::refused) {
        print_text(answered, changes);
    }
    return exit_code_of(answered, options.format);
}

}  // namespace sop::runtime::cli
