#include "runtime/cli/commands.h"
#include "runtime/cli/exit_code.h"
#include "runtime/cli/time_argument.h"
#include "runtime/cli/version_request.h"

#include <fmt/format.h>

namespace sop::runtime::cli {

namespace {

constexpr std::chrono::hours wait_max{1};

void print_text(const AnsweredRequest& answered) {
    const StoredPlan& in_force = answered.in_force.value();
    if (answered.answer.outcome == VersionOutcome::unchanged) {
        fmt::print("nothing changes: {}\n", version_text(in_force));
        return;
    }
    fmt::print("{}, with the plan of version {}\n", version_text(in_force),
               in_force.rollback.value().to);
    fmt::print("`sop serve` keeps it until the files of the folder change.\n");
}

}  // namespace

int rollback(const RollbackOptions& options) {
    const auto wait = parse_length(options.wait, wait_max, "--wait");
    const AnsweredRequest answered = request_version(
        load_config(options.folder), {.kind = VersionRequestKind::rollback, .version = options.to},
        {.zoneinfo = options.zoneinfo, .wait = wait});
    if (options.format == OutputFormat::json) {
        fmt::print("{}\n", answer_json(answered));
    } else if (answered.answer.outcome != VersionOutcome::refused) {
        print_text(answered);
    }
    return exit_code_of(answered, options.format);
}

}  // namespace sop::runtime::cli
