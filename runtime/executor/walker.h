// Walks the runs: takes events, begins firings, expands them into runs, and does the steps that are
// due.
//
// Everything is done in the order of its own time, whatever held the executor up, so that a stop
// gives what an on-time executor would have given: reminders and waits that end at T before events
// at T before firings at T before steps planned for T. Work due together shares a transaction, at
// most `page_rows` rows of it; a kill takes all of it or nothing. Messages only become pending
// here: the dispatcher sends them.
#pragma once

#include <compare>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "runtime/executor/audiences.h"
#include "runtime/executor/counters.h"
#include "runtime/executor/entries.h"
#include "runtime/executor/events_ahead.h"
#include "runtime/executor/flow_counts.h"
#include "runtime/executor/guardian.h"
#include "runtime/executor/plan_book.h"
#include "runtime/executor/reports.h"
#include "runtime/executor/store_records.h"
#include "runtime/scheduler/backfill.h"
#include "runtime/scheduler/collecting.h"
#include "runtime/scheduler/step.h"
#include "runtime/scheduler/timeline.h"
#include "runtime/store/store.h"

namespace sop::runtime {

class Walker {
  public:
    Walker(Store& store, PlanBook& plans, Guardian& guardian, std::set<std::string> channels,
           std::size_t page_rows, Reports& reports);

    // Makes a stored version the plan in force: events and the calendar are read by it from now on.
    void take_over(PlanVersion version, Instant now);
    // Besides those known so far.
    void add_channels(const std::set<std::string>& names) {
        channels_.insert(names.begin(), names.end());
    }
    // Begins every firing of the plan in force that is not the business of a plan deployed at
    // `now`: its earliest step or its start lies before. Runs in the open transaction.
    void hand_over(Instant now);

    bool has_work(Instant now);
    // Does what is due, in the open transaction.
    void advance(Instant now);
    // Counts a page of events from before they were to be counted, in a transaction of its own.
    // False when there are none.
    bool catch_up();
    // When there will be something; in the past when there is. Nothing when no time is known.
    std::optional<Instant> next_due();

    // What deciding a step of this firing's runs needs. The rule is the one of the firing's plan.
    StepContext context_of(const LoadedRule& rule, const Firing& firing, Instant now);
    // How many newer messages of the same rule for the same subject are due as well (lateness.h).
    int count_newer(const StepContext& context, RuleId rule, Position position, Instant planned_for,
                    const std::string& subject);

  private:
    struct Work {
        enum class Kind {
            mailing,
            expansion,
            reminders,
            waits,
            events,
            expiry,
            firing,
            steps
        } kind;
        // Of reminders, waits, events, points and steps those up to here come before anything else.
        Instant until{};
        Firing firing{};  // for an expansion
        Mailing mailing{};
    };
    // Firings to come, the earliest first; one for each calendar rule of the plan in force, and by
    // the clock of each member one for each zone of theirs (member_clock.h).
    struct UpcomingKey {
        Instant begins_at{};
        RuleId rule = 0;
        std::string members_of{};  // empty for those without a zone, and for all of other rules

        auto operator<=>(const UpcomingKey&) const = default;
    };
    using Upcoming = std::map<UpcomingKey, PlannedFiring>;

    std::optional<Work> find_earliest_work(Instant now);
    std::size_t perform(const Work& work, Instant now, std::size_t room);

    std::size_t end_waits(Instant until, Instant now, std::size_t room);
    void end_wait(Run run, bool answered, Instant at, Instant now);
    std::size_t note_directory(const Event& event, Instant now);
    std::size_t leave(const Event& event, Instant now);
    std::size_t take_change(const Event& event, Instant now);
    std::size_t end_runs_of(SubjectKind kind, const std::string& subject, const std::string& reason,
                            Instant at, Instant now);
    std::size_t end_runs(std::vector<Run> runs, const std::string& reason, Instant at, Instant now);
    void touch_members_of(const std::string& group, Instant at);
    bool is_due_before(Instant event_at);
    std::size_t take_events(Instant until, Instant now, std::size_t room);
    std::size_t take_event(const Event& event, Instant now);
    std::set<RuleId> tell_open_runs(const Event& event, Instant now);
    void tell_open_runs(const Event& event, SubjectKind kind, const std::string& subject,
                        Instant now, std::set<RuleId>& taken);
    bool answers(const Run& run, const LoadedRule& rule, const Firing& firing, const Event& event);
    std::string exit_reason(const StepContext& context, const std::string& subject_name,
                            const Event& event);
    bool comes_next(const Run& run, const StepContext& context, const Firing& firing,
                    const Event& event);
    void exit_after_pause(Run& run, const Event& event);
    void exit_run(Run& run, const std::string& reason, Instant at, Instant now);
    std::size_t start_event_runs(const Event& event, const std::set<RuleId>& taken, Instant now);
    void fire_now(const Event& event, Instant now);
    struct BackfillPage {
        std::size_t rows = 0;
        bool is_last = false;
    };
    BackfillPage backfill(const Event& event, Instant now, std::size_t room);
    bool try_backfill(const DueDelivery& due, Instant now);
    // False when there is nothing to say.
    bool make_pending(const DueDelivery& due, const StepContext& context, const RunFacts& facts,
                      Instant now);
    bool is_for(const LoadedRule& rule, const std::string& subject, Instant at);
    bool starts(const LoadedRule& rule, const Event& event, const std::string& subject);
    void start_event_run(const LoadedRule& rule, const Event& event, const std::string& subject,
                         Instant now);
    void begin_firing_of_one(const LoadedRule& rule, Firing& firing, const std::string& subject,
                             const Event* event, Instant now);
    std::size_t remind_staff(Instant until, Instant now, std::size_t room);
    void remind(const Task& task, Instant remind_at, Instant now);
    std::vector<std::string> staff_of(const Task& task);
    std::size_t take_task_answer(const Event& event, Instant now);
    static bool is_waiting_for(const Run& run, const Task& task);
    void settle_unanswered(const Run& run, Instant at);
    void cancel_tasks(const Run& run, Instant now);
    bool may_begin(Run& run, const LoadedRule& rule, const Event* event, Instant now);
    void turn_away(const std::string& event, const Run& waiting);
    void begin_arrived(Run& run, const LoadedRule& rule, const Firing& firing, Instant now);
    std::string make_way(const LoadedRule& rule, const std::string& subject, Instant now);
    void replace_runs(const LoadedRule& rule, const std::string& subject, Instant now);
    void start_queued_run(RuleId rule, const std::string& subject, Instant now);
    RunState state_of_new_run(RuleId rule) const;

    // One look at a condition for one subject.
    struct Look {
        std::string subject;
        Instant at{};
        bool fires = true;
        bool is_late = false;  // that it is not so then says nothing of what came after
    };
    void look_at_new_conditions(const LoadedPlan& loaded);
    bool is_condition_known(const LoadedPlan& loaded, const LoadedRule& rule);
    std::size_t expand_condition(const LoadedRule& rule, const Firing& firing, Instant now,
                                 std::size_t room);
    void touch(SubjectKind kind, const std::string& subject, Instant at);
    void look_at_touched(Instant now);
    void look_through(Instant at);
    std::vector<std::string> touched_subjects(const LoadedRule& rule, const std::string& subject);
    void look_at_condition(const LoadedPlan& loaded, const LoadedRule& rule, const Look& look,
                           Instant now);
    void start_condition_run(const LoadedPlan& loaded, const LoadedRule& rule, const Look& look,
                             Instant now);

    std::size_t expand_tier(const LoadedRule& rule, const Firing& firing, Instant now,
                            std::size_t room);
    void sort_into_tier(const LoadedPlan& loaded, const LoadedRule& rule, const Firing& firing,
                        const std::string& id, Instant now);
    void change_tier_tag(const LoadedRule& rule, const Firing& firing, SubjectKind kind,
                         const std::string& subject, const std::string& tag, bool add, Instant now);
    std::optional<Instant> next_expiry();
    std::size_t expire_points(Instant until, std::size_t room);

    void plan_next_firing(const LoadedRule& rule, const std::string& members_of,
                          Instant fired_through);
    void plan_next_firings_by_zone(const LoadedRule& rule, Instant deployed_at);
    void look_after_zone(const std::string& zone, Instant since);
    bool had_that_wall_time(const LoadedRule& rule, const Firing& firing,
                            const std::string& subject);
    void begin_firing(Upcoming::iterator planned);
    std::size_t expand(const Firing& firing, Instant now, std::size_t room);
    std::optional<Mailing> next_mailing();
    std::size_t mail(const Mailing& mailing, std::size_t room);
    std::size_t mail_page(const Mailing& mailing, std::size_t room);
    AudiencePage groups_made_by(const Run& run, const std::string& after, std::size_t limit);

    std::size_t do_steps(Instant until, Instant now, std::size_t room);
    std::optional<Instant> do_step(Run run, Instant now);
    void walk(Run& run, const StepContext& context, const LoadedRule& rule, const Event* event);
    void on_run(const Run& run, Instant now, const std::function<void()>& work);
    void run_ended(const Run& run, Instant at, Instant now);
    const Firing& firing_of(const Run& run);

    void start_run(const StepContext& context, const LoadedRule& rule, const Firing& firing,
                   const std::string& subject, const Event* event);
    StepDecision decide(const StepContext& context, const LoadedRule& rule, const Run& run,
                        const Event* event);
    std::string find_exit(const StepContext& context, const Run& run, const Event* own);
    struct ExitByEvent {
        std::string reason;
        Instant at;
        std::string event;
    };
    std::optional<ExitByEvent> find_exit_event(const StepContext& context, const Run& run,
                                               Instant until, const Event* own);
    void walk_on(Run& run, const AfterStep& next) const;
    void record(const StepContext& context, const LoadedRule& rule, const Run& run,
                std::size_t step, Instant planned_for, const StepDecision& decision);
    // What its effects need to know of a step; the delivery is one without its outcome.
    struct StepRecord {
        const StepContext& context;
        const LoadedRule& rule;
        const Run& run;
        Delivery delivery;
    };
    StepRecord record_of(const StepContext& context, const LoadedRule& rule, const Run& run,
                         std::size_t step, Instant planned_for) const;
    static Delivery delivery_of(const StepContext& context, const Run& run, std::size_t step,
                                Instant planned_for, const std::string& channel);
    void tell_staff(const StepRecord& step, const Task& task, const char* verb,
                    const std::vector<std::string>& staff);
    DeliveryId add_order(const StepRecord& step, const Order& order);
    bool can_order(const StepRecord& step, const Order& order) const;

    // Of a step that creates, fills or dissolves groups, or removes members.
    struct GroupScene {
        const StepRecord& step;
        RunFacts facts;
    };
    void order(const GroupScene& scene, const lang::CreateGroup& action);
    void order(const GroupScene& scene, const lang::Invite& action);
    void order(const GroupScene& scene, const lang::DissolveGroup& action);
    void order(const GroupScene& scene, const lang::RemoveMember& action);
    StepRecord nth_of(const StepRecord& step, std::size_t nth) const;
    std::vector<std::string> members_in_order(const StepRecord& step,
                                              const lang::Audience& audience);
    std::vector<std::string> brought_by(const std::set<std::string>& inviters);
    std::optional<std::string> find_group_called(const std::string& name);
    std::string made_group_id(const StepRecord& step, std::size_t number);

    void record(const StepRecord& step, const SendText& message);
    void record(const StepRecord& step, const SendToMany& message);
    void record(const StepRecord& step, const Withhold& withheld);
    void record(const StepRecord& step, const TagChange& change);
    void record(const StepRecord& step, const PointChange& change);
    void record(const StepRecord& step, const PointsTakenBack& taken);
    void record(const StepRecord& step, const EmittedEvent& emitted);
    void record(const StepRecord& step, const StartedRule& started);
    void record(const StepRecord& step, const AskedStaff& asked);
    void record(const StepRecord& step, const Order& order);
    void record(const StepRecord& step, const GroupOrders& orders);
    void record(const StepRecord& step, const OpenedCollection& opened);
    void record(const StepRecord& step, const HeldDraw& held);
    void record(const StepRecord& step, const GivenCode& given);

    // Collections, draws and codes (walker_games.cpp). Their branches are walked by runs of their
    // own.
    struct BranchStart {
        const LoadedRule& rule;
        const Firing& firing;  // of the run it belongs to
        const std::string& subject;
        BranchKey key;
        const Block& steps;
        std::optional<std::string> event{};
        Instant at{};
    };
    void begin_branch(const BranchStart& start);
    std::size_t tell_collections(const Event& event);
    bool offer(const Collection& collection, const Event& event);
    void take_entry(const Collection& collection, const LoadedRule& rule, const Firing& firing,
                    const lang::Collect& collect, const Event& event);
    void give_back(const Collection& collection, const LoadedRule& rule, const Firing& firing,
                   const lang::Collect& collect, const Event& event);
    void begin_listing(const Collection& collection, const LoadedRule& rule, const Firing& firing,
                       const lang::Collect& collect, Instant after);
    bool prepare_listing(Run& run, const Firing& firing);
    std::optional<int> newer_listings(const Run& run, Instant now);
    Proceeds::List list_of(const LoadedRule& rule, const Collection& collection);
    Proceeds proceeds_of(const LoadedRule& rule, const Run& run);
    std::string name_of(const std::string& member);
    void add_own_event(const StepRecord& step, Event event);
    void look_at_older_plans(PlanVersion in_force);
    std::string channel_of(const StepContext& context) const;

    Store& store_;
    StoreRecords records_;
    PlanBook& plans_;
    Guardian& guardian_;
    std::set<std::string> channels_;
    std::size_t page_rows_;
    std::size_t steps_read_ = page_rows_;
    // By the step or event that is done: a run that was to begin, and events that come next.
    bool turned_away_ = false;
    bool has_made_events_ = false;
    // Messages to many may be on their way, which come before anything else.
    bool has_mailings_ = true;
    Reports& reports_;
    Entries entries_;
    Audiences audiences_;
    EventsAhead events_ahead_;
    Counters counters_;
    FlowCounts flows_;

    const LoadedPlan* in_force_ = nullptr;
    Upcoming upcoming_;

    // Whose conditions are to be looked at, and as of when; empty at the end of a transaction.
    std::map<std::pair<SubjectKind, std::string>, Instant> touched_;
    Instant looked_through_{};

    // How far the event that is being taken has come.
    struct Backfilling {
        std::string event{};
        Instant planned_for{};
        DeliveryId through = 0;
    };
    Backfilling backfilling_{};

    // What many rows of one transaction have in common; emptied at its end.
    std::map<FiringId, Firing> firings_;
    std::map<std::tuple<RuleId, std::string, Instant, Instant, Instant>, int> newer_occurrences_;
};

}  // namespace sop::runtime
