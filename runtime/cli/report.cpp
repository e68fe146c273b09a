#include "runtime/cli/report.h"

#include "runtime/cli/exit_code.h"
#include "runtime/cli/seed.h"
#include "runtime/cli/stored_plans.h"
#include "runtime/cli/time_argument.h"
#include "runtime/scheduler/measure.h"
#include "runtime/zoneinfo/zoneinfo.h"

#include <fmt/format.h>

namespace sop::runtime::cli {

namespace {

constexpr date::days usual_length{7};
constexpr date::days longest_length{3660};

// The seven dates before today, where nothing else is said.
DateSpan read_span(const ReportOptions& options, const lang::calendar::Zone& zone) {
    const auto today = date::floor<date::days>(
        zone.to_local(date::floor<std::chrono::seconds>(SystemClock().now())));
    DateSpan span;
    span.until = options.to ? parse_date(*options.to, "--to") : today - date::days{1};
    span.from = options.from ? parse_date(*options.from, "--from")
                             : span.until - usual_length + date::days{1};
    if (span.until < span.from)
        throw CommandError(fmt::format("--to {} lies before --from {}",
                                       lang::calendar::date_text(span.until),
                                       lang::calendar::date_text(span.from)));
    if (span.until - span.from > longest_length)
        throw CommandError(fmt::format("--from {} --to {}: a report is of {} dates at most",
                                       lang::calendar::date_text(span.from),
                                       lang::calendar::date_text(span.until),
                                       longest_length.count()));
    return span;
}

std::shared_ptr<const lang::calendar::Zone> zone_of(const lang::Plan& plan,
                                                    const lang::calendar::ZoneDatabase& zones) {
    const std::string name = report_timezone(plan);
    auto zone = name.empty() ? nullptr : zones.find(name);
    if (!zone)
        throw CommandError(name.empty()
                               ? "the plan in force has no rule, so there is nothing to report"
                               : fmt::format("this machine's zone data has no `{}`", name));
    return zone;
}

}  // namespace

int report(const ReportOptions& options) {
    const Config config = load_config(options.folder);
    const auto store = open_existing(config, true);
    // One moment of the store, however the executor goes on meanwhile.
    const auto snapshot = store->begin();
    const lang::Plan plan = plan_in_force(*store, config);
    const lang::calendar::ZoneDatabase zones(zoneinfo_folder(options.zoneinfo));
    const auto zone = zone_of(plan, zones);
    const ReportScene scene{options, config, *store, plan, zones, zone, read_span(options, *zone)};
    switch (options.what) {
        case ReportOptions::What::metrics:
            return report_metrics(scene);
        case ReportOptions::What::tiers:
            return report_tiers(scene);
        case ReportOptions::What::funnel:
            return report_funnel(scene);
        case ReportOptions::What::variants:
            return report_variants(scene);
        case ReportOptions::What::points:
            return report_points(scene);
        case ReportOptions::What::check:
            return report_check(scene);
    }
    return exit_internal;  // not reached: the switch names every part
}

}  // namespace sop::runtime::cli
