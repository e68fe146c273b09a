#include "runtime/cli/commands.h"
#include "runtime/cli/exit_code.h"
#include "runtime/cli/project.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>

namespace sop::runtime::cli {

namespace {

namespace fs = std::filesystem;

// Written beside the file and renamed over it, so that it is never half written.
void replace_file(const std::string& path, const std::string& text) {
    const fs::path target = fs::canonical(path);
    const fs::path beside = target.string() + ".formatted";
    {
        std::ofstream file(beside, std::ios::binary | std::ios::trunc);
        file << text;
        file.close();
        if (!file) {
            std::error_code ignored;
            fs::remove(beside, ignored);
            throw CommandError(fmt::format(
                "{}: cannot be written: is the disk full or the folder read-only?", path));
        }
    }
    std::error_code error;
    fs::permissions(beside, fs::status(target).permissions(), error);
    fs::rename(beside, target, error);
    if (error) {
        std::error_code ignored;
        fs::remove(beside, ignored);
        throw CommandError(fmt::format("{}: cannot be replaced: {}", path, error.message()));
    }
}

}  // namespace

int format(const FormatOptions& options) {
    bool findings = false;
    for (const lang::Source& source : read_sources(options.paths)) {
        const bool standard_input = source.name() == "standard input";
        const auto formatted = lang::format_source(source);
        if (!formatted.value) {
            print_findings({{&source, formatted.diagnostics}}, stderr);
            fmt::print(stderr, "{}: left as it is\n", source.name());
            findings = true;
            continue;
        }
        const bool same = *formatted.value == source.text();
        if (options.check_only) {
            if (!same)
                fmt::print("{}: is not formatted; `sop fmt {}` does it\n", source.name(),
                           source.name());
            findings = findings || !same;
        } else if (standard_input) {
            fmt::print("{}", *formatted.value);
        } else if (!same) {
            replace_file(source.name(), *formatted.value);
            fmt::print("{}: formatted\n", source.name());
        }
    }
    return findings ? exit_findings : exit_fine;
}

}  // namespace sop::runtime::cli
