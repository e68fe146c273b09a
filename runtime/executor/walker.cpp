#include "runtime/executor/walker.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <tuple>

#include "runtime/executor/clocks.h"
#include "runtime/executor/run_state.h"
#include "runtime/executor/settlement.h"
#include "runtime/scheduler/event_match.h"
#include "runtime/scheduler/lateness.h"
#include "runtime/scheduler/member_clock.h"
#include "runtime/scheduler/migration.h"

namespace sop::runtime {

namespace {

constexpr std::chrono::milliseconds just_before{1};

// Runs that are read ahead, where one makes another due before the next.
constexpr std::size_t steps_read_min = 8;

// A round ends where its rows do, and drops what it has read ahead.
constexpr std::size_t events_read_max = 64;

// Of events that rules make, how many may follow from one that came from outside.
constexpr int generations_max = 100;
constexpr std::string_view generation_mark = "~";

std::string own_event_id(const Delivery& delivery, int generation) {
    return fmt::format("run:{}/{}/{}{}{}", delivery.run, delivery.step, delivery.action,
                       generation_mark, generation);
}

// 0 for one that came from outside, and for the calendar.
int generation_of(const std::optional<std::string>& event) {
    if (!event || !event->starts_with("run:")) return 0;
    const auto mark = event->rfind(generation_mark);
    int generation = 0;
    if (mark != std::string::npos)
        std::from_chars(event->data() + mark + 1, event->data() + event->size(), generation);
    return generation;
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
      reports_(reports),
      entries_(store),
      audiences_(store),
      events_ahead_(store, std::min(page_rows, events_read_max)),
      counters_(store, plans) {}

// ---- the plan in force --------------------------------------------------------------------------

void Walker::take_over(PlanVersion version, Instant now) {
    in_force_ = nullptr;
    guardian_.use(nullptr, now);
    counters_.use(nullptr);
    upcoming_.clear();
    const LoadedPlan& loaded = plans_.plan(version);
    in_force_ = &loaded;
    guardian_.use(&loaded, now);
    counters_.use(&loaded);
    look_at_older_plans(version);
    look_at_new_conditions(loaded);
    for (const LoadedRule& rule : loaded.rules) {
        if (rule.trouble) {
            reports_.trouble(*rule.trouble);
            continue;
        }
        const StoredRule stored = store_.find_or_add_rule(rule.playbook->name, rule.rule->name,
                                                          loaded.deployed_at - just_before);
        plan_next_firing(rule, {}, stored.fired_through);
        if (rule.rule->timezone_of_member && rule.is_calendar_rule())
            plan_next_firings_by_zone(rule, loaded.deployed_at);
    }
}

// Their runs may wait for changes of tags that no newer plan asks for.
void Walker::look_at_older_plans(PlanVersion in_force) {
    if (in_force == 1) return;
    for (const PlanSummary& summary : store_.list_plans()) {
        if (summary.version == in_force || summary.open_runs == 0) continue;
        try {
            plans_.plan(summary.version);
        } catch (const PlanError& error) {
            reports_.trouble(error.what());
        }
    }
}

void Walker::hand_over(Instant now) {
    // A rule whose steps all come after its start may have started before `now` and begin after it.
    // Its occurrence is the old plan's as well: the new one counts from `now` and would lose it.
    const auto is_ours = [now](const Upcoming::value_type& planned) {
        return planned.first.begins_at < now || planned.second.window.start < now;
    };
    for (auto planned = std::find_if(upcoming_.begin(), upcoming_.end(), is_ours);
         planned != upcoming_.end();
         planned = std::find_if(upcoming_.begin(), upcoming_.end(), is_ours)) {
        begin_firing(planned);
    }
}

void Walker::plan_next_firing(const LoadedRule& rule, const std::string& members_of,
                              Instant fired_through) {
    try {
        const lang::calendar::Zone* zone =
            members_of.empty() ? rule.zone.get() : plans_.zone(members_of);
        if (zone == nullptr) {
            reports_.trouble(fmt::format(
                "rule `{}` does not fire for members in `{}`: the zone data have no such zone",
                lang::rule_path(*rule.playbook, *rule.rule), members_of));
            return;
        }
        auto planned = next_firing(*rule.rule, *zone, fired_through);
        if (!planned) planned = next_look(*rule.rule, *zone, fired_through);
        if (planned)
            upcoming_.emplace(UpcomingKey{planned->begins_at, rule.id, members_of}, *planned);
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
        if (!work || work->kind != Work::Kind::events) look_at_touched(now);
        if (!work) break;
        room -= std::min(room, perform(*work, now, room));
    }
    look_at_touched(now);
    events_ahead_.forget();
    flows_.write(store_);
    firings_.clear();
    newer_occurrences_.clear();
}

bool Walker::catch_up() {
    if (!counters_.is_behind()) return false;
    const auto transaction = store_.begin();
    counters_.catch_up();
    transaction->commit();
    return true;
}

std::optional<Walker::Work> Walker::find_earliest_work(Instant now) {
    // What has begun is finished first: an event that came after it must meet its runs.
    if (auto mailing = next_mailing())
        return Work{Work::Kind::mailing, now, {}, std::move(*mailing)};
    if (auto open = store_.firings_to_expand(1); !open.empty()) {
        return Work{Work::Kind::expansion, now, std::move(open.front()), {}};
    }
    const Instant event_at = events_ahead_.next_at().value_or(Instant::max());
    const Instant begins_at =
        upcoming_.empty() ? Instant::max() : upcoming_.begin()->first.begins_at;
    const Instant step_due = store_.next_run_due().value_or(Instant::max());
    const Instant wait_ends = store_.next_wait_end().value_or(Instant::max());
    const Instant expires_at = next_expiry().value_or(Instant::max());
    const Instant remind_at = store_.next_reminder_at().value_or(Instant::max());
    const Instant earliest =
        std::min({remind_at, wait_ends, event_at, expires_at, begins_at, step_due});
    if (earliest > now) return std::nullopt;
    if (remind_at == earliest) return Work{Work::Kind::reminders, remind_at, {}, {}};
    const Instant before_reminders = remind_at - just_before;
    if (wait_ends == earliest)
        return Work{Work::Kind::waits,
                    std::min({now, event_at, expires_at, begins_at, step_due, before_reminders}),
                    {},
                    {}};
    const Instant before_waits = std::min(wait_ends - just_before, before_reminders);
    if (event_at == earliest)
        return Work{Work::Kind::events,
                    std::min({now, expires_at, begins_at, step_due, before_waits}),
                    {},
                    {}};
    const Instant before_events = event_at - just_before;
    if (expires_at == earliest)
        return Work{Work::Kind::expiry,
                    std::min({now, begins_at, step_due, before_waits, before_events}),
                    {},
                    {}};
    if (begins_at == earliest) return Work{Work::Kind::firing, begins_at, {}, {}};
    return Work{Work::Kind::steps,
                std::min({now, before_events, expires_at - just_before, begins_at - just_before,
                          before_waits}),
                {},
                {}};
}

std::size_t Walker::perform(const Work& work, Instant now, std::size_t room) {
    switch (work.kind) {
        case Work::Kind::mailing:
            return mail(work.mailing, room);
        case Work::Kind::expansion:
            return expand(work.firing, now, room);
        case Work::Kind::reminders:
            return remind_staff(work.until, now, room);
        case Work::Kind::waits:
            return end_waits(work.until, now, room);
        case Work::Kind::events:
            return take_events(work.until, now, room);
        case Work::Kind::expiry:
            return expire_points(work.until, room);
        case Work::Kind::firing:
            begin_firing(upcoming_.begin());
            return 1;
        case Work::Kind::steps:
            return do_steps(work.until, now, room);
    }
    return room;
}

std::optional<Instant> Walker::next_due() {
    if (next_mailing() || !store_.firings_to_expand(1).empty()) return Instant{};
    std::optional<Instant> earliest;
    const auto consider = [&earliest](std::optional<Instant> at) {
        if (at && (!earliest || *at < *earliest)) earliest = at;
    };
    consider(store_.next_event_at());
    consider(store_.next_run_due());
    consider(store_.next_wait_end());
    consider(next_expiry());
    consider(store_.next_reminder_at());
    if (!upcoming_.empty()) consider(upcoming_.begin()->first.begins_at);
    return earliest;
}

// ---- firings ------------------------------------------------------------------------------------

void Walker::begin_firing(Upcoming::iterator planned) {
    const LoadedRule& rule = in_force_->rules.at(planned->first.rule);
    const std::string members_of = planned->first.members_of;
    const PlannedFiring beginning = planned->second;
    upcoming_.erase(planned);

    Firing firing;
    firing.rule = rule.id;
    firing.key = !members_of.empty()
                     ? member_firing_key(*rule.rule, beginning.occurrence, *plans_.zone(members_of))
                 : rule.is_calendar_rule()
                     ? firing_key(*rule.rule, beginning.occurrence, *rule.zone)
                     : look_key(beginning, *rule.zone);
    firing.plan = in_force_->version;
    firing.subject_kind = rule.rule->audience->kind;
    firing.start_at = beginning.window.start;
    firing.end_at = beginning.window.end;
    // A key that is there already is a firing that newer zone data moved: it stays one, and the
    // calendar goes on.
    if (const auto id = store_.add_firing(firing)) {
        firing.id = *id;
        reports_.fired(rule.playbook->name, rule.rule->name, firing);
    }
    if (members_of.empty())
        store_.set_fired_through(rule.id, beginning.window.start);
    else
        store_.set_zone_fired_through(rule.id, members_of, beginning.window.start);
    plan_next_firing(rule, members_of, beginning.window.start);
}

std::size_t Walker::expand(const Firing& firing, Instant now, std::size_t room) {
    try {
        const LoadedRule& rule = plans_.rule(firing.plan, firing.rule);
        if (is_condition_key(firing.key)) return expand_condition(rule, firing, now, room);
        if (rule.tier != nullptr) return expand_tier(rule, firing, now, room);
        const StepContext context = context_of(rule, firing, now);
        // One that was asked for now is for all.
        std::optional<std::string> members_of;
        if (rule.rule->timezone_of_member && !firing.event)
            members_of = zone_of_members(firing.key).value_or("");
        const auto page = audiences_.page(context.plan, *rule.rule->audience, context.zone, now,
                                          firing.expanded_through, room, members_of);
        for (const std::string& subject : page.subjects) {
            if (members_of && had_that_wall_time(rule, firing, subject)) continue;
            start_run(context, rule, firing, subject, nullptr);
        }
        store_.set_expanded(firing.id, page.through, page.is_last);
        return page.is_last ? page.subjects.size() + 1 : room;
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

// When the run is to go on, or what it made comes; long ago when other runs have changed; nothing
// when neither.
std::optional<Instant> Walker::do_step(Run run, Instant now) {
    std::optional<Instant> next;
    const std::optional<Instant> planned_for = run.due_at;
    turned_away_ = false;
    has_made_events_ = false;
    on_run(run, now, [&] {
        const Firing firing = firing_of(run);
        const LoadedRule& rule = plans_.rule(firing.plan, run.rule);
        const bool has_arrived = run.state == RunState::arrived;
        if (has_arrived) begin_arrived(run, rule, firing, now);
        if (run.state == RunState::running && run.due_at <= now && prepare_listing(run, firing)) {
            std::optional<Event> event;
            if (firing.event) event = store_.find_event(*firing.event);
            walk(run, context_of(rule, firing, now), rule, event ? &*event : nullptr);
        }
        const bool replaces = rule.rule->guards->concurrent == lang::Concurrency::replace;
        if (turned_away_ || has_mailings_ || (has_arrived && replaces))
            next = Instant::min();
        else if (has_made_events_ || !touched_.empty())
            next = planned_for;
        else if (run.state == RunState::running && !run.reason.empty())
            // The event that ends it may have made another run due.
            next = *run.due_at - just_before;
        else if (run.state == RunState::running || run.state == RunState::waiting)
            next = run.due_at;
    });
    // Points that it gave may expire before the next step.
    if (const auto expires_at = next_expiry())
        next = std::min(next.value_or(Instant::max()), *expires_at - just_before);
    return next;
}

// Does what is due of a run, and what of it belongs to the same moment.
void Walker::walk(Run& run, const StepContext& context, const LoadedRule& rule,
                  const Event* event) {
    const Instant planned_for = run.due_at.value_or(context.now);
    // The answer that brings a run to its end is no exit any more.
    const auto is_at_end = [&] {
        return run.next_action > 0 && action_at(*rule.rule, position_of(run)) == nullptr;
    };
    // An event of a pause ended it then.
    if (run.reason.empty() && !is_at_end()) {
        if (auto exit = find_exit_event(context, run, planned_for, event))
            run.reason = std::move(exit->reason);
    }
    if (!run.reason.empty()) return exit_run(run, run.reason, planned_for, context.now);
    do {
        const Position position = position_of(run);
        const StepDecision decision = decide(context, rule, run, event);
        walk_on(run, decision.next);
        store_.update_run(run);
        record(context, rule, run, position.step, planned_for, decision);
        if (position.action == 0) flows_.add(rule, position.step, flow_reached, planned_for);
        if (decision.answered_by) turn_away(*decision.answered_by, run);
    } while (run.state == RunState::running && run.due_at == planned_for && !has_mailings_);
    if (run.state == RunState::done) return run_ended(run, planned_for, context.now);
    Instant until = std::min(context.now, run.due_at.value_or(context.now));
    if (run.state != RunState::waiting && is_at_end()) until -= just_before;
    auto exit = find_exit_event(context, run, until, event);
    if (!exit) return;
    // What else was due before that event comes before it, and meets this run.
    run.state = RunState::running;
    run.waits_since = std::nullopt;
    run.due_at = exit->at;
    run.reason = std::move(exit->reason);
    store_.update_run(run);
}

// ---- waits and exits ----------------------------------------------------------------------------

std::size_t Walker::end_waits(Instant until, Instant now, std::size_t room) {
    const auto runs = store_.ended_waits(until, room);
    for (const Run& run : runs) {
        on_run(run, now, [&] {
            settle_unanswered(run, *run.due_at);
            end_wait(run, false, *run.due_at, now);
        });
    }
    return runs.size();
}

void Walker::end_wait(Run run, bool answered, Instant at, Instant now) {
    const Firing firing = firing_of(run);
    const LoadedRule& rule = plans_.rule(firing.plan, run.rule);
    const StepContext context = context_of(rule, firing, now);
    flows_.add(rule, run.next_step, answered ? flow_answered : flow_not_answered, at);
    const Position position = position_of(run);
    AfterStep next = runtime::end_wait(context, position, answered, at);
    // In a pause of hold it ends in its turn: what comes before that meets the run.
    if (std::holds_alternative<RunOver>(next) && state_of_new_run(run.rule) == RunState::held)
        next = GoOn{{position.step, position.action + 1}, at};
    walk_on(run, next);
    store_.update_run(run);
    if (run.state == RunState::done) run_ended(run, at, now);
}

// Why an event ends the runs of a rule; empty when it does not.
std::string Walker::exit_reason(const StepContext& context, const std::string& subject_name,
                                const Event& event) {
    for (const lang::ExitEvent& exit : context.rule.exits) {
        if (!may_match(context.plan, exit.event, event)) continue;
        const Subject subject = find_subject(store_, context.rule.audience->kind, subject_name);
        const Facts facts{context.plan, context.zone, context.window, subject,
                          nullptr,      event.at,     &records_};
        if (matches(exit.event, event, facts))
            return exit.reason.empty() ? exit.event.event : exit.reason;
    }
    return {};
}

void Walker::exit_run(Run& run, const std::string& reason, Instant at, Instant now) {
    for (const DueDelivery& due : store_.unsettled_of_run(run.id))
        settle(store_, plans_, guardian_, reports_, due, {DeliveryState::exited, reason}, now);
    end_run(run, reason);
    store_.update_run(run);
    store_.close_collections_of(run.id, at);
    run_ended(run, at, now);
}

// At that time by the run's own clock. Whoever waits for its turn may wait for one of the calendar,
// if the rule began by it in an earlier version.
void Walker::run_ended(const Run& run, Instant at, Instant now) {
    cancel_tasks(run, now);
    const Firing& firing = firing_of(run);
    if (read_branch_key(firing.key)) return;
    const LoadedRule& rule = plans_.rule(firing.plan, run.rule);
    if (firing.event) entries_.ended(rule, run.subject, at);
    if (!run.reason.empty()) flows_.add(rule, run.next_step, flow_left_for + run.reason, at);
    start_queued_run(run.rule, run.subject, now);
}

void Walker::walk_on(Run& run, const AfterStep& next) const {
    run.waits_since = std::nullopt;
    if (const auto* over = std::get_if<RunOver>(&next)) return end_run(run, over->reason);
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
    StepContext context{loaded.plan, *rule.rule, zone_of(store_, plans_, rule, firing),
                        window_of(firing)};
    // A run that was moved to a version began before that was deployed.
    if (rule.is_calendar_rule() && !is_migrated(firing.key))
        context.admitted_at = loaded.deployed_at;
    const auto& via = *rule.rule->via;
    const auto channel = std::find_if(via.begin(), via.end(), [this](const std::string& name) {
        return channels_.contains(name);
    });
    if (channel != via.end()) context.channel = *channel;
    context.now = now;
    context.records = &records_;
    context.firing_key = original_key(firing.key);
    context.skips_paused = guardian_.pause_of(rule.id) == PauseMode::skip;
    context.no_calendar_data = lacks_calendar_data(*rule.rule, context.window, context.zone);
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
    flows_.add(rule, 0, flow_reached, planned_for);
    cancel_tasks(run, context.now);
    if (run.state == RunState::done && event != nullptr) run_ended(run, planned_for, context.now);
    if (run.state == RunState::running && run.due_at == planned_for && !has_mailings_)
        walk(run, context, rule, event);
}

StepDecision Walker::decide(const StepContext& context, const LoadedRule& rule, const Run& run,
                            const Event* event) {
    const Instant planned_for = run.due_at.value_or(context.now);
    const Position position = position_of(run);
    try {
        const auto listings = newer_listings(run, context.now);
        const int newer = listings
                              ? *listings
                              : count_newer(context, run.rule, position, planned_for, run.subject);
        const Subject subject = find_subject(store_, context.rule.audience->kind, run.subject);
        std::string reason = why_gone(subject, run.subject);
        if (reason.empty()) reason = find_exit(context, run, event);
        const RunFacts facts{subject, event, std::move(reason), proceeds_of(rule, run)};
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
    if (rule.guards->exit_when_outside &&
        !audiences_.contains(context.plan, *rule.audience, context.zone, context.now, run.subject))
        return "outside";
    const auto exit = find_exit_event(context, run, run.due_at.value_or(context.now), own);
    return exit ? exit->reason : std::string{};
}

// Events end a run when they come, but for one whose rule is paused then: it is seen here what came
// since it began, through `until`. The first of them ends it.
std::optional<Walker::ExitByEvent> Walker::find_exit_event(const StepContext& context,
                                                           const Run& run, Instant until,
                                                           const Event* own) {
    const lang::Rule& rule = context.rule;
    std::optional<ExitByEvent> first;
    for (const lang::ExitEvent& exit : rule.exits) {
        const auto events = store_.events_of(rule.audience->kind, run.subject, exit.event.event,
                                             beginning_of(context), until + just_before);
        for (const Event& event : events) {
            if (!event.processed || comes_before_run(context, event, own)) continue;
            if (first && std::tie(first->at, first->event) < std::tie(event.at, event.id)) break;
            std::string reason = exit_reason(context, run.subject, event);
            if (reason.empty()) continue;
            first = ExitByEvent{std::move(reason), event.at, event.id};
            break;
        }
    }
    return first;
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
    const LoadedRule* found = in_force_->rules.find(rule);
    if (found == nullptr) return in_run;
    const LoadedRule& current = *found;
    if (current.trouble || !current.is_calendar_rule()) return in_run;
    const auto key =
        std::tuple{rule, context.zone.name(), context.window.start, planned_for, context.now};
    auto known = newer_occurrences_.find(key);
    if (known == newer_occurrences_.end()) {
        const int newer = count_newer_occurrences(
            *current.rule, context.window.start, planned_for, in_force_->deployed_at, context.now,
            current.rule->timezone_of_member ? context.zone : *current.zone);
        known = newer_occurrences_.emplace(key, newer).first;
    }
    if (known->second == 0 || !is_for(current, subject, context.now)) return in_run;
    return in_run + known->second;
}

void Walker::record(const StepContext& context, const LoadedRule& rule, const Run& run,
                    std::size_t step, Instant planned_for, const StepDecision& decision) {
    if (planned_for >= context.admitted_at)
        reports_.stepped(rule.playbook->name, rule.rule->name, step);
    StepRecord record_of_step = record_of(context, rule, run, step, planned_for);
    for (const StepEffect& effect : decision.effects) {
        record_of_step.delivery.action = effect.action;
        std::visit([&](const auto& what) { record(record_of_step, what); }, effect.what);
    }
}

Walker::StepRecord Walker::record_of(const StepContext& context, const LoadedRule& rule,
                                     const Run& run, std::size_t step, Instant planned_for) const {
    return {context, rule, run, delivery_of(context, run, step, planned_for, channel_of(context))};
}

// One without its action and its outcome.
Delivery Walker::delivery_of(const StepContext& context, const Run& run, std::size_t step,
                             Instant planned_for, const std::string& channel) {
    Delivery delivery;
    delivery.run = run.id;
    delivery.step = step;
    delivery.channel = channel;
    delivery.planned_for = planned_for;
    delivery.priority = context.rule.guards->priority;
    return delivery;
}

void Walker::record(const StepRecord& step, const SendText& message) {
    const auto& [context, rule, run, written] = step;
    Delivery delivery = written;
    const Target target =
        message.target.value_or(Target{context.rule.audience->kind, addressee_of(run.subject)});
    Instant wanted_at = message.wanted_at;
    if (context.now > wanted_at && context.rule.guards->late.spaced > std::chrono::seconds{0})
        wanted_at = guardian_.spaced(context.rule, run.rule, target, context.now);
    if (wanted_at != delivery.planned_for) delivery.moved_to = wanted_at;
    delivery.due_at = wanted_at;
    delivery.message = store_.intern_message({message.text, message.form});
    delivery.target = message.target;
    delivery.variant = message.variant;
    if (!message.rotated.empty()) store_.add_turn(message.rotated, target);
    delivery.id = store_.add_delivery(delivery);
    if (!is_guarded(context.rule, {delivery.step, delivery.action})) return;
    guardian_.expect(
        {target.kind, target.id, delivery.id, run.rule, delivery.priority, wanted_at, false});
}

void Walker::record(const StepRecord& step, const Withhold& withheld) {
    Delivery ended = step.delivery;
    ended.state = withheld.state;
    ended.reason = withheld.reason;
    ended.settled_at = step.context.now;
    ended.target = withheld.target;
    store_.add_delivery(ended);
    reports_.settled(step.rule.playbook->name, step.rule.rule->name, withheld.state,
                     withheld.reason);
}

void Walker::record(const StepRecord& step, const TagChange& change) {
    const bool changed = change.add ? store_.add_tag(change.kind, change.subject, change.tag)
                                    : store_.remove_tag(change.kind, change.subject, change.tag);
    if (!changed) return;
    touch(change.kind, change.subject, step.delivery.planned_for);
    if (!plans_.watches(change.tag)) return;
    Event event{.type = change.add ? tagged_event : untagged_event,
                .fields = {{changed_tag, change.tag}}};
    (change.kind == SubjectKind::group ? event.group : event.member) = change.subject;
    add_own_event(step, std::move(event));
}

void Walker::record(const StepRecord& step, const PointChange& change) {
    const bool added = store_.add_points({.member = change.member,
                                          .amount = change.amount,
                                          .reason = change.reason,
                                          .at = step.delivery.planned_for,
                                          .rule = step.run.rule,
                                          .event = firing_of(step.run).event});
    if (!added) return record(step, Withhold{DeliveryState::refused, "gone"});
    touch(SubjectKind::member, change.member, step.delivery.planned_for);
}

void Walker::record(const StepRecord& step, const PointsTakenBack& taken) {
    for (const PointEntry& given : store_.points_given_by(taken.event)) {
        store_.add_points({.member = given.member,
                           .amount = -given.amount,
                           .reason = given.reason,
                           .at = step.delivery.planned_for,
                           .rule = step.run.rule,
                           .event = firing_of(step.run).event,
                           .undoes = given.id});
        touch(SubjectKind::member, given.member, step.delivery.planned_for);
    }
}

void Walker::record(const StepRecord& step, const EmittedEvent& emitted) {
    add_own_event(step, {.type = emitted.type,
                         .group = emitted.group,
                         .member = emitted.member,
                         .fields = emitted.fields});
}

void Walker::record(const StepRecord& step, const StartedRule& started) {
    add_own_event(step,
                  {.type = run_now_event,
                   .group = started.group,
                   .member = started.member,
                   .fields = {{run_now_rule, step.rule.playbook->name + "." + started.rule}}});
}

// At the time of the step, so that it comes before what is planned later.
void Walker::add_own_event(const StepRecord& step, Event event) {
    const Delivery& delivery = step.delivery;
    const int generation = generation_of(firing_of(step.run).event) + 1;
    if (generation > generations_max) {
        reports_.trouble(fmt::format(
            "rule `{}`: its event `{}` is left out, as events of rules led to it {} "
            "times in a row",
            lang::rule_path(*step.rule.playbook, *step.rule.rule), event.type, generations_max));
        return;
    }
    event.id = own_event_id(delivery, generation);
    event.at = delivery.planned_for;
    event.received_at = step.context.now;
    if (store_.add_event(event)) events_ahead_.add(event);
    has_made_events_ = true;
}

std::string Walker::channel_of(const StepContext& context) const {
    if (context.channel) return *context.channel;
    return context.rule.via->empty() ? std::string{} : context.rule.via->front();
}

}  // namespace sop::runtime
