#include "lang/fixes.h"
#include "runtime/cli/analysis.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/exit_code.h"
#include "runtime/cli/project.h"
#include "runtime/cli/replace_file.h"
#include "runtime/cli/terminal.h"
#include "runtime/cli/time_argument.h"
#include "runtime/zoneinfo/zoneinfo.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

namespace sop::runtime::cli {

namespace {

using namespace lang::literals;

bool is_standard_input(const lang::Source& source) {
    return source.name() == standard_input_name;
}

// Files with their fixes applied. Nothing is written when one of them is no file that could be.
class Mending {
  public:
    Mending(const std::vector<lang::Source>& sources, const lang::CompileOptions& options) {
        for (const auto& source : sources) {
            if (!is_standard_input(source)) require_replaceable(source.name());
        }
        mended_ = lang::apply_fixes(sources, options);
    }

    void write() const {
        for (const auto& [source, fixes] : mended_) {
            if (is_standard_input(source)) {
                fmt::print("{}", source.text());
            } else if (fixes > 0) {
                replace_file(source.name(), std::string(source.text()));
            }
        }
    }

    void print(lang::Language language, std::FILE* out) const {
        for (const auto& [source, fixes] : mended_) {
            const lang::Pattern applied =
                fixes == 1 ? "{}: {} fix applied"_say : "{}: {} fixes applied"_say;
            if (fixes > 0) fmt::print(out, "{}\n", applied(source.name(), fixes).text(language));
        }
    }

    std::string json() const {
        nlohmann::json files = nlohmann::json::array();
        for (const auto& [source, fixes] : mended_) {
            if (fixes > 0) files.push_back({{"file", source.name()}, {"fixes", fixes}});
        }
        return files.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    }

    std::vector<lang::Source> sources() const {
        std::vector<lang::Source> sources;
        for (const auto& each : mended_) sources.push_back(each.source);
        return sources;
    }

  private:
    std::vector<lang::MendedSource> mended_{};
};

// `mending` is the text of a member of its own, or empty.
void print_json(const std::vector<lang::FileDiagnostics>& files, const FindingCounts& counts,
                const lang::CompileOptions& options, const std::string& mending,
                lang::Language language) {
    std::string diagnostics;
    for (const auto& file : files) {
        for (const auto& diagnostic : file.diagnostics) {
            diagnostics += (diagnostics.empty() ? "\n" : ",\n") +
                           lang::render_json(diagnostic, *file.source, language);
        }
    }
    const std::string horizon =
        options.horizon ? fmt::format("\"horizon_days\":{},", options.horizon->count()) : "";
    fmt::print(
        "{{\"format_version\":1,\"from\":\"{}\",{}{}\"summary\":{{\"files\":{},\"errors\":{},"
        "\"warnings\":{},\"notes\":"
        "{}}},"
        "\"diagnostics\":[{}]}}\n",
        date::format("%F", lang::compile_date(options)), horizon, mending, files.size(),
        counts.errors, counts.warnings, counts.notes, diagnostics);
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

std::optional<date::days> horizon_of(const CheckOptions& options) {
    constexpr std::chrono::hours horizon_max{5 * 366 * 24};
    if (options.horizon.empty()) return std::nullopt;
    if (options.horizon == "0") return date::days{0};
    return date::ceil<date::days>(parse_length(options.horizon, horizon_max, "--horizon"));
}

// Those given, else those of the one project that is checked.
DirectoryFiles directory_files(const CheckOptions& options) {
    DirectoryFiles files;
    if (options.without_directory) return files;
    std::vector<std::string> projects;
    std::error_code ignored;
    for (const std::string& path : options.paths) {
        if (std::filesystem::exists(std::filesystem::path(path) / "sop.toml", ignored))
            projects.push_back(path);
    }
    if (projects.size() == 1) files = directory_of(projects.front());
    if (options.groups) files.groups = *options.groups;
    if (options.members) files.members = *options.members;
    return files;
}

}  // namespace

int check(const CheckOptions& options) {
    const lang::calendar::ZoneDatabase zones(zoneinfo_folder(options.zoneinfo));
    auto sources = read_sources(options.paths);
    std::optional<date::local_days> from;
    if (options.from) from = parse_date(*options.from, "--from");
    const lang::CompileOptions compile_options{zones, from, read_named_file, horizon_of(options)};
    const bool json = options.format == OutputFormat::json;
    // A mended text has standard output for itself.
    std::FILE* out = stdout;
    std::string mended_json;
    if (options.fix) {
        if (std::any_of(sources.begin(), sources.end(), is_standard_input)) {
            if (json)
                throw CommandError(
                    "--fix prints the mended text of standard input, and --format json prints "
                    "there too; give files");
            out = stderr;
        }
        const Mending mending(sources, compile_options);
        mending.write();
        if (!json) mending.print(options.language, out);
        mended_json = fmt::format("\"fixed\":{},", mending.json());
        sources = mending.sources();
    }
    lang::Compilation compilation = lang::compile(sources, compile_options);
    add_analysis(compile_options, directory_files(options), compilation);
    const FindingCounts counts = count_findings(compilation.files);
    if (json) {
        print_json(compilation.files, counts, compile_options, mended_json, options.language);
    } else {
        print_findings(compilation.files, options.language, out);
        const lang::Pattern in_files =
            sources.size() == 1 ? "{} in {} file"_say : "{} in {} files"_say;
        lang::Message summary = in_files(findings_text(counts), sources.size());
        if (from) summary = "{}; coming dates from {} on"_say(summary, date::format("%F", *from));
        if (const auto code = gravest_code(compilation.files); code && is_terminal(out))
            summary = "{}; `sop explain {}` says more"_say(summary, *code);
        fmt::print(out, "{}\n", summary.text(options.language));
    }
    return counts.errors > 0 ? exit_findings : exit_fine;
}

}  // namespace sop::runtime::cli
