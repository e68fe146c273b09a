#include "runtime/cli/commands.h"
#include "runtime/cli/exit_code.h"
#include "runtime/cli/project.h"
#include "runtime/cli/terminal.h"
#include "runtime/cli/time_argument.h"
#include "runtime/zoneinfo/zoneinfo.h"

#include <fmt/format.h>

namespace sop::runtime::cli {

namespace {

using namespace lang::literals;

void print_json(const std::vector<lang::FileDiagnostics>& files, const FindingCounts& counts,
                date::local_days from, lang::Language language) {
    std::string diagnostics;
    for (const auto& file : files) {
        for (const auto& diagnostic : file.diagnostics) {
            diagnostics += (diagnostics.empty() ? "\n" : ",\n") +
                           lang::render_json(diagnostic, *file.source, language);
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

// Of the first of the gravest findings: where a person begins to read on.
std::optional<std::string> gravest_code(const std::vector<lang::FileDiagnostics>& files) {
    const lang::Diagnostic* gravest = nullptr;
    for (const auto& file : files) {
        for (const auto& diagnostic : file.diagnostics) {
            if (!gravest || diagnostic.severity < gravest->severity) gravest = &diagnostic;
        }
    }
    return gravest ? std::optional(gravest->code) : std::nullopt;
}

}  // namespace

int check(const CheckOptions& options) {
    const lang::calendar::ZoneDatabase zones(zoneinfo_folder(options.zoneinfo));
    const auto sources = read_sources(options.paths);
    std::optional<date::local_days> from;
    if (options.from) from = parse_date(*options.from, "--from");
    const lang::CompileOptions compile_options{zones, from, read_named_file};
    const lang::Compilation compilation = lang::compile(sources, compile_options);
    const FindingCounts counts = count_findings(compilation.files);
    if (options.format == OutputFormat::json) {
        print_json(compilation.files, counts, lang::compile_date(compile_options),
                   options.language);
    } else {
        print_findings(compilation.files, options.language, stdout);
        const lang::Pattern in_files =
            sources.size() == 1 ? "{} in {} file"_say : "{} in {} files"_say;
        lang::Message summary = in_files(findings_text(counts), sources.size());
        if (from) summary = "{}; coming dates from {} on"_say(summary, date::format("%F", *from));
        if (const auto code = gravest_code(compilation.files); code && is_terminal(stdout))
            summary = "{}; `sop explain {}` says more"_say(summary, *code);
        fmt::print("{}\n", summary.text(options.language));
    }
    return counts.errors > 0 ? exit_findings : exit_fine;
}

}  // namespace sop::runtime::cli
