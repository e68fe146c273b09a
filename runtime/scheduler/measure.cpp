#include "runtime/scheduler/measure.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "runtime/scheduler/expression_text.h"

namespace sop::runtime {

namespace {

using lang::Expression;
using Kind = Expression::Kind;

bool is_aggregate(const Expression& expression) {
    return expression.kind == Kind::count || expression.kind == Kind::sum ||
           expression.kind == Kind::distinct || expression.kind == Kind::streak;
}

bool asks_for_event_alone(const Expression& expression) {
    switch (expression.kind) {
        case Kind::row:
        case Kind::column:
        case Kind::metric:
        case Kind::tagged:
        case Kind::count:
        case Kind::sum:
        case Kind::distinct:
        case Kind::streak:
            return false;
        case Kind::field:
            return expression.field->owner == lang::FieldReference::Owner::subject;
        default:
            return std::all_of(expression.operands.begin(), expression.operands.end(),
                               asks_for_event_alone);
    }
}

// Of a declared event's fields those that are there without being told.
std::string defaults_text(const lang::Plan& plan, const std::string& event) {
    std::string text;
    for (const lang::EventType& type : plan.events) {
        if (type.name != event) continue;
        for (const lang::EventField& field : type.fields) {
            if (field.default_value)
                text += fmt::format(" {}={}", field.name, *field.default_value);
        }
    }
    return text;
}

bool is_over_dates(const lang::Rare<lang::Period>& period) {
    using PeriodKind = lang::Period::Kind;
    if (!period) return true;
    switch (period->kind) {
        case PeriodKind::last:
            return period->span.is_calendar();
        case PeriodKind::today:
        case PeriodKind::since_start:
            return false;
        default:
            return true;
    }
}

class Collector {
  public:
    explicit Collector(const lang::Plan& plan) : plan_(plan) {}

    void add(const Expression& expression, SubjectKind kind, const std::string& timezone) {
        if (expression.kind == Kind::metric) return add_metric(expression, kind, timezone);
        if (is_aggregate(expression) && is_over_dates(expression.period))
            add_aggregate(expression, kind, timezone);
        for (const Expression& operand : expression.operands) add(operand, kind, timezone);
    }

    void add(const lang::Audience& audience, const std::string& timezone) {
        if (audience.where) add(*audience.where, audience.kind, timezone);
    }

    void add_all_of(const Expression& value, SubjectKind kind, const std::string& timezone) {
        if (is_aggregate(value)) add_aggregate(value, kind, timezone);
        for (const Expression& operand : value.operands) add_all_of(operand, kind, timezone);
    }

    std::vector<Measure> take() && {
        std::vector<Measure> measures;
        for (auto& [key, measure] : measures_) measures.push_back(std::move(measure));
        return measures;
    }

  private:
    // Over the period of the call, whatever the aggregates in it say.
    void add_metric(const Expression& call, SubjectKind kind, const std::string& timezone) {
        if (!is_over_dates(call.period)) return;
        for (const lang::Metric& metric : plan_.metrics) {
            if (metric.name == call.text) add_all_of(metric.value, kind, timezone);
        }
    }

    void add_aggregate(const Expression& aggregate, SubjectKind kind, const std::string& timezone) {
        const auto key = measure_key(plan_, aggregate, kind, timezone);
        if (!key) return;
        Measure measure{*key, kind, timezone, aggregate};
        measure.aggregate.period.reset();
        measures_.emplace(*key, std::move(measure));
    }

    const lang::Plan& plan_;
    std::map<std::string, Measure> measures_{};
};

}  // namespace

std::optional<std::string> measure_key(const lang::Plan& plan, const Expression& aggregate,
                                       SubjectKind kind, const std::string& timezone) {
    if (!is_aggregate(aggregate) || aggregate.text == "member" || kind == SubjectKind::playbook ||
        timezone.empty())
        return std::nullopt;
    if (!aggregate.operands.empty() && !asks_for_event_alone(aggregate.operands.front()))
        return std::nullopt;
    // How many there were and on which days, one count tells both; so it does what came at least
    // once and at least twice.
    Expression counted = aggregate;
    counted.period.reset();
    counted.among = Expression::Among::all;
    if (counted.kind == Kind::streak) counted.kind = Kind::count;
    return fmt::format("{} {} {}{}", kind == SubjectKind::group ? "group" : "member", timezone,
                       expression_text(counted), defaults_text(plan, aggregate.text));
}

std::string report_timezone(const lang::Plan& plan) {
    for (const lang::Playbook& playbook : plan.playbooks) {
        if (!playbook.rules.empty()) return playbook.rules.front().timezone;
    }
    return plan.tiers.empty() ? std::string{} : plan.tiers.front().timezone;
}

std::vector<Measure> measures_of(const lang::Plan& plan) {
    Collector collector(plan);
    const std::string timezone = report_timezone(plan);
    for (const lang::Metric& metric : plan.metrics)
        collector.add_all_of(metric.value, SubjectKind::group, timezone);
    for (const lang::Tier& tier : plan.tiers) {
        collector.add(tier.audience, tier.timezone);
        for (const lang::Tier::Level& level : tier.levels) {
            if (level.condition) collector.add(*level.condition, tier.audience.kind, tier.timezone);
        }
    }
    for (const lang::Playbook& playbook : plan.playbooks) {
        for (const lang::Rule& rule : playbook.rules) {
            for (const lang::Expression* expression : lang::expressions_of(plan, rule))
                collector.add(*expression, rule.audience->kind, rule.timezone);
        }
    }
    return std::move(collector).take();
}

}  // namespace sop::runtime
