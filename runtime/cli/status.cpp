#include "runtime/cli/commands.h"
#include "runtime/cli/exit_code.h"
#include "runtime/cli/message_list.h"
#include "runtime/cli/metrics.h"
#include "runtime/cli/pause_view.h"
#include "runtime/cli/seed.h"
#include "runtime/cli/stored_plans.h"
#include "runtime/cli/terminal.h"
#include "runtime/clock/instant_text.h"
#include "runtime/store/executor_lock.h"
#include "runtime/store/identity.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace sop::runtime::cli {

namespace {

constexpr std::size_t rows_shown = 20;  // of each list

struct Status {
    bool executor = false;
    std::optional<Fence> fence;
    std::optional<StoredPlan> plan;
    DirectoryCounts directory;
    std::vector<IntakeCount> intake;
    EventBacklog waiting;
    std::vector<DeliverySummary> outcomes;
    std::optional<ZoneChange> zones;
    std::vector<MovedTime> moved;
    std::vector<Pause> paused;
    std::vector<DueDelivery> unknown;  // one more than is shown, when there are more
    std::vector<DueDelivery> asked_about;
};

std::int64_t count_of(const std::vector<DeliverySummary>& outcomes, DeliveryState state) {
    std::int64_t count = 0;
    for (const auto& outcome : outcomes) {
        if (outcome.state == state) count += outcome.count;
    }
    return count;
}

void print_zones(const ZoneChange& zones) {
    fmt::print("zone data  {} since {}", zones.release, instant_text(zones.changed_at));
    if (!zones.release_before.empty()) {
        fmt::print(", {} before; {} planned time{} moved", zones.release_before,
                   count_text(zones.moved), zones.moved == 1 ? "" : "s");
        if (zones.moved > 0) fmt::print(" (`sop status --all` lists them)");
    }
    fmt::print("\n");
}

// Who waits for a moved time.
std::string waiting_text(const MovedTime& moved) {
    return moved.count > 1 ? count_text(moved.count) + " runs" : moved.subject;
}

void print_moved(const std::vector<MovedTime>& moved) {
    if (moved.empty()) return;
    fmt::print("\nplanned times that the zone data moved:\n");
    Table list{{{"local"}, {"before (UTC)"}, {"now (UTC)"}, {"rule"}, {"step"}, {"for"}}, {}};
    for (const MovedTime& time : moved) {
        list.rows.push_back({time.local, instant_text(time.before), instant_text(time.after),
                             time.playbook + "." + time.rule, time.step, waiting_text(time)});
    }
    fmt::print("{}", render_table(list, 2));
}

std::int64_t count_of(const std::vector<IntakeCount>& intake, IntakeOutcome outcome) {
    std::int64_t count = 0;
    for (const IntakeCount& each : intake) count += each.outcome == outcome ? each.count : 0;
    return count;
}

void print_events(const Status& status) {
    using enum IntakeOutcome;
    const std::int64_t refused = count_of(status.intake, rejected);
    if (status.intake.empty() && status.waiting.count == 0) return;
    fmt::print("events     {} taken, {} there already, {} rejected",
               count_text(count_of(status.intake, accepted)),
               count_text(count_of(status.intake, duplicate)), count_text(refused));
    if (status.waiting.count > 0)
        fmt::print("; {} wait, the oldest since {}", count_text(status.waiting.count),
                   instant_text(*status.waiting.oldest_at));
    fmt::print("\n");
    for (const IntakeCount& each : status.intake) {
        if (each.outcome == rejected)
            fmt::print("           {} {}\n", count_text(each.count), each.reason);
    }
    if (refused > 0) fmt::print("           `sop events rejected` shows the latest of them\n");
}

void print_outcomes(const Status& status, std::size_t shown, StoredPlans& plans) {
    if (status.outcomes.empty()) {
        fmt::print("no message was planned yet\n");
        return;
    }
    Table table{{{"rule"}, {"outcome"}, {"messages", Table::Align::right}, {"reason"}}, {}};
    std::int64_t total = 0;
    for (const auto& outcome : status.outcomes) {
        table.rows.push_back({outcome.playbook + "." + outcome.rule,
                              std::string(to_text(outcome.state)), count_text(outcome.count),
                              outcome.reason});
        total += outcome.count;
    }
    fmt::print("{}\n{} message{} planned\n", render_table(table), count_text(total),
               total == 1 ? "" : "s");
    if (!status.asked_about.empty())
        fmt::print(
            "\n{} of those pending may have arrived: their platforms are asked whether they did "
            "(`sop doubt` lists them).\n",
            count_text(static_cast<std::int64_t>(status.asked_about.size())));
    const std::int64_t unknown = count_of(status.outcomes, DeliveryState::unknown);
    if (unknown == 0) return;
    fmt::print(
        "\n{} unknown: the request was written and no answer is on record. They are not sent "
        "again; `sop doubt` settles them.\n",
        count_text(unknown));
    Table list{{{"planned for (UTC)"}, {"to"}, {"name"}, {"rule"}, {"step"}}, {}};
    for (std::size_t i = 0; i < std::min(shown, status.unknown.size()); ++i) {
        const auto& due = status.unknown[i];
        list.rows.push_back({instant_text(due.delivery.planned_for), due.subject, due.subject_name,
                             due.playbook + "." + due.rule, plans.step_of(due)});
    }
    fmt::print("{}", render_table(list, 2));
    if (status.unknown.size() > shown) fmt::print("  … `sop status --all` lists all of them\n");
}

void print_text(const Status& status, const std::string& store, std::size_t shown,
                StoredPlans& plans) {
    fmt::print("store      {}\n", store);
    fmt::print("executor   {}\n", status.executor ? "running" : "not running");
    if (status.fence)
        fmt::print("fenced     nothing is sent: {}; `sop unfence` says what to decide\n",
                   status.fence->why);
    if (status.plan) {
        fmt::print("plan       version {}, {}, in force since {}{}\n", status.plan->version,
                   status.plan->hash.substr(0, 12), instant_text(status.plan->deployed_at),
                   status.plan->rollback
                       ? fmt::format(", by a rollback to {}", status.plan->rollback->to)
                       : "");
    } else {
        fmt::print("plan       none yet; `sop deploy` or `sop serve` brings one into force\n");
    }
    if (status.zones) print_zones(*status.zones);
    const DirectoryCounts& directory = status.directory;
    fmt::print("directory  {} group{}, {} member{}\n", count_text(directory.groups),
               directory.groups == 1 ? "" : "s", count_text(directory.members),
               directory.members == 1 ? "" : "s");
    print_events(status);
    fmt::print("\n");
    if (!status.paused.empty()) fmt::print("{}\n", pauses_text(status.paused));
    print_outcomes(status, shown, plans);
    print_moved(status.moved);
}

nlohmann::json zones_json(const ZoneChange& zones, const std::vector<MovedTime>& moved) {
    using nlohmann::json;
    json times = json::array();
    for (const MovedTime& time : moved) {
        json entry{{"playbook", time.playbook},
                   {"rule", time.rule},
                   {"count", time.count},
                   {"local", time.local},
                   {"before", instant_text(time.before)},
                   {"after", instant_text(time.after)}};
        if (!time.step.empty()) entry["step"] = time.step;
        if (!time.subject.empty()) entry["subject"] = time.subject;
        times.push_back(std::move(entry));
    }
    json result{{"release", zones.release}, {"since", instant_text(zones.changed_at)}};
    if (!zones.release_before.empty()) {
        result["release_before"] = zones.release_before;
        result["moved"] = zones.moved;
        result["moved_times"] = std::move(times);
    }
    return result;
}

nlohmann::json events_json(const Status& status) {
    using enum IntakeOutcome;
    nlohmann::json rejected_by_reason = nlohmann::json::object();
    for (const IntakeCount& each : status.intake) {
        if (each.outcome == rejected) rejected_by_reason[each.reason] = each.count;
    }
    nlohmann::json result{{"accepted", count_of(status.intake, accepted)},
                          {"duplicates", count_of(status.intake, duplicate)},
                          {"rejected", count_of(status.intake, rejected)},
                          {"rejected_by_reason", rejected_by_reason},
                          {"waiting", status.waiting.count}};
    if (status.waiting.oldest_at) result["waiting_since"] = instant_text(*status.waiting.oldest_at);
    return result;
}

void print_json(const Status& status, StoredPlans& plans) {
    using nlohmann::json;
    json outcomes = json::array();
    for (const auto& outcome : status.outcomes) {
        outcomes.push_back({{"playbook", outcome.playbook},
                            {"rule", outcome.rule},
                            {"outcome", std::string(to_text(outcome.state))},
                            {"reason", outcome.reason},
                            {"count", outcome.count}});
    }
    json unknown = json::array();
    for (const auto& due : status.unknown) {
        unknown.push_back(
            {{"playbook", due.playbook},
             {"rule", due.rule},
             {"step", plans.step_of(due)},
             {due.subject_kind == SubjectKind::group ? "group" : "member", due.subject},
             {"channel", due.delivery.channel},
             {"planned_for", instant_text(due.delivery.planned_for)}});
    }
    json result{{"format_version", 1},
                {"executor_running", status.executor},
                {"groups", status.directory.groups},
                {"members", status.directory.members},
                {"events", events_json(status)},
                {"deliveries", outcomes},
                {"unknown", unknown},
                {"asked_about", messages_json(status.asked_about, plans)},
                {"paused", pauses_json(status.paused)},
                {"fence", nullptr}};
    if (status.fence)
        result["fence"] = {{"cause", std::string(to_text(status.fence->cause))},
                           {"why", status.fence->why}};
    if (status.plan) {
        result["plan"] = {{"version", status.plan->version},
                          {"hash", status.plan->hash},
                          {"deployed_at", instant_text(status.plan->deployed_at)}};
        if (status.plan->rollback) result["plan"]["rollback_to"] = status.plan->rollback->to;
    }
    if (status.zones) result["zone_data"] = zones_json(*status.zones, status.moved);
    fmt::print("{}\n", result.dump());
}

bool is_paused(const std::vector<Pause>& pauses, const lang::Playbook& playbook,
               const lang::Rule& rule) {
    return std::any_of(pauses.begin(), pauses.end(), [&](const Pause& pause) {
        return pause.playbook == playbook.name && (pause.rule.empty() || pause.rule == rule.name);
    });
}

std::int64_t count_paused_rules(Store& store) {
    const auto pauses = pauses_in_effect(store);
    const auto latest = store.latest_plan();
    if (pauses.empty() || !latest) return 0;
    std::int64_t count = 0;
    const lang::Plan plan = lang::plan_from_json(latest->json);
    for (const lang::Playbook& playbook : plan.playbooks) {
        for (const lang::Rule& rule : playbook.rules)
            count += is_paused(pauses, playbook, rule) ? 1 : 0;
    }
    return count;
}

int print_metrics(const Config& config, Store& store) {
    // One moment of the store, however the executor goes on meanwhile.
    const auto snapshot = store.begin();
    const Instant now = SystemClock().now();
    fmt::print(
        "{}",
        metrics_text({.planned = store.count_deliveries(),
                      .deliveries = store.summarize_deliveries(),
                      .asked_about = static_cast<std::int64_t>(store.asked_about(every_row).size()),
                      .plans = store.list_plans(),
                      .paused_rules = count_paused_rules(store),
                      .executor_runs = executor_runs(config.store),
                      .is_fenced = find_fence(store, config.store).has_value(),
                      .intake = store.intake_counts(),
                      .events_waiting = store.backlog(now),
                      .present_until = store.present_until(),
                      .now = now}));
    return exit_fine;
}

}  // namespace

int status(const StatusOptions& options) {
    const Config config = load_config(options.folder);
    const auto store = open_existing(config, true);
    if (options.format == OutputFormat::prometheus) return print_metrics(config, *store);
    const bool everything = options.all || options.format == OutputFormat::json;
    const std::size_t limit = everything ? every_row : rows_shown + 1;
    // One moment of the store, however the executor goes on meanwhile.
    const auto snapshot = store->begin();
    Status status;
    status.executor = executor_runs(config.store);
    status.fence = find_fence(*store, config.store);
    status.plan = store->latest_plan();
    status.directory = store->count_directory();
    status.intake = store->intake_counts();
    status.waiting = store->backlog(SystemClock().now());
    status.outcomes = store->summarize_deliveries();
    status.zones = store->latest_zone_change();
    if (everything) status.moved = store->moved_times();
    status.paused = pauses_in_effect(*store);
    status.asked_about = store->asked_about(every_row);
    status.unknown = store->list_deliveries({.state = DeliveryState::unknown, .limit = limit});
    StoredPlans plans(*store);
    if (options.format == OutputFormat::json) {
        print_json(status, plans);
    } else {
        print_text(status, config.store.string(), everything ? every_row : rows_shown, plans);
    }
    return exit_fine;
}

}  // namespace sop::runtime::cli
