#include "runtime/scheduler/migration.h"

#include <fmt/format.h>

#include <algorithm>

#include "lang/suggestion.h"

namespace sop::runtime {

namespace calendar = lang::calendar;

namespace {

constexpr std::string_view version_mark = " (version ";

const lang::Rule* find_rule(const lang::Plan& plan, const std::string& playbook,
                            const std::string& name) {
    for (const lang::Playbook& candidate : plan.playbooks) {
        if (candidate.name != playbook) continue;
        for (const lang::Rule& rule : candidate.rules) {
            if (rule.name == name) return &rule;
        }
    }
    return nullptr;
}

std::optional<Position> find_step(const lang::Rule& rule, const std::string& name) {
    const auto found = std::find_if(rule.steps.begin(), rule.steps.end(),
                                    [&](const lang::Step& step) { return step.name == name; });
    if (found == rule.steps.end()) return std::nullopt;
    return Position{static_cast<std::size_t>(found - rule.steps.begin())};
}

std::vector<std::string> step_names(const lang::Rule& rule) {
    std::vector<std::string> names;
    for (const lang::Step& step : rule.steps) names.push_back(step.name);
    return names;
}

bool is_calendar_rule(const lang::Rule& rule) {
    return std::holds_alternative<lang::CalendarTrigger>(rule.trigger);
}

// Why runs of one rule cannot be runs of the other, wherever they stand; empty when they can.
std::string difference(const lang::Rule& before, const lang::Rule* after) {
    if (after == nullptr) return "the plan in force has no such rule";
    if (before.audience.kind != after->audience.kind)
        return "it was for groups and is for members now, or the other way round";
    if (is_calendar_rule(before) != is_calendar_rule(*after))
        return "it began by a calendar and begins by an event now, or the other way round";
    return {};
}

std::string target_of(const WaitingRuns& runs, const std::string& step,
                      const std::vector<StepMapping>& mapping) {
    for (const StepMapping& entry : mapping) {
        if (entry.playbook == runs.playbook && entry.rule == runs.rule && entry.step == step)
            return entry.to;
    }
    return step;
}

std::string mapping_to_write(const WaitingRuns& runs, const std::string& step,
                             const lang::Rule& after) {
    const auto names = step_names(after);
    const auto near = lang::closest(step, names);
    return fmt::format("its steps are `{}`: --map '{}.{}.{}={}'", fmt::join(names, "`, `"),
                       runs.playbook, runs.rule, step, near.value_or("STEP"));
}

// Of a mapping, what is wrong with where it leads; empty when nothing is.
std::string check_mapping(const StepMapping& entry, const lang::Plan& in_force) {
    const lang::Rule* rule = find_rule(in_force, entry.playbook, entry.rule);
    if (rule == nullptr)
        return fmt::format("--map: the plan in force has no rule `{}.{}`", entry.playbook,
                           entry.rule);
    if (find_step(*rule, entry.to)) return {};
    return fmt::format("--map: `{}.{}` has no step `{}` in the plan in force; it has `{}`",
                       entry.playbook, entry.rule, entry.to, fmt::join(step_names(*rule), "`, `"));
}

// When the step above was done, as far as the time of the waiting one tells it.
Instant done_above(const Move& move, const Window& window, const calendar::Zone& zone,
                   Instant due_at) {
    if (move.from.step == 0) return window.start;
    const lang::StepTime& when = move.from_rule.steps.at(move.from.step).when;
    if (when.anchor != lang::StepTime::Anchor::previous)
        return planned_time(move.from_rule, move.from.step - 1, window, std::nullopt, zone);
    calendar::Offset back = when.offset;
    back.backwards = !back.backwards;
    back.at.reset();
    const auto whole = date::floor<std::chrono::seconds>(due_at);
    return calendar::apply(back, whole, calendar::AnchorSide::start, zone,
                           policy_of(move.from_rule)) +
           (due_at - whole);
}

}  // namespace

std::optional<StepMapping> parse_step_mapping(const std::string& text) {
    const auto first = text.find('.');
    if (first == std::string::npos) return std::nullopt;
    const auto second = text.find('.', first + 1);
    if (second == std::string::npos) return std::nullopt;
    const auto equals = text.find('=', second + 1);
    if (equals == std::string::npos) return std::nullopt;
    StepMapping mapping{.playbook = text.substr(0, first),
                        .rule = text.substr(first + 1, second - first - 1),
                        .step = text.substr(second + 1, equals - second - 1),
                        .to = text.substr(equals + 1)};
    const bool is_whole = !mapping.playbook.empty() && !mapping.rule.empty() &&
                          !mapping.step.empty() && !mapping.to.empty();
    return is_whole ? std::optional(std::move(mapping)) : std::nullopt;
}

MigrationPlan plan_migration(const std::vector<WaitingRuns>& waiting, const lang::Plan& in_force,
                             const std::vector<StepMapping>& mapping) {
    MigrationPlan plan;
    for (const StepMapping& entry : mapping) {
        if (auto wrong = check_mapping(entry, in_force); !wrong.empty())
            plan.bad_mappings.push_back(std::move(wrong));
    }
    for (const WaitingRuns& runs : waiting) {
        const lang::Rule* after = find_rule(in_force, runs.playbook, runs.rule);
        std::optional<Position> to;
        if (auto why = difference(*runs.by, after); !why.empty()) {
            plan.obstacles.push_back({runs, std::move(why)});
        } else if (!runs.position) {
            to = Position{};
        } else {
            const std::string& step = runs.by->steps.at(runs.position->step).name;
            to = find_step(*after, target_of(runs, step, mapping));
            if (!to) plan.obstacles.push_back({runs, mapping_to_write(runs, step, *after)});
        }
        plan.positions.push_back(to);
    }
    return plan;
}

Window migrated_window(const lang::Rule& to, const calendar::Zone& zone, const Window& window) {
    const auto* trigger = std::get_if<lang::CalendarTrigger>(&to.trigger);
    if (trigger == nullptr) return window;
    calendar::Occurrence occurrence{};
    occurrence.instant = date::floor<std::chrono::seconds>(window.start);
    occurrence.nominal = zone.to_local(occurrence.instant);
    return {window.start, calendar::window_end(trigger->schedule, occurrence, zone)};
}

Instant migrated_time(const Move& move, const Window& window_before, const Window& window_after,
                      const calendar::Zone& zone, Instant due_at) {
    const lang::StepTime& when = move.to_rule.steps.at(move.to.step).when;
    if (when.anchor != lang::StepTime::Anchor::previous || move.to.step == 0)
        return planned_time(move.to_rule, move.to.step, window_after, std::nullopt, zone);
    if (move.from.step > 0 && move.from_rule.steps.at(move.from.step).when == when) return due_at;
    const Instant done_at = done_above(move, window_before, zone, due_at);
    return planned_time(move.to_rule, move.to.step, window_after,
                        PreviousStep{.planned_for = Instant::min(), .done_at = done_at}, zone);
}

std::string migrated_key(const std::string& key, PlanVersion version) {
    return fmt::format("{}{}{})", original_key(key), version_mark, version);
}

std::string original_key(const std::string& key) {
    return is_migrated(key) ? key.substr(0, key.rfind(version_mark)) : key;
}

bool is_migrated(const std::string& key) {
    const auto mark = key.rfind(version_mark);
    if (mark == std::string::npos || !key.ends_with(')')) return false;
    const auto digits =
        key.substr(mark + version_mark.size(), key.size() - mark - version_mark.size() - 1);
    return !digits.empty() && digits.find_first_not_of("0123456789") == std::string::npos;
}

}  // namespace sop::runtime
