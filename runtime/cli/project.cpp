#include "runtime/cli/project.h"

#include "runtime/cli/exit_code.h"
#include "runtime/cli/terminal.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

namespace sop::runtime::cli {

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> playbook_files(const fs::path& folder) {
    std::vector<fs::path> files;
    std::error_code error;
    for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end;
         at.increment(error)) {
        if (at->is_regular_file() && at->path().extension() == ".sop") files.push_back(at->path());
    }
    if (error)
        throw CommandError(fmt::format("{}: cannot be read: {}", folder.string(), error.message()));
    if (files.empty()) throw CommandError(fmt::format("{}: has no .sop file", folder.string()));
    std::sort(files.begin(), files.end());
    return files;
}

}  // namespace

std::string read_file(const std::string& path) {
    std::error_code error;
    if (!fs::exists(path, error))
        throw CommandError(fmt::format("{}: no such file or folder", path));
    if (!fs::is_regular_file(path, error) && !fs::is_fifo(path, error) &&
        !fs::is_character_file(path, error)) {
        throw CommandError(fmt::format("{}: is not a file", path));
    }
    std::ifstream file(path, std::ios::binary);
    if (!file)
        throw CommandError(fmt::format("{}: cannot be read: {}", path, std::strerror(errno)));
    std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    if (file.bad())
        throw CommandError(fmt::format("{}: reading failed: {}", path, std::strerror(errno)));
    return text;
}

std::vector<lang::Source> read_sources(const std::vector<std::string>& paths) {
    std::vector<lang::Source> sources;
    for (const std::string& path : paths) {
        std::error_code error;
        if (path == "-") {
            std::string text((std::istreambuf_iterator<char>(std::cin)),
                             std::istreambuf_iterator<char>());
            sources.emplace_back("standard input", std::move(text));
        } else if (fs::is_directory(path, error)) {
            for (const auto& file : playbook_files(path))
                sources.emplace_back(file.string(), read_file(file.string()));
        } else {
            sources.emplace_back(path, read_file(path));
        }
    }
    return sources;
}

FindingCounts count_findings(const std::vector<lang::FileDiagnostics>& files) {
    FindingCounts counts;
    for (const auto& file : files) {
        for (const auto& diagnostic : file.diagnostics) {
            switch (diagnostic.severity) {
                case lang::Severity::error:
                    ++counts.errors;
                    break;
                case lang::Severity::warning:
                    ++counts.warnings;
                    break;
                case lang::Severity::note:
                    ++counts.notes;
                    break;
            }
        }
    }
    return counts;
}

void print_findings(const std::vector<lang::FileDiagnostics>& files, std::FILE* out) {
    const bool colour = uses_colour(out);
    std::size_t shown = 0;
    std::size_t left = 0;
    for (const auto& file : files) {
        for (const auto& diagnostic : file.diagnostics) {
            if (shown == lang::diagnostics_shown_max) {
                ++left;
                continue;
            }
            ++shown;
            fmt::print(out, "{}\n", lang::render(diagnostic, *file.source, {colour}));
        }
    }
    if (left > 0) fmt::print(out, "… and {} more\n\n", left);
}

std::string findings_text(const FindingCounts& counts) {
    std::string text;
    const auto add = [&](std::size_t count, std::string_view what) {
        if (count == 0) return;
        if (!text.empty()) text += ", ";
        text += fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
    };
    add(counts.errors, "error");
    add(counts.warnings, "warning");
    add(counts.notes, "note");
    return text.empty() ? "no findings" : text;
}

ProjectPlan load_plan(const std::string& folder, const lang::calendar::ZoneDatabase& zones,
                      date::local_days from) {
    std::error_code error;
    if (!fs::is_directory(folder, error)) {
        throw CommandError(
            fmt::format("{}: is not a folder; give the folder with the .sop files", folder));
    }
    ProjectPlan loaded;
    loaded.config = load_config(folder);
    const auto sources = read_sources({folder});
    lang::Compilation compilation = lang::compile(sources, {zones, from});
    print_findings(compilation.files, stderr);
    if (!compilation.plan) {
        fmt::print(stderr, "{}: {}; nothing was started\n", folder,
                   findings_text(count_findings(compilation.files)));
    }
    loaded.plan = std::move(compilation.plan);
    return loaded;
}

}  // namespace sop::runtime::cli
