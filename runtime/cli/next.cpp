#include "lang/calendar/schedule.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/exit_code.h"
#include "runtime/cli/project.h"
#include "runtime/cli/terminal.h"
#include "runtime/cli/time_argument.h"
#include "runtime/clock/instant_text.h"
#include "runtime/zoneinfo/zoneinfo.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace sop::runtime::cli {

namespace {

using lang::calendar::Occurrence;

struct ComingFiring {
    std::string rule;
    std::shared_ptr<const lang::calendar::Zone> zone;
    Occurrence occurrence;
    std::optional<date::sys_seconds> end;
};

void add_coming(const lang::Playbook& playbook, const lang::Rule& rule,
                const lang::calendar::ZoneDatabase& zones, const NextOptions& options,
                std::vector<ComingFiring>& coming) {
    const auto* trigger = std::get_if<lang::CalendarTrigger>(&rule.trigger);
    if (!trigger) return;
    const auto zone = zones.find(rule.timezone);
    const Instant from =
        options.after ? parse_instant(*options.after, *zone, "--after") : SystemClock().now();
    auto after = date::floor<std::chrono::seconds>(from);
    for (std::size_t i = 0; i < options.count; ++i) {
        const auto occurrence = lang::calendar::next_occurrence(trigger->schedule, *zone, after);
        if (!occurrence) return;
        after = occurrence->instant;
        std::optional<date::sys_seconds> end;
        if (trigger->window)
            end = lang::calendar::window_end(*trigger->window, occurrence->instant, *zone);
        coming.push_back({lang::rule_path(playbook, rule), zone, *occurrence, end});
    }
}

// A nominal time that daylight saving skips happens at another one.
std::string remark(const ComingFiring& firing) {
    const auto shown = firing.zone->to_local(firing.occurrence.instant);
    if (shown == firing.occurrence.nominal) return "";
    return "moved: " + date::format("%H:%M", firing.occurrence.nominal) +
           " does not exist that day";
}

void print_text(const std::vector<ComingFiring>& coming) {
    Table table{{{"local time"}, {"day"}, {"offset"}, {"UTC"}, {"until"}, {"rule"}, {"remark"}},
                {}};
    for (const auto& firing : coming) {
        const auto local = firing.zone->to_local(firing.occurrence.instant);
        table.rows.push_back(
            {date::format("%F %T", local),
             date::format("%a", date::floor<date::days>(firing.occurrence.nominal)),
             offset_text(firing.zone->offset_at(firing.occurrence.instant)),
             instant_text(firing.occurrence.instant),
             firing.end ? local_text(*firing.end, *firing.zone) : "", firing.rule, remark(firing)});
    }
    fmt::print("{}", render_table(table));
}

void print_json(const std::vector<ComingFiring>& coming) {
    nlohmann::json list = nlohmann::json::array();
    for (const auto& firing : coming) {
        nlohmann::json entry{{"rule", firing.rule},
                             {"zone", firing.zone->name()},
                             {"nominal", date::format("%FT%T", firing.occurrence.nominal)},
                             {"at", instant_text(firing.occurrence.instant)}};
        if (firing.end) entry["end"] = instant_text(*firing.end);
        list.push_back(entry);
    }
    fmt::print("{}\n", nlohmann::json{{"format_version", 1}, {"next", list}}.dump());
}

}  // namespace

int next(const NextOptions& options) {
    const lang::calendar::ZoneDatabase zones(zoneinfo_folder(options.zoneinfo));
    const auto sources = read_sources(options.paths);
    const lang::Compilation compilation = lang::compile(sources, {zones});
    if (!compilation.plan) {
        print_findings(compilation.files, stderr);
        fmt::print(stderr, "{}\n", findings_text(count_findings(compilation.files)));
        return exit_findings;
    }
    std::vector<ComingFiring> coming;
    for (const auto& playbook : compilation.plan->playbooks) {
        for (const auto& rule : playbook.rules) add_coming(playbook, rule, zones, options, coming);
    }
    std::stable_sort(coming.begin(), coming.end(),
                     [](const ComingFiring& a, const ComingFiring& b) {
                         return a.occurrence.instant < b.occurrence.instant;
                     });
    if (options.format == OutputFormat::json) {
        print_json(coming);
    } else if (coming.empty()) {
        fmt::print("no rule has a coming time\n");
    } else {
        print_text(coming);
    }
    return exit_fine;
}

}  // namespace sop::runtime::cli
