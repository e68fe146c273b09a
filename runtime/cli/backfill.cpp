#include "runtime/scheduler/backfill.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/exit_code.h"
#include "runtime/cli/seed.h"
#include "runtime/cli/stored_plans.h"
#include "runtime/cli/stored_rules.h"
#include "runtime/cli/terminal.h"
#include "runtime/cli/time_argument.h"
#include "runtime/clock/instant_text.h"
#include "runtime/intake/event_reader.h"
#include "runtime/store/nudge.h"
#include "runtime/zoneinfo/zoneinfo.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>

namespace sop::runtime::cli {

namespace {

constexpr std::size_t page_rows = 1000;

// How many of each rule were skipped for what.
using SkippedCounts = std::map<std::pair<std::string, std::string>, std::int64_t>;

BackfillRequest read_request(const BackfillOptions& options, Store& store,
                             const lang::calendar::Zone& zone, Instant now) {
    const RuleName name = find_rule_name(options.name, store);
    BackfillRequest request{.playbook = name.playbook,
                            .rule = name.rule,
                            .from = parse_instant(options.from, zone, "--from"),
                            .to = options.to ? parse_instant(*options.to, zone, "--to") : now,
                            .group = options.group,
                            .member = options.member};
    if (request.from >= request.to)
        throw CommandError(fmt::format("--from {} is not before {}", options.from,
                                       options.to ? "--to " + *options.to : "now"));
    if (request.to > now)
        throw CommandError(fmt::format(
            "--to {} is still to come; only what was skipped can be made up for", *options.to));
    for (const std::string& reason : options.reasons) request.reasons.insert(reason);
    return request;
}

SkippedCounts count_skipped(Store& store, const BackfillRequest& request) {
    SkippedCounts counts;
    std::pair<Instant, DeliveryId> after{request.from, 0};
    for (;;) {
        const auto page = store.skipped_between(after, request.to, page_rows);
        for (const DueDelivery& due : page) {
            if (is_asked_for(request, due))
                ++counts[{due.playbook + "." + due.rule, due.delivery.reason}];
        }
        if (page.size() < page_rows) return counts;
        after = {page.back().delivery.planned_for, page.back().delivery.id};
    }
}

void print_json(const SkippedCounts& counts, const BackfillOptions& options,
                const std::string& event, bool executor_runs) {
    nlohmann::json messages = nlohmann::json::array();
    for (const auto& [key, count] : counts)
        messages.push_back({{"rule", key.first}, {"skipped", key.second}, {"count", count}});
    nlohmann::json result{
        {"format_version", 1}, {"dry_run", options.dry_run}, {"messages", messages}};
    if (!event.empty()) {
        result["event"] = event;
        result["executor_running"] = executor_runs;
    }
    fmt::print("{}\n", result.dump());
}

void print_text(const SkippedCounts& counts, const BackfillOptions& options,
                const std::string& event, bool executor_runs) {
    if (counts.empty()) {
        fmt::print("none of these messages was skipped as {}\n", fmt::join(options.reasons, ", "));
        return;
    }
    for (const auto& [key, count] : counts)
        fmt::print("{:>7}  {}  skipped: {}\n", count_text(count), key.first, key.second);
    if (event.empty()) return;
    fmt::print(
        "to be made up for now, but for those who are gone since or whose run has ended: {}\n",
        event);
    if (!executor_runs) fmt::print("no executor runs on this store; the next one sees to it\n");
}

}  // namespace

int backfill(const BackfillOptions& options) {
    if (options.group && options.member) throw CommandError("give --group or --member, not both");
    const Config config = load_config(options.folder);
    const auto store = open_existing(config, options.dry_run);
    const lang::calendar::ZoneDatabase zones(zoneinfo_folder(options.zoneinfo));
    const Instant now = SystemClock().now();
    const auto zone = first_zone(plan_in_force(*store, config), zones);
    const BackfillRequest request = read_request(options, *store, *zone, now);
    const SkippedCounts counts = count_skipped(*store, request);
    Event event;
    bool executor_runs = false;
    if (!counts.empty() && !options.dry_run) {
        event.id = make_event_id(now);
        event.at = now;
        event.received_at = now;
        write_backfill(request, event);
        store->add_event(event);
        executor_runs = send_nudge(config.store);
    }
    if (options.format == OutputFormat::json) {
        print_json(counts, options, event.id, executor_runs);
    } else {
        print_text(counts, options, event.id, executor_runs);
    }
    return exit_fine;
}

}  // namespace sop::runtime::cli
