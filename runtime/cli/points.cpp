#include "runtime/cli/commands.h"
#include "runtime/cli/exit_code.h"
#include "runtime/cli/project.h"
#include "runtime/cli/seed.h"
#include "runtime/cli/stored_plans.h"
#include "runtime/cli/terminal.h"
#include "runtime/cli/time_argument.h"
#include "runtime/clock/instant_text.h"
#include "runtime/zoneinfo/zoneinfo.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>

namespace sop::runtime::cli {

namespace {

constexpr std::size_t page_rows = 1000;

struct Line {
    PointEntry entry{};
    std::string rule{};
    std::int64_t balance = 0;  // after it
};

// Up to `until`, by the order of the ledger.
std::vector<Line> read_ledger(Store& store, const std::string& member, Instant until) {
    std::map<RuleId, std::string> rules;
    for (const StoredRule& rule : store.list_rules())
        rules[rule.id] = rule.playbook + "." + rule.name;
    std::vector<Line> lines;
    std::int64_t balance = 0;
    for (std::int64_t after = 0;;) {
        auto page = store.list_points(member, after, page_rows);
        for (PointEntry& entry : page) {
            after = entry.id;
            if (entry.at > until) continue;
            balance += entry.amount;
            const std::string rule = rules[entry.rule];
            lines.push_back({std::move(entry), rule, balance});
        }
        if (page.size() < page_rows) return lines;
    }
}

std::string reason_text(const PointEntry& entry) {
    return entry.undoes ? "taken back: " + entry.reason : entry.reason;
}

void print_text(const std::vector<Line>& lines, const std::string& member,
                const lang::calendar::Zone& zone) {
    const std::int64_t balance = lines.empty() ? 0 : lines.back().balance;
    fmt::print("{} has {} point{}\n", member, count_text(balance), balance == 1 ? "" : "s");
    if (lines.empty()) return;
    using enum Table::Align;
    Table table{{{"when"}, {"points", right}, {"balance", right}, {"why"}, {"rule"}, {"event"}},
                {}};
    for (const auto& [entry, rule, after] : lines) {
        table.rows.push_back({local_text(entry.at, zone), fmt::format("{:+}", entry.amount),
                              count_text(after), reason_text(entry), rule,
                              entry.event.value_or("")});
    }
    fmt::print("\n{}", render_table(table));
}

void print_json(const std::vector<Line>& lines, const std::string& member) {
    auto entries = nlohmann::json::array();
    for (const auto& [entry, rule, after] : lines) {
        nlohmann::json line{{"at", instant_text(entry.at)},
                            {"amount", entry.amount},
                            {"balance", after},
                            {"reason", entry.reason},
                            {"rule", rule},
                            {"taken_back", entry.undoes.has_value()}};
        if (entry.event) line["event"] = *entry.event;
        entries.push_back(std::move(line));
    }
    fmt::print("{}\n", nlohmann::json{{"format_version", 1},
                                      {"member", member},
                                      {"balance", lines.empty() ? 0 : lines.back().balance},
                                      {"entries", entries}}
                           .dump());
}

}  // namespace

int points(const PointsOptions& options) {
    const Config config = load_config(options.folder);
    const auto store = open_existing(config, true);
    const auto snapshot = store->begin();
    const lang::Plan plan = plan_in_force(*store, config);
    if (!store->find_member(options.member))
        throw CommandError(fmt::format("the directory has no member `{}`; {}", options.member,
                                       store->is_erased(options.member)
                                           ? "it was erased"
                                           : "members come with `sop members import` and `join`"));
    const lang::calendar::ZoneDatabase zones(zoneinfo_folder(options.zoneinfo));
    const auto zone = first_zone(plan, zones);
    const Instant until = options.at ? parse_instant(*options.at, *zone, "--at") : Instant::max();
    const auto lines = read_ledger(*store, options.member, until);
    if (options.format == OutputFormat::json) {
        print_json(lines, options.member);
    } else {
        print_text(lines, options.member, *zone);
    }
    return exit_fine;
}

}  // namespace sop::runtime::cli
