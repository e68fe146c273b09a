#include "runtime/cli/finding_report.h"

#include "lang/explanation.h"
#include "lang/sha256.h"
#include "runtime/cli/junit.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

namespace sop::runtime::cli {

namespace {

using namespace lang::literals;
using nlohmann::json;
namespace fs = std::filesystem;

std::string dumped(const json& value) {
    return value.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

const char* word_of(lang::Severity severity) {
    switch (severity) {
        case lang::Severity::error:
            return "error";
        case lang::Severity::warning:
            return "warning";
        case lang::Severity::note:
            return "note";
    }
    return "note";
}

lang::Message local_word_of(lang::Severity severity) {
    switch (severity) {
        case lang::Severity::error:
            return "error"_say;
        case lang::Severity::warning:
            return "warning"_say;
        case lang::Severity::note:
            break;
    }
    return "note"_say;
}

// "planned for 22:00, goes out at 07:30; they last …": what stands below the message.
std::string remarks_of(const lang::Diagnostic& diagnostic, lang::Language language) {
    std::vector<std::string> remarks;
    const std::string label = diagnostic.label.text(language);
    if (!label.empty()) remarks.push_back(label);
    for (const lang::Message& note : diagnostic.notes) remarks.push_back(note.text(language));
    if (diagnostic.fix) remarks.push_back("fix: {}"_say(diagnostic.fix->title).text(language));
    return fmt::format("{}", fmt::join(remarks, "\n"));
}

// ---- fingerprints ----

// The same text on two lines is two findings.
class Fingerprints {
  public:
    std::string of(const FindingView& finding) {
        const std::string key =
            fmt::format("{}\n{}\n{}", report_path(finding.source->name()), finding.diagnostic->code,
                        line_text(*finding.source, *finding.diagnostic));
        return lang::hex_text(lang::sha256(fmt::format("{}\n{}", key, ++seen_[key])), 16);
    }

  private:
    std::map<std::string, std::size_t> seen_{};
};

// ---- GitHub ----

std::string escaped(std::string_view text, bool is_property) {
    std::string escaped;
    for (const char c : text) {
        const bool is_sign = is_property && (c == ':' || c == ',');
        if (c == '%' || c == '\r' || c == '\n' || is_sign) {
            escaped += fmt::format("%{:02X}", static_cast<unsigned char>(c));
        } else {
            escaped += c;
        }
    }
    return escaped;
}

// ---- SARIF ----

constexpr const char* sarif_schema_url =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
    "sarif-schema-2.1.0.json";

// RFC 3986: what is no letter, number or one of a few signs is written by its bytes.
std::string uri_of(const std::string& path) {
    std::string uri;
    for (const char c : path) {
        const auto byte = static_cast<unsigned char>(c);
        const bool is_plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                              (byte >= '0' && byte <= '9') ||
                              std::string_view("-._~/").find(c) != std::string_view::npos;
        uri += is_plain ? std::string(1, c) : fmt::format("%{:02X}", byte);
    }
    return uri;
}

json artifact_of(const lang::Source& source) {
    const std::string path = report_path(source.name());
    if (fs::path(path).is_absolute()) return {{"uri", "file://" + uri_of(path)}};
    return {{"uri", uri_of(path)}, {"uriBaseId", "%SRCROOT%"}};
}

json region_of(const lang::Source& source, lang::SourceSpan span) {
    const lang::LineColumn begin = source.line_column(span.begin);
    const lang::LineColumn end = source.line_column(span.end);
    return {{"startLine", begin.line},
            {"startColumn", begin.column},
            {"endLine", end.line},
            {"endColumn", end.column}};
}

json place_of(const lang::Source& source, lang::SourceSpan span) {
    return {{"artifactLocation", artifact_of(source)}, {"region", region_of(source, span)}};
}

json multiformat(const std::string& text) {
    return {{"text", text}};
}

class SarifWriter {
  public:
    SarifWriter(const CheckFindings& findings, lang::Language language)
        : findings_(findings), language_(language) {}

    std::string run() {
        collect_rules();
        for (const auto& file : findings_.files) {
            for (const auto& diagnostic : file.diagnostics) add({file.source, &diagnostic}, {});
            for (const auto& allowed : file.allowed)
                add({file.source, &allowed.diagnostic},
                    {{"kind", "inSource"}, {"justification", allowed.reason}});
        }
        for (const auto& [source, diagnostic] : findings_.in_baseline)
            add({source, &diagnostic}, {{"kind", "external"}});
        return write(language_, rules_, results_, {{"executionSuccessful", true}});
    }

    static std::string write(lang::Language language, const json& rules, const json& results,
                             const json& invocation) {
        const json driver{{"name", "sop"},
                          {"version", SOP_VERSION},
                          {"language", language == lang::Language::zh_cn ? "zh-CN" : "en"},
                          {"rules", rules}};
        const json sarif_run{{"tool", {{"driver", driver}}},
                             {"language", language == lang::Language::zh_cn ? "zh-CN" : "en"},
                             {"columnKind", "unicodeCodePoints"},
                             {"invocations", json::array({invocation})},
                             {"results", results}};
        return dumped({{"$schema", sarif_schema_url},
                       {"version", "2.1.0"},
                       {"runs", json::array({sarif_run})}});
    }

  private:
    void collect_rules() {
        std::set<std::string> codes;
        for (const auto& file : findings_.files) {
            for (const auto& diagnostic : file.diagnostics) codes.insert(diagnostic.code);
            for (const auto& allowed : file.allowed) codes.insert(allowed.diagnostic.code);
        }
        for (const auto& known : findings_.in_baseline) codes.insert(known.second.code);
        for (const std::string& code : codes) {
            index_.emplace(code, rules_.size());
            json rule{{"id", code}};
            if (const auto* explanation = lang::find_explanation(code)) {
                const auto& section = explanation->in(language_);
                const std::string meaning = lang::unwrapped(section.meaning);
                const std::string mending = lang::unwrapped(section.mending);
                rule["shortDescription"] = multiformat(section.title);
                rule["fullDescription"] = multiformat(meaning);
                rule["help"] = multiformat(mending.empty() ? meaning : mending);
            }
            rules_.push_back(std::move(rule));
        }
    }

    void add(const FindingView& finding, const json& suppression) {
        const lang::Source& source = *finding.source;
        const lang::Diagnostic& diagnostic = *finding.diagnostic;
        const std::string remarks = remarks_of(diagnostic, language_);
        const std::string message = diagnostic.message.text(language_);
        json result{{"ruleId", diagnostic.code},
                    {"ruleIndex", index_.at(diagnostic.code)},
                    {"level", word_of(diagnostic.severity)},
                    {"message", {{"text", remarks.empty() ? message : message + "\n" + remarks}}},
                    {"locations",
                     json::array({json{{"physicalLocation", place_of(source, diagnostic.span)}}})},
                    {"partialFingerprints", {{"sopFinding/v1", fingerprints_.of(finding)}}},
                    {"suppressions", json::array()}};
        if (!suppression.empty()) result["suppressions"].push_back(suppression);
        json related = json::array();
        for (const lang::RelatedPlace& place : diagnostic.related) {
            const lang::Source& at = place.source == nullptr ? source : *place.source;
            json location{{"id", related.size() + 1},
                          {"physicalLocation", place_of(at, place.span)}};
            const std::string label = place.label.text(language_);
            if (!label.empty()) location["message"] = {{"text", label}};
            related.push_back(std::move(location));
        }
        if (!related.empty()) result["relatedLocations"] = std::move(related);
        if (diagnostic.fix) result["fixes"] = json::array({fix_of(*diagnostic.fix, source)});
        results_.push_back(std::move(result));
    }

    json fix_of(const lang::Fix& fix, const lang::Source& source) const {
        const json replacement{{"deletedRegion", region_of(source, fix.span)},
                               {"insertedContent", {{"text", fix.replacement}}}};
        const json change{{"artifactLocation", artifact_of(source)},
                          {"replacements", json::array({replacement})}};
        return {{"description", {{"text", fix.title.text(language_)}}},
                {"artifactChanges", json::array({change})}};
    }

    const CheckFindings& findings_;
    const lang::Language language_;
    std::map<std::string, std::size_t> index_{};
    json rules_ = json::array();
    json results_ = json::array();
    Fingerprints fingerprints_{};
};

constexpr const char* name_of_failure = "sop";

}  // namespace

std::vector<FindingView> CheckFindings::all() const {
    std::vector<FindingView> all;
    for (const auto& file : files)
        for (const auto& diagnostic : file.diagnostics) all.push_back({file.source, &diagnostic});
    return all;
}

std::string report_path(const std::string& name) {
    const fs::path path = fs::path(name).lexically_normal();
    if (!path.is_absolute()) return path.generic_string();
    std::error_code error;
    const fs::path here = fs::current_path(error);
    const fs::path relative = error ? fs::path{} : path.lexically_relative(here);
    return relative.empty() || *relative.begin() == ".." ? path.generic_string()
                                                         : relative.generic_string();
}

std::string line_text(const lang::Source& source, const lang::Diagnostic& diagnostic) {
    const std::string_view line = source.line(source.line_column(diagnostic.span.begin).line);
    const std::size_t begin = line.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos) return {};
    return std::string(line.substr(begin, line.find_last_not_of(" \t\r") - begin + 1));
}

std::string short_lines(const CheckFindings& findings, lang::Language language) {
    std::string lines;
    for (const FindingView& finding : findings.all()) {
        const auto& diagnostic = *finding.diagnostic;
        const lang::LineColumn at = finding.source->line_column(diagnostic.span.begin);
        lines += fmt::format("{}:{}:{}: {}[{}]: {}\n", report_path(finding.source->name()), at.line,
                             at.column, local_word_of(diagnostic.severity).text(language),
                             diagnostic.code, diagnostic.message.text(language));
    }
    return lines;
}

std::string github_commands(const CheckFindings& findings, lang::Language language) {
    std::string lines;
    for (const FindingView& finding : findings.all()) {
        const auto& diagnostic = *finding.diagnostic;
        const lang::LineColumn begin = finding.source->line_column(diagnostic.span.begin);
        const lang::LineColumn end = finding.source->line_column(diagnostic.span.end);
        // Columns are taken for what stands on one line.
        const std::string columns = begin.line == end.line
                                        ? fmt::format(",col={},endColumn={}", begin.column,
                                                      std::max(end.column, begin.column))
                                        : "";
        const std::string remarks = remarks_of(diagnostic, language);
        const std::string message = diagnostic.message.text(language);
        const char* command =
            diagnostic.severity == lang::Severity::note ? "notice" : word_of(diagnostic.severity);
        lines += fmt::format("::{} file={},line={},endLine={}{},title={}::{}\n", command,
                             escaped(report_path(finding.source->name()), true), begin.line,
                             end.line, columns, diagnostic.code,
                             escaped(remarks.empty() ? message : message + "\n" + remarks, false));
    }
    return lines;
}

std::string gitlab_report(const CheckFindings& findings, lang::Language language) {
    const std::map<lang::Severity, const char*> severities{{lang::Severity::error, "critical"},
                                                           {lang::Severity::warning, "minor"},
                                                           {lang::Severity::note, "info"}};
    Fingerprints fingerprints;
    json report = json::array();
    for (const FindingView& finding : findings.all()) {
        const auto& diagnostic = *finding.diagnostic;
        const lang::LineColumn begin = finding.source->line_column(diagnostic.span.begin);
        const lang::LineColumn end = finding.source->line_column(diagnostic.span.end);
        report.push_back({{"description", diagnostic.message.text(language)},
                          {"check_name", diagnostic.code},
                          {"fingerprint", fingerprints.of(finding)},
                          {"severity", severities.at(diagnostic.severity)},
                          {"location",
                           {{"path", report_path(finding.source->name())},
                            {"lines", {{"begin", begin.line}, {"end", end.line}}}}}});
    }
    return dumped(report);
}

std::string junit_report(const CheckFindings& findings, lang::Language language) {
    std::vector<JUnitSuite> suites;
    for (const auto& file : findings.files) {
        const std::string path = report_path(file.source->name());
        JUnitSuite& suite = suites.emplace_back();
        suite.name = path;
        JUnitCase fine{.name = path, .class_name = "sop check", .file = path};
        if (file.diagnostics.empty()) suite.cases.push_back(fine);
        for (const auto& diagnostic : file.diagnostics) {
            const lang::LineColumn at = file.source->line_column(diagnostic.span.begin);
            JUnitCase found = fine;
            found.name = fmt::format("{}:{}:{} {}", path, at.line, at.column, diagnostic.code);
            found.line = at.line;
            const std::string message = diagnostic.message.text(language);
            if (findings.fails(diagnostic)) {
                found.failures.push_back(
                    {diagnostic.code, message,
                     lang::render(diagnostic, *file.source, {.language = language})});
            } else {
                found.skipped = message;
            }
            suite.cases.push_back(std::move(found));
        }
    }
    return junit_xml("sop check", suites);
}

std::string sarif_log(const CheckFindings& findings, lang::Language language) {
    return SarifWriter(findings, language).run();
}

std::string gitlab_failure(const std::string& message) {
    return dumped(json::array({json{{"description", message},
                                    {"check_name", name_of_failure},
                                    {"fingerprint", lang::hex_text(lang::sha256(message), 16)},
                                    {"severity", "blocker"},
                                    {"location", {{"path", "."}, {"lines", {{"begin", 1}}}}}}}));
}

std::string junit_failure(const std::string& message) {
    JUnitCase failed{.name = name_of_failure, .class_name = name_of_failure};
    failed.failures.push_back({"failed", message, message});
    return junit_xml(name_of_failure, {{name_of_failure, {failed}}});
}

std::string sarif_failure(const std::string& message) {
    const json notification{{"level", "error"}, {"message", {{"text", message}}}};
    return SarifWriter::write(lang::Language::en, json::array(), json::array(),
                              {{"executionSuccessful", false},
                               {"toolExecutionNotifications", json::array({notification})}});
}

}  // namespace sop::runtime::cli
