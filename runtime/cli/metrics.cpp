#include "runtime/cli/metrics.h"

#include <fmt/format.h>

#include <map>
#include <tuple>
#include <utility>

namespace sop::runtime::cli {

namespace {

std::string escaped(const std::string& text) {
    std::string result;
    for (const char character : text) {
        if (character == '\n') {
            result += "\\n";
            continue;
        }
        if (character == '"' || character == '\\') result += '\\';
        result += character;
    }
    return result;
}

using Labels = std::vector<std::pair<std::string, std::string>>;

class Exposition {
  public:
    void begin(const std::string& name, const char* type, const char* help) {
        name_ = name;
        text_ += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", name, help, type);
    }
    void add(const Labels& labels, const std::string& value) {
        text_ += name_;
        const char* before = "{";
        for (const auto& [label, content] : labels) {
            text_ += fmt::format("{}{}=\"{}\"", before, label, escaped(content));
            before = ",";
        }
        text_ += fmt::format("{} {}\n", labels.empty() ? "" : "}", value);
    }
    void add(const Labels& labels, std::int64_t value) { add(labels, fmt::to_string(value)); }
    // One without labels.
    void one(const std::string& name, const char* type, const char* help, std::int64_t value) {
        begin(name, type, help);
        add({}, value);
    }
    std::string text() && { return std::move(text_); }

  private:
    std::string name_;
    std::string text_;
};

bool is_open(DeliveryState state) {
    return state == DeliveryState::pending || state == DeliveryState::attempting;
}

bool has_own_reasons(DeliveryState state) {
    return state == DeliveryState::skipped || state == DeliveryState::exited ||
           state == DeliveryState::cancelled || state == DeliveryState::refused;
}

std::int64_t count_in(const Metrics& metrics, DeliveryState state) {
    std::int64_t count = 0;
    for (const DeliverySummary& summary : metrics.deliveries) {
        if (summary.state == state) count += summary.count;
    }
    return count;
}

void add_outcomes(Exposition& out, const Metrics& metrics) {
    std::map<std::tuple<std::string, std::string, DeliveryState, std::string>, std::int64_t> counts;
    for (const DeliverySummary& summary : metrics.deliveries) {
        if (is_open(summary.state)) continue;
        const std::string reason = has_own_reasons(summary.state) ? summary.reason : "";
        counts[{summary.playbook, summary.rule, summary.state, reason}] += summary.count;
    }
    out.begin("sop_deliveries", "gauge",
              "Messages that came to an end, by how. One that is unknown may be settled later.");
    for (const auto& [key, count] : counts) {
        const auto& [playbook, rule, state, reason] = key;
        Labels labels{
            {"playbook", playbook}, {"rule", rule}, {"outcome", std::string(to_text(state))}};
        if (!reason.empty()) labels.emplace_back("reason", reason);
        out.add(labels, count);
    }
}

void add_deliveries(Exposition& out, const Metrics& metrics) {
    out.one("sop_deliveries_planned_total", "counter",
            "Messages planned: the sum of sop_deliveries and sop_deliveries_pending.",
            metrics.planned);
    add_outcomes(out, metrics);
    const std::int64_t attempting = count_in(metrics, DeliveryState::attempting);
    out.one("sop_deliveries_pending", "gauge",
            "Messages that have not come to an end, those being attempted among them.",
            count_in(metrics, DeliveryState::pending) + attempting);
    out.one("sop_deliveries_asked_about", "gauge",
            "Pending messages that may have been taken, which their platforms are asked about.",
            metrics.asked_about);
    out.one("sop_deliveries_attempting", "gauge", "Messages that are being attempted.", attempting);
}

void add_plans(Exposition& out, const Metrics& metrics) {
    out.begin("sop_runs_open", "gauge", "Runs that are not over, by the plan they go by.");
    for (const PlanSummary& plan : metrics.plans)
        out.add({{"version", fmt::to_string(plan.version)}}, plan.open_runs);
    out.one("sop_plan_version", "gauge", "The version of the plan in force; 0 for none.",
            metrics.plans.empty() ? 0 : metrics.plans.back().version);
}

std::int64_t count_events(const Metrics& metrics, IntakeOutcome outcome) {
    std::int64_t count = 0;
    for (const IntakeCount& each : metrics.intake)
        count += each.outcome == outcome ? each.count : 0;
    return count;
}

void add_events(Exposition& out, const Metrics& metrics) {
    out.one("sop_events_total", "counter", "Events from outside that were taken into the inbox.",
            count_events(metrics, IntakeOutcome::accepted));
    out.one("sop_events_duplicate_total", "counter",
            "Events from outside that were there already, by their id.",
            count_events(metrics, IntakeOutcome::duplicate));
    out.begin("sop_events_rejected_total", "counter", "Events from outside that were not taken.");
    for (const IntakeCount& each : metrics.intake) {
        if (each.outcome == IntakeOutcome::rejected) out.add({{"reason", each.reason}}, each.count);
    }
    out.one("sop_events_waiting", "gauge",
            "Events that have happened and that the executor has not come to.",
            metrics.events_waiting.count);
}

std::string seconds_text(std::chrono::milliseconds length) {
    return fmt::format("{:.3f}", static_cast<double>(length.count()) / 1000);
}

}  // namespace

std::string metrics_text(const Metrics& metrics) {
    Exposition out;
    add_deliveries(out, metrics);
    add_plans(out, metrics);
    add_events(out, metrics);
    out.one("sop_rules_paused", "gauge", "Rules of the plan in force that are paused.",
            metrics.paused_rules);
    out.one("sop_executor_running", "gauge", "1 when an executor runs on the store.",
            metrics.executor_runs ? 1 : 0);
    out.one("sop_fenced", "gauge",
            "1 when the store was copied or restored and sends nothing until somebody decides.",
            metrics.is_fenced ? 1 : 0);
    if (metrics.present_until) {
        out.begin("sop_present_until_age_seconds", "gauge",
                  "Time since an executor last noted that it was there, which it does while it has "
                  "messages to look after.");
        out.add({}, seconds_text(metrics.now - *metrics.present_until));
    }
    return std::move(out).text();
}

}  // namespace sop::runtime::cli
