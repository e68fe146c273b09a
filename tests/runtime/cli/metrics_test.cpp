#include "runtime/cli/metrics.h"

#include <catch2/catch.hpp>

namespace sop::runtime::cli {

TEST_CASE("metrics are told as Prometheus reads them", "[cli][metrics]") {
    Metrics metrics;
    metrics.planned = 21;
    metrics.deliveries = {{"p", "r", DeliveryState::pending, "", 3},
                          {"p", "r", DeliveryState::attempting, "", 2},
                          {"p", "r", DeliveryState::sent, "", 5},
                          {"p", "r", DeliveryState::failed, "HTTP 404", 4},
                          {"p", "r", DeliveryState::failed, "HTTP 500", 1},
                          {"p", "a \"b\"\\\nc", DeliveryState::skipped, "late", 6}};
    metrics.asked_about = 1;
    metrics.plans = {{.version = 1, .open_runs = 7}, {.version = 2, .open_runs = 8}};
    metrics.paused_rules = 1;
    metrics.executor_runs = true;
    metrics.intake = {{IntakeOutcome::accepted, "", 40},
                      {IntakeOutcome::duplicate, "", 2},
                      {IntakeOutcome::rejected, "future", 3},
                      {IntakeOutcome::rejected, "not JSON", 1}};
    metrics.events_waiting = {.count = 9};
    metrics.present_until = Instant{std::chrono::milliseconds{1000}};
    metrics.now = Instant{std::chrono::milliseconds{3500}};
    CHECK(
        metrics_text(metrics) ==
        R"(# HELP sop_deliveries_planned_total Messages planned: the sum of sop_deliveries and sop_deliveries_pending.
# TYPE sop_deliveries_planned_total counter
sop_deliveries_planned_total 21
# HELP sop_deliveries Messages that came to an end, by how. One that is unknown may be settled later.
# TYPE sop_deliveries gauge
sop_deliveries{playbook="p",rule="a \"b\"\\\nc",outcome="skipped",reason="late"} 6
sop_deliveries{playbook="p",rule="r",outcome="sent"} 5
sop_deliveries{playbook="p",rule="r",outcome="failed"} 5
# HELP sop_deliveries_pending Messages that have not come to an end, those being attempted among them.
# TYPE sop_deliveries_pending gauge
sop_deliveries_pending 5
# HELP sop_deliveries_asked_about Pending messages that may have been taken, which their platforms are asked about.
# TYPE sop_deliveries_asked_about gauge
sop_deliveries_asked_about 1
# HELP sop_deliveries_attempting Messages that are being attempted.
# TYPE sop_deliveries_attempting gauge
sop_deliveries_attempting 2
# HELP sop_runs_open Runs that are not over, by the plan they go by.
# TYPE sop_runs_open gauge
sop_runs_open{version="1"} 7
sop_runs_open{version="2"} 8
# HELP sop_plan_version The version of the plan in force; 0 for none.
# TYPE sop_plan_version gauge
sop_plan_version 2
# HELP sop_events_total Events from outside that were taken into the inbox.
# TYPE sop_events_total counter
sop_events_total 40
# HELP sop_events_duplicate_total Events from outside that were there already, by their id.
# TYPE sop_events_duplicate_total counter
sop_events_duplicate_total 2
# HELP sop_events_rejected_total Events from outside that were not taken.
# TYPE sop_events_rejected_total counter
sop_events_rejected_total{reason="future"} 3
sop_events_rejected_total{reason="not JSON"} 1
# HELP sop_events_waiting Events that have happened and that the executor has not come to.
# TYPE sop_events_waiting gauge
sop_events_waiting 9
# HELP sop_rules_paused Rules of the plan in force that are paused.
# TYPE sop_rules_paused gauge
sop_rules_paused 1
# HELP sop_executor_running 1 when an executor runs on the store.
# TYPE sop_executor_running gauge
sop_executor_running 1
# HELP sop_fenced 1 when the store was copied or restored and sends nothing until somebody decides.
# TYPE sop_fenced gauge
sop_fenced 0
# HELP sop_present_until_age_seconds Time since an executor last noted that it was there, which it does while it has messages to look after.
# TYPE sop_present_until_age_seconds gauge
sop_present_until_age_seconds 2.500
)");
}

}  // namespace sop::runtime::cli
