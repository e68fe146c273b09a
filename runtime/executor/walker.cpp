#include "runtime/executor/walker.h"

#include <fmt/core.h>

#include <algorithm>

#include "runtime/executor/settlement.h"
#include "runtime/scheduler/event_match.h"
#include "runtime/scheduler/lateness.h"
#include "runtime/scheduler/migration.h"

namespace sop::runtime {

namespace {

constexpr std::chrono::milliseconds just_before{1};
constexpr const char* already_running = "already running";

// Of runs of one rule that wait for one subject.
constexpr std::size_t queue_max = 100;
constexpr std::size_t runs_looked_at_once = 100;

// Runs that are read ahead, where one makes another due before the next.
constexpr std::size_t steps_read_min = 8;

Window window_of(const Firing& firing) {
    return {firing.start_at, firing.end_at};
}

Position position_of(const Run& run) {
    return {run.next_step, run.next_action};
}

Instant beginning_of(const StepContext& context) {
    return std::min(context.window.start,
                    planned_time(context.rule, 0, context.window, std::nullopt, context.zone));
}

// `own` is the event that began the run, if one did.
bool comes_before_run(const StepContext& context, const Event& event, const Event* own) {
    if (own == nullptr) return event.at <= beginning_of(context);
    return std::pair{event.at, event.id} <= std::pair{own->at, own->id};
}

void end(Run& run, const std::string& reason) {
    run.state = RunState::done;
    run.waits_since = std::nullopt;
    run.due_at = std::nullopt;
    run.reason = reason;
}

}  // namespace

Walker::Walker(Store& store, PlanBook& plans, Guardian& guardian, std::set<std::string> channels,
               std::size_t page_rows, Reports& reports)
    : store_(store),
      records_(store),
      plans_(plans),
      guardian_(guardian),
      channels_(std::move(channels)),
      page_rows_(page_rows),
      reports_(reports) {}

// ---- the plan in force --------------------------------------------------------------------------

void Walker::take_over(PlanVersion version, Instant now) {
    in_force_ = nullptr;
    guardian_.use(nullptr, now);
    upcoming_.clear();
    const LoadedPlan& loaded = plans_.plan(version);
    in_force_ = &loaded;
    guardian_.use(&loaded, now);
    for (const auto& [id, rule] : loaded.rules) {
        if (!rule.trouble.empty()) {
            reports_.trouble(rule.trouble);
            continue;
        }
        const StoredRule stored = store_.find_or_add_rule(rule.playbook->name, rule.rule->name,
                                                          loaded.deployed_at - just_before);
        plan_next_firing(rule, stored.fired_through);
    }
}

void Walker::hand_over(Instant now) {
    // A rule whose steps all come after its start may have started before `now` and begin after it.
    // Its occurrence is the old plan's as well: the new one counts from `now` and would lose it.
    const auto is_ours = [now](const Upcoming::value_type& planned) {
        return planned.first.first < now || planned.second.window.start < now;
    };
    for (auto planned = std::find_if(upcoming_.begin(), upcoming_.end(), is_ours);
         planned != upcoming_.end();
         planned = std::find_if(upcoming_.begin(), upcoming_.end(), is_ours)) {
        begin_firing(planned);
    }
}

void Walker::plan_next_firing(const LoadedRule& rule, Instant fired_through) {
    try {
        if (const auto planned = next_firing(*rule.rule, *rule.zone, fired_through)) {
            upcoming_.emplace(std::pair{planned->begins_at, rule.id}, *planned);
        }
    } catch (const std::exception& error) {
        reports_.trouble(fmt::format("rule `{}` fires no more: {}",
                                     lang::rule_path(*rule.playbook, *rule.rule), error.what()));
    }
}

// ---- the order of work --------------------------------------------------------------------------

bool Walker::has_work(Instant now) {
    return find_earliest_work(now).has_value();
}

void Walker::advance(Instant now) {
    std::size_t room = page_rows_;
    while (room > 0) {
        const auto work = find_earliest_work(now);
        if (!work) break;
        room -= std::min(room, perform(*work, now, room));
    }
    firings_.clear();
    newer_occurrences_.clear();
}

std::optional<Walker::Work> Walker::find_earliest_work(Instant now) {
    // What has begun is finished first: an event that came after it must meet its runs.
    if (auto open = store_.firings_to_expand(1); !open.empty()) {
        return Work{Work::Kind::expansion, now, std::move(open.front())};
    }
    const Instant event_at = store_.next_event_at().value_or(Instant::max());
    const Instant begins_at = upcoming_.empty() ? Instant::max() : upcoming_.begin()->first.first;
    const Instant step_due = store_.next_run_due().value_or(Instant::max());
    const Instant wait_ends = store_.next_wait_end().value_or(Instant::max());
    const Instant earliest = std::min({wait_ends, event_at, begins_at, step_due});
    if (earliest > now) return std::nullopt;
    if (wait_ends == earliest)
        return Work{Work::Kind::waits, std::min({now, event_at, begins_at, step_due})};
    const Instant before_waits = wait_ends - just_before;
    if (event_at == earliest)
        return Work{Work::Kind::events, std::min({now, begins_at, step_due, before_waits})};
    if (begins_at == earliest) return Work{Work::Kind::firing, begins_at};
    return Work{Work::Kind::steps,
                std::min({now, event_at - just_before, begins_at - just_before, before_waits})};
}

std::size_t Walker::perform(const Work& work, Instant now, std::size_t room) {
    switch (work.kind) {
        case Work::Kind::expansion:
            return expand(work.firing, now, room);
        case Work::Kind::waits:
            return end_waits(work.until, now, room);
        case Work::Kind::events:
            return take_events(work.until, now, room);
        case Work::Kind::firing:
            begin_firing(upcoming_.begin());
            return 1;
        case Work::Kind::steps:
            return do_steps(work.until, now, room);
    }
    return room;
}

std::optional<Instant> Walker::next_due() {
    if (!store_.firings_to_expand(1).empty()) return Instant{};
    std::optional<Instant> earliest;
    const auto consider = [&earliest](std::optional<Instant> at) {
        if (at && (!earliest || *at < *earliest)) earliest = at;
    };
    consider(store_.next_event_at());
    consider(store_.next_run_due());
    consider(store_.next_wait_end());
    if (!upcoming_.empty()) consider(upcoming_.begin()->first.first);
    return earliest;
}

// ---- events -------------------------------------------------------------------------------------

std::size_t Walker::take_events(Instant until, Instant now, std::size_t room) {
    std::size_t rows = 0;
    const auto events = store_.due_events(until, room);
    for (std::size_t i = 0; i < events.size(); ++i) {
        const Event& event = events[i];
        auto taken = tell_open_runs(event, SubjectKind::group, now);
        taken.merge(tell_open_runs(event, SubjectKind::member, now));
        const std::size_t changed = taken.size() + start_event_runs(event, taken, now);
        store_.mark_processed(event.id);
        rows += changed + 1;
        // An event may fill the page; the others stay for the next.
        if (rows >= room) break;
        // What it made due may come before the next one.
        if (changed > 0 && i + 1 < events.size() && is_due_before(events[i + 1].at)) break;
    }
    return rows;
}

bool Walker::is_due_before(Instant event_at) {
    const auto wait_ends = store_.next_wait_end();
    const auto step_due = store_.next_run_due();
    return (wait_ends && *wait_ends <= event_at) || (step_due && *step_due < event_at);
}

std::size_t Walker::start_event_runs(const Event& event, const std::set<RuleId>& taken,
                                     Instant now) {
    if (in_force_ == nullptr) return 0;
    if (event.type == run_now_event) {
        fire_now(event, now);
        return 1;
    }
    std::size_t runs = 0;
    for (const auto& [id, rule] : in_force_->rules) {
        const auto* trigger = std::get_if<lang::EventTrigger>(&rule.rule->trigger);
        if (trigger == nullptr || !rule.trouble.empty()) continue;
        if (!may_match(in_force_->plan, *trigger, event)) continue;
        const auto& subject = event_subject(*rule.rule, event);
        if (!subject || taken.contains(id) || !starts(rule, event, *subject)) continue;
        start_event_run(rule, event, *subject, now);
        ++runs;
    }
    return runs;
}

// A calendar rule, at a time that its calendar does not have.
void Walker::fire_now(const Event& event, Instant now) {
    const auto path = event.fields.find(run_now_rule);
    for (const auto& [id, rule] : in_force_->rules) {
        if (path == event.fields.end() ||
            lang::rule_path(*rule.playbook, *rule.rule) != path->second)
            continue;
        if (!rule.trouble.empty() || !rule.is_calendar_rule()) break;
        const auto& subject = event_subject(*rule.rule, event);
        Firing firing;
        firing.rule = id;
        firing.key = event_firing_key(event.id);
        firing.plan = in_force_->version;
        firing.subject_kind = rule.rule->audience.kind;
        firing.start_at = event.at;
        firing.end_at = migrated_window(*rule.rule, *rule.zone, {event.at, event.at}).end;
        firing.event = event.id;
        firing.expanded = subject.has_value();
        firing.expanded_through = subject.value_or("");
        const auto added = store_.add_firing(firing);
        if (!added) return;
        firing.id = *added;
        reports_.fired(rule.playbook->name, rule.rule->name, firing);
        if (subject && store_.is_in_audience(rule.rule->audience, *subject))
            start_run(context_of(rule, firing, now), rule, firing, *subject, nullptr);
        return;
    }
    reports_.trouble(fmt::format(
        "event {}: the plan in force has no such rule of the calendar that can fire", event.id));
}

bool Walker::starts(const LoadedRule& rule, const Event& event, const std::string& id) {
    const lang::Audience& audience = rule.rule->audience;
    if (!store_.is_in_audience(audience, id)) return false;
    const auto& trigger = std::get<lang::EventTrigger>(rule.rule->trigger);
    if (!trigger.where) return true;
    const Window window{event.at, event.at};
    const Subject subject = find_subject(audience.kind, id);
    return matches(trigger, event,
                   {in_force_->plan, *rule.zone, window, subject, &event, event.at, &records_});
}

// Answers waits of the subject's runs and ends those that exit on it. The rules whose waits took
// the event are not started by it.
std::set<RuleId> Walker::tell_open_runs(const Event& event, SubjectKind kind, Instant now) {
    std::set<RuleId> taken;
    const auto& subject = kind == SubjectKind::group ? event.group : event.member;
    if (!subject) return taken;
    for (const Run& run : store_.open_runs_of(*subject)) {
        on_run(run, now, [&] {
            const Firing firing = firing_of(run);
            if (firing.subject_kind != kind) return;
            const LoadedRule& rule = plans_.rule(firing.plan, run.rule);
            if (answers(run, rule, firing, event)) {
                taken.insert(run.rule);
                end_wait(run, true, event.at, now);
                return;
            }
            const StepContext context = context_of(rule, firing, now);
            Run leaving = run;
            leaving.reason = exit_reason(context, *subject, event);
            if (leaving.reason.empty()) return;
            if (guardian_.pause_of(run.rule) != PauseMode::hold)
                exit_run(leaving, leaving.reason, now);
            else if (comes_next(run, context, firing, event))
                exit_after_pause(leaving, event);
        });
    }
    return taken;
}

// Whether an event of a pause comes before what is due of the run, and not before the run itself.
bool Walker::comes_next(const Run& run, const StepContext& context, const Firing& firing,
                        const Event& event) {
    if (run.state == RunState::waiting) return true;
    if (run.due_at <= event.at) return false;
    if (position_of(run) != Position{}) return true;
    const auto own = firing.event ? store_.find_event(*firing.event) : std::nullopt;
    return !comes_before_run(context, event, own ? &*own : nullptr);
}

// It goes no further than to the moment of the event.
void Walker::exit_after_pause(Run& run, const Event& event) {
    run.state = RunState::held;
    run.waits_since = std::nullopt;
    run.due_at = event.at;
    store_.update_run(run);
}

// The edge around one run: whatever is wrong with it ends this run and no other.
void Walker::on_run(const Run& run, Instant now, const std::function<void()>& work) {
    try {
        work();
    } catch (const StoreError&) {
        throw;
    } catch (const std::exception& error) {
        reports_.trouble(fmt::format("run {} is over: {}", run.id, error.what()));
        Run broken = run;
        end(broken, error.what());
        store_.update_run(broken);
        start_queued_run(broken.rule, broken.subject, now);
    }
}

bool Walker::answers(const Run& run, const LoadedRule& rule, const Firing& firing,
                     const Event& event) {
    const lang::Wait* wait = wait_at(*rule.rule, position_of(run));
    if (run.state != RunState::waiting || wait == nullptr) return false;
    const bool is_in_time = event.at >= run.waits_since && event.at < run.due_at;
    const lang::Plan& plan = plans_.plan(firing.plan).plan;
    if (!is_in_time || !may_match(plan, wait->event, event)) return false;
    std::optional<Event> own;
    if (firing.event) own = store_.find_event(*firing.event);
    const Window window = window_of(firing);
    const Subject subject = find_subject(firing.subject_kind, run.subject);
    return matches(wait->event, event,
                   {plan, *rule.zone, window, subject, own ? &*own : nullptr, event.at, &records_});
}

void Walker::start_event_run(const LoadedRule& rule, const Event& event, const std::string& subject,
                             Instant now) {
    Firing firing;
    firing.rule = rule.id;
    firing.key = event_firing_key(event.id);
    firing.plan = in_force_->version;
    firing.subject_kind = rule.rule->audience.kind;
    firing.start_at = event.at;
    firing.end_at = event.at;
    firing.event = event.id;
    firing.expanded = true;
    firing.expanded_through = subject;
    const auto id = store_.add_firing(firing);
    if (!id) return;
    firing.id = *id;
    reports_.fired(rule.playbook->name, rule.rule->name, firing);

    Run run;
    run.firing = firing.id;
    run.rule = rule.id;
    run.subject = subject;
    run.due_at = event.at;
    if (may_begin(run, rule, now))
        return start_run(context_of(rule, firing, now), rule, firing, subject, &event);
    store_.add_run(run);
}

// Else it is queued or turned away.
bool Walker::may_begin(Run& run, const LoadedRule& rule, Instant now) {
    const auto queue = [&run] {
        run.state = RunState::queued;
        return false;
    };
    if (guardian_.pause_of(rule.id) == PauseMode::hold) return queue();
    const std::string obstacle = make_way(rule, run.subject, now);
    if (obstacle.empty()) return true;
    if (rule.rule->guards.concurrent == lang::Concurrency::queue && obstacle == already_running &&
        store_.queued_runs(rule.id, run.subject, queue_max).size() < queue_max)
        return queue();
    run.state = RunState::skipped;
    run.due_at = std::nullopt;
    run.reason = obstacle;
    return false;
}

// Why a run cannot begin now; empty when it can.
std::string Walker::make_way(const LoadedRule& rule, const std::string& subject, Instant now) {
    if (guardian_.pause_of(rule.id) == PauseMode::skip) return "paused";
    const auto concurrent = rule.rule->guards.concurrent;
    if (concurrent == lang::Concurrency::parallel || !store_.has_open_run(rule.id, subject))
        return {};
    if (concurrent != lang::Concurrency::replace) return already_running;
    replace_runs(rule, subject, now);
    return {};
}

void Walker::replace_runs(const LoadedRule& rule, const std::string& subject, Instant now) {
    Run before_all;
    before_all.subject = subject;
    for (;;) {
        const auto page = store_.open_runs(rule.id, before_all, runs_looked_at_once);
        for (Run run : page) {
            if (run.subject != subject) return;
            for (const DueDelivery& due : store_.pending_of_run(run.id))
                settle(store_, plans_, guardian_, reports_, due,
                       {DeliveryState::cancelled, "replaced"}, now);
            end(run, "replaced");
            store_.update_run(run);
        }
        if (page.size() < runs_looked_at_once) return;
    }
}

// The one before it has ended: its own time begins now. That may have been one of the calendar, if
// the rule began by it in an earlier version.
void Walker::start_queued_run(RuleId id, const std::string& subject, Instant now) {
    // After the pause they arrive.
    if (guardian_.pause_of(id) == PauseMode::hold) return;
    for (Run& run : store_.queued_runs(id, subject, 1)) {
        try {
            const LoadedRule& rule = plans_.rule(firing_of(run).plan, id);
            store_.set_window(run.firing, now, now);
            firings_.erase(run.firing);
            run.due_at = planned_time(*rule.rule, 0, {now, now}, std::nullopt, *rule.zone);
            run.state = RunState::running;
        } catch (const PlanError& error) {
            reports_.trouble(fmt::format("run {} is over: {}", run.id, error.what()));
            end(run, error.what());
        }
        store_.update_run(run);
        if (run.state == RunState::done) start_queued_run(id, subject, now);
    }
}

// The run that an event of a pause was to begin: a wait of the same rule has taken the event.
void Walker::turn_away(const std::string& event, const Run& waiting) {
    Run before_all;
    before_all.subject = waiting.subject;
    for (;;) {
        const auto page = store_.unfinished_runs(waiting.rule, before_all, runs_looked_at_once);
        for (Run run : page) {
            if (run.subject != waiting.subject) return;
            const bool has_begun = run.state != RunState::queued && run.state != RunState::arrived;
            if (has_begun || firing_of(run).event != event) continue;
            run.state = RunState::skipped;
            run.due_at = std::nullopt;
            run.reason = "answers a wait";
            turned_away_ = true;
            return store_.update_run(run);
        }
        if (page.size() < runs_looked_at_once) return;
        before_all = page.back();
    }
}

// Its event came in a pause.
void Walker::begin_arrived(Run& run, const LoadedRule& rule, const Firing& firing, Instant now) {
    if (may_begin(run, rule, now)) {
        run.state = RunState::running;
        run.due_at = planned_time(*rule.rule, 0, window_of(firing), std::nullopt, *rule.zone);
    }
    store_.update_run(run);
}

RunState Walker::state_of_new_run(RuleId rule) const {
    return guardian_.pause_of(rule) == PauseMode::hold ? RunState::held : RunState::running;
}

// ---- firings ------------------------------------------------------------------------------------

void Walker::begin_firing(Upcoming::iterator planned) {
    const LoadedRule& rule = in_force_->rules.at(planned->first.second);
    const PlannedFiring beginning = planned->second;
    upcoming_.erase(planned);

    Firing firing;
    firing.rule = rule.id;
    firing.key = firing_key(*rule.rule, beginning.occurrence, *rule.zone);
    firing.plan = in_force_->version;
    firing.subject_kind = rule.rule->audience.kind;
    firing.start_at = beginning.window.start;
    firing.end_at = beginning.window.end;
    // A key that is there already is a firing that newer zone data moved: it stays one, and the
    // calendar goes on.
    if (const auto id = store_.add_firing(firing)) {
        firing.id = *id;
        reports_.fired(rule.playbook->name, rule.rule->name, firing);
    }
    store_.set_fired_through(rule.id, beginning.window.start);
    plan_next_firing(rule, beginning.window.start);
}

std::size_t Walker::expand(const Firing& firing, Instant now, std::size_t room) {
    try {
        const LoadedRule& rule = plans_.rule(firing.plan, firing.rule);
        const StepContext context = context_of(rule, firing, now);
        const auto subjects =
            store_.audience_page(rule.rule->audience, firing.expanded_through, room);
        for (const std::string& subject : subjects) {
            start_run(context, rule, firing, subject, nullptr);
        }
        store_.set_expanded(firing.id, subjects.empty() ? firing.expanded_through : subjects.back(),
                            subjects.size() < room);
        return subjects.size() + 1;
    } catch (const PlanError& error) {
        reports_.trouble(fmt::format("firing {} reaches nobody: {}", firing.key, error.what()));
        store_.set_expanded(firing.id, firing.expanded_through, true);
        return 1;
    }
}

// ---- steps --------------------------------------------------------------------------------------

std::size_t Walker::do_steps(Instant until, Instant now, std::size_t room) {
    const auto runs = store_.due_runs(until, std::min(room, steps_read_));
    // What is read ahead holds good until a step makes something due that comes before it.
    Instant comes_next = Instant::max();
    std::size_t done = 0;
    while (done < runs.size() && runs[done].due_at <= comes_next) {
        if (const auto next = do_step(runs[done], now)) comes_next = std::min(comes_next, *next);
        ++done;
    }
    const bool is_in_order = done == runs.size();
    steps_read_ = is_in_order ? std::min(2 * steps_read_, page_rows_)
                              : std::max(steps_read_ / 2, steps_read_min);
    return done;
}

// When the run is to go on; long ago when other runs have changed; nothing when neither.
std::optional<Instant> Walker::do_step(Run run, Instant now) {
    std::optional<Instant> next;
    turned_away_ = false;
    on_run(run, now, [&] {
        const Firing firing = firing_of(run);
        const LoadedRule& rule = plans_.rule(firing.plan, run.rule);
        const bool has_arrived = run.state == RunState::arrived;
        if (has_arrived) begin_arrived(run, rule, firing, now);
        if (run.state == RunState::running && run.due_at <= now) {
            std::optional<Event> event;
            if (firing.event) event = store_.find_event(*firing.event);
            walk(run, context_of(rule, firing, now), rule, event ? &*event : nullptr);
        }
        const bool replaces = rule.rule->guards.concurrent == lang::Concurrency::replace;
        if (turned_away_ || (has_arrived && replaces))
            next = Instant::min();
        else if (run.state == RunState::running || run.state == RunState::waiting)
            next = run.due_at;
    });
    return next;
}

// Does what is due of a run, and what of it belongs to the same moment.
void Walker::walk(Run& run, const StepContext& context, const LoadedRule& rule,
                  const Event* event) {
    const Instant planned_for = run.due_at.value_or(context.now);
    // An event of a pause ended it then.
    if (run.reason.empty()) run.reason = find_exit_event(context, run, planned_for, event);
    if (!run.reason.empty()) return exit_run(run, run.reason, context.now);
    do {
        const std::size_t step = run.next_step;
        const StepDecision decision = decide(context, rule, run, event);
        walk_on(run, decision.next);
        store_.update_run(run);
        record(context, rule, run, step, planned_for, decision);
        if (decision.answered_by) turn_away(*decision.answered_by, run);
    } while (run.state == RunState::running && run.due_at == planned_for);
    if (run.state == RunState::done) return start_queued_run(run.rule, run.subject, context.now);
    const Instant until = std::min(context.now, run.due_at.value_or(context.now));
    if (const auto reason = find_exit_event(context, run, until, event); !reason.empty())
        exit_run(run, reason, context.now);
}

// ---- waits and exits ----------------------------------------------------------------------------

std::size_t Walker::end_waits(Instant until, Instant now, std::size_t room) {
    const auto runs = store_.ended_waits(until, room);
    for (const Run& run : runs) on_run(run, now, [&] { end_wait(run, false, *run.due_at, now); });
    return runs.size();
}

void Walker::end_wait(Run run, bool answered, Instant at, Instant now) {
    const Firing firing = firing_of(run);
    const LoadedRule& rule = plans_.rule(firing.plan, run.rule);
    const StepContext context = context_of(rule, firing, now);
    walk_on(run, runtime::end_wait(context, position_of(run), answered, at));
    store_.update_run(run);
    if (run.state == RunState::done) start_queued_run(run.rule, run.subject, now);
}

// Why an event ends the runs of a rule; empty when it does not.
std::string Walker::exit_reason(const StepContext& context, const std::string& subject_name,
                                const Event& event) {
    for (const lang::ExitEvent& exit : context.rule.exits) {
        if (!may_match(context.plan, exit.event, event)) continue;
        const Subject subject = find_subject(context.rule.audience.kind, subject_name);
        const Facts facts{context.plan, context.zone, context.window, subject,
                          nullptr,      event.at,     &records_};
        if (matches(exit.event, event, facts))
            return exit.reason.empty() ? exit.event.event : exit.reason;
    }
    return {};
}

void Walker::exit_run(Run& run, const std::string& reason, Instant now) {
    for (const DueDelivery& due : store_.pending_of_run(run.id))
        settle(store_, plans_, guardian_, reports_, due, {DeliveryState::exited, reason}, now);
    end(run, reason);
    store_.update_run(run);
    start_queued_run(run.rule, run.subject, now);
}

void Walker::walk_on(Run& run, const AfterStep& next) const {
    run.waits_since = std::nullopt;
    if (const auto* over = std::get_if<RunOver>(&next)) return end(run, over->reason);
    const auto* waiting = std::get_if<WaitForEvent>(&next);
    const Position position =
        waiting != nullptr ? waiting->position : std::get<GoOn>(next).position;
    run.next_step = position.step;
    run.next_action = position.action;
    if (waiting != nullptr) {
        run.state = RunState::waiting;
        run.waits_since = waiting->since;
        run.due_at = waiting->until.value_or(awaits_outcome);
        return;
    }
    run.state = state_of_new_run(run.rule);
    run.due_at = std::get<GoOn>(next).due_at;
}

const Firing& Walker::firing_of(const Run& run) {
    auto found = firings_.find(run.firing);
    if (found == firings_.end()) {
        auto firing = store_.find_firing(run.firing);
        if (!firing) throw PlanError(fmt::format("its firing {} is not in the store", run.firing));
        found = firings_.emplace(run.firing, std::move(*firing)).first;
    }
    return found->second;
}

// ---- one step of one run ------------------------------------------------------------------------

StepContext Walker::context_of(const LoadedRule& rule, const Firing& firing, Instant now) {
    const LoadedPlan& loaded = plans_.plan(firing.plan);
    StepContext context{loaded.plan, *rule.rule, *rule.zone, window_of(firing)};
    // A run that was moved to a version began before that was deployed.
    if (rule.is_calendar_rule() && !is_migrated(firing.key))
        context.admitted_at = loaded.deployed_at;
    const auto& via = rule.rule->via;
    const auto channel = std::find_if(via.begin(), via.end(), [this](const std::string& name) {
        return channels_.contains(name);
    });
    if (channel != via.end()) context.channel = *channel;
    context.now = now;
    context.records = &records_;
    context.skips_paused = guardian_.pause_of(rule.id) == PauseMode::skip;
    context.no_calendar_data = lacks_calendar_data(*rule.rule, context.window, *rule.zone);
    return context;
}

void Walker::start_run(const StepContext& context, const LoadedRule& rule, const Firing& firing,
                       const std::string& subject, const Event* event) {
    Run run;
    run.firing = firing.id;
    run.rule = rule.id;
    run.subject = subject;
    run.state = state_of_new_run(rule.id);
    const Instant planned_for =
        planned_time(context.rule, 0, context.window, std::nullopt, context.zone);
    run.due_at = planned_for;
    // A first step that is due is decided before the run is written, so that a post of one step is
    // one row and not two.
    std::optional<StepDecision> decision;
    if (planned_for <= context.now && run.state == RunState::running) {
        decision = decide(context, rule, run, event);
        walk_on(run, decision->next);
    }
    const auto id = store_.add_run(run);
    if (!id || !decision) return;
    run.id = *id;
    record(context, rule, run, 0, planned_for, *decision);
    if (run.state == RunState::running && run.due_at == planned_for)
        walk(run, context, rule, event);
}

StepDecision Walker::decide(const StepContext& context, const LoadedRule& rule, const Run& run,
                            const Event* event) {
    const Instant planned_for = run.due_at.value_or(context.now);
    const Position position = position_of(run);
    try {
        const int newer = count_newer(context, run.rule, position, planned_for, run.subject);
        const Subject subject = find_subject(context.rule.audience.kind, run.subject);
        const RunFacts facts{subject, event, find_exit(context, run, event)};
        return decide_step(context, position, planned_for, newer, facts);
    } catch (const StoreError&) {
        throw;
    } catch (const std::exception& error) {
        // The edge around one run's step: whatever is wrong with it ends this run and no other.
        // Nothing was written yet.
        reports_.trouble(fmt::format("runs of `{}` ended at their step {}: {}",
                                     lang::rule_path(*rule.playbook, *rule.rule), run.next_step + 1,
                                     error.what()));
        return fail_step(context.rule, position, error.what());
    }
}

// Why the run ends before this step.
std::string Walker::find_exit(const StepContext& context, const Run& run, const Event* own) {
    const lang::Rule& rule = context.rule;
    if (rule.guards.exit_when_outside && !store_.is_in_audience(rule.audience, run.subject))
        return "outside";
    return find_exit_event(context, run, run.due_at.value_or(context.now), own);
}

// Events end a run when they come, but for one whose rule is paused then: it is seen here what came
// since it began, through `until`.
std::string Walker::find_exit_event(const StepContext& context, const Run& run, Instant until,
                                    const Event* own) {
    const lang::Rule& rule = context.rule;
    for (const lang::ExitEvent& exit : rule.exits) {
        const auto events = store_.events_of(rule.audience.kind, run.subject, exit.event.event,
                                             beginning_of(context), until + just_before);
        for (const Event& event : events) {
            if (!event.processed || comes_before_run(context, event, own)) continue;
            const std::string reason = exit_reason(context, run.subject, event);
            if (!reason.empty()) return reason;
        }
    }
    return {};
}

int Walker::count_newer(const StepContext& context, RuleId rule, Position position,
                        Instant planned_for, const std::string& subject) {
    const int in_run = count_newer_in_run(context.rule, position, context.window, planned_for,
                                          context.now, context.zone);
    if (in_run >= newer_needed(context.rule) || in_force_ == nullptr ||
        !std::holds_alternative<lang::CalendarTrigger>(context.rule.trigger)) {
        return in_run;
    }
    // A later occurrence is one of the plan in force, whichever version this run began with.
    const auto found = in_force_->rules.find(rule);
    if (found == in_force_->rules.end()) return in_run;
    const LoadedRule& current = found->second;
    if (!current.trouble.empty() || !current.is_calendar_rule()) return in_run;
    const auto key = std::tuple{rule, context.window.start, planned_for, context.now};
    auto known = newer_occurrences_.find(key);
    if (known == newer_occurrences_.end()) {
        const int newer =
            count_newer_occurrences(*current.rule, context.window.start, planned_for,
                                    in_force_->deployed_at, context.now, *current.zone);
        known = newer_occurrences_.emplace(key, newer).first;
    }
    if (known->second == 0 || !store_.is_in_audience(current.rule->audience, subject))
        return in_run;
    return in_run + known->second;
}

void Walker::record(const StepContext& context, const LoadedRule& rule, const Run& run,
                    std::size_t step, Instant planned_for, const StepDecision& decision) {
    if (planned_for >= context.admitted_at)
        reports_.stepped(rule.playbook->name, rule.rule->name, step);
    Delivery delivery;
    delivery.run = run.id;
    delivery.step = step;
    delivery.channel = channel_of(context);
    delivery.planned_for = planned_for;
    delivery.priority = context.rule.guards.priority;
    for (const StepEffect& effect : decision.effects) {
        delivery.action = effect.action;
        if (const auto* change = std::get_if<lang::ChangeTag>(&effect.what)) {
            const SubjectKind kind = context.rule.audience.kind;
            if (change->add) {
                store_.add_tag(kind, run.subject, change->tag);
            } else {
                store_.remove_tag(kind, run.subject, change->tag);
            }
        } else if (const auto* message = std::get_if<SendText>(&effect.what)) {
            record(context, run, delivery, *message);
        } else {
            const auto& withheld = std::get<Withhold>(effect.what);
            Delivery ended = delivery;
            ended.state = withheld.state;
            ended.reason = withheld.reason;
            ended.settled_at = context.now;
            store_.add_delivery(ended);
            reports_.settled(rule.playbook->name, rule.rule->name, withheld.state, withheld.reason);
        }
    }
}

void Walker::record(const StepContext& context, const Run& run, Delivery delivery,
                    const SendText& message) {
    Instant wanted_at = message.wanted_at;
    if (context.now > wanted_at && context.rule.guards.late.spaced > std::chrono::seconds{0})
        wanted_at = guardian_.spaced(context.rule, run.rule, run.subject, context.now);
    if (wanted_at != delivery.planned_for) delivery.moved_to = wanted_at;
    delivery.due_at = wanted_at;
    delivery.message = store_.intern_message(message.text);
    delivery.id = store_.add_delivery(delivery);
    if (!is_guarded(context.rule, {delivery.step, delivery.action})) return;
    guardian_.expect({context.rule.audience.kind, run.subject, delivery.id, run.rule,
                      delivery.priority, wanted_at, false});
}

std::string Walker::channel_of(const StepContext& context) const {
    if (context.channel) return *context.channel;
    return context.rule.via.empty() ? std::string{} : context.rule.via.front();
}

Subject Walker::find_subject(SubjectKind kind, const std::string& id) {
    if (kind == SubjectKind::group) {
        if (auto group = store_.find_group(id)) return std::move(*group);
    } else {
        if (auto member = store_.find_member(id)) return std::move(*member);
    }
    return std::monostate{};
}

}  // namespace sop::runtime
