#include "runtime/cli/commands.h"
#include "runtime/cli/exit_code.h"
#include "runtime/cli/seed.h"
#include "runtime/clock/clock.h"
#include "runtime/store/sqlite/sqlite_store.h"

#include <fmt/format.h>

#include <filesystem>

namespace sop::runtime::cli {

int backup(const BackupOptions& options) {
    namespace fs = std::filesystem;
    const Config config = load_config(options.folder);
    open_existing(config, true);  // says what is wrong with it, if anything is
    const fs::path target = options.file;
    std::error_code error;
    if (fs::exists(fs::symlink_status(target, error))) {
        throw CommandError(fmt::format("{}: there is a file already; name another, or remove it",
                                       target.string()));
    }
    if (!fs::is_directory(fs::absolute(target).parent_path(), error)) {
        throw CommandError(fmt::format("there is no folder {}; make it first",
                                       fs::absolute(target).parent_path().string()));
    }
    const fs::path part = target.string() + ".part";
    fs::remove(part, error);
    try {
        back_up(config.store.string(), part.string(), SystemClock().now());
    } catch (...) {
        fs::remove(part, error);
        throw;
    }
    fs::rename(part, target, error);
    if (error) {
        throw CommandError(
            fmt::format("{}: cannot be written: {}", target.string(), error.message()));
    }
    fmt::print("{}: {} bytes\n", target.string(), fs::file_size(target));
    return exit_fine;
}

}  // namespace sop::runtime::cli
