// What a store says of itself, for Prometheus.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/store/store.h"

namespace sop::runtime::cli {

struct Metrics {
    std::int64_t planned = 0;                   // messages, counted by themselves
    std::vector<DeliverySummary> deliveries{};  // what became of them
    std::int64_t asked_about = 0;               // of those pending, which platforms are asked about
    std::vector<PlanSummary> plans{};           // the oldest first
    std::int64_t paused_rules = 0;              // of the plan in force
    bool executor_runs = false;
    bool is_fenced = false;
    std::vector<IntakeCount> intake{};  // events, by what became of them when they came
    EventBacklog events_waiting{};
    std::optional<Instant> present_until{};
    Instant now{};
};

// The text exposition format, version 0.0.4. Reasons are labels only where they are words of sop's
// own: what platforms say has no end.
std::string metrics_text(const Metrics& metrics);

}  // namespace sop::runtime::cli
