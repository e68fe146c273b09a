#include "runtime/analysis/forecast.h"

#include <algorithm>

#include "runtime/scheduler/guards.h"

namespace sop::runtime {

namespace {

constexpr date::days dated_rules_horizon{731};
// A rule of every second would fill the memory, and shows what is wrong with it long before.
constexpr std::size_t firings_of_a_rule_max = 10'000;

struct DateRange {
    date::local_days from{};
    date::local_days to{};  // exclusive
};

// Whether its days are single dates, that a horizon would most often miss.
bool is_dated(const lang::Rule& rule) {
    const auto* trigger = std::get_if<lang::CalendarTrigger>(&rule.trigger);
    return trigger != nullptr &&
           std::holds_alternative<lang::calendar::Dates>(trigger->schedule.days);
}

std::vector<DateRange> merged(std::vector<DateRange> ranges) {
    std::sort(ranges.begin(), ranges.end(),
              [](const DateRange& a, const DateRange& b) { return a.from < b.from; });
    std::vector<DateRange> result;
    for (const DateRange& range : ranges) {
        if (!result.empty() && range.from <= result.back().to) {
            result.back().to = std::max(result.back().to, range.to);
        } else {
            result.push_back(range);
        }
    }
    return result;
}

// The message behind quiet hours, as if nothing spread it.
std::optional<Instant> wanted(const PlannedMessage& message, const Window& window,
                              Instant planned_for) {
    const lang::Rule& rule = *message.rule;
    if (!message.guarded || message.at_once || !rule.guards->quiet) return planned_for;
    const auto end = quiet_end(*rule.guards->quiet, *message.zone, planned_for);
    if (!end) return planned_for;
    if (rule.guards->quiet->skip || has_expired(rule, window, planned_for, *end, *end))
        return std::nullopt;
    return end;
}

class Forecaster {
  public:
    Forecaster(const lang::calendar::ZoneDatabase& zones, date::local_days from, date::days horizon)
        : zones_(zones), horizon_{from, from + horizon} {}

    Forecast run(const lang::Plan& plan) {
        for (const auto& playbook : plan.playbooks) {
            for (const auto& rule : playbook.rules) {
                if (!std::holds_alternative<lang::CalendarTrigger>(rule.trigger)) continue;
                const auto zone = zones_.find(rule.timezone);
                if (!zone) continue;
                add_messages(rule, lang::rule_path(playbook, rule), zone);
            }
        }
        find_ranges();
        for (std::size_t message = 0; message < forecast_.messages.size();) {
            std::size_t next = message;
            while (next < forecast_.messages.size() &&
                   forecast_.messages[next].rule == forecast_.messages[message].rule)
                ++next;
            add_promises(message, next);
            message = next;
        }
        return std::move(forecast_);
    }

  private:
    void add_messages(const lang::Rule& rule, const std::string& path,
                      const std::shared_ptr<const lang::calendar::Zone>& zone) {
        std::size_t flat = 0;
        const std::size_t steps = count_steps(rule);
        for (; flat < steps; ++flat) {
            const StepPlace place = place_of(rule, flat);
            if (place.inside) continue;
            for (std::size_t action = 0; action < place.step->actions.size(); ++action) {
                const auto* deliver = std::get_if<lang::Deliver>(&place.step->actions[action]);
                if (deliver == nullptr) continue;
                const lang::Audience& whom = deliver->to ? *deliver->to : *rule.audience;
                if (whom.kind == lang::SubjectKind::playbook) continue;
                PlannedMessage message;
                message.rule = &rule;
                message.path = path;
                message.step = static_cast<std::size_t>(place.step - rule.steps.data());
                message.action = action;
                message.audience = index_of(whom);
                if (!rule.via->empty()) message.channel = rule.via->front();
                message.zone = zone;
                message.conditional = place.step->condition.has_value();
                message.guarded = is_guarded(rule, {flat, action});
                message.at_once = deliver->at_once;
                forecast_.messages.push_back(std::move(message));
            }
        }
    }

    std::size_t index_of(const lang::Audience& audience) {
        auto& known = forecast_.audiences;
        const auto found = std::find(known.begin(), known.end(), audience);
        if (found != known.end()) return static_cast<std::size_t>(found - known.begin());
        known.push_back(audience);
        return known.size() - 1;
    }

    // The horizon, and the days of the dated rules behind it.
    void find_ranges() {
        std::vector<DateRange> ranges{horizon_};
        const lang::Rule* before = nullptr;
        for (const PlannedMessage& message : forecast_.messages) {
            if (message.rule == before || !is_dated(*message.rule)) continue;
            before = message.rule;
            const auto last = horizon_.from + dated_rules_horizon;
            for_each_firing(message, {horizon_.to, last}, [&](const PlannedFiring& firing) {
                const auto steps =
                    fixed_steps(*message.rule, 0, std::nullopt, firing.window, *message.zone);
                if (steps.empty()) return;
                ranges.push_back(
                    {date_of(*message.zone, steps.front().planned_for),
                     date_of(*message.zone, steps.back().planned_for) + date::days{1}});
            });
        }
        ranges_ = merged(std::move(ranges));
    }

    static date::local_days date_of(const lang::calendar::Zone& zone, Instant at) {
        return date::floor<date::days>(zone.to_local(date::floor<std::chrono::seconds>(at)));
    }

    // Those that can have a step in the range.
    template <typename Visit>
    static void for_each_firing(const PlannedMessage& message, const DateRange& range,
                                const Visit& visit) {
        const lang::calendar::Zone& zone = *message.zone;
        const Instant begin = zone.to_instant(range.from);
        const Instant end = zone.to_instant(range.to);
        auto sample = next_firing(*message.rule, zone, begin);
        if (!sample) sample = next_firing(*message.rule, zone, Instant{});
        if (!sample) return;
        const auto steps = fixed_steps(*message.rule, 0, std::nullopt, sample->window, zone);
        if (steps.empty()) return;
        // The length of its run, and a day for changes of the clock.
        constexpr date::days slack{1};
        const auto after_start = std::max<Instant::duration>(
            steps.back().planned_for - sample->window.start, Instant::duration{0});
        Instant after = begin - after_start - slack;
        for (std::size_t firings = 0; firings < firings_of_a_rule_max; ++firings) {
            const auto firing = next_firing(*message.rule, zone, after);
            if (!firing || firing->begins_at >= end) break;
            after = firing->window.start;
            if (!lacks_calendar_data(*message.rule, firing->window, zone)) visit(*firing);
        }
    }

    // The messages [first, last) are those of one rule.
    void add_promises(std::size_t first, std::size_t last) {
        std::vector<std::vector<Promise>> of_message(last - first);
        const PlannedMessage& sample = forecast_.messages[first];
        for (const DateRange& range : ranges_) {
            const Instant begin = sample.zone->to_instant(range.from);
            const Instant end = sample.zone->to_instant(range.to);
            for_each_firing(sample, range, [&](const PlannedFiring& firing) {
                for (const FixedStep& step :
                     fixed_steps(*sample.rule, 0, std::nullopt, firing.window, *sample.zone)) {
                    if (step.planned_for < begin || step.planned_for >= end) continue;
                    const lang::Step* written = place_of(*sample.rule, step.index).step;
                    for (std::size_t at = first; at < last; ++at) {
                        const PlannedMessage& message = forecast_.messages[at];
                        if (&sample.rule->steps[message.step] != written) continue;
                        of_message[at - first].push_back(
                            {at, firing.window, step.planned_for,
                             wanted(message, firing.window, step.planned_for)});
                    }
                }
            });
        }
        for (auto& promises : of_message)
            std::move(promises.begin(), promises.end(), std::back_inserter(forecast_.promises));
    }

    const lang::calendar::ZoneDatabase& zones_;
    const DateRange horizon_;
    std::vector<DateRange> ranges_{};
    Forecast forecast_{};
};

}  // namespace

Forecast forecast(const lang::Plan& plan, const lang::calendar::ZoneDatabase& zones,
                  date::local_days from, date::days horizon) {
    return Forecaster(zones, from, horizon).run(plan);
}

}  // namespace sop::runtime
