#include "runtime/cli/commands.h"
#include "runtime/cli/exit_code.h"
#include "runtime/cli/project.h"
#include "runtime/cli/replace_file.h"
#include "runtime/cli/unified_diff.h"

#include <fmt/format.h>

namespace sop::runtime::cli {

namespace {

using namespace lang::literals;

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
