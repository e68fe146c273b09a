// An existing schedule into a playbook. What is written is compiled first: a rule that the compiler
// refuses is left out like a line that could not be read, so that the file always compiles.
#include "lang/suggestion.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/exit_code.h"
#include "runtime/cli/new_file.h"
#include "runtime/cli/project.h"
#include "runtime/import/crontab.h"
#include "runtime/import/ical.h"
#include "runtime/import/playbook_text.h"
#include "runtime/import/spreadsheet.h"
#include "runtime/zoneinfo/zoneinfo.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <map>

namespace sop::runtime::cli {

namespace {

using importing::ImportedRule;
using importing::ImportedSchedule;
using importing::PlaybookOptions;
using lang::calendar::ZoneDatabase;

std::string read_input(const std::string& file) {
    if (file != "-") return read_file(file);
    return {std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>()};
}

ImportedSchedule read_schedule(const ImportScheduleOptions& options) {
    const std::string text = read_input(options.file);
    try {
        switch (options.from) {
            case ImportScheduleOptions::From::crontab:
                return importing::read_crontab(text, {.system = options.system_crontab});
            case ImportScheduleOptions::From::ical:
                return importing::read_ical(
                    text, {.zone = options.zone.value_or(""), .all_day_at = options.all_day_at});
            case ImportScheduleOptions::From::spreadsheet:
                break;
        }
        return importing::read_spreadsheet(text);
    } catch (const importing::UnreadableSchedule& error) {
        throw CommandError(fmt::format("{}: {}", options.file, error.what()));
    }
}

void require_zone(const std::string& name, const ZoneDatabase& zones) {
    if (zones.find(name)) return;
    throw CommandError(fmt::format("--zone: there is no time zone `{}`{}", name,
                                   lang::did_you_mean(name, zones.names())));
}

// The zone of the playbook: the one that was asked for, else the one most rules have.
std::string zone_of(const ImportedSchedule& schedule, const ImportScheduleOptions& options) {
    if (options.zone) return *options.zone;
    std::map<std::string, std::size_t> counts;
    for (const ImportedRule& rule : schedule.rules) ++counts[rule.zone];
    if (counts.contains("") || (counts.empty() && !schedule.left_out.empty()))
        throw CommandError(
            fmt::format("{}: the file does not say in which time zone its times are; say it, as in "
                        "--zone Asia/Shanghai",
                        options.file));
    if (counts.empty()) throw CommandError(fmt::format("{}: has nothing to import", options.file));
    return std::max_element(counts.begin(), counts.end(),
                            [](const auto& a, const auto& b) { return a.second < b.second; })
        ->first;
}

// What compiling says against a text; nothing when it compiles.
std::optional<std::string> first_error(const std::string& text, const ZoneDatabase& zones) {
    const std::vector<lang::Source> sources{lang::Source("imported", text)};
    const auto compiled = lang::compile(sources, {.zones = zones, .horizon = date::days(0)});
    for (const auto& file : compiled.files)
        for (const auto& diagnostic : file.diagnostics)
            if (diagnostic.severity == lang::Severity::error)
                return fmt::format("{} ({})", diagnostic.message.text(lang::Language::en),
                                   diagnostic.code);
    return std::nullopt;
}

void leave_out_refused(ImportedSchedule& schedule, const PlaybookOptions& options,
                       const ZoneDatabase& zones) {
    if (const auto error = first_error(importing::playbook_text({}, options), zones))
        throw CommandError(
            fmt::format("--playbook, --for or --via cannot be written so: {}", *error));
    if (!first_error(importing::playbook_text(schedule, options), zones)) return;
    std::vector<ImportedRule> kept;
    for (ImportedRule& rule : schedule.rules) {
        ImportedSchedule alone;
        alone.rules = {rule};
        if (const auto error = first_error(importing::playbook_text(alone, options), zones)) {
            schedule.left_out.push_back(
                {rule.line, rule.source.empty() ? rule.schedule : rule.source, *error});
        } else {
            kept.push_back(std::move(rule));
        }
    }
    schedule.rules = std::move(kept);
    std::stable_sort(schedule.left_out.begin(), schedule.left_out.end(),
                     [](const auto& a, const auto& b) { return a.line < b.line; });
}

std::string laid_out(const std::string& text, lang::Dialect dialect) {
    const auto formatted =
        lang::format_source(lang::Source("imported", text), {.dialect = dialect});
    if (!formatted.value)
        throw CommandError(fmt::format(
            "--playbook, --for or --via holds a word that the language of the playbook reads "
            "otherwise: {}",
            formatted.diagnostics.front().message.text(lang::Language::en)));
    return *formatted.value;
}

std::string counted(std::size_t number, const char* noun) {
    return fmt::format("{} {}{}", number, noun, number == 1 ? "" : "s");
}

void print_summary(const ImportedSchedule& schedule, const ImportScheduleOptions& options) {
    const char* noun = options.from == ImportScheduleOptions::From::crontab ? "line"
                       : options.from == ImportScheduleOptions::From::ical  ? "event"
                                                                            : "row";
    fmt::print(stderr, "{}: {} from {}\n", options.file, counted(schedule.rules.size(), "rule"),
               counted(schedule.entries, noun));
    for (const std::string& remark : schedule.remarks) fmt::print(stderr, "  {}\n", remark);
    const auto without_text =
        std::count_if(schedule.rules.begin(), schedule.rules.end(),
                      [](const ImportedRule& rule) { return rule.needs_text; });
    if (without_text > 0)
        fmt::print(stderr, "  {} no text in the file: look for `{}` in the playbook\n",
                   without_text == 1 ? "1 rule has" : fmt::format("{} rules have", without_text),
                   importing::text_placeholder);
    for (const auto& entry : schedule.left_out)
        fmt::print(stderr, "  {}:{}: left out: {}\n", options.file, entry.line, entry.reason);
}

}  // namespace

int import_schedule(const ImportScheduleOptions& options) {
    const ZoneDatabase zones(zoneinfo_folder(options.zoneinfo));
    if (options.zone) require_zone(*options.zone, zones);
    ImportedSchedule schedule = read_schedule(options);
    const PlaybookOptions written{
        .file = options.file == "-" ? std::string(standard_input_name)
                                    : std::filesystem::path(options.file).filename().string(),
        .playbook = options.playbook,
        .zone = zone_of(schedule, options),
        .audience = options.audience,
        .channel = options.channel};
    leave_out_refused(schedule, written, zones);
    const std::string text = laid_out(importing::playbook_text(schedule, written), options.dialect);
    if (options.out) {
        write_new_file(*options.out, text);
    } else {
        fmt::print("{}", text);
    }
    print_summary(schedule, options);
    const bool lost = !schedule.left_out.empty();
    return lost && options.strict ? exit_findings : exit_fine;
}

}  // namespace sop::runtime::cli
