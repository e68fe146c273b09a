#include "runtime/cli/baseline.h"

#include "runtime/cli/exit_code.h"
#include "runtime/cli/project.h"
#include "runtime/cli/replace_file.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace sop::runtime::cli {

namespace {

using nlohmann::json;
namespace fs = std::filesystem;

std::tuple<std::string, std::string, std::string> key_of(const fs::path& baseline,
                                                         const lang::Source& source,
                                                         const lang::Diagnostic& diagnostic) {
    const fs::path folder = fs::absolute(baseline).lexically_normal().parent_path();
    const fs::path file = fs::absolute(source.name()).lexically_normal();
    return {file.lexically_relative(folder).generic_string(), diagnostic.code,
            line_text(source, diagnostic)};
}

bool is_error(const lang::Diagnostic& diagnostic) {
    return diagnostic.severity == lang::Severity::error;
}

}  // namespace

Baseline::Baseline(const fs::path& file) : file_(file) {
    const std::string text = read_file(file.string());
    try {
        const json read = json::parse(text);
        if (read.at("format_version") != 1)
            throw CommandError(
                fmt::format("{}: this baseline is of another version of sop; write it anew with "
                            "--write-baseline",
                            file.string()));
        for (const json& finding : read.at("findings"))
            counts_[{finding.at("file"), finding.at("code"), finding.at("text")}] +=
                finding.at("count").get<std::size_t>();
    } catch (const json::exception& error) {
        throw CommandError(
            fmt::format("{}: this is no baseline ({}); write it anew with --write-baseline",
                        file.string(), error.what()));
    }
}

std::size_t Baseline::take(CheckFindings& findings) {
    for (auto& [source, diagnostics, allowed] : findings.files) {
        std::vector<lang::Diagnostic> told;
        for (lang::Diagnostic& diagnostic : diagnostics) {
            const auto known = counts_.find(key_of(file_, *source, diagnostic));
            if (is_error(diagnostic) || known == counts_.end() || known->second == 0) {
                told.push_back(std::move(diagnostic));
                continue;
            }
            --known->second;
            findings.in_baseline.emplace_back(source, std::move(diagnostic));
        }
        diagnostics = std::move(told);
    }
    std::size_t gone = 0;
    for (const auto& [key, count] : counts_) gone += count;
    return gone;
}

std::size_t Baseline::write(const fs::path& file, const CheckFindings& findings) {
    std::map<Key, std::size_t> counts;
    std::size_t written = 0;
    for (const FindingView& finding : findings.all()) {
        if (is_error(*finding.diagnostic)) continue;
        ++counts[key_of(file, *finding.source, *finding.diagnostic)];
        ++written;
    }
    json list = json::array();
    for (const auto& [key, count] : counts) {
        const auto& [name, code, text] = key;
        list.push_back({{"file", name}, {"code", code}, {"text", text}, {"count", count}});
    }
    const json baseline{{"format_version", 1}, {"findings", std::move(list)}};
    write_file(file.string(), baseline.dump(2, ' ', false, json::error_handler_t::replace) + "\n");
    return written;
}

}  // namespace sop::runtime::cli
