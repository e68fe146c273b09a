// The parts of `sop report`.
#pragma once

#include <memory>
#include <string>

#include "lang/calendar/zone.h"
#include "lang/plan.h"
#include "runtime/cli/commands.h"
#include "runtime/config/config.h"
#include "runtime/figures/group_figures.h"
#include "runtime/store/store.h"

namespace sop::runtime::cli {

// What all parts start from: one moment of a store, the plan in force, and the dates asked for.
struct ReportScene {
    const ReportOptions& options;
    const Config& config;
    Store& store;
    const lang::Plan& plan;
    const lang::calendar::ZoneDatabase& zones;
    std::shared_ptr<const lang::calendar::Zone> zone;
    DateSpan span;
};

// Each gives the exit code.
int report_metrics(const ReportScene& scene);
int report_tiers(const ReportScene& scene);
int report_funnel(const ReportScene& scene);
int report_variants(const ReportScene& scene);
int report_points(const ReportScene& scene);
int report_check(const ReportScene& scene);

}  // namespace sop::runtime::cli
