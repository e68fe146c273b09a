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
constexpr std::size_t runs_replaced_at_once = 100;

Window window_of(const Firing& firing) {
    return {firing.start_at, firing.end_at};
}

// Moves a run past the step that was decided.
void walk_on(Run& run, const StepDecision& decision) {
    if (decision.next) {
        run.next_step = decision.next->index;
        run.due_at = decision.next->due_at;
        return;
    }
    run.state = RunState::done;
    run.due_at = std::nullopt;
    run.reason = decision.reason;
}

}  // namespace

Walker::Walker(Store& store, PlanBook& plans, Guardian& guardian, std::set<std::string> channels,
               std::size_t page_rows, Reports& reports)
    : store_(store),
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
    const Instant step_at = store_.next_run_due().value_or(Instant::max());
    const Instant earliest = std::min({event_at, begins_at, step_at});
    if (earliest > now) return std::nullopt;
    if (event_at == earliest) return Work{Work::Kind::events, std::min({now, begins_at, step_at})};
    if (begins_at == earliest) return Work{Work::Kind::firing, begins_at};
    return Work{Work::Kind::steps,
                std::min({now, event_at - just_before, begins_at - just_before})};
}

std::size_t Walker::perform(const Work& work, Instant now, std::size_t room) {
    switch (work.kind) {
        case Work::Kind::expansion:
            return expand(work.firing, now, room);
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
    if (!upcoming_.empty()) consider(upcoming_.begin()->first.first);
    return earliest;
}

// ---- events -------------------------------------------------------------------------------------

std::size_t Walker::take_events(Instant until, Instant now, std::size_t room) {
    std::size_t rows = 0;
    for (const Event& event : store_.due_events(until, room)) {
        rows += start_event_runs(event, now);
        store_.mark_processed(event.id);
        ++rows;
        // An event may fill the page; the others stay for the next.
        if (rows >= room) break;
    }
    return rows;
}

std::size_t Walker::start_event_runs(const Event& event, Instant now) {
    if (in_force_ == nullptr) return 0;
    std::size_t runs = 0;
    for (const auto& [id, rule] : in_force_->rules) {
        const auto* trigger = std::get_if<lang::EventTrigger>(&rule.rule->trigger);
        if (trigger == nullptr || !rule.trouble.empty()) continue;
        if (!matches(in_force_->plan, *trigger, event)) continue;
        const auto& subject = event_subject(*rule.rule, event);
        if (!subject || !store_.is_in_audience(rule.rule->audience, *subject)) continue;
        start_event_run(rule, event, *subject, now);
        ++runs;
    }
    return runs;
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
        const auto page = store_.open_runs(rule.id, before_all, runs_replaced_at_once);
        for (Run run : page) {
            if (run.subject != subject) return;
            for (const DueDelivery& due : store_.pending_of_run(run.id))
                settle(store_, guardian_, reports_, due, {DeliveryState::cancelled, "replaced"},
                       now);
            walk_on(run, {{}, std::nullopt, "replaced"});
            store_.update_run(run);
        }
        if (page.size() < runs_replaced_at_once) return;
    }
}

// The one before it has ended: its own time begins now.
void Walker::start_queued_run(RuleId id, const std::string& subject, Instant now) {
    for (Run& run : store_.queued_runs(id, subject, 1)) {
        try {
            const LoadedRule& rule = plans_.rule(firing_of(run).plan, id);
            store_.set_window(run.firing, now, now);
            firings_.erase(run.firing);
            run.due_at = planned_time(*rule.rule, 0, {now, now}, std::nullopt, *rule.zone);
            run.state = state_of_new_run(id);
        } catch (const PlanError& error) {
            reports_.trouble(fmt::format("run {} is over: {}", run.id, error.what()));
            walk_on(run, {{}, std::nullopt, error.what()});
        }
        store_.update_run(run);
        if (run.state == RunState::done) start_queued_run(id, subject, now);
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
    auto runs = store_.due_runs(until, room);
    for (Run& run : runs) do_step(std::move(run), now);
    return runs.size();
}

void Walker::do_step(Run run, Instant now) {
    const std::size_t step = run.next_step;
    const Instant planned_for = run.due_at.value_or(now);
    bool may_be_waited_for = true;
    try {
        const Firing& firing = firing_of(run);
        may_be_waited_for = firing.event.has_value();
        const LoadedRule& rule = plans_.rule(firing.plan, run.rule);
        if (run.state == RunState::arrived) return begin_arrived(run, rule, firing, now);
        const StepContext context = context_of(rule, firing, now);
        std::optional<Event> event;
        if (firing.event) event = store_.find_event(*firing.event);
        const StepDecision decision = decide(context, rule, run, event ? &*event : nullptr);
        walk_on(run, decision);
        store_.update_run(run);
        record(context, rule, run, step, planned_for, decision);
    } catch (const PlanError& error) {
        reports_.trouble(fmt::format("run {} is over: {}", run.id, error.what()));
        walk_on(run, {{}, std::nullopt, error.what()});
        store_.update_run(run);
    }
    if (run.state == RunState::done && may_be_waited_for)
        start_queued_run(run.rule, run.subject, now);
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
        walk_on(run, *decision);
    }
    const auto id = store_.add_run(run);
    if (!id || !decision) return;
    run.id = *id;
    record(context, rule, run, 0, planned_for, *decision);
}

StepDecision Walker::decide(const StepContext& context, const LoadedRule& rule, const Run& run,
                            const Event* event) {
    const Instant planned_for = run.due_at.value_or(context.now);
    try {
        const int newer = count_newer(context, run.rule, run.next_step, planned_for, run.subject);
        const Subject subject = find_subject(context.rule.audience.kind, run.subject);
        return decide_step(context, run.next_step, planned_for, newer, subject, event);
    } catch (const StoreError&) {
        throw;
    } catch (const std::exception& error) {
        // The edge around one run's step: whatever is wrong with it ends this run and no other.
        // Nothing was written yet.
        reports_.trouble(fmt::format("runs of `{}` ended at their step {}: {}",
                                     lang::rule_path(*rule.playbook, *rule.rule), run.next_step + 1,
                                     error.what()));
        return fail_step(context.rule, run.next_step, error.what());
    }
}

int Walker::count_newer(const StepContext& context, RuleId rule, std::size_t step,
                        Instant planned_for, const std::string& subject) {
    const int in_run = count_newer_in_run(context.rule, step, context.window, planned_for,
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
    const lang::Step& step = context.rule.steps[delivery.step];
    const auto& deliver = std::get<lang::Deliver>(step.actions[delivery.action]);
    if (!is_guarded(context.rule, step, deliver)) return;
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
