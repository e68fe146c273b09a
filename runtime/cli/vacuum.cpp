#include "runtime/cli/commands.h"
#include "runtime/cli/exit_code.h"
#include "runtime/cli/seed.h"
#include "runtime/cli/terminal.h"
#include "runtime/store/executor_lock.h"
#include "runtime/store/sqlite/sqlite_store.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <filesystem>

namespace sop::runtime::cli {

namespace {

// With what is in its log and not yet in the file.
std::uintmax_t bytes_of(const std::filesystem::path& store) {
    std::error_code missing;
    const auto log = std::filesystem::file_size(store.string() + "-wal", missing);
    return std::filesystem::file_size(store) + (missing ? 0 : log);
}

}  // namespace

int vacuum(const VacuumOptions& options) {
    const Config config = load_config(options.folder);
    open_existing(config, false);  // says what is wrong with it, if anything is
    // An executor would have to wait until all of it is written anew.
    const ExecutorLock lock(config.store);
    const auto before = bytes_of(config.store);
    runtime::vacuum(config.store.string());
    const auto after = bytes_of(config.store);
    if (options.format == OutputFormat::json) {
        fmt::print("{}\n",
                   nlohmann::json{{"format_version", 1}, {"bytes_before", before}, {"bytes", after}}
                       .dump());
    } else {
        fmt::print("{}: {} bytes, {} before\n", config.store.string(),
                   count_text(static_cast<std::int64_t>(after)),
                   count_text(static_cast<std::int64_t>(before)));
    }
    return exit_fine;
}

}  // namespace sop::runtime::cli
