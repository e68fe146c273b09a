// A store that was copied or restored does not send until somebody has decided what becomes of the
// messages that may have been sent from elsewhere.
#include "runtime/cli/commands.h"
#include "runtime/cli/exit_code.h"
#include "runtime/cli/message_list.h"
#include "runtime/cli/scratch_folder.h"
#include "runtime/cli/seed.h"
#include "runtime/cli/terminal.h"
#include "runtime/clock/instant_text.h"
#include "runtime/executor/walk_through.h"
#include "runtime/store/executor_lock.h"
#include "runtime/store/identity.h"
#include "runtime/store/nudge.h"
#include "runtime/store/sqlite/sqlite_store.h"
#include "runtime/zoneinfo/zoneinfo.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <set>

namespace sop::runtime::cli {

namespace {

constexpr std::size_t rows_shown = 20;

std::vector<DueDelivery> list_unknown(Store& store) {
    return store.list_deliveries({.state = DeliveryState::unknown, .limit = every_row});
}

// What walking through makes unknown.
std::vector<DueDelivery> walk_and_list(Store& store, const lang::calendar::ZoneDatabase& zones,
                                       Instant now) {
    std::set<DeliveryId> before;
    for (const DueDelivery& due : list_unknown(store)) before.insert(due.delivery.id);
    walk_through(store, zones, now);
    std::vector<DueDelivery> unknown = list_unknown(store);
    std::erase_if(unknown,
                  [&](const DueDelivery& due) { return before.contains(due.delivery.id); });
    return unknown;
}

struct Listing {
    Fence fence;
    std::optional<Instant> since;
    std::vector<DueDelivery> messages;
};

void print_text(const Listing& listing, const Config& config, StoredPlans& plans) {
    fmt::print("{} is fenced: {}.\n", config.store.string(), listing.fence.why);
    if (listing.since)
        fmt::print("It does not know what was sent since {}.\n", instant_text(*listing.since));
    const auto count = static_cast<std::int64_t>(listing.messages.size());
    if (count == 0) {
        fmt::print("Nothing was due since then.\n");
    } else {
        fmt::print("{} message{} due since then, and may have been sent from elsewhere:\n\n{}",
                   count_text(count), count == 1 ? " was" : "s were",
                   message_table(listing.messages, rows_shown, plans));
        if (listing.messages.size() > rows_shown)
            fmt::print("… `--format json` lists all of them\n");
    }
    fmt::print(
        "\nSee that no executor runs on another copy. Then say `--as unknown` (they are not sent; "
        "`sop doubt` lists them)\nor `--as send` (they are treated as after a stop: sent unless "
        "they are too late).\n");
}

void print_json(const Listing& listing, StoredPlans& plans) {
    nlohmann::json result{
        {"format_version", 1},
        {"fence",
         {{"cause", std::string(to_text(listing.fence.cause))}, {"why", listing.fence.why}}},
        {"messages", messages_json(listing.messages, plans)}};
    if (listing.since) result["since"] = instant_text(*listing.since);
    fmt::print("{}\n", result.dump());
}

// By walking through a copy.
void list(const UnfenceOptions& options, const Config& config, const Fence& fence) {
    const lang::calendar::ZoneDatabase zones(zoneinfo_folder(options.zoneinfo));
    const Instant now = SystemClock().now();
    const ScratchFolder folder("sop-unfence");
    const std::string copy = (folder.path() / "copy.db").string();
    back_up(config.store.string(), copy, now);
    const auto store = open_sqlite_store(copy, {.durable = false});
    Listing listing{fence, known_until(*store), {}};
    listing.messages = walk_and_list(*store, zones, now);
    StoredPlans plans(*store);
    if (options.format == OutputFormat::json) {
        print_json(listing, plans);
    } else {
        print_text(listing, config, plans);
    }
}

void decide(const UnfenceOptions& options, const Config& config, Store& store) {
    // A fenced executor may be waiting for this very command.
    std::optional<ExecutorLock> lock;
    if (!executor_runs(config.store)) lock.emplace(config.store);
    std::size_t unknown = 0;
    if (options.as == UnfenceOptions::As::unknown) {
        const lang::calendar::ZoneDatabase zones(zoneinfo_folder(options.zoneinfo));
        unknown = walk_and_list(store, zones, SystemClock().now()).size();
    }
    IdentityKeeper(store, config.store).take();
    const bool is_served = send_nudge(config.store);
    if (options.format == OutputFormat::json) {
        fmt::print("{}\n", nlohmann::json{{"format_version", 1},
                                          {"fence", nullptr},
                                          {"unknown", unknown},
                                          {"executor_running", is_served}}
                               .dump());
        return;
    }
    fmt::print("{} is no longer fenced", config.store.string());
    if (options.as == UnfenceOptions::As::unknown)
        fmt::print("; {} message{} unknown", count_text(static_cast<std::int64_t>(unknown)),
                   unknown == 1 ? " is" : "s are");
    fmt::print("\n{}\n", is_served ? "the executor goes on" : "`sop serve` goes on from it");
}

}  // namespace

int unfence(const UnfenceOptions& options) {
    const Config config = load_config(options.folder);
    const bool decides = options.as != UnfenceOptions::As::nothing;
    const auto store = open_existing(config, !decides);
    const auto fence = find_fence(*store, config.store);
    if (!fence && decides)
        throw CommandError(
            fmt::format("{} is not fenced; there is nothing to decide", config.store.string()));
    if (decides) {
        decide(options, config, *store);
    } else if (fence) {
        list(options, config, *fence);
    } else if (options.format == OutputFormat::json) {
        fmt::print("{}\n", nlohmann::json{{"format_version", 1}, {"fence", nullptr}}.dump());
    } else {
        fmt::print("{} is not fenced\n", config.store.string());
    }
    return exit_fine;
}

}  // namespace sop::runtime::cli
