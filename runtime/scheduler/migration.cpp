#include "runtime/scheduler/migration.h"

#include <fmt/format.h>

#include <algorithm>

#include "lang/suggestion.h"

namespace sop::runtime {

namespace calendar = lang::calendar;

namespace {

constexpr std::string_view version_mark = " (version ";

std::vector<std::string> step_paths(const lang::Rule& rule) {
    std::vector<std::string> paths;
    for (std::size_t step = 0; step < count_steps(rule); ++step)
        paths.push_back(step_path(rule, step));
    return paths;
}

std::optional<std::size_t> find_step(const lang::Rule& rule, const std::string& path) {
    const auto paths = step_paths(rule);
    const auto found = std::find(paths.begin(), paths.end(), path);
    if (found == paths.end()) return std::nullopt;
    return static_cast<std::size_t>(found - paths.begin());
}

// Where a run may stand within a step: at a branch, and behind a message to many.
bool is_branch(const lang::Action& action) {
    const auto* deliver = std::get_if<lang::Deliver>(&action);
    return waits(action) || std::holds_alternative<lang::If>(action) ||
           std::holds_alternative<lang::Split>(action) || (deliver != nullptr && deliver->to);
}

// The branch of the other step that is what `action` is of this one: as many before it, and of one
// kind; a wait is for the same event.
std::optional<std::size_t> find_branch(const lang::Step& before, std::size_t action,
                                       const lang::Step& after) {
    const auto end = before.actions.begin() + static_cast<std::ptrdiff_t>(action);
    auto left = std::count_if(before.actions.begin(), end, is_branch);
    for (std::size_t i = 0; i < after.actions.size(); ++i) {
        if (!is_branch(after.actions[i]) || left-- > 0) continue;
        const lang::Action& own = before.actions.at(action);
        const lang::Action& other = after.actions[i];
        if (own.index() != other.index()) return std::nullopt;
        const auto* wait = std::get_if<lang::Wait>(&own);
        if (wait != nullptr && !(wait->event == std::get<lang::Wait>(other).event))
            return std::nullopt;
        return i;
    }
    return std::nullopt;
}

// Where a run goes on in the step that is now what its own was.
std::optional<Position> place_in(const WaitingRuns& runs, const lang::Rule& after,
                                 std::size_t step) {
    const Position from = *runs.position;
    if (!runs.for_event && from.action == 0) return Position{step, 0};
    const std::size_t branch = runs.for_event ? from.action : from.action - 1;
    const auto found = find_branch(step_at(*runs.by, from.step), branch, step_at(after, step));
    if (!found) return std::nullopt;
    return Position{step, runs.for_event ? *found : *found + 1};
}

bool is_calendar_rule(const lang::Rule& rule) {
    return std::holds_alternative<lang::CalendarTrigger>(rule.trigger);
}

// Why runs of one rule cannot be runs of the other, wherever they stand; empty when they can.
std::string difference(const lang::Rule& before, const lang::Rule* after) {
    if (after == nullptr) return "the plan in force has no such rule";
    if (before.audience->kind != after->audience->kind)
        return "it is for another kind of subject now: groups, members or nobody in particular";
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
    const auto names = step_paths(after);
    const auto near = lang::closest(step, names);
    return fmt::format("its steps are `{}`: --map '{}.{}.{}={}'", fmt::join(names, "`, `"),
                       runs.playbook, runs.rule, step, near.value_or("STEP"));
}

// Of a mapping, what is wrong with where it leads; empty when nothing is.
std::string check_mapping(const StepMapping& entry, const lang::Plan& in_force) {
    const lang::Rule* rule = lang::find_rule(in_force, entry.playbook, entry.rule);
    if (rule == nullptr)
        return fmt::format("--map: the plan in force has no rule `{}.{}`", entry.playbook,
                           entry.rule);
    if (find_step(*rule, entry.to)) return {};
    return fmt::format("--map: `{}.{}` has no step `{}` in the plan in force; it has `{}`",
                       entry.playbook, entry.rule, entry.to, fmt::join(step_paths(*rule), "`, `"));
}

// The step above it in its block.
std::optional<std::size_t> step_above(const lang::Rule& rule, std::size_t step) {
    for (std::size_t above = step; above-- > 0;) {
        if (place_of(rule, above).next == step) return above;
    }
    return std::nullopt;
}

// When the step above was done, as far as the time of the waiting one tells it.
Instant done_above(const Move& move, const Window& window, const calendar::Zone& zone,
                   Instant due_at) {
    if (move.from.step == 0) return window.start;
    const lang::StepTime& when = step_at(move.from_rule, move.from.step).when;
    if (when.anchor != lang::StepTime::Anchor::previous) {
        const auto above = step_above(move.from_rule, move.from.step);
        return above ? planned_time(move.from_rule, *above, window, std::nullopt, zone) : due_at;
    }
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
        const lang::Rule* after = lang::find_rule(in_force, runs.playbook, runs.rule);
        std::optional<Position> to;
        if (auto why = difference(*runs.by, after); !why.empty()) {
            plan.obstacles.push_back({runs, std::move(why)});
        } else if (!runs.position) {
            to = Position{};
        } else {
            const std::string path = step_path(*runs.by, runs.position->step);
            const auto step = find_step(*after, target_of(runs, path, mapping));
            if (step) to = place_in(runs, *after, *step);
            if (!to)
                plan.obstacles.push_back({runs, step ? "it does not wait or branch there as before"
                                                     : mapping_to_write(runs, path, *after)});
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
    // Within a step it goes on from what has happened.
    if (move.from.action > 0 || move.to.action > 0) return due_at;
    const lang::StepTime& when = step_at(move.to_rule, move.to.step).when;
    if (when.anchor != lang::StepTime::Anchor::previous || move.to.step == 0)
        return planned_time(move.to_rule, move.to.step, window_after, std::nullopt, zone);
    if (move.from.step > 0 && step_at(move.from_rule, move.from.step).when == when) return due_at;
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
