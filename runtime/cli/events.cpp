// What is in the inbox, and what was not taken into it.
#include "runtime/cli/commands.h"
#include "runtime/cli/exit_code.h"
#include "runtime/cli/seed.h"
#include "runtime/cli/terminal.h"
#include "runtime/clock/instant_text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace sop::runtime::cli {

namespace {

using nlohmann::json;

constexpr std::size_t text_cells = 60;

json event_json(const Event& event) {
    json result{{"id", event.id},
                {"type", event.type},
                {"at", instant_text(event.at)},
                {"received_at", instant_text(event.received_at)},
                {"fields", event.fields},
                {"processed", event.processed}};
    if (event.group) result["group"] = *event.group;
    if (event.member) result["member"] = *event.member;
    if (!event.extra.empty()) result["extra"] = json::parse(event.extra);
    return result;
}

std::string fields_text(const Event& event) {
    std::string text;
    for (const auto& [name, value] : event.fields)
        text += fmt::format("{}{}={}", text.empty() ? "" : " ", name, value);
    if (!event.extra.empty())
        text += fmt::format("{}besides: {}", text.empty() ? "" : " ", event.extra);
    return text;
}

void print_events(const std::vector<Event>& events, OutputFormat format) {
    if (format == OutputFormat::json) {
        json list = json::array();
        for (const Event& event : events) list.push_back(event_json(event));
        fmt::print("{}\n", json{{"format_version", 1}, {"events", list}}.dump());
        return;
    }
    if (events.empty()) fmt::print("No events.\n");
    if (events.empty()) return;
    Table table{{{"at (UTC)"}, {"event"}, {"group"}, {"member"}, {"id"}, {""}, {"fields"}}, {}};
    for (const Event& event : events) {
        table.rows.push_back({instant_text(event.at), event.type, event.group.value_or(""),
                              event.member.value_or(""), event.id, event.processed ? "" : "waits",
                              shortened(fields_text(event), text_cells)});
    }
    fmt::print("{}", render_table(table));
}

}  // namespace

int list_events(const EventsOptions& options) {
    const auto store = open_existing(load_config(options.folder), true);
    const int asked = (options.id ? 1 : 0) + (options.group ? 1 : 0) + (options.member ? 1 : 0);
    if (asked != 1) throw CommandError("say which: --id ID, --group ID or --member ID");
    std::vector<Event> events;
    if (options.id) {
        auto event = store->find_event(*options.id);
        if (!event)
            throw CommandError(
                fmt::format("there is no event `{}`; it never came, was not taken (`sop events "
                            "rejected`), or was let go",
                            *options.id));
        events.push_back(*std::move(event));
    } else {
        const auto kind = options.group ? SubjectKind::group : SubjectKind::member;
        events = store->latest_events_of(kind, options.group ? *options.group : *options.member,
                                         options.count);
    }
    print_events(events, options.format);
    return exit_fine;
}

int list_rejected_events(const EventsOptions& options) {
    const auto store = open_existing(load_config(options.folder), true);
    const auto rejected = store->rejected_events(options.count);
    if (options.format == OutputFormat::json) {
        json list = json::array();
        for (const RejectedEvent& each : rejected) {
            list.push_back({{"received_at", instant_text(each.received_at)},
                            {"source", each.source},
                            {"line", each.line},
                            {"reason", each.reason},
                            {"message", each.message},
                            {"excerpt", each.excerpt}});
        }
        fmt::print("{}\n", json{{"format_version", 1}, {"rejected", list}}.dump());
        return exit_fine;
    }
    if (rejected.empty()) fmt::print("No event was rejected.\n");
    for (const RejectedEvent& each : rejected) {
        fmt::print("{}  {}{}  {}: {}\n  {}\n", instant_text(each.received_at), each.source,
                   each.line > 0 ? fmt::format(":{}", each.line) : "", each.reason, each.message,
                   each.excerpt);
    }
    return exit_fine;
}

}  // namespace sop::runtime::cli
