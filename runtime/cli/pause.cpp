#include "runtime/cli/commands.h"
#include "runtime/cli/exit_code.h"
#include "runtime/cli/pause_view.h"
#include "runtime/cli/seed.h"
#include "runtime/cli/stored_rules.h"
#include "runtime/store/nudge.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace sop::runtime::cli {

namespace {

// What a name on the command line stands for; without times.
Pause pause_called(const std::string& name, Store& store) {
    const RuleName found = find_rule_name(name, store);
    return {.playbook = found.playbook, .rule = found.rule};
}

std::optional<Pause> find_pause(Store& store, const Pause& name) {
    for (const Pause& pause : store.list_pauses()) {
        if (pause.playbook == name.playbook && pause.rule == name.rule) return pause;
    }
    return std::nullopt;
}

void wake_executor(const Config& config) {
    if (!send_nudge(config.store))
        fmt::print("no executor runs on this store; the next one begins with it\n");
}

void print_list(const std::vector<Pause>& pauses, OutputFormat format) {
    if (format == OutputFormat::json) {
        fmt::print("{}\n",
                   nlohmann::json{{"format_version", 1}, {"paused", pauses_json(pauses)}}.dump());
    } else if (pauses.empty()) {
        fmt::print("nothing is paused\n");
    } else {
        fmt::print("{}", pauses_text(pauses));
    }
}

}  // namespace

int pause(const PauseOptions& options) {
    const Config config = load_config(options.folder);
    const auto store = open_existing(config, options.name.empty());
    if (options.name.empty()) {
        if (options.skip) throw CommandError("say what to pause: a playbook, or playbook.rule");
        print_list(pauses_in_effect(*store), options.format);
        return exit_fine;
    }
    const auto transaction = store->begin();
    Pause asked = pause_called(options.name, *store);
    asked.mode = options.skip ? PauseMode::skip : PauseMode::hold;
    // One that goes on, or was not gone on from yet, counts from its beginning.
    const auto known = find_pause(*store, asked);
    asked.since = known ? known->since : SystemClock().now();
    store->put_pause(asked);
    transaction->commit();
    fmt::print("{}`sop resume {}` goes on with it.\n", pauses_text({asked}), options.name);
    wake_executor(config);
    return exit_fine;
}

int resume(const PauseOptions& options) {
    const Config config = load_config(options.folder);
    const auto store = open_existing(config, false);
    const auto transaction = store->begin();
    const Pause name = pause_called(options.name, *store);
    auto known = find_pause(*store, name);
    if (!known || known->resumed_at) {
        const auto whole = find_pause(*store, {.playbook = name.playbook});
        const bool by_playbook = !name.rule.empty() && whole && !whole->resumed_at;
        throw CommandError(
            by_playbook
                ? fmt::format("`{0}` is paused with its whole playbook: `sop resume "
                              "{1}`, and pause the other rules that are to wait",
                              options.name, name.playbook)
                : fmt::format("`{}` is not paused; `sop pause` lists what is", options.name));
    }
    known->resumed_at = SystemClock().now();
    store->put_pause(*known);
    transaction->commit();
    fmt::print("{} goes on\n", options.name);
    wake_executor(config);
    return exit_fine;
}

}  // namespace sop::runtime::cli
