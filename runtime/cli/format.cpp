#include "runtime/cli/commands.h"
#include "runtime/cli/exit_code.h"
#include "runtime/cli/project.h"
#include "runtime/cli/unified_diff.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>

namespace sop::runtime::cli {

namespace {

namespace fs = std::filesystem;
using namespace lang::literals;

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

// Whether it is an answer that `sop` exits with 1 for.
bool report_if_unformatted(const lang::Source& source, const std::string& text,
                           const FormatOptions& options) {
    if (text == source.text()) return false;
    const std::string dialect =
        options.dialect ? fmt::format("--language {} ", lang::name_of(*options.dialect)) : "";
    fmt::print("{}\n", "{}: is not formatted; `sop fmt {}` does it"_say(source.name(),
                                                                        dialect + source.name())
                           .text(options.language));
    return true;
}

bool show_difference(const lang::Source& source, const std::string& text) {
    const std::string difference =
        unified_diff(source.text(), text, source.name(), source.name() + " (formatted)");
    fmt::print("{}", difference);
    return !difference.empty();
}

void write(const lang::Source& source, const std::string& text, lang::Language language) {
    if (source.name() == standard_input_name) {
        fmt::print("{}", text);
    } else if (text != source.text()) {
        replace_file(source.name(), text);
        fmt::print("{}\n", "{}: formatted"_say(source.name()).text(language));
    }
}

}  // namespace

int format(const FormatOptions& options) {
    bool findings = false;
    for (const lang::Source& source : read_sources(options.paths)) {
        const auto formatted = lang::format_source(source, {.dialect = options.dialect});
        if (!formatted.value) {
            print_findings({{&source, formatted.diagnostics}}, options.language, stderr);
            fmt::print(stderr, "{}\n",
                       "{}: left as it is"_say(source.name()).text(options.language));
            findings = true;
        } else if (options.diff) {
            findings = show_difference(source, *formatted.value) || findings;
        } else if (options.check_only) {
            findings = report_if_unformatted(source, *formatted.value, options) || findings;
        } else {
            write(source, *formatted.value, options.language);
        }
    }
    return findings ? exit_findings : exit_fine;
}

}  // namespace sop::runtime::cli
