#include "runtime/cli/failure.h"

#include "runtime/cli/finding_report.h"

#include <fmt/format.h>

#include <stdio_ext.h>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string_view>

namespace sop::runtime::cli {

namespace {

std::string json_failure(const std::string& message, int exit_code) {
    const nlohmann::json failure{{"format_version", 1},
                                 {"error", {{"message", message}, {"exit_code", exit_code}}}};
    return failure.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

std::string failure_text(const std::string& format, const std::string& message, int exit_code) {
    if (format == "json") return json_failure(message, exit_code);
    if (format == "sarif") return sarif_failure(message);
    if (format == "gitlab") return gitlab_failure(message);
    if (format == "junit") return junit_failure(message);
    return {};
}

}  // namespace

std::string format_asked_for(int argument_count, char** arguments) {
    constexpr std::string_view option = "--format";
    std::string format;
    for (int at = 1; at < argument_count; ++at) {
        const std::string_view argument = arguments[at];
        if (argument == "--") break;
        if (argument == option && at + 1 < argument_count) format = arguments[at + 1];
        if (argument.starts_with("--format=")) format = argument.substr(option.size() + 1);
    }
    return format;
}

void print_failure(const std::string& format, const std::string& message, int exit_code) {
    const std::string text = failure_text(format, message, exit_code);
    if (text.empty()) return;
    __fpurge(stdout);
    fmt::print("{}", text);
}

}  // namespace sop::runtime::cli
