#include "lang/plan_schema.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/exit_code.h"
#include "runtime/cli/project.h"
#include "runtime/zoneinfo/zoneinfo.h"

#include <fmt/format.h>

namespace sop::runtime::cli {

int compile(const CompileCommandOptions& options) {
    if (options.schema) {
        fmt::print("{}", lang::plan_schema());
        return exit_fine;
    }
    if (options.paths.empty())
        throw CommandError("give the files or folders whose plan to print, or --schema");
    const lang::calendar::ZoneDatabase zones(zoneinfo_folder(options.zoneinfo));
    const auto sources = read_sources(options.paths);
    const lang::Compilation compilation = lang::compile(sources, {zones, {}, read_named_file});
    print_findings(compilation.files, options.language, stderr);
    if (!compilation.plan) return exit_findings;
    fmt::print("{}", lang::to_readable_json(*compilation.plan));
    return exit_fine;
}

}  // namespace sop::runtime::cli
