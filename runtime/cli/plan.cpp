#include "runtime/cli/commands.h"
#include "runtime/cli/exit_code.h"
#include "runtime/cli/plan_changes.h"
#include "runtime/cli/project.h"
#include "runtime/cli/terminal.h"
#include "runtime/cli/time_argument.h"
#include "runtime/clock/instant_text.h"
#include "runtime/scheduler/firing_changes.h"
#include "runtime/zoneinfo/zoneinfo.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace sop::runtime::cli {

namespace {

using nlohmann::json;

constexpr std::size_t firings_shown = 40;
constexpr std::chrono::hours horizon_max{366 * 24};

// ---- for people ----

std::string text_of(const std::optional<FiringTime>& time) {
    return time ? time->key : "-";
}

void print_firings(const FiringChanges& firings) {
    std::size_t added = 0;
    std::size_t removed = 0;
    Table table{{{"rule"}, {"now"}, {"then"}}, {}};
    for (const FiringChange& change : firings.changes) {
        if (!change.before) ++added;
        if (!change.after) ++removed;
        if (table.rows.size() < firings_shown)
            table.rows.push_back({change.rule, text_of(change.before), text_of(change.after)});
    }
    if (!table.rows.empty()) fmt::print("{}", render_table(table));
    const std::size_t left = firings.changes.size() - table.rows.size();
    if (left > 0)
        fmt::print("… and {} more; `--format json` has all\n",
                   count_text(static_cast<std::int64_t>(left)));
    fmt::print("{} added, {} removed, {} moved, {} as they are\n", added, removed,
               firings.changes.size() - added - removed, firings.kept);
    for (const std::string& rule : firings.cut_short)
        fmt::print("of {} only the first {} firings were compared\n", rule, firings_compared_max);
}

void print_rules(const RuleChanges& rules, const InForce& in_force) {
    const auto print = [&](const char* sign, const std::vector<std::string>& names,
                           const std::string& what) {
        for (const std::string& name : names) {
            const auto runs = in_force.runs_under_way.find(name);
            fmt::print("{} {}{}{}\n", sign, name, what,
                       runs == in_force.runs_under_way.end() ? ""
                       : runs->second == 1
                           ? "; 1 run under way, which keeps the plan it began with"
                           : fmt::format("; {} runs under way, which keep the plan they began with",
                                         runs->second));
        }
    };
    if (!rules.added.empty() || !rules.removed.empty() || !rules.changed.empty())
        fmt::print("\nrules\n");
    print("+", rules.added, "");
    print("-", rules.removed, "");
    print("~", rules.changed, ": its time, steps, texts or audience");
    if (!rules.elsewhere.empty())
        fmt::print("also changed: {}\n", fmt::join(rules.elsewhere, ", "));
}

void print_text(const InForce& in_force, const std::string& hash, const RuleChanges& rules,
                const FiringChanges& firings, Instant from, Instant to) {
    if (in_force.stored) {
        fmt::print("in force     version {}, {}, since {}\n", in_force.stored->version,
                   in_force.stored->hash.substr(0, 12), instant_text(in_force.stored->deployed_at));
    } else {
        fmt::print("in force     no plan yet\n");
    }
    fmt::print("this folder  {}\n\n", hash.substr(0, 12));
    if (in_force.stored && in_force.stored->hash == hash) {
        fmt::print("nothing changes\n");
        return;
    }
    fmt::print("firings from {} to {}\n", instant_text(from), instant_text(to));
    print_firings(firings);
    print_rules(rules, in_force);
}

// ---- for programs ----

json json_of(const FiringTime& time) {
    return {{"at", instant_text(time.at)}, {"key", time.key}};
}

json json_of(const FiringChanges& firings) {
    json changes = json::array();
    for (const FiringChange& change : firings.changes) {
        json entry{{"rule", change.rule}};
        if (change.before) entry["before"] = json_of(*change.before);
        if (change.after) entry["after"] = json_of(*change.after);
        changes.push_back(std::move(entry));
    }
    return changes;
}

void print_json(const InForce& in_force, const std::string& hash, const RuleChanges& rules,
                const FiringChanges& firings, Instant from, Instant to) {
    json runs = json::object();
    for (const auto& names : {rules.removed, rules.changed}) {
        for (const std::string& name : names) {
            const auto found = in_force.runs_under_way.find(name);
            if (found != in_force.runs_under_way.end()) runs[name] = found->second;
        }
    }
    json result{
        {"format_version", 1},
        {"hash", hash},
        {"from", instant_text(from)},
        {"to", instant_text(to)},
        {"firings", json_of(firings)},
        {"firings_kept", firings.kept},
        {"firings_cut_short", firings.cut_short},
        {"rules", {{"added", rules.added}, {"removed", rules.removed}, {"changed", rules.changed}}},
        {"also_changed", rules.elsewhere},
        {"runs_under_way", runs}};
    if (in_force.stored) {
        result["in_force"] = {{"version", in_force.stored->version},
                              {"hash", in_force.stored->hash},
                              {"deployed_at", instant_text(in_force.stored->deployed_at)}};
    }
    fmt::print("{}\n", result.dump());
}

}  // namespace

int plan(const PlanOptions& options) {
    const auto horizon = parse_length(options.horizon, horizon_max, "--horizon");
    const lang::calendar::ZoneDatabase zones(zoneinfo_folder(options.zoneinfo));
    const ProjectPlan loaded = load_plan(options.folder, zones, today(), options.language);
    if (!loaded.plan) return exit_findings;
    const InForce in_force = read_in_force(loaded.config);
    const std::string hash = lang::content_hash(*loaded.plan);
    const Instant from = date::floor<std::chrono::seconds>(SystemClock().now());
    const Instant to = from + horizon;
    const auto firings = compare_firings(in_force.plan, *loaded.plan, zones, from, to);
    auto rules = compare_rules(in_force.plan, *loaded.plan);
    if (!in_force.stored) rules.elsewhere.clear();
    if (options.format == OutputFormat::json) {
        print_json(in_force, hash, rules, firings, from, to);
    } else {
        print_text(in_force, hash, rules, firings, from, to);
    }
    return exit_fine;
}

}  // namespace sop::runtime::cli
