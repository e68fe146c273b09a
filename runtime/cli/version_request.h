// Asking for another version: the executor that runs on the store does it, or this process when
// none runs.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "runtime/cli/commands.h"
#include "runtime/config/config.h"
#include "runtime/store/store.h"

namespace sop::runtime::cli {

struct VersionRequestOptions {
    std::string zoneinfo;              // for doing it here
    std::chrono::milliseconds wait{};  // for the executor's answer, no longer
};

struct AnsweredRequest {
    VersionAnswer answer{};
    std::optional<StoredPlan> in_force{};  // then
    bool executor_runs = false;
};

// Throws CommandError, and nothing has changed, for a store that is fenced, for an executor that
// does not answer in time, and when the command is interrupted. A refusal is an answer.
AnsweredRequest request_version(const Config& config, VersionRequest request,
                                const VersionRequestOptions& options);

// Ends a command: nothing was changed by one that was refused, and exit_failed says so. Throws
// CommandError for it where its output is for people.
int exit_code_of(const AnsweredRequest& answered, OutputFormat format);
// {"format_version":1,"outcome":"changed","version":4,…}
std::string answer_json(const AnsweredRequest& answered);

// "version 4, 3fa98e01b2c4, in force since 2026-11-19T12:00:00Z"
std::string version_text(const StoredPlan& plan);

}  // namespace sop::runtime::cli
