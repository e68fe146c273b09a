// `sop report check`: what was counted as events came in, against the events that are kept.
#include "runtime/cli/exit_code.h"
#include "runtime/cli/report.h"
#include "runtime/cli/sheet.h"
#include "runtime/cli/terminal.h"
#include "runtime/figures/count_check.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace sop::runtime::cli {

namespace {

// The first date whose events are all there still, by any clock.
std::optional<date::local_days> kept_since(const ReportScene& scene) {
    constexpr date::days any_clock{2};
    const auto swept_at = scene.store.swept_at();
    if (!swept_at || !scene.config.retention.events) return std::nullopt;
    const auto day = date::floor<date::days>(*swept_at - *scene.config.retention.events);
    return date::local_days{day.time_since_epoch()} + any_clock;
}

std::string text_of(const DayCount& count) {
    return fmt::format("{}{}{}", count.count, count.sums.empty() ? "" : ", ", count.sums);
}

}  // namespace

int report_check(const ReportScene& scene) {
    const CountCheck check = check_counts(scene.store, scene.plan, scene.zones, kept_since(scene));
    Sheet sheet{{{"count"}, {"of"}, {"date"}, {"kept"}, {"from_events"}}, {}};
    for (const CountDifference& difference : check.differences)
        sheet.rows.push_back({difference.measure, difference.subject,
                              lang::calendar::date_text(difference.day), text_of(difference.kept),
                              text_of(difference.counted)});
    const bool is_text = scene.options.format == OutputFormat::text;
    if (!is_text || !sheet.rows.empty())
        fmt::print("{}", render(sheet, scene.options.format,
                                {{"events", check.events}, {"days", check.days}}));
    if (is_text)
        fmt::print("{} events counted anew, {} days compared, {} differ\n",
                   count_text(check.events), count_text(check.days), check.differences.size());
    return check.differences.empty() ? exit_fine : exit_findings;
}

}  // namespace sop::runtime::cli
