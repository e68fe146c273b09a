#include "runtime/cli/commands.h"
#include "runtime/cli/exit_code.h"
#include "runtime/cli/message_list.h"
#include "runtime/cli/seed.h"
#include "runtime/cli/stored_plans.h"
#include "runtime/cli/terminal.h"
#include "runtime/executor/guardian.h"
#include "runtime/executor/orders.h"
#include "runtime/scheduler/retry.h"
#include "runtime/store/nudge.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace sop::runtime::cli {

namespace {

std::vector<DueDelivery> list_unknown(Store& store) {
    return store.list_deliveries({.state = DeliveryState::unknown, .limit = every_row});
}

[[noreturn]] void fail_not_in_doubt(Store& store, DeliveryId id) {
    const auto message = store.find_delivery(id);
    if (message && message->delivery.asks)
        throw CommandError(
            fmt::format("channel `{0}` is being asked whether it took message {1}; nobody needs to "
                        "settle it as "
                        "long as it is, which is about a day (unknown = \"hold\" in [channels.{0}] "
                        "and a restart "
                        "end it at once)",
                        message->delivery.channel, id));
    throw CommandError(
        fmt::format("no message {} is in doubt; `sop doubt` lists those that are", id));
}

// Those with the ids given, or all. Throws for an id that is not in doubt.
std::vector<DueDelivery> chosen(const DoubtOptions& options, Store& store) {
    std::vector<DueDelivery> unknown = list_unknown(store);
    if (options.all) return unknown;
    std::vector<DueDelivery> found;
    for (const DeliveryId id : options.ids) {
        const auto at = std::find_if(unknown.begin(), unknown.end(), [id](const DueDelivery& due) {
            return due.delivery.id == id;
        });
        if (at == unknown.end()) fail_not_in_doubt(store, id);
        found.push_back(*at);
    }
    return found;
}

// In one transaction: all or none.
void settle(Store& store, const std::vector<DueDelivery>& settled, DoubtOptions::As as,
            Instant now) {
    const auto transaction = store.begin();
    for (const DueDelivery& due : settled) {
        const DeliveryId id = due.delivery.id;
        Contact contact = contact_of(due);
        switch (as) {
            case DoubtOptions::As::nothing:
                break;
            case DoubtOptions::As::sent:
                store.settle(id, DeliveryState::sent, "settled by hand", now);
                order_ended(store, id, DeliveryState::sent, now);
                break;
            case DoubtOptions::As::failed:
                store.settle(id, DeliveryState::failed, "settled by hand", now);
                order_ended(store, id, DeliveryState::failed, now);
                store.remove_contact(contact);
                break;
            case DoubtOptions::As::again:
                store.send_again(id, now);
                contact.at = now;
                store.change_contact(contact);
                break;
        }
    }
    transaction->commit();
}

void print_asked_about(const std::vector<DueDelivery>& asked, StoredPlans& plans) {
    if (asked.empty()) return;
    fmt::print(
        "{}\nWhether these arrived their platforms are asked. One that was not taken is sent again "
        "if "
        "it still\nmay be; one of which nothing was learnt after {} questions, in about a day, is "
        "unknown.\n",
        asked_about_table(asked, every_row, plans), asks_max);
}

void print_unknown(const std::vector<DueDelivery>& unknown, StoredPlans& plans) {
    if (unknown.empty()) {
        fmt::print("no message is in doubt\n");
        return;
    }
    fmt::print(
        "{}\nThe request was written and no answer is on record. Look at the chat, then say "
        "`--as sent`,\n`--as failed` (it did not arrive), or `--as again` (it did not, and "
        "is to be sent now).\n",
        message_table(unknown, every_row, plans));
}

}  // namespace

int doubt(const DoubtOptions& options) {
    const Config config = load_config(options.folder);
    const bool settles = options.as != DoubtOptions::As::nothing;
    if (settles == (options.ids.empty() && !options.all)) {
        throw CommandError(settles
                               ? "say which messages: their numbers, or --all"
                               : "say what became of them: --as sent, --as failed or --as again");
    }
    const auto store = open_existing(config, !settles);
    if (!settles) {
        StoredPlans plans(*store);
        // One moment of the store, however the executor goes on meanwhile.
        const auto snapshot = store->begin();
        const auto unknown = list_unknown(*store);
        const auto asked = store->asked_about(every_row);
        if (options.format == OutputFormat::json) {
            fmt::print("{}\n", nlohmann::json{{"format_version", 1},
                                              {"unknown", messages_json(unknown, plans)},
                                              {"asked_about", messages_json(asked, plans)}}
                                   .dump());
        } else {
            print_unknown(unknown, plans);
            if (!asked.empty()) fmt::print("\n");
            print_asked_about(asked, plans);
        }
        return exit_fine;
    }
    const auto settled = chosen(options, *store);
    settle(*store, settled, options.as, SystemClock().now());
    if (options.as == DoubtOptions::As::again) send_nudge(config.store);
    if (options.format == OutputFormat::json) {
        fmt::print("{}\n",
                   nlohmann::json{{"format_version", 1}, {"settled", settled.size()}}.dump());
    } else {
        fmt::print("{} message{} settled\n", count_text(static_cast<std::int64_t>(settled.size())),
                   settled.size() == 1 ? "" : "s");
    }
    return exit_fine;
}

}  // namespace sop::runtime::cli
