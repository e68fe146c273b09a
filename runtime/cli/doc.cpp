#include "lang/library.h"
#include "lang/suggestion.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/exit_code.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace sop::runtime::cli {

namespace {

using nlohmann::json;

// The first sentence of the comment that a file begins with.
std::string summary_of(std::string_view text) {
    std::string summary;
    const std::size_t begin = text.find("\n# ");
    if (begin == std::string_view::npos) return summary;
    for (text.remove_prefix(begin + 1); text.starts_with("# ");) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        summary += (summary.empty() ? "" : " ") + std::string(text.substr(2, end - 2));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    const std::size_t sentence = std::min(summary.find(". "), summary.find(": "));
    return sentence == std::string::npos ? summary : summary.substr(0, sentence);
}

void print_list(OutputFormat format) {
    json list = json::array();
    std::size_t width = 0;
    for (const auto& name : lang::library_names()) width = std::max(width, name.size());
    for (const auto& name : lang::library_names()) {
        const std::string summary = summary_of(lang::find_library_file(name)->source.text());
        if (format == OutputFormat::text) {
            fmt::print("{:<{}}  {}\n", name, width, summary);
        } else {
            list.push_back({{"name", name}, {"summary", summary}});
        }
    }
    if (format == OutputFormat::json)
        fmt::print("{{\"format_version\":1,\"library\":{}}}\n", list.dump());
}

}  // namespace

int doc(const DocOptions& options) {
    if (!options.name) {
        print_list(options.format);
        return exit_fine;
    }
    const auto* file = lang::find_library_file(*options.name);
    if (!file) {
        throw CommandError(fmt::format("the standard library has no `{}`{}; `sop doc` lists it",
                                       *options.name,
                                       lang::did_you_mean(*options.name, lang::library_names())));
    }
    if (options.format == OutputFormat::json) {
        const json content{{"format_version", 1},
                           {"name", *options.name},
                           {"summary", summary_of(file->source.text())},
                           {"text", file->source.text()}};
        fmt::print("{}\n", content.dump());
    } else {
        fmt::print("{}", file->source.text());
    }
    return exit_fine;
}

}  // namespace sop::runtime::cli
