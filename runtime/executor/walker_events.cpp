// The part of the walker that takes events: which runs they answer, end and begin.
#include <fmt/core.h>

#include "runtime/executor/clocks.h"
#include "runtime/executor/run_state.h"
#include "runtime/executor/settlement.h"
#include "runtime/executor/walker.h"
#include "runtime/scheduler/event_match.h"
#include "runtime/scheduler/migration.h"
#include "runtime/scheduler/staff.h"

namespace sop::runtime {

namespace {

constexpr const char* already_running = "already running";
constexpr const char* over_limit = "limit";

// Of runs of one rule that wait for one subject.
constexpr std::size_t queue_max = 100;
constexpr std::size_t runs_looked_at_once = 100;

bool comes_before_run(Store& store, const StepContext& context, const Firing& firing,
                      const Event& event) {
    const auto own = firing.event ? store.find_event(*firing.event) : std::nullopt;
    return comes_before_run(context, event, own ? &*own : nullptr);
}

}  // namespace

std::size_t Walker::take_events(Instant until, Instant now, std::size_t room) {
    std::size_t rows = 0;
    while (const Event* next = events_ahead_.find(until, now)) {
        const Event event = *next;
        if (event.type == backfill_event) {
            const BackfillPage page = backfill(event, now, room - rows);
            rows += page.rows;
            if (!page.is_last) break;
            store_.mark_processed(event.id);
            events_ahead_.drop();
            if (rows >= room) break;
            continue;
        }
        events_ahead_.drop();
        const std::size_t changed = take_event(event, now);
        rows += changed + 1;
        const Event* following = events_ahead_.find(until, now);
        const std::optional<Instant> following_at =
            following != nullptr ? std::optional(following->at) : std::nullopt;
        if (!following_at || *following_at > event.at) look_at_touched(now);
        // An event may fill the page; the others stay for the next.
        if (rows >= room || !following_at) break;
        // What it has begun is finished first.
        if (event.type == run_now_event) break;
        // What it made due may come before the next one.
        if (has_mailings_ || (changed > 0 && is_due_before(*following_at))) break;
    }
    return rows;
}

// How many runs it has changed or begun.
std::size_t Walker::take_event(const Event& event, Instant now) {
    const std::size_t followed = note_directory(event, now);
    if (event.group) touch(SubjectKind::group, *event.group, event.at);
    if (event.member) touch(SubjectKind::member, *event.member, event.at);
    std::set<RuleId> taken;
    if (plans_.awaits(event.type)) taken = tell_open_runs(event, now);
    const std::size_t changed = followed + take_task_answer(event, now) + taken.size() +
                                tell_collections(event) + start_event_runs(event, taken, now);
    counters_.count(event);
    store_.mark_processed(event.id);
    return changed;
}

bool Walker::is_due_before(Instant event_at) {
    const auto wait_ends = store_.next_wait_end();
    const auto step_due = store_.next_run_due();
    const auto expires_at = next_expiry();
    return (wait_ends && *wait_ends <= event_at) || (step_due && *step_due < event_at) ||
           (expires_at && *expires_at < event_at);
}

std::size_t Walker::start_event_runs(const Event& event, const std::set<RuleId>& taken,
                                     Instant now) {
    if (in_force_ == nullptr) return 0;
    if (event.type == run_now_event) {
        fire_now(event, now);
        return 1;
    }
    const auto begun = in_force_->begun_by.find(event.type);
    if (begun == in_force_->begun_by.end()) return 0;
    std::size_t runs = 0;
    for (const RuleId id : begun->second) {
        const LoadedRule& rule = in_force_->rules.at(id);
        const auto& trigger = std::get<lang::EventTrigger>(rule.rule->trigger);
        if (rule.trouble || !may_match(in_force_->plan, trigger, event)) continue;
        const auto subject = event_subject(*rule.rule, event);
        if (!subject || taken.contains(id) || !starts(rule, event, *subject)) continue;
        start_event_run(rule, event, *subject, now);
        ++runs;
    }
    return runs;
}

// A calendar rule at a time that its calendar does not have, or any rule that another one runs.
void Walker::fire_now(const Event& event, Instant now) {
    const auto path = event.fields.find(run_now_rule);
    for (const LoadedRule& rule : in_force_->rules) {
        if (path == event.fields.end() ||
            lang::rule_path(*rule.playbook, *rule.rule) != path->second)
            continue;
        if (rule.trouble) break;
        const auto subject = event_subject(*rule.rule, event);
        if (!rule.is_calendar_rule()) {
            if (subject && is_for(rule, *subject, event.at))
                start_event_run(rule, event, *subject, now);
            return;
        }
        Firing firing;
        firing.rule = rule.id;
        firing.key = event_firing_key(event.id);
        firing.plan = in_force_->version;
        firing.subject_kind = rule.rule->audience->kind;
        firing.start_at = event.at;
        firing.end_at = migrated_window(*rule.rule, *rule.zone, {event.at, event.at}).end;
        firing.event = event.id;
        firing.expanded = subject.has_value();
        firing.expanded_through = subject.value_or("");
        const auto added = store_.add_firing(firing);
        if (!added) return;
        firing.id = *added;
        reports_.fired(rule.playbook->name, rule.rule->name, firing);
        if (subject && is_for(rule, *subject, event.at))
            start_run(context_of(rule, firing, now), rule, firing, *subject, nullptr);
        return;
    }
    reports_.trouble(
        fmt::format("event {}: the plan in force has no such rule that can begin", event.id));
}

// As the plan in force has it.
bool Walker::is_for(const LoadedRule& rule, const std::string& subject, Instant at) {
    return audiences_.contains(in_force_->plan, *rule.rule->audience, *rule.zone, at, subject);
}

bool Walker::starts(const LoadedRule& rule, const Event& event, const std::string& id) {
    if (!is_for(rule, id, event.at)) return false;
    const auto& trigger = std::get<lang::EventTrigger>(rule.rule->trigger);
    if (!trigger.where) return true;
    const Window window{event.at, event.at};
    const Subject subject = find_subject(store_, rule.rule->audience->kind, id);
    return matches(trigger, event,
                   {in_force_->plan, *rule.zone, window, subject, &event, event.at, &records_});
}

// Answers waits of the runs of whoever it is about and ends those that exit on it. The rules whose
// waits took the event are not started by it.
std::set<RuleId> Walker::tell_open_runs(const Event& event, Instant now) {
    std::set<RuleId> taken;
    if (event.group) tell_open_runs(event, SubjectKind::group, *event.group, now, taken);
    if (event.member) tell_open_runs(event, SubjectKind::member, *event.member, now, taken);
    if (event.group && event.member) {
        tell_open_runs(event, SubjectKind::member, to_subject({*event.member, *event.group}), now,
                       taken);
    }
    if (plans_.has_runs_for_nobody()) tell_open_runs(event, SubjectKind::playbook, {}, now, taken);
    return taken;
}

void Walker::tell_open_runs(const Event& event, SubjectKind kind, const std::string& subject,
                            Instant now, std::set<RuleId>& taken) {
    for (const Run& run : store_.open_runs_of(subject)) {
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
            leaving.reason = exit_reason(context, subject, event);
            if (leaving.reason.empty()) return;
            if (guardian_.pause_of(run.rule) != PauseMode::hold) {
                // One that comes late may be from before the run.
                if (comes_before_run(store_, context, firing, event)) return;
                exit_run(leaving, leaving.reason, event.at, now);
            } else if (comes_next(run, context, firing, event)) {
                exit_after_pause(leaving, event);
            }
        });
    }
}

// Whether an event of a pause comes before what is due of the run, and not before the run itself.
bool Walker::comes_next(const Run& run, const StepContext& context, const Firing& firing,
                        const Event& event) {
    if (run.state == RunState::waiting) return true;
    if (run.due_at <= event.at) return false;
    if (position_of(run) != Position{}) return true;
    return !comes_before_run(store_, context, firing, event);
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
        end_run(broken, error.what());
        store_.update_run(broken);
        cancel_tasks(broken, now);
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
    const Subject subject = find_subject(store_, firing.subject_kind, run.subject);
    return matches(wait->event, event,
                   {plan, zone_of(store_, plans_, rule, firing), window, subject,
                    own ? &*own : nullptr, event.at, &records_});
}

void Walker::start_event_run(const LoadedRule& rule, const Event& event, const std::string& subject,
                             Instant now) {
    Firing firing;
    firing.rule = rule.id;
    firing.key = event_firing_key(event.id);
    firing.plan = in_force_->version;
    firing.subject_kind = rule.rule->audience->kind;
    firing.start_at = event.at;
    firing.end_at = event.at;
    firing.event = event.id;
    firing.expanded = true;
    firing.expanded_through = subject;
    begin_firing_of_one(rule, firing, subject, &event, now);
}

// `event` is nullptr for a condition.
void Walker::begin_firing_of_one(const LoadedRule& rule, Firing& firing, const std::string& subject,
                                 const Event* event, Instant now) {
    const auto id = store_.add_firing(firing);
    if (!id) return;
    firing.id = *id;
    reports_.fired(rule.playbook->name, rule.rule->name, firing);
    Run run;
    run.firing = firing.id;
    run.rule = rule.id;
    run.subject = subject;
    run.due_at = firing.start_at;
    if (may_begin(run, rule, event, now))
        return start_run(context_of(rule, firing, now), rule, firing, subject, event);
    store_.add_run(run);
}

// Else it is queued or turned away.
bool Walker::may_begin(Run& run, const LoadedRule& rule, const Event* event, Instant now) {
    const auto queue = [&run] {
        run.state = RunState::queued;
        return false;
    };
    if (guardian_.pause_of(rule.id) == PauseMode::hold) return queue();
    const bool is_allowed = event == nullptr || entries_.may_begin(rule, run.subject, *event);
    const std::string obstacle = is_allowed ? make_way(rule, run.subject, now) : over_limit;
    const bool waits_its_turn =
        rule.rule->guards->concurrent == lang::Concurrency::queue && obstacle == already_running &&
        store_.queued_runs(rule.id, run.subject, queue_max).size() < queue_max;
    if (event != nullptr && (obstacle.empty() || waits_its_turn))
        entries_.begun(rule, run.subject, *event);
    if (obstacle.empty()) return true;
    if (waits_its_turn) return queue();
    run.state = RunState::skipped;
    run.due_at = std::nullopt;
    run.reason = obstacle;
    return false;
}

// Why a run cannot begin now; empty when it can.
std::string Walker::make_way(const LoadedRule& rule, const std::string& subject, Instant now) {
    if (guardian_.pause_of(rule.id) == PauseMode::skip) return "paused";
    const auto concurrent = rule.rule->guards->concurrent;
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
            for (const DueDelivery& due : store_.unsettled_of_run(run.id))
                settle(store_, plans_, guardian_, reports_, due,
                       {DeliveryState::cancelled, "replaced"}, now);
            end_run(run, "replaced");
            store_.update_run(run);
            cancel_tasks(run, now);
        }
        if (page.size() < runs_looked_at_once) return;
    }
}

// The one before it has ended: its own time begins now.
void Walker::start_queued_run(RuleId id, const std::string& subject, Instant now) {
    // After the pause they arrive.
    if (guardian_.pause_of(id) == PauseMode::hold) return;
    for (Run& run : store_.queued_runs(id, subject, 1)) {
        try {
            const LoadedRule& rule = plans_.rule(firing_of(run).plan, id);
            store_.set_window(run.firing, now, now);
            firings_.erase(run.firing);
            run.due_at = planned_time(*rule.rule, 0, {now, now}, std::nullopt,
                                      zone_of(store_, plans_, rule, firing_of(run)));
            run.state = RunState::running;
        } catch (const PlanError& error) {
            reports_.trouble(fmt::format("run {} is over: {}", run.id, error.what()));
            end_run(run, error.what());
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
    std::optional<Event> event;
    if (firing.event) event = store_.find_event(*firing.event);
    if (firing.event && !event) throw PlanError(fmt::format("its event {} is gone", *firing.event));
    if (may_begin(run, rule, event ? &*event : nullptr, now)) {
        run.state = RunState::running;
        run.due_at = planned_time(*rule.rule, 0, window_of(firing), std::nullopt,
                                  zone_of(store_, plans_, rule, firing));
    }
    store_.update_run(run);
}

RunState Walker::state_of_new_run(RuleId rule) const {
    return guardian_.pause_of(rule) == PauseMode::hold ? RunState::held : RunState::running;
}

}  // namespace sop::runtime
