#include "runtime/cli/seed.h"

#include "runtime/cli/exit_code.h"
#include "runtime/directory/import.h"
#include "runtime/store/sqlite/sqlite_store.h"

#include <fmt/format.h>

#include <algorithm>

namespace sop::runtime::cli {

namespace {

namespace fs = std::filesystem;

void import_file(const fs::path& file, Store& store,
                 ImportReport (*import)(const fs::path&, Store&)) {
    const ImportReport report = import(file, store);
    if (report.problems.empty()) return;
    throw CommandError(import_problems_text(file, report));
}

void remove_store(const fs::path& store) {
    std::error_code ignored;
    for (const char* suffix : {"", "-wal", "-shm"}) fs::remove(store.string() + suffix, ignored);
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
    return text + fmt::format("{}: {} bad row{}, nothing was imported", file.string(),
                              report.problems.size(), report.problems.size() == 1 ? "" : "s");
}

void import_directory(const DirectoryFiles& files, Store& store) {
    if (files.groups) import_file(*files.groups, store, import_groups);
    if (files.members) import_file(*files.members, store, import_members);
}

std::unique_ptr<Store> open_and_seed(const Config& config) {
    const bool is_new = !fs::exists(config.store);
    auto store = open_sqlite_store(config.store.string());
    if (!is_new) return store;
    try {
        import_directory({config.groups, config.members}, *store);
    } catch (...) {
        store.reset();
        remove_store(config.store);
        throw;
    }
    return store;
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
