#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "runtime/cli/commands.h"
#include "runtime/cli/exit_code.h"
#include "runtime/cli/operator_name.h"
#include "runtime/cli/seed.h"
#include "runtime/cli/terminal.h"
#include "runtime/clock/instant_text.h"
#include "runtime/intake/event_reader.h"
#include "runtime/store/nudge.h"
#include "runtime/store/sqlite/sqlite_store.h"

namespace sop::runtime::cli {

namespace {

// Random, so that it tells nothing of whom it stands for.
std::string make_pseudonym(Instant now) {
    const std::string id = make_event_id(now);
    return "erased-" + id.substr(id.rfind('-') + 1);
}

bool is_sure(const ForgetOptions& options) {
    if (options.yes) return true;
    if (!is_terminal(stdin) || !is_terminal(stdout))
        throw CommandError(
            "what is erased does not come back; say --yes where nobody can be asked");
    fmt::print("All that is known of {} goes for ever. Erase it? [y/N] ", options.member);
    std::fflush(stdout);
    std::string answer;
    return std::getline(std::cin, answer) && (answer == "y" || answer == "yes");
}

}  // namespace

int forget(const ForgetOptions& options) {
    const Config config = load_config(options.folder);
    const auto store = open_existing(config, false);
    if (!store->find_member(options.member)) {
        throw CommandError(
            fmt::format("the directory has no member `{}`{}", options.member,
                        store->is_erased(options.member) ? "; it was erased before" : ""));
    }
    if (!is_sure(options)) return exit_fine;
    const Instant now = SystemClock().now();
    const std::string pseudonym = make_pseudonym(now);
    const std::string by = operator_name();
    if (!store->erase_member(options.member, pseudonym, now, by))
        throw CommandError(fmt::format("member `{}` is gone meanwhile", options.member));
    send_nudge(config.store);
    fold_log(config.store.string());
    if (options.format == OutputFormat::json) {
        fmt::print("{}\n", nlohmann::json{{"format_version", 1},
                                          {"member", options.member},
                                          {"pseudonym", pseudonym},
                                          {"at", instant_text(now)},
                                          {"by", by}}
                               .dump());
    } else {
        fmt::print(
            "{} was erased at {} by {}; its points and counts stay under {}\n"
            "`sop vacuum` also clears what earlier states left in free parts of the file\n",
            options.member, instant_text(now), by, pseudonym);
    }
    return exit_fine;
}

}  // namespace sop::runtime::cli
