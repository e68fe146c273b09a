#include "runtime/directory/import.h"

#include "runtime/cli/commands.h"
#include "runtime/cli/exit_code.h"
#include "runtime/cli/seed.h"
#include "runtime/config/config.h"
#include "runtime/store/sqlite/sqlite_store.h"

#include <fmt/format.h>

namespace sop::runtime::cli {

namespace {

int run_import(const ImportOptions& options,
               ImportReport (*import)(const std::filesystem::path&, Store&),
               std::string_view what) {
    const Config config = load_config(options.folder);
    const auto store = open_sqlite_store(config.store.string());
    const ImportReport report = import(options.file, *store);
    if (!report.problems.empty()) {
        fmt::print(stderr, "{}\n", import_problems_text(options.file, report));
        return exit_findings;
    }
    fmt::print("{} {}: {} added, {} changed, {} as they were\n", report.rows, what, report.added,
               report.changed, report.unchanged);
    return exit_fine;
}

}  // namespace

int import_groups_command(const ImportOptions& options) {
    return run_import(options, import_groups, "groups");
}
int import_members_command(const ImportOptions& options) {
    return run_import(options, import_members, "members");
}

}  // namespace sop::runtime::cli
