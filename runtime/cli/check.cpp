#include "runtime/cli/commands.h"
#include "runtime/cli/exit_code.h"
#include "runtime/cli/project.h"
#include "runtime/cli/time_argument.h"
#include "runtime/zoneinfo/zoneinfo.h"

#include <fmt/format.h>

namespace sop::runtime::cli {

namespace {

void print_json(const std::vector<lang::FileDiagnostics>& files, const FindingCounts& counts,
                date::local_days from) {
    std::string diagnostics;
    for (const auto& file : files) {
        for (const auto& diagnostic : file.diagnostics) {
            diagnostics +=
                (diagnostics.empty() ? "\n" : ",\n") + lang::render_json(diagnostic, *file.source);
        }
    }
    fmt::print(
        "{{\"format_version\":1,\"from\":\"{}\",\"summary\":{{\"files\":{},\"errors\":{},"
        "\"warnings\":{},\"notes\":"
        "{}}},"
        "\"diagnostics\":[{}]}}\n",
        date::format("%F", from), files.size(), counts.errors, counts.warnings, counts.notes,
        diagnostics);
}

}  // namespace

int check(const CheckOptions& options) {
    const lang::calendar::ZoneDatabase zones(zoneinfo_folder(options.zoneinfo));
    const auto sources = read_sources(options.paths);
    std::optional<date::local_days> from;
    if (options.from) from = parse_date(*options.from, "--from");
    const lang::CompileOptions compile_options{zones, from};
    const lang::Compilation compilation = lang::compile(sources, compile_options);
    const FindingCounts counts = count_findings(compilation.files);
    if (options.format == OutputFormat::json) {
        print_json(compilation.files, counts, lang::compile_date(compile_options));
    } else {
        print_findings(compilation.files, stdout);
        fmt::print("{} in {} file{}{}\n", findings_text(counts), sources.size(),
                   sources.size() == 1 ? "" : "s",
                   from ? date::format("; coming dates from %F on", *from) : "");
    }
    return counts.errors > 0 ? exit_findings : exit_fine;
}

}  // namespace sop::runtime::cli
