#include "lang/calendar/schedule.h"
#include "lang/sentence.h"
#include "lang/suggestion.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/exit_code.h"
#include "runtime/cli/next_batch.h"
#include "runtime/cli/next_table.h"
#include "runtime/cli/project.h"
#include "runtime/cli/terminal.h"
#include "runtime/cli/time_argument.h"
#include "runtime/scheduler/tier.h"
#include "runtime/zoneinfo/zoneinfo.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <iostream>

namespace sop::runtime::cli {

namespace {

using lang::calendar::Zone;
using lang::calendar::ZoneDatabase;

date::sys_seconds instant_asked(const NextOptions& options, const Zone& zone) {
    const Instant from =
        options.after ? parse_instant(*options.after, zone, "--after") : SystemClock().now();
    return date::floor<std::chrono::seconds>(from);
}

std::shared_ptr<const Zone> require_zone(const std::string& name, const ZoneDatabase& zones) {
    if (auto zone = zones.find(name)) return zone;
    const auto near = lang::closest(name, zones.names());
    throw CommandError(
        fmt::format("--in: there is no time zone `{}`; {}", name,
                    near ? fmt::format("did you mean `{}`?", *near)
                         : "zones are called by region and city, such as Asia/Shanghai"));
}

// ---- a schedule that stands alone ----

int next_of_sentence(const NextOptions& options, const ZoneDatabase& zones) {
    const auto zone = require_zone(*options.zone, zones);
    const lang::Source source("schedule", fmt::format("{}", fmt::join(options.paths, " ")));
    const auto after = instant_asked(options, *zone);
    const auto from = date::floor<date::days>(zone->to_local(after));
    const auto checked = lang::check_sentence(source, *zone, from);
    for (const auto& diagnostic : checked.diagnostics)
        fmt::print(stderr, "{}\n",
                   lang::render(diagnostic, source, {uses_colour(stderr), options.language}));
    if (!checked.value || lang::has_errors(checked.diagnostics)) return exit_findings;

    const auto firings = coming_firings(*checked.value, zone, after, options.count,
                                        lang::calendars_kept_in(zones.canonical(*options.zone)));
    const std::string english = lang::schedule_text(*checked.value);
    const std::string chinese = lang::schedule_text(*checked.value, lang::Dialect::zh_cn);
    if (options.format == OutputFormat::json) {
        fmt::print(
            "{{\"format_version\":1,\"schedule\":{},\"schedule_zh\":{},\"zone\":{},"
            "\"zone_release\":{},\"next\":{}}}\n",
            nlohmann::json(english).dump(), nlohmann::json(chinese).dump(),
            nlohmann::json(zone->name()).dump(), nlohmann::json(zones.release()).dump(),
            firings_json(firings));
        return exit_fine;
    }
    fmt::print("{}\n{}\nin {}, zone data {}\n\n", english, chinese, zone->name(), zones.release());
    fmt::print("{}", firings.empty() ? "no coming time\n" : firings_table(firings));
    return exit_fine;
}

// ---- the rules of playbooks ----

void add_coming(const lang::Playbook& playbook, const lang::Rule& rule, const ZoneDatabase& zones,
                const NextOptions& options, std::vector<ComingFiring>& coming) {
    const auto* trigger = std::get_if<lang::CalendarTrigger>(&rule.trigger);
    if (!trigger) return;
    const auto zone = zones.find(rule.timezone);
    for (auto& firing :
         coming_firings(trigger->schedule, zone, instant_asked(options, *zone), options.count)) {
        firing.rule = lang::rule_path(playbook, rule);
        coming.push_back(std::move(firing));
    }
}

int next_of_playbooks(const NextOptions& options, const ZoneDatabase& zones) {
    const auto sources = read_sources(options.paths);
    const auto from = options.after ? parse_date(*options.after, "--after") : today();
    const lang::Compilation compilation = lang::compile(sources, {zones, from, read_named_file});
    if (!compilation.plan) {
        print_findings(compilation.files, options.language, stderr);
        fmt::print(stderr, "{}\n",
                   findings_text(count_findings(compilation.files)).text(options.language));
        return exit_findings;
    }
    std::vector<ComingFiring> coming;
    for (const auto& playbook : playbooks_of(*compilation.plan)) {
        for (const auto& rule : playbook.rules) add_coming(playbook, rule, zones, options, coming);
    }
    std::stable_sort(coming.begin(), coming.end(),
                     [](const ComingFiring& a, const ComingFiring& b) {
                         return a.occurrence.instant < b.occurrence.instant;
                     });
    if (options.format == OutputFormat::json) {
        fmt::print("{{\"format_version\":1,\"next\":{}}}\n", firings_json(coming));
    } else {
        fmt::print("{}", coming.empty() ? "no rule has a coming time\n" : firings_table(coming));
    }
    return exit_fine;
}

// A schedule where a path is expected is worth a better answer than "no such file".
void refuse_schedule_without_zone(const NextOptions& options) {
    const std::string& first = options.paths.front();
    if (first.find(' ') == std::string::npos || std::filesystem::exists(first)) return;
    const lang::Source source("schedule", first);
    if (!lang::parse_schedule(source).value) {
        throw CommandError(fmt::format(
            "{}: no such file or folder; for a schedule add --in, such as --in Asia/Shanghai",
            first));
    }
    throw CommandError(
        fmt::format("in which time zone is `{}`? Add --in, such as --in Asia/Shanghai", first));
}

}  // namespace

int next(const NextOptions& options) {
    const ZoneDatabase zones(zoneinfo_folder(options.zoneinfo));
    if (options.zone) return next_of_sentence(options, zones);
    if (options.paths == std::vector<std::string>{"-"}) {
        std::ios::sync_with_stdio(false);
        answer_questions(std::cin, stdout, zones, options.language);
        return exit_fine;
    }
    refuse_schedule_without_zone(options);
    return next_of_playbooks(options, zones);
}

}  // namespace sop::runtime::cli
