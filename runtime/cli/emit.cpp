#include "runtime/cli/commands.h"
#include "runtime/cli/exit_code.h"
#include "runtime/cli/intake_rules.h"
#include "runtime/cli/seed.h"
#include "runtime/cli/stored_plans.h"
#include "runtime/cli/time_argument.h"
#include "runtime/clock/instant_text.h"
#include "runtime/intake/intake.h"
#include "runtime/store/executor_lock.h"
#include "runtime/store/nudge.h"

#include <fmt/format.h>

namespace sop::runtime::cli {

namespace {

// By the clock of the first rule; UTC before anything was served.
Instant read_time(const EmitOptions& options, Store& store) {
    const lang::calendar::ZoneDatabase zones(zoneinfo_folder(options.zoneinfo));
    const auto stored = store.latest_plan();
    const auto zone = first_zone(stored ? lang::plan_from_json(stored->json) : lang::Plan{}, zones);
    return parse_instant(*options.at, *zone, "--at");
}

Event event_of(const EmitOptions& options, Store& store, Instant now) {
    Event event;
    event.type = options.event;
    event.group = options.group;
    event.member = options.member;
    event.received_at = now;
    event.at = now;
    if (options.at) event.at = read_time(options, store);
    event.id = options.id ? *options.id : make_event_id(now);
    for (const std::string& field : options.fields) {
        const std::size_t equal = field.find('=');
        if (equal == std::string::npos || equal == 0) {
            throw CommandError(fmt::format("`{}` is no field; write `name=value`", field));
        }
        if (!event.fields.emplace(field.substr(0, equal), field.substr(equal + 1)).second) {
            throw CommandError(
                fmt::format("the field `{}` is given twice", field.substr(0, equal)));
        }
    }
    return event;
}

}  // namespace

int emit(const EmitOptions& options) {
    const Config config = load_config(options.folder);
    const auto store = open_existing(config, false);
    const Event event = event_of(options, *store, SystemClock().now());
    if (event.group && !store->find_group(*event.group)) {
        throw CommandError(
            fmt::format("there is no group `{}`; `sop groups import` adds it", *event.group));
    }
    if (event.member && !store->find_member(*event.member)) {
        throw CommandError(fmt::format(
            "there is no member `{}`; {}", *event.member,
            store->is_erased(*event.member) ? "it was erased" : "`sop members import` adds it"));
    }
    const Taken taken = Intake(*store, intake_rules(config.intake)).take(event, "emit");
    if (taken.outcome == IntakeOutcome::rejected) throw CommandError(taken.message);
    const bool added = taken.outcome == IntakeOutcome::accepted;
    if (added) send_nudge(config.store);
    fmt::print("{}{}\n", event.id, added ? "" : " was there already");
    if (added && event.at > event.received_at)
        fmt::print(stderr, "it happens at {}, and waits until then\n", instant_text(event.at));
    if (!executor_runs(config.store))
        fmt::print(stderr, "no executor runs; the event waits until `sop serve` takes it up\n");
    return exit_fine;
}

}  // namespace sop::runtime::cli
