#include "runtime/cli/project.h"

#include "lang/suggestion.h"
#include "runtime/cli/exit_code.h"
#include "runtime/cli/terminal.h"
#include "runtime/scheduler/unsupported.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

namespace sop::runtime::cli {

namespace {

namespace fs = std::filesystem;
using namespace lang::literals;

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
    std::string text;
    std::array<char, 64 * 1024> part;
    while (file.read(part.data(), part.size()) || file.gcount() > 0)
        text.append(part.data(), static_cast<std::size_t>(file.gcount()));
    if (file.bad())
        throw CommandError(fmt::format("{}: reading failed: {}", path, std::strerror(errno)));
    return text;
}

lang::NamedText read_named_file(const std::string& path) {
    std::error_code error;
    if (!fs::exists(path, error)) return {{}, "no such file"_say};
    if (!fs::is_regular_file(path, error)) return {{}, "it is no file"_say};
    std::ifstream file(path, std::ios::binary);
    if (!file) return {{}, std::string(std::strerror(errno))};
    std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    if (file.bad()) return {{}, std::string(std::strerror(errno))};
    return {std::move(text), {}};
}

std::vector<lang::Source> read_sources(const std::vector<std::string>& paths) {
    std::vector<lang::Source> sources;
    for (const std::string& path : paths) {
        std::error_code error;
        if (path == "-") {
            std::string text((std::istreambuf_iterator<char>(std::cin)),
                             std::istreambuf_iterator<char>());
            sources.emplace_back(standard_input_name, std::move(text));
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

void print_findings(const std::vector<lang::FileDiagnostics>& files, lang::Language language,
                    std::FILE* out) {
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
            fmt::print(out, "{}\n", lang::render(diagnostic, *file.source, {colour, language}));
        }
    }
    if (left > 0) fmt::print(out, "{}\n\n", "… and {} more"_say(left).text(language));
}

lang::Message findings_text(const FindingCounts& counts) {
    std::vector<lang::Message> texts;
    const auto add = [&](std::size_t count, lang::Pattern one, lang::Pattern several) {
        if (count > 0) texts.push_back(count == 1 ? one(count) : several(count));
    };
    add(counts.errors, "{} error"_say, "{} errors"_say);
    add(counts.warnings, "{} warning"_say, "{} warnings"_say);
    add(counts.notes, "{} note"_say, "{} notes"_say);
    return texts.empty() ? "no findings"_say : list_of(texts);
}

namespace {

// An executor that left out a part of a playbook would be worse than none.
void require_supported(const lang::Plan& plan, const std::string& folder) {
    const auto places = unsupported(plan);
    if (!places.empty()) throw CommandError(refusal_text(folder, places));
}

// No mistake that stops anything: runs of an earlier plan may still go that way.
void tell_undeclared_channels(const lang::Plan& plan, const Config& config,
                              const std::string& folder, lang::Language language) {
    std::vector<std::string> declared{"log"};  // needs no declaration
    for (const auto& channel : plan.channels) declared.push_back(channel.name);
    for (const auto& [name, settings] : config.channels) {
        if (std::find(declared.begin(), declared.end(), name) != declared.end()) continue;
        const auto near = lang::closest(name, declared);
        const std::string file = (fs::path(folder) / "sop.toml").string();
        const lang::Message message =
            near ? "{}: [channels.{}] sets up what no playbook declares; did you mean `{}`?"_say(
                       file, name, *near)
                 : "{}: [channels.{}] sets up what no playbook declares"_say(file, name);
        fmt::print(stderr, "{}\n", message.text(language));
    }
}

}  // namespace

std::string refusal_text(const std::string& folder, std::vector<std::string> places) {
    constexpr std::size_t named_max = 10;
    const std::size_t count = places.size();
    if (count > named_max) places.resize(named_max);
    return fmt::format(
        "{}: this executor cannot do {} thing{} that the playbooks say; nothing was started. "
        "`sop check` and `sop next` read them all.\n  {}{}",
        folder, count, count == 1 ? "" : "s", fmt::join(places, "\n  "),
        count > named_max ? "\n  …" : "");
}

ProjectPlan load_plan(const std::string& folder, const lang::calendar::ZoneDatabase& zones,
                      date::local_days from, lang::Language language) {
    std::error_code error;
    if (!fs::is_directory(folder, error)) {
        throw CommandError(
            fmt::format("{}: is not a folder; give the folder with the .sop files", folder));
    }
    ProjectPlan loaded;
    loaded.config = load_config(folder);
    const auto sources = read_sources({folder});
    lang::Compilation compilation = lang::compile(sources, {zones, from, read_named_file});
    print_findings(compilation.files, language, stderr);
    if (!compilation.plan) {
        const auto findings = findings_text(count_findings(compilation.files));
        fmt::print(stderr, "{}\n",
                   "{}: {}; nothing was started"_say(folder, findings).text(language));
    }
    if (compilation.plan) {
        require_supported(*compilation.plan, folder);
        tell_undeclared_channels(*compilation.plan, loaded.config, folder, language);
    }
    loaded.plan = std::move(compilation.plan);
    return loaded;
}

}  // namespace sop::runtime::cli
