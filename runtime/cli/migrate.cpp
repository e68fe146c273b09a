#include "runtime/cli/commands.h"
#include "runtime/cli/exit_code.h"
#include "runtime/cli/terminal.h"
#include "runtime/cli/time_argument.h"
#include "runtime/cli/version_request.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace sop::runtime::cli {

namespace {

constexpr std::chrono::hours wait_max{1};

void print_text(const AnsweredRequest& answered, bool dry_run) {
    const VersionAnswer& answer = answered.answer;
    if (answer.moved == 0) {
        fmt::print("no run of an earlier version is open: {}\n",
                   version_text(answered.in_force.value()));
        return;
    }
    fmt::print("{}{} run{} {} to version {}\n", answer.text, count_text(answer.moved),
               answer.moved == 1 ? "" : "s",
               dry_run             ? "would be moved"
               : answer.moved == 1 ? "was moved"
                                   : "were moved",
               answer.in_force);
}

}  // namespace

int migrate(const MigrateOptions& options) {
    const auto wait = parse_length(options.wait, wait_max, "--wait");
    const AnsweredRequest answered = request_version(load_config(options.folder),
                                                     {.kind = VersionRequestKind::migrate,
                                                      .version = options.from,
                                                      .mapping = options.mapping,
                                                      .dry_run = options.dry_run},
                                                     {.zoneinfo = options.zoneinfo, .wait = wait});
    if (options.format == OutputFormat::json) {
        auto result = nlohmann::json::parse(answer_json(answered));
        result["dry_run"] = options.dry_run;
        result["runs"] = answered.answer.moved;
        fmt::print("{}\n", result.dump());
    } else if (answered.answer.outcome != VersionOutcome::refused) {
        print_text(answered, options.dry_run);
    }
    return exit_code_of(answered, options.format);
}

}  // namespace sop::runtime::cli
