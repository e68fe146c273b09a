#include "lang/fixes.h"
#include "runtime/cli/analysis.h"
#include "runtime/cli/baseline.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/exit_code.h"
#include "runtime/cli/finding_report.h"
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
void print_json(const CheckFindings& findings, const FindingCounts& counts,
                const lang::CompileOptions& options, const std::string& mending,
                lang::Language language) {
    std::vector<std::string> diagnostics;
    for (const auto& [source, diagnostic] : findings.all())
        diagnostics.push_back("\n" + lang::render_json(*diagnostic, *source, language));
    std::vector<std::string> allowed;
    for (const auto& file : findings.files) {
        for (const auto& each : file.allowed)
            allowed.push_back(
                fmt::format("\n{{\"reason\":{},\"finding\":{}}}",
                            nlohmann::json(each.reason)
                                .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace),
                            lang::render_json(each.diagnostic, *file.source, language)));
    }
    const std::string horizon =
        options.horizon ? fmt::format("\"horizon_days\":{},", options.horizon->count()) : "";
    fmt::print(
        "{{\"format_version\":1,\"from\":\"{}\",{}{}\"summary\":{{\"files\":{},\"errors\":{},"
        "\"warnings\":{},\"notes\":{},\"allowed\":{},\"in_baseline\":{}}},"
        "\"diagnostics\":[{}],\"allowed\":[{}]}}\n",
        date::format("%F", lang::compile_date(options)), horizon, mending, findings.files.size(),
        counts.errors, counts.warnings, counts.notes, allowed.size(), findings.in_baseline.size(),
        fmt::join(diagnostics, ","), fmt::join(allowed, ","));
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

// The nearest folder above a file that has a `sop.toml`, or the folder itself.
std::optional<std::filesystem::path> project_of(const std::string& path) {
    std::error_code error;
    std::filesystem::path folder = std::filesystem::weakly_canonical(path, error);
    if (error) return std::nullopt;
    if (!std::filesystem::is_directory(folder, error)) folder = folder.parent_path();
    while (!std::filesystem::exists(folder / "sop.toml", error)) {
        if (folder == folder.parent_path()) return std::nullopt;
        folder = folder.parent_path();
    }
    return folder;
}

// Of the one project that all paths are of; of several none is taken.
Config config_of(const std::vector<std::string>& paths) {
    std::optional<std::filesystem::path> project;
    for (const std::string& path : paths) {
        if (path == "-") continue;
        const auto found = project_of(path);
        if (!found || (project && *project != *found)) return {};
        project = found;
    }
    return project ? load_config(*project) : Config{};
}

DirectoryFiles directory_files(const CheckOptions& options, const Config& config) {
    if (options.without_directory) return {};
    DirectoryFiles files{config.groups, config.members};
    if (options.groups) files.groups = *options.groups;
    if (options.members) files.members = *options.members;
    return files;
}

// Errors stay errors: a playbook that has one is not run.
void set_severities(const CheckConfig& config, std::vector<lang::FileDiagnostics>& files) {
    for (auto& file : files) {
        std::vector<lang::Diagnostic> told;
        for (lang::Diagnostic& diagnostic : file.diagnostics) {
            const auto set = config.severities.find(diagnostic.code);
            if (set != config.severities.end() && diagnostic.severity != lang::Severity::error) {
                if (!set->second) continue;
                diagnostic.severity = *set->second;
            }
            told.push_back(std::move(diagnostic));
        }
        file.diagnostics = std::move(told);
    }
}

void print_text(const CheckFindings& findings, const FindingCounts& counts,
                const CheckOptions& options, const std::optional<date::local_days>& from,
                std::size_t gone, std::FILE* out) {
    print_findings(findings.files, options.language, out);
    const std::size_t files = findings.files.size();
    const lang::Pattern in_files = files == 1 ? "{} in {} file"_say : "{} in {} files"_say;
    lang::Message summary = in_files(findings_text(counts), files);
    std::size_t allowed = 0;
    for (const auto& file : findings.files) allowed += file.allowed.size();
    if (allowed > 0) summary = "{}; {} allowed in the files"_say(summary, allowed);
    if (!findings.in_baseline.empty())
        summary = "{}; {} in the baseline"_say(summary, findings.in_baseline.size());
    if (gone > 0)
        summary = "{}; {} of the baseline are no more, `--write-baseline` takes them out"_say(
            summary, gone);
    if (from) summary = "{}; coming dates from {} on"_say(summary, date::format("%F", *from));
    if (const auto code = gravest_code(findings.files); code && is_terminal(out))
        summary = "{}; `sop explain {}` says more"_say(summary, *code);
    fmt::print(out, "{}\n", summary.text(options.language));
}

}  // namespace

int check(const CheckOptions& options) {
    if (options.prints_schema) {
        fmt::print("{}", check_schema());
        return exit_fine;
    }
    if (options.paths.empty())
        throw CommandError("what is to be checked? give files, folders, or - for standard input");
    const lang::calendar::ZoneDatabase zones(zoneinfo_folder(options.zoneinfo));
    auto sources = read_sources(options.paths);
    const Config config = config_of(options.paths);
    const auto baseline_file = options.baseline
                                   ? std::optional<std::filesystem::path>(*options.baseline)
                                   : config.check.baseline;
    if (options.writes_baseline && !baseline_file)
        throw CommandError(
            "--write-baseline has no file to write: add --baseline FILE, or baseline = \"FILE\" "
            "to [check] in sop.toml");
    std::optional<date::local_days> from;
    if (options.from) from = parse_date(*options.from, "--from");
    const lang::CompileOptions compile_options{zones, from, read_named_file, horizon_of(options)};
    const bool is_text = options.format == FindingFormat::text;
    // A mended text has standard output for itself.
    std::FILE* out = stdout;
    std::string mended_json;
    if (options.fix) {
        if (std::any_of(sources.begin(), sources.end(), is_standard_input)) {
            if (!is_text)
                throw CommandError(
                    "--fix prints the mended text of standard input, and --format prints "
                    "there too; give files");
            out = stderr;
        }
        const Mending mending(sources, compile_options);
        mending.write();
        if (is_text) mending.print(options.language, out);
        mended_json = fmt::format("\"fixed\":{},", mending.json());
        sources = mending.sources();
    }
    lang::Compilation compilation = lang::compile(sources, compile_options);
    add_analysis(compile_options, directory_files(options, config), compilation);
    set_severities(config.check, compilation.files);
    CheckFindings findings;
    findings.files = std::move(compilation.files);
    findings.fails_from = options.fail_on.value_or(config.check.fail_on);

    std::size_t gone = 0;
    if (options.writes_baseline) {
        const std::size_t written = Baseline::write(*baseline_file, findings);
        if (is_text)
            fmt::print(
                out, "{}\n",
                (written == 1 ? "{}: {} finding written"_say : "{}: {} findings written"_say)(
                    baseline_file->string(), written)
                    .text(options.language));
    }
    if (baseline_file) gone = Baseline(*baseline_file).take(findings);

    const FindingCounts counts = count_findings(findings.files);
    switch (options.format) {
        case FindingFormat::text:
            print_text(findings, counts, options, from, gone, out);
            break;
        case FindingFormat::short_lines:
            fmt::print("{}", short_lines(findings, options.language));
            break;
        case FindingFormat::json:
            print_json(findings, counts, compile_options, mended_json, options.language);
            break;
        case FindingFormat::sarif:
            fmt::print("{}", sarif_log(findings, options.language));
            break;
        case FindingFormat::github:
            fmt::print("{}", github_commands(findings, options.language));
            break;
        case FindingFormat::gitlab:
            fmt::print("{}", gitlab_report(findings, options.language));
            break;
        case FindingFormat::junit:
            fmt::print("{}", junit_report(findings, options.language));
            break;
    }
    const auto all = findings.all();
    const bool fails = std::any_of(all.begin(), all.end(), [&](const FindingView& finding) {
        return findings.fails(*finding.diagnostic);
    });
    return fails ? exit_findings : exit_fine;
}

}  // namespace sop::runtime::cli
