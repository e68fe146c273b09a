#include "runtime/cli/seed.h"

#include "runtime/cli/exit_code.h"
#include "runtime/directory/import.h"
#include "runtime/store/executor_lock.h"
#include "runtime/store/sqlite/sqlite_store.h"

#include <fmt/format.h>

#include <algorithm>

namespace sop::runtime::cli {

namespace {

namespace fs = std::filesystem;

void import_file(SubjectKind kind, const fs::path& file, Store& store) {
    const ImportReport report = import_directory_file(kind, file, store);
    if (report.problems.empty()) return;
    throw CommandError(import_problems_text(file, report));
}

void remove_store(const fs::path& store) {
    std::error_code ignored;
    for (const char* suffix : {"", "-journal", "-wal", "-shm"})
        fs::remove(store.string() + suffix, ignored);
}

// Leaves a store that another command has made meanwhile.
void put_in_place(const fs::path& made, const fs::path& store) {
    std::error_code error;
    fs::create_hard_link(made, store, error);
    if (error && error != std::errc::file_exists) {
        throw CommandError(fmt::format("cannot make {}: {}", store.string(), error.message()));
    }
    remove_store(made);
}

}  // namespace

std::string import_problems_text(const fs::path& file, const ImportReport& report) {
    std::string text;
    const std::size_t shown = std::min(report.problems.size(), import_problems_shown_max);
    for (std::size_t i = 0; i < shown; ++i) {
        const ImportProblem& problem = report.problems[i];
        text += problem.line > 0
                    ? fmt::format("{}:{}: {}\n", file.string(), problem.line, problem.message)
                    : fmt::format("{}: {}\n", file.string(), problem.message);
    }
    if (shown < report.problems.size())
        text += fmt::format("… and {} more\n", report.problems.size() - shown);
    const auto rows = std::count_if(report.problems.begin(), report.problems.end(),
                                    [](const ImportProblem& problem) { return problem.line > 0; });
    const std::string counted =
        rows == 0 ? "" : fmt::format("{} bad row{}, ", rows, rows == 1 ? "" : "s");
    return text + fmt::format("{}: {}nothing was imported", file.string(), counted);
}

void import_directory(const DirectoryFiles& files, Store& store) {
    if (files.groups) import_file(SubjectKind::group, *files.groups, store);
    if (files.members) import_file(SubjectKind::member, *files.members, store);
}

std::unique_ptr<Store> open_and_seed(const Config& config) {
    // Made beside its place and put there whole: a start that was killed halfway would otherwise
    // leave a store with a part of the directory, which no later start would fill.
    const fs::path unfinished = config.store.string() + ".new";
    remove_store(unfinished);
    if (!fs::exists(config.store)) {
        try {
            import_directory({config.groups, config.members},
                             *open_sqlite_store(unfinished.string()));
            put_in_place(unfinished, config.store);
        } catch (...) {
            remove_store(unfinished);
            throw;
        }
    }
    return open_sqlite_store(config.store.string());
}

std::unique_ptr<Store> open_or_make(const Config& config) {
    if (fs::exists(config.store)) return open_sqlite_store(config.store.string());
    const ExecutorLock lock(config.store);
    return open_and_seed(config);
}

std::unique_ptr<Store> open_existing(const Config& config, bool read_only) {
    if (!fs::exists(config.store)) {
        throw CommandError(fmt::format("{}: no store there yet; `sop serve` or an import makes it",
                                       config.store.string()));
    }
    SqliteOptions options;
    options.open = read_only ? SqliteOptions::Open::read_only : SqliteOptions::Open::must_exist;
    return open_sqlite_store(config.store.string(), options);
}

}  // namespace sop::runtime::cli
