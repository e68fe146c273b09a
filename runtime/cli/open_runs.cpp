#include "runtime/cli/open_runs.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "runtime/cli/terminal.h"
#include "runtime/executor/settlement.h"
#include "runtime/scheduler/staff.h"
#include "runtime/scheduler/step.h"

namespace sop::runtime::cli {

namespace {

std::string event_text(const lang::EventPattern& pattern) {
    const std::string argument = pattern.argument ? "(" + *pattern.argument + ")" : "";
    return pattern.event + argument + (pattern.where ? " where …" : "");
}

// An event, or an answer.
std::string awaited_text(const lang::Action& action) {
    if (const auto* wait = std::get_if<lang::Wait>(&action)) return event_text(wait->event);
    const auto request = staff_request(action);
    if (!request) return {};
    return fmt::format("{} {}", request->is_approval ? "approve by" : "task to", *request->role);
}

std::string state_text(RunState state) {
    switch (state) {
        case RunState::waiting:
            return "waiting";
        case RunState::held:
            return "held";
        default:
            return "running";
    }
}

// A member's are also those as one of its groups.
std::vector<Run> runs_of(Store& store, SubjectKind kind, const std::string& subject) {
    auto runs = store.open_runs_of(subject);
    const auto member = kind == SubjectKind::member ? store.find_member(subject) : std::nullopt;
    for (const std::string& group : member ? member->groups : std::vector<std::string>{}) {
        auto in_group = store.open_runs_of(to_subject({subject, group}));
        std::move(in_group.begin(), in_group.end(), std::back_inserter(runs));
    }
    return runs;
}

}  // namespace

std::vector<OpenRun> list_open_runs(Store& store, StoredPlans& plans, SubjectKind kind,
                                    const std::string& subject) {
    const auto rules = store.list_rules();
    std::vector<OpenRun> open;
    for (const Run& run : runs_of(store, kind, subject)) {
        const auto firing = store.find_firing(run.firing);
        const auto named = std::find_if(rules.begin(), rules.end(), [&](const StoredRule& rule) {
            return rule.id == run.rule;
        });
        if (!firing || firing->subject_kind != kind || named == rules.end()) continue;
        OpenRun entry{.path = named->playbook + "." + named->name,
                      .firing = firing->key,
                      .state = state_text(run.state),
                      .due_at = run.due_at};
        if (run.due_at == awaits_outcome) entry.due_at.reset();
        const lang::Rule* rule = plans.find_rule(firing->plan, named->playbook, named->name);
        if (rule != nullptr && has_step(*rule, run.next_step)) {
            entry.step = step_path(*rule, run.next_step);
            const lang::Action* action = action_at(*rule, {run.next_step, run.next_action});
            if (run.state == RunState::waiting && action != nullptr)
                entry.event = awaited_text(*action);
        }
        open.push_back(std::move(entry));
    }
    return open;
}

std::string describe(const OpenRun& run, const lang::calendar::Zone& zone) {
    if (run.state == "waiting") {
        const std::string until =
            run.due_at ? "until " + local_text(*run.due_at, zone)
                       : "and its time begins when the message before it has its outcome";
        return fmt::format("{} waits in `{}` for `{}`, {}", run.path, run.step, run.event, until);
    }
    const std::string at = run.due_at ? " at " + local_text(*run.due_at, zone) : "";
    if (run.state == "held")
        return fmt::format("{} is paused before `{}`{}", run.path, run.step, at);
    return fmt::format("{} comes to `{}`{}", run.path, run.step, at);
}

}  // namespace sop::runtime::cli
