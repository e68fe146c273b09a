#include "runtime/executor/migrator.h"

#include <fmt/format.h>

#include <map>
#include <tuple>

#include "runtime/executor/settlement.h"
#include "runtime/scheduler/step.h"

namespace sop::runtime {

namespace {

constexpr std::size_t obstacles_shown_max = 20;

bool has_begun(const Run& run) {
    return run.state == RunState::running || run.state == RunState::held ||
           run.state == RunState::waiting;
}

std::string count_text(std::int64_t runs) {
    if (runs == 0) return "a firing that has still to find its audience";
    return fmt::format("{} run{}", runs, runs == 1 ? "" : "s");
}

std::string describe(const MigrationObstacle& obstacle) {
    const WaitingRuns& runs = obstacle.runs;
    const std::string step =
        runs.position
            ? fmt::format(", waiting {}`{}`", runs.for_event ? "for an event in " : "for ",
                          step_path(*runs.by, runs.position->step))
            : std::string{};
    return fmt::format("{}.{} of version {}{}: {}; {}", runs.playbook, runs.rule, runs.version,
                       step, count_text(runs.count), obstacle.why);
}

class Migrator {
  public:
    Migrator(Store& store, PlanBook& plans, PlanVersion in_force, const MigrationOptions& options)
        : store_(store), plans_(plans), in_force_(in_force), options_(options) {}

    MigrationResult migrate() {
        count_waiting();
        choose_positions();
        MigrationResult result;
        for (const auto& [place, waiting] : waiting_) {
            if (waiting.runs.count == 0) continue;
            result.runs += waiting.runs.count;
            lines_[{waiting.runs.playbook + "." + waiting.runs.rule, waiting.runs.version}] +=
                waiting.runs.count;
        }
        for (const auto& [line, runs] : lines_)
            result.text +=
                fmt::format("{} of version {}: {}\n", line.first, line.second, count_text(runs));
        if (!options_.dry_run) move_all();
        return result;
    }

  private:
    // The last says whether it waits for an event there.
    using Place = std::tuple<PlanVersion, RuleId, std::optional<Position>, bool>;
    struct Waiting {
        WaitingRuns runs;
        Position to{};
    };

    bool is_to_move(const Firing& firing) const {
        return firing.plan != in_force_ && (!options_.from || firing.plan == *options_.from);
    }

    static Place place_of(const Firing& firing, const Run& run) {
        if (!has_begun(run)) return {firing.plan, firing.rule, std::nullopt, false};
        return {firing.plan, firing.rule, Position{run.next_step, run.next_action},
                run.state == RunState::waiting};
    }

    // Every open run that is to be moved, with its firing.
    template <typename Work>
    void for_each_run(const Work& work) {
        for (const StoredRule& rule : store_.list_rules()) {
            firings_.clear();
            Run last;
            for (;;) {
                const auto page = store_.unfinished_runs(rule.id, last, options_.page_rows);
                for (const Run& run : page) {
                    const Firing& firing = firing_of(run);
                    if (is_to_move(firing)) work(run, firing);
                }
                if (page.size() < options_.page_rows) break;
                last = page.back();
                // Those of events have a run each, and need not be known for the next page.
                if (firings_.size() > options_.page_rows) firings_.clear();
            }
        }
    }

    template <typename Work>
    void for_each_firing_to_expand(const Work& work) {
        for (const Firing& firing : store_.firings_to_expand(every_row)) {
            if (is_to_move(firing)) work(firing);
        }
    }

    const Firing& firing_of(const Run& run) {
        auto known = firings_.find(run.firing);
        if (known == firings_.end()) {
            auto firing = store_.find_firing(run.firing);
            if (!firing)
                throw StoreError(
                    fmt::format("the firing {} of run {} is not in the store", run.firing, run.id));
            known = firings_.emplace(run.firing, std::move(*firing)).first;
        }
        return known->second;
    }

    // Throws PlanError for a rule that cannot be read. Its zone may be missing, which only what
    // counts by it minds.
    const LoadedRule& rule_before(PlanVersion version, RuleId rule) {
        const LoadedRule* found = plans_.plan(version).rules.find(rule);
        if (found == nullptr)
            throw PlanError(fmt::format("plan version {} has no rule with id {}", version, rule));
        return *found;
    }

    WaitingRuns& waiting_at(const Place& place) {
        const auto known = waiting_.find(place);
        if (known != waiting_.end()) return known->second.runs;
        const auto& [version, rule, position, for_event] = place;
        const LoadedRule& by = rule_before(version, rule);
        if (position && !has_step(*by.rule, position->step))
            throw PlanError(
                fmt::format("a run of `{}` waits for a step that plan version {} does "
                            "not have",
                            lang::rule_path(*by.playbook, *by.rule), version));
        Waiting fresh{{version, by.playbook->name, by.rule->name, by.rule, position, for_event, 0}};
        return waiting_.emplace(place, std::move(fresh)).first->second.runs;
    }

    void count_waiting() {
        for_each_run([this](const Run& run, const Firing& firing) {
            ++waiting_at(place_of(firing, run)).count;
        });
        for_each_firing_to_expand([this](const Firing& firing) {
            waiting_at({firing.plan, firing.rule, std::nullopt, false});
        });
    }

    void choose_positions() {
        std::vector<WaitingRuns> waiting;
        for (const auto& [place, entry] : waiting_) waiting.push_back(entry.runs);
        const MigrationPlan plan =
            plan_migration(waiting, plans_.plan(in_force_).plan, options_.mapping);
        if (!plan.bad_mappings.empty())
            throw MigrationError(fmt::format("{}", fmt::join(plan.bad_mappings, "\n")));
        if (!plan.obstacles.empty()) throw MigrationError(refusal(plan.obstacles));
        auto to = plan.positions.begin();
        for (auto& [place, entry] : waiting_) {
            entry.to = (to++)->value();
            // Also says what is wrong with a rule that cannot be executed.
            plans_.rule(in_force_, std::get<1>(place));
        }
    }

    std::string refusal(const std::vector<MigrationObstacle>& obstacles) const {
        std::string text = fmt::format(
            "nothing was moved, as version {} has no place for what these wait for:", in_force_);
        const std::size_t shown = std::min(obstacles.size(), obstacles_shown_max);
        for (std::size_t i = 0; i < shown; ++i) text += "\n  " + describe(obstacles[i]);
        if (shown < obstacles.size())
            text += fmt::format("\n  … and {} more", obstacles.size() - shown);
        return text;
    }

    void move_all() {
        for_each_run([this](const Run& run, const Firing& firing) { move(run, firing); });
        for_each_firing_to_expand([this](const Firing& firing) { successor_of(firing); });
    }

    void move(const Run& run, const Firing& firing) {
        const Window before{firing.start_at, firing.end_at};
        const Firing next = successor_of(firing);
        Run moved = run;
        moved.firing = next.id;
        const Waiting& waiting = waiting_.at(place_of(firing, run));
        moved.next_step = waiting.to.step;
        moved.next_action = waiting.to.action;
        if (run.due_at == awaits_outcome) {
            // The message it comes after stays with the run that ends here.
            const LoadedRule& by = plans_.rule(in_force_, run.rule);
            moved.due_at = wait_end(*wait_at(*by.rule, waiting.to), options_.now, *by.zone);
        } else if (has_begun(run) && run.state != RunState::waiting) {
            const LoadedRule& by = plans_.rule(in_force_, run.rule);
            moved.due_at =
                migrated_time({*waiting.runs.by, *waiting.runs.position, *by.rule, waiting.to},
                              before, {next.start_at, next.end_at}, *by.zone, run.due_at.value());
        }
        end(run);
        const auto id = store_.add_run(moved);
        if (!id)
            throw MigrationError(
                fmt::format("run {} was moved to version {} before", run.id, in_force_));
        if (run.state == RunState::waiting) move_task(run, *id, waiting.to);
    }

    // The one it waits for. Others stand by themselves.
    void move_task(const Run& run, RunId to, Position position) {
        for (const Task& task : store_.open_tasks_of_run(run.id)) {
            if (task.step == run.next_step && task.action == run.next_action)
                store_.move_task(task.id, to, position.step, position.action);
        }
    }

    void end(Run run) {
        run.state = RunState::done;
        run.waits_since = std::nullopt;
        run.due_at = std::nullopt;
        run.reason = fmt::format("moved to version {}", in_force_);
        store_.update_run(run);
    }

    // The firing that goes on for it by the plan in force.
    Firing successor_of(const Firing& firing) {
        if (const auto known = successors_.find(firing.id); known != successors_.end())
            return known->second;
        const LoadedRule& by = plans_.rule(in_force_, firing.rule);
        Firing next = firing;
        next.key = migrated_key(firing.key, in_force_);
        next.plan = in_force_;
        const Window window = migrated_window(*by.rule, *by.zone, {firing.start_at, firing.end_at});
        next.end_at = window.end;
        const auto id = store_.add_firing(next);
        if (!id) throw MigrationError(fmt::format("there is a firing \"{}\" already", next.key));
        next.id = *id;
        if (!firing.expanded) store_.set_expanded(firing.id, firing.expanded_through, true);
        // One of an event has one run.
        if (!firing.event) successors_.emplace(firing.id, next);
        return next;
    }

    Store& store_;
    PlanBook& plans_;
    PlanVersion in_force_;
    const MigrationOptions& options_;
    std::map<FiringId, Firing> firings_;  // of the rule whose runs are looked at
    std::map<FiringId, Firing> successors_;
    std::map<Place, Waiting> waiting_;
    std::map<std::pair<std::string, PlanVersion>, std::int64_t> lines_;
};

}  // namespace

MigrationResult migrate(Store& store, PlanBook& plans, PlanVersion in_force,
                        const MigrationOptions& options) {
    return Migrator(store, plans, in_force, options).migrate();
}

}  // namespace sop::runtime
