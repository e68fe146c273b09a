// What survives a restart. Narrow roles, one store: every method runs in the transaction that is
// open, or in one of its own.
//
// One writer: the executor's thread. Other processes may add events and directory entries meanwhile
// (SQLite serialises them). Times are UTC milliseconds. Not-found is an empty optional; a failing
// database throws StoreError.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lang/plan.h"
#include "runtime/clock/clock.h"
#include "runtime/delivery/channel.h"
#include "runtime/error.h"
#include "runtime/store/figures.h"
#include "runtime/store/games.h"
#include "runtime/store/group_work.h"
#include "runtime/store/tasks.h"

namespace sop::runtime {

using lang::SubjectKind;
using PlanVersion = std::int64_t;
using FiringId = std::int64_t;
using RunId = std::int64_t;
using MessageId = std::int64_t;

// The database failed: what, where, how to mend it, in one line for the person at the terminal.
class StoreError : public Error {
  public:
    using Error::Error;
};

// Rolls back when it leaves scope without `commit`. Durable when `commit` returns.
class Transaction {
  public:
    virtual ~Transaction() = default;
    virtual void commit() = 0;
};

// ---- plans and rules ----------------------------------------------------------------------------

// A version that brought an earlier plan back.
struct Rollback {
    PlanVersion to = 0;
    // Hashes of the plans that were rolled back from, since the last deploy: a start whose files
    // compile to one of them does not deploy it.
    std::vector<std::string> held_back{};

    bool operator==(const Rollback&) const = default;
};

struct StoredPlan {
    PlanVersion version = 0;
    Instant deployed_at{};
    std::string hash{};
    std::string json{};
    std::optional<Rollback> rollback{};  // nothing for one that was deployed from files
};

// A stored version without its plan.
struct PlanSummary {
    PlanVersion version = 0;
    Instant deployed_at{};
    std::string hash{};
    std::optional<PlanVersion> rollback_to{};
    std::int64_t open_runs = 0;  // not over: they walk by it, or wait to begin
    bool has_firings = false;    // rows that are kept refer to it
};

// A rule's identity across plans, and how far its calendar has been fired: occurrences with an
// instant up to and including `fired_through` have a firing or were never to have one.
struct StoredRule {
    RuleId id = 0;
    std::string playbook{};
    std::string name{};
    Instant fired_through{};
};

class PlanStore {
  public:
    virtual ~PlanStore() = default;
    virtual PlanVersion add_plan(Instant deployed_at, const std::string& hash,
                                 const std::string& json) = 0;
    // Notes of the version added last that it is one.
    virtual void set_rollback(PlanVersion version, const Rollback& rollback) = 0;
    virtual std::optional<StoredPlan> latest_plan() = 0;
    virtual std::optional<StoredPlan> find_plan(PlanVersion version) = 0;
    // The oldest first. Looks at every open run.
    virtual std::vector<PlanSummary> list_plans() = 0;
    // The rule of that name, made with `fired_through` when it is new.
    virtual StoredRule find_or_add_rule(const std::string& playbook, const std::string& name,
                                        Instant fired_through) = 0;
    virtual void set_fired_through(RuleId rule, Instant fired_through) = 0;
    virtual std::vector<StoredRule> list_rules() = 0;

    // Of a rule by the clock of each member: the same for those of a zone. Nothing before
    // `set_zone_fired_through`.
    virtual std::optional<Instant> zone_fired_through(RuleId rule, const std::string& zone) = 0;
    virtual void set_zone_fired_through(RuleId rule, const std::string& zone,
                                        Instant fired_through) = 0;
};

// ---- requests for versions ----------------------------------------------------------------------

using VersionRequestId = std::int64_t;

enum class VersionRequestKind { deploy, rollback, migrate };
std::string_view to_text(VersionRequestKind kind);

// What another process asks the running executor for: another plan in force, or open runs of
// earlier versions moved to it.
struct VersionRequest {
    VersionRequestId id = 0;  // 0 for one that is not in the store
    VersionRequestKind kind = VersionRequestKind::deploy;
    Instant asked_at{};
    std::string plan{};                    // deploy: its canonical JSON
    std::optional<PlanVersion> version{};  // rollback: to this one; migrate: from this one alone
    std::vector<std::string> mapping{};    // migrate: "members.sale.start=start - 10m"
    bool dry_run = false;                  // migrate: only says what it would do

    bool operator==(const VersionRequest&) const = default;
};

enum class VersionOutcome {
    changed,
    unchanged,  // there was nothing to do, or it was a dry run
    refused,    // nothing has changed; `text` says why
};
std::string_view to_text(VersionOutcome outcome);

struct VersionAnswer {
    VersionOutcome outcome = VersionOutcome::refused;
    PlanVersion in_force = 0;  // after it; 0 for none
    std::int64_t moved = 0;    // runs, by migrate
    std::string text{};

    bool operator==(const VersionAnswer&) const = default;
};

class VersionRequests {
  public:
    virtual ~VersionRequests() = default;
    // Lets go answers that nobody has read for an hour.
    virtual VersionRequestId add_version_request(const VersionRequest& request) = 0;
    // Not answered yet, in the order in which they came.
    virtual std::vector<VersionRequest> version_requests() = 0;
    // No effect when it was withdrawn.
    virtual void answer_version_request(VersionRequestId id, Instant answered_at,
                                        const VersionAnswer& answer) = 0;
    virtual std::optional<VersionAnswer> find_version_answer(VersionRequestId id) = 0;
    // Withdraws one that is not answered, forgets one that is.
    virtual void remove_version_request(VersionRequestId id) = 0;
};

// ---- firings and runs ---------------------------------------------------------------------------

// One row for each time a rule fired. (rule, key) is unique: the key is the nominal local time and
// zone, or the event's id, so that nothing fires twice whatever the clock or the zone data do.
struct Firing {
    FiringId id = 0;
    RuleId rule = 0;
    std::string key{};
    PlanVersion plan = 0;
    SubjectKind subject_kind =
        SubjectKind::group;  // of its runs' subjects: the rule's audience in that plan
    Instant start_at{};
    Instant end_at{};
    std::optional<std::string> event{};  // id, for an event rule
    bool expanded = false;               // every subject of the audience has its run
    std::string expanded_through{};      // the last subject that has one; "" for none yet
};

enum class RunState {
    running,  // has a step to come
    held,     // has one, and waits until its rule is paused no more
    waiting,  // for an event, until due_at
    queued,   // not begun: waits for the run of its rule and subject before it to end, or for the
              // end of a pause in which its event came
    arrived,  // not begun: the pause is over, and it is to be seen whether it may begin
    done,     // walked all its steps, or ended before: `reason` says why
    skipped,  // never began: `reason` says why
};

struct Run {
    RunId id = 0;
    FiringId firing = 0;
    RuleId rule = 0;
    // Id of a group or member, as the rule's audience says; "" of a run for nobody in particular.
    std::string subject{};
    RunState state = RunState::running;
    std::size_t next_step = 0;    // as scheduler/flow.h counts them
    std::size_t next_action = 0;  // where it goes on in that step; the wait itself while waiting
    std::optional<Instant> waits_since{};  // while waiting: from when on an event answers it
    std::optional<Instant> due_at{};  // when it goes on; nothing once the run is over. Of one not
                                      // begun, when its event came
    std::string reason{};
};

class RunStore {
  public:
    virtual ~RunStore() = default;
    // Nothing when (rule, key) has fired before.
    virtual std::optional<FiringId> add_firing(const Firing& firing) = 0;
    virtual std::optional<Firing> find_firing(FiringId id) = 0;
    // Those not expanded yet, oldest start first.
    virtual std::vector<Firing> firings_to_expand(std::size_t limit) = 0;
    virtual void set_expanded(FiringId id, const std::string& through, bool finished) = 0;
    virtual void set_window(FiringId id, Instant start_at, Instant end_at) = 0;

    // Nothing when the firing has a run for this subject already.
    virtual std::optional<RunId> add_run(const Run& run) = 0;
    virtual void update_run(const Run& run) = 0;
    virtual std::optional<Run> find_run(RunId id) = 0;
    // Running and arrived ones with due_at <= now in the order (due_at, id).
    virtual std::vector<Run> due_runs(Instant now, std::size_t limit) = 0;
    virtual std::optional<Instant> next_run_due() = 0;
    // Waiting ones with due_at <= now in the order (due_at, id).
    virtual std::vector<Run> ended_waits(Instant now, std::size_t limit) = 0;
    virtual std::optional<Instant> next_wait_end() = 0;
    // Those waiting with exactly this due_at for the outcome of the message before their wait, when
    // it has one, and since when.
    virtual std::vector<std::pair<Run, Instant>> waits_after_outcome(Instant due_at) = 0;
    // Running, held or waiting.
    virtual bool has_open_run(RuleId rule, const std::string& subject) = 0;
    // Of all rules, in the order in which they came. Groups and members are not told apart.
    virtual std::vector<Run> open_runs_of(const std::string& subject) = 0;
    // Those and the ones not begun, and of a group also the runs of its members as such.
    virtual std::vector<Run> unfinished_runs_of(SubjectKind kind, const std::string& subject) = 0;
    // Those of a rule that are open, in the order (subject, id), after `after` (exclusive; a
    // default one for the beginning).
    virtual std::vector<Run> open_runs(RuleId rule, const Run& after, std::size_t limit) = 0;
    // Those and the ones not begun, in the same order.
    virtual std::vector<Run> unfinished_runs(RuleId rule, const Run& after, std::size_t limit) = 0;
    // In the order in which their events came.
    virtual std::vector<Run> queued_runs(RuleId rule, const std::string& subject,
                                         std::size_t limit) = 0;
    // Those of a rule that run are held.
    virtual void hold_runs(RuleId rule) = 0;
    // Those that are held run, those that are queued have arrived.
    virtual void release_runs(RuleId rule) = 0;
};

// ---- outbox -------------------------------------------------------------------------------------

// The closed list of what can become of a planned message. The first two are not ends.
enum class DeliveryState {
    pending,     // its intent is durable; waits for its time, a place or another try
    attempting,  // marked before the request is written: after a kill it becomes unknown
    sent,
    confirmed,
    skipped,
    exited,
    cancelled,
    refused,
    failed,
    unknown,
};
std::string_view to_text(DeliveryState state);

// Whom a message goes to.
struct Target {
    SubjectKind kind = SubjectKind::group;
    std::string id{};

    bool operator==(const Target&) const = default;
};

struct Delivery {
    DeliveryId id = 0;
    RunId run = 0;
    std::size_t step = 0;    // index in the rule's steps
    std::size_t action = 0;  // index in the step's actions; with `target` unique in the run
    std::string channel{};
    MessageId message = 0;  // 0 when it was skipped before its text was made
    Instant planned_for{};
    std::optional<Instant> due_at{};  // next try; only while pending
    DeliveryState state = DeliveryState::pending;
    std::string reason{};  // "late", "before admission", "HTTP 404", …
    int attempts = 0;      // but for those that the death of the process cut off
    std::optional<Instant> settled_at{};
    std::optional<Instant> moved_to{};  // by quiet hours or spread
    lang::Priority priority = lang::Priority::normal;
    // An attempt may have been taken, though it goes on: it ends as sent or as unknown.
    bool in_doubt = false;
    // Of one that is made up for: why it had been skipped. Its time is `moved_to` then, whatever
    // was planned.
    std::optional<std::string> skipped_as{};
    // While its platform is asked whether it took it: how often that was to no avail. Such a one is
    // pending and `in_doubt`, and asked again at due_at.
    std::optional<int> asks{};
    // Of one that is under way or asked about and not to be sent any more: what it ends as, for
    // `reason`, unless it was taken.
    std::optional<DeliveryState> unless_taken{};
    std::optional<Target> target{};  // nothing: the run's subject
    // The form of its content that was taken: its name, or its place from 1 where it has none;
    // empty where there is one form only.
    std::string variant{};

    // Lateness counts from here.
    Instant wanted_at() const { return moved_to.value_or(planned_for); }
};

// A pending delivery with all that an attempt needs.
struct DueDelivery {
    Delivery delivery{};
    Firing firing{};
    std::string playbook{};
    std::string rule{};
    std::string run_subject{};              // whom its run is for; of the firing's kind
    std::optional<std::string> in_group{};  // of a member's run as one of this group
    // Whom it goes to.
    SubjectKind subject_kind = SubjectKind::group;
    std::string subject{};
    std::string subject_name{};
    std::string text{};
    MessageForm form{};
};

// What a message says.
struct MessageContent {
    std::string text{};
    MessageForm form{};

    bool operator==(const MessageContent&) const = default;
};

// One message for many that was decided, and how far it has come among them.
struct Mailing {
    std::int64_t id = 0;
    RunId run = 0;
    std::size_t step = 0;
    std::size_t action = 0;
    Instant planned_for{};
    Instant decided_at{};
    int newer = 0;  // newer messages of the rule that were due then (scheduler/lateness.h)
    // What becomes of it for all of them, when it is not to be sent; and why.
    std::optional<DeliveryState> withheld{};
    std::string reason{};
    std::string through{};  // the last target that has its delivery; "" for none yet

    bool operator==(const Mailing&) const = default;
};

struct DeliverySummary {
    std::string playbook{};
    std::string rule{};
    DeliveryState state{};
    std::string reason{};
    std::int64_t count = 0;
};

// As a limit: no limit.
inline constexpr std::size_t every_row = std::numeric_limits<std::int64_t>::max();

struct DeliveryFilter {
    std::optional<DeliveryState> state{};
    // Those for a subject, by their planned time; half open.
    std::optional<SubjectKind> subject_kind{};
    std::string subject{};
    Instant from = Instant::min();
    Instant to = Instant::max();
    std::size_t limit = 1000;
    DeliveryId after = 0;  // exclusive
};

class Outbox {
  public:
    virtual ~Outbox() = default;
    // The id of what is said; equal ones share one row.
    virtual MessageId intern_message(const MessageContent& content) = 0;
    // Throws StoreError when (run, step, action, target) is there already.
    virtual DeliveryId add_delivery(const Delivery& delivery) = 0;
    // `target` is an id, "" for the subject of the run.
    virtual bool has_delivery(const ActionOfRun& of, const std::string& target) = 0;
    virtual std::optional<DueDelivery> find_delivery(DeliveryId id) = 0;
    // The delivery is no message, but asks this of the platform.
    virtual void put_command(DeliveryId id, const Command& command) = 0;
    virtual std::optional<Command> find_command(DeliveryId id) = 0;
    // Pending ones of a channel with due_at <= now, in the order (due_at, priority, planned_for,
    // id); none that is asked about.
    virtual std::vector<DueDelivery> due_deliveries(const std::string& channel, Instant now,
                                                    std::size_t limit) = 0;
    // Such ones with due_at in (after, until], in the order of ids after `after_id`.
    virtual std::vector<DueDelivery> deliveries_due_between(const std::string& channel,
                                                            Instant after, Instant until,
                                                            DeliveryId after_id,
                                                            std::size_t limit) = 0;
    // The earliest due_at of such ones.
    virtual std::optional<Instant> next_delivery_due(const std::string& channel) = 0;
    // Counts the attempt too.
    virtual void mark_attempting(DeliveryId id) = 0;
    virtual void reschedule(DeliveryId id, Instant due_at, const std::string& reason) = 0;
    // A pending one that is wanted, and due, at another time.
    virtual void move(DeliveryId id, Instant wanted_at) = 0;
    virtual void settle(DeliveryId id, DeliveryState state, const std::string& reason,
                        Instant settled_at) = 0;
    // Whatever was being attempted when the process died: becomes unknown. Returns how many.
    virtual std::int64_t settle_attempting_as_unknown(Instant settled_at) = 0;

    // One that was being attempted, or asked about, is pending again and `in_doubt`, due at
    // `due_at`.
    virtual void resend(DeliveryId id, Instant due_at, const std::string& reason) = 0;
    // All those of a channel that are still to be sent, when the process died; none before it was
    // wanted. Returns how many.
    virtual std::int64_t resend_attempting(const std::string& channel, Instant due_at) = 0;

    // One that was being attempted is asked about, the first time at `due_at`.
    virtual void ask_about(DeliveryId id, Instant due_at, const std::string& reason) = 0;
    // All those of a channel, when the process died. Returns how many.
    virtual std::int64_t ask_about_attempting(const std::string& channel, Instant due_at) = 0;
    // Those of a channel that are asked about, in the order (due_at, id).
    virtual std::vector<DueDelivery> asked_about(const std::string& channel, std::size_t limit) = 0;
    // Of all channels, in the order of ids.
    virtual std::vector<DueDelivery> asked_about(std::size_t limit) = 0;
    // One was asked about to no avail. Its reason stays where `unless_taken` needs it.
    virtual void ask_again(DeliveryId id, Instant due_at, const std::string& reason) = 0;
    // One that is under way or asked about is not to be sent any more. Only the first call counts.
    virtual void end_unless_taken(DeliveryId id, DeliveryState state,
                                  const std::string& reason) = 0;
    // One that was asked about was not taken: it is pending and not in doubt, due at `due_at`.
    virtual void stop_asking(DeliveryId id, Instant due_at, const std::string& reason) = 0;

    // An unknown one becomes pending and `in_doubt`, wanted at `at`.
    virtual void send_again(DeliveryId id, Instant at) = 0;

    // The skipped ones planned before `to` that come after (planned_for, id), in that order.
    virtual std::vector<DueDelivery> skipped_between(std::pair<Instant, DeliveryId> after,
                                                     Instant to, std::size_t limit) = 0;
    // A skipped one becomes pending, wanted and due at `at`. Its variant stays unless one is given.
    virtual void backfill(DeliveryId id, MessageId message, const std::string& variant,
                          Instant at) = 0;

    // Those that are under way or asked about too.
    virtual std::vector<DueDelivery> unsettled_of_run(RunId run) = 0;
    // Those for any of the subjects, under way or asked about too, in the order of ids. Looks at
    // all that is unsettled.
    virtual std::vector<DueDelivery> unsettled_of(SubjectKind kind,
                                                  const std::vector<std::string>& subjects) = 0;
    // Those due at the very instant; none that is asked about.
    virtual std::vector<DueDelivery> pending_of_rule(RuleId rule, Instant due_at) = 0;

    virtual std::vector<DeliverySummary> summarize_deliveries() = 0;
    // All that were ever planned, counted without looking at what became of them.
    virtual std::int64_t count_deliveries() = 0;
    // With firing, rule and text, in the order of ids.
    virtual std::vector<DueDelivery> list_deliveries(const DeliveryFilter& filter) = 0;
};

// ---- messages to many ---------------------------------------------------------------------------

class Mailings {
  public:
    virtual ~Mailings() = default;
    // Throws StoreError when (run, step, action) is there already.
    virtual void add_mailing(const Mailing& mailing) = 0;
    // The one that came first.
    virtual std::optional<Mailing> next_mailing() = 0;
    virtual void set_mailed_through(std::int64_t id, const std::string& through) = 0;
    virtual void remove_mailing(std::int64_t id) = 0;
};

// ---- contents that take their forms in turn -----------------------------------------------------

class Rotations {
  public:
    virtual ~Rotations() = default;
    // How many messages of the content this one was given.
    virtual std::int64_t turns_of(const std::string& content, const Target& target) = 0;
    virtual void add_turn(const std::string& content, const Target& target) = 0;
};

// ---- contacts -----------------------------------------------------------------------------------

// A message that caps and spacing count. Whose it is: delivery and subject name it.
struct Contact {
    SubjectKind subject_kind = SubjectKind::group;
    std::string subject{};
    DeliveryId delivery = 0;
    RuleId rule = 0;
    lang::Priority priority = lang::Priority::normal;
    Instant at{};       // when it was made; while it waits, when it is wanted
    bool made = false;  // it may have reached the subject
};

class ContactBook {
  public:
    virtual ~ContactBook() = default;
    virtual void add_contact(const Contact& contact) = 0;
    // `at` and `made` anew. No effect when it is not there.
    virtual void change_contact(const Contact& contact) = 0;
    virtual void remove_contact(const Contact& contact) = 0;
    virtual void forget_contacts_before(SubjectKind kind, const std::string& subject,
                                        Instant before) = 0;

    // In [from, to).
    virtual std::int64_t count_contacts_made(SubjectKind kind, const std::string& subject,
                                             Instant from, Instant to) = 0;
    // Those more urgent than `priority`.
    virtual std::int64_t count_contacts_waiting(SubjectKind kind, const std::string& subject,
                                                Instant from, Instant to,
                                                lang::Priority priority) = 0;
    virtual std::optional<Instant> latest_contact(SubjectKind kind, const std::string& subject) = 0;
    // Of a rule, made or waiting.
    virtual std::optional<Instant> latest_contact_of(RuleId rule, SubjectKind kind,
                                                     const std::string& subject) = 0;

    virtual bool has_contacts() = 0;
    // From the outbox, for what is wanted or was settled since then, in place of those there are.
    virtual void rebuild_contacts(Instant since) = 0;
};

// ---- channel uses -------------------------------------------------------------------------------

// An attempt by a channel that has a budget or a quota.
struct ChannelUse {
    std::string channel{};
    Instant at{};
    DeliveryId delivery = 0;
    SubjectKind subject_kind = SubjectKind::group;
    std::string subject{};
};

class ChannelUses {
  public:
    virtual ~ChannelUses() = default;
    virtual void add_channel_use(const ChannelUse& use) = 0;
    // It certainly did not reach its subject. No effect when it is not there.
    virtual void set_not_taken(const ChannelUse& use) = 0;
    // The same for all uses by its delivery, whenever they were.
    virtual void set_none_taken(const ChannelUse& use) = 0;
    virtual void forget_channel_uses_before(const std::string& channel, Instant before) = 0;

    // In (after, until].
    virtual std::int64_t count_channel_uses(const std::string& channel, Instant after,
                                            Instant until) = 0;
    // The latest up to `until`, but for the `skipped` latest.
    virtual std::optional<Instant> latest_channel_use(const std::string& channel, Instant until,
                                                      std::size_t skipped) = 0;
    // Those in (after, until] that may have reached the subject, but for those of `except`.
    virtual std::int64_t count_taken(const std::string& channel, SubjectKind kind,
                                     const std::string& subject, Instant after, Instant until,
                                     DeliveryId except) = 0;
};

// ---- presence -----------------------------------------------------------------------------------

class Presence {
  public:
    virtual ~Presence() = default;
    // Until when an executor was there and looked after its messages; nothing for a new store.
    virtual std::optional<Instant> present_until() = 0;
    virtual void set_present_until(Instant until) = 0;
};

// ---- pauses -------------------------------------------------------------------------------------

enum class PauseMode {
    hold,  // nothing is decided or sent; what was planned meanwhile goes by the late rule after it
    skip,  // runs walk on, and what they would have done is `skipped` "paused"
};
std::string_view to_text(PauseMode mode);

struct Pause {
    std::string playbook{};
    std::string rule{};  // empty for all rules of the playbook
    PauseMode mode = PauseMode::hold;
    Instant since{};
    std::optional<Instant> resumed_at{};  // asked for; the executor goes on and removes it

    bool operator==(const Pause&) const = default;
};

class PauseStore {
  public:
    virtual ~PauseStore() = default;
    // Adds it, or makes the one of that name exactly this.
    virtual void put_pause(const Pause& pause) = 0;
    virtual void remove_pause(const Pause& pause) = 0;
    // By name.
    virtual std::vector<Pause> list_pauses() = 0;
};

// ---- identity -----------------------------------------------------------------------------------

// What tells a file from its copies, as far as the file system says it.
struct FileIdentity {
    std::optional<std::int64_t> inode{};
    std::optional<Instant> born_at{};  // in whole seconds, as file systems round differently

    bool operator==(const FileIdentity&) const = default;
};

// Which database this is, and where an executor last held it (identity.h).
struct StoredIdentity {
    std::string instance{};  // random
    std::int64_t epoch = 0;  // grows each time it is held anew
    std::optional<std::string> machine{};
    FileIdentity file{};
    std::optional<Instant> backed_up_at{};  // when this copy was made; nothing in the original

    bool operator==(const StoredIdentity&) const = default;
};

class IdentityStore {
  public:
    virtual ~IdentityStore() = default;
    // Nothing before the first executor.
    virtual std::optional<StoredIdentity> identity() = 0;
    virtual void set_identity(const StoredIdentity& identity) = 0;
};

// ---- zone data ----------------------------------------------------------------------------------

// A zone that plans use, as the bytes that the instants in the store were counted with.
struct StoredZone {
    std::string name{};
    std::string data{};
};

struct ZoneChange {
    std::string release{};
    std::string release_before{};  // empty for the first zone data of a store
    Instant changed_at{};
    std::int64_t moved = 0;  // planned times, those of each subject counted
};

// A planned time that other zone data moved.
struct MovedTime {
    RuleId rule_id = 0;
    std::string playbook{};
    std::string rule{};
    std::string step{};      // empty for a firing to come
    std::string subject{};   // the only one that waits for it; empty when there are several
    std::int64_t count = 1;  // how many wait for it
    std::string local{};     // what the wall was to show, "2026-11-19T20:00:00 America/New_York"
    Instant before{};
    Instant after{};
};

class ZoneStore {
  public:
    virtual ~ZoneStore() = default;
    virtual std::vector<StoredZone> stored_zones() = 0;
    virtual void put_zone(const StoredZone& zone) = 0;
    virtual std::optional<ZoneChange> latest_zone_change() = 0;
    // With what it moved, in place of what the change before it did.
    virtual void add_zone_change(const ZoneChange& change, const std::vector<MovedTime>& moved) = 0;
    // Of the latest change, the earliest first.
    virtual std::vector<MovedTime> moved_times() = 0;
};

// ---- events -------------------------------------------------------------------------------------

struct Event {
    std::string id{};  // unique: a second event of this id is ignored
    std::string type{};
    std::optional<std::string> group{};
    std::optional<std::string> member{};
    Instant at{};  // when it happened
    Instant received_at{};
    std::map<std::string, std::string> fields{};  // canonical text of each declared field's type
    bool processed = false;                       // what it is to start, answer or end is
    std::string extra{};  // what else its sender said: a JSON object, or empty for nothing
};

// How many events wait to be processed, and when the oldest of them happened.
struct EventBacklog {
    std::int64_t count = 0;
    std::optional<Instant> oldest_at{};

    bool operator==(const EventBacklog&) const = default;
};

class EventInbox {
  public:
    virtual ~EventInbox() = default;
    // False when an event of that id is there already, or was and is remembered, and when it is
    // about a member that was erased.
    virtual bool add_event(const Event& event) = 0;
    // Unprocessed ones with at <= now, in the order (at, id).
    virtual std::vector<Event> due_events(Instant now, std::size_t limit) = 0;
    virtual std::optional<Instant> next_event_at() = 0;
    virtual void mark_processed(const std::string& id) = 0;
    virtual std::optional<Event> find_event(const std::string& id) = 0;
    // Of a type and a subject (a group, a member, or a member in a group) with `at` in [from, to),
    // processed or not, in the order (at, id); for SubjectKind::playbook those of all, found by
    // looking at every event.
    virtual std::vector<Event> events_of(SubjectKind kind, const std::string& subject,
                                         const std::string& type, Instant from, Instant to) = 0;
    // Of all types, the latest first.
    virtual std::vector<Event> latest_events_of(SubjectKind kind, const std::string& subject,
                                                std::size_t limit) = 0;
    // Those that happened by then and are not processed.
    virtual EventBacklog backlog(Instant now) = 0;
    // The first `limit` after `after` (exclusive), in the order of ids.
    virtual std::vector<Event> events_by_id(const std::string& after, std::size_t limit) = 0;
    virtual bool has_processed_events() = 0;
};

// ---- intake -------------------------------------------------------------------------------------

enum class IntakeOutcome {
    accepted,
    duplicate,  // one of its id is there, or was and is remembered
    rejected,
};
std::string_view to_text(IntakeOutcome outcome);

struct IntakeCount {
    IntakeOutcome outcome = IntakeOutcome::accepted;
    std::string reason{};  // a word of intake/event_reader.h for one that was rejected
    std::int64_t count = 0;

    bool operator==(const IntakeCount&) const = default;
};

struct RejectedEvent {
    Instant received_at{};
    std::string source{};   // "emit", "http", the name of a file
    std::int64_t line = 0;  // in it; 0 where there are none
    std::string reason{};
    std::string message{};  // what is wrong, and how to mend it
    std::string excerpt{};  // the beginning of what came

    bool operator==(const RejectedEvent&) const = default;
};

// Of the rejected events, the latest so many are kept.
inline constexpr std::int64_t rejected_events_kept = 1000;

// What became of the events that came, since there is the store.
class IntakeBook {
  public:
    virtual ~IntakeBook() = default;
    // Adds to what there is.
    virtual void count_intake(const IntakeCount& more) = 0;
    // In the order of (outcome, reason).
    virtual std::vector<IntakeCount> intake_counts() = 0;
    virtual void add_rejected_event(const RejectedEvent& rejected) = 0;
    // The latest first.
    virtual std::vector<RejectedEvent> rejected_events(std::size_t limit) = 0;
};

// ---- retention ----------------------------------------------------------------------------------

// What is let go in the course of time.
enum class Kept {
    deliveries,
    tasks,
    runs,
    firings,
    events,
    event_ids,
    plans,
    zone_changes,
    tier_changes,  // but for the last one of each subject
    past_stays,
    day_counts,
};

// How far a sweep has come in a table: to the row of this number.
struct SweepCursor {
    std::int64_t number = std::numeric_limits<std::int64_t>::min();
};

struct SweptPage {
    SweepCursor through{};
    std::int64_t let_go = 0;  // rows
};

class Retention {
  public:
    virtual ~Retention() = default;
    // Looks at the next `limit` rows, and lets go those from before then that are over and that
    // nothing kept refers to: no message that is open or unknown, no open task, no run that has a
    // step to come, no event or plan that a firing kept came from, neither of the last two plans.
    // Nothing when no more of this kind may go.
    virtual std::optional<SweptPage> sweep(Kept kept, const SweepCursor& after, Instant before,
                                           std::size_t limit) = 0;
    // When the last sweep of everything ended.
    virtual std::optional<Instant> swept_at() = 0;
    virtual void set_swept_at(Instant at) = 0;
    // The messages let go. summarize_deliveries counts them too.
    virtual std::vector<DeliverySummary> summarize_forgotten() = 0;
};

// ---- directory ----------------------------------------------------------------------------------

// Free facts, by name. A number is its text.
using Attributes = std::map<std::string, std::string>;

// Of a group, a member or an event, as whoever feeds them names it.
inline constexpr std::size_t id_bytes_max = 200;

struct Group {
    std::string id{};
    std::string name{};
    std::string owner{};
    std::vector<std::string> tags{};  // sorted
    std::string zone{};               // empty when it is not known
    std::optional<Instant> created_at{};
    std::optional<Instant> dissolved_at{};                    // such a one is addressed no more
    std::map<std::string, std::vector<std::string>> staff{};  // ids of members by role, sorted
    Attributes attributes{};
    // What follows is found out and cannot be put.
    std::int64_t size = 0;               // members now
    std::optional<Instant> talked_at{};  // the last message

    bool operator==(const Group&) const = default;
};

struct Member {
    std::string id{};
    std::string name{};
    std::vector<std::string> groups{};  // ids, sorted
    std::vector<std::string> tags{};    // sorted
    std::string zone{};                 // empty when it is not known
    std::optional<std::string> invited_by{};
    std::optional<Instant> opted_out_at{};  // gets no `send`
    std::optional<Instant> gone_at{};       // such a one is addressed no more
    Attributes attributes{};
    // What follows is found out and cannot be put.
    std::optional<Instant> joined_at{};  // the first of its joins that is known

    bool operator==(const Member&) const = default;
};

struct DirectoryCounts {
    std::int64_t groups = 0;
    std::int64_t members = 0;
};

// A member as one of a group. Such a pair is a subject too: its runs are the member's, in that
// group alone.
struct Membership {
    std::string member{};
    std::string group{};

    bool operator==(const Membership&) const = default;
};
// The id of such a subject, and back; nothing for the id of a group or member. Subjects of a group
// come one after the other. No id has the character that parts them (is_usable_id).
std::string to_subject(const Membership& membership);
std::optional<Membership> membership_from(std::string_view subject);
// Whom what a subject's runs send goes to: the member of such a pair, else the subject itself.
std::string addressee_of(const std::string& subject);
// Of a group or member: it is not empty and has no control character.
bool is_usable_id(std::string_view id);

struct Joined {
    std::optional<Instant> at{};  // nothing where nobody told

    bool operator==(const Joined&) const = default;
};

struct AttributeName {
    std::string name{};
    bool is_number = false;  // each of its values is

    bool operator==(const AttributeName&) const = default;
};

class Directory {
  public:
    virtual ~Directory() = default;
    // Adds the group, or makes the one with its id exactly this.
    virtual void put_group(const Group& group) = 0;
    // No effect for a member that was erased.
    virtual void put_member(const Member& member) = 0;
    virtual std::optional<Group> find_group(const std::string& id) = 0;
    virtual std::optional<Member> find_member(const std::string& id) = 0;
    // Nothing for one that is not there.
    virtual std::optional<std::string> find_name(SubjectKind kind, const std::string& id) = 0;
    virtual DirectoryCounts count_directory() = 0;
    // All ids, of those that are gone too, after `after` (exclusive, "" for the beginning), in
    // their order.
    virtual std::vector<std::string> directory_page(SubjectKind kind, const std::string& after,
                                                    std::size_t limit) = 0;
    // Ids of the audience after `after` (exclusive, "" for the beginning), in the order of ids; of
    // members of groups the ids of memberships. None of a dissolved group or a member that is gone.
    virtual std::vector<std::string> audience_page(const lang::Audience& audience,
                                                   const std::string& after, std::size_t limit) = 0;
    virtual bool is_in_audience(const lang::Audience& audience, const std::string& subject) = 0;
    // Without its `where`, and for members of groups not at all: nothing.
    virtual std::optional<std::int64_t> count_audience(const lang::Audience& audience) = 0;
    // False, and no effect, when the subject is not there or has (has not) the tag.
    virtual bool add_tag(SubjectKind kind, const std::string& subject, const std::string& tag) = 0;
    virtual bool remove_tag(SubjectKind kind, const std::string& subject,
                            const std::string& tag) = 0;
    // The member, and the group, are made with their ids alone when they are not there; a member
    // that was gone is back. Of one that is in the group already it only tells since when, if
    // nobody knew. No effect for one that was erased.
    virtual void join(const Membership& membership, Instant at) = 0;
    // Who brought a member, unless that is known already. No effect for one that is not there.
    virtual void note_inviter(const std::string& member, const std::string& inviter) = 0;
    // No effect for one that is not there.
    virtual void rename_member(const std::string& member, const std::string& name) = 0;
    // False for one that is not in the group.
    virtual bool leave(const Membership& membership) = 0;
    // Nothing for one that is not in the group.
    virtual std::optional<Joined> find_membership(const Membership& membership) = 0;

    // False, and no effect, when it is not there or is so already.
    virtual bool dissolve(const std::string& group, Instant at) = 0;
    virtual bool opt_out(const std::string& member, Instant at) = 0;
    virtual bool opt_in(const std::string& member) = 0;
    // That somebody said something in a group; the latest counts.
    virtual void note_talk(const std::string& group, Instant at) = 0;

    // The zones that members have, each once, in their order.
    virtual std::vector<std::string> member_zones() = 0;
    // As audience_page, of all members with that zone, those that are gone too.
    virtual std::vector<std::string> members_in_zone(const std::string& zone,
                                                     const std::string& after,
                                                     std::size_t limit) = 0;
    // By name.
    virtual std::vector<AttributeName> list_attributes(SubjectKind kind) = 0;
};

// ---- imports ------------------------------------------------------------------------------------

using ImportId = std::int64_t;

// A file that was read into the directory.
struct ImportEntry {
    ImportId id = 0;
    SubjectKind kind = SubjectKind::group;
    std::string source{};  // the file
    std::string by{};      // who ran it
    Instant at{};
    std::int64_t added = 0;
    std::int64_t changed = 0;
    std::int64_t unchanged = 0;
    std::int64_t marked = 0;  // not in the file
    bool finished = false;

    bool operator==(const ImportEntry&) const = default;
};

class ImportBook {
  public:
    virtual ~ImportBook() = default;
    virtual ImportId add_import(const ImportEntry& entry) = 0;
    // Its counts, and whether it is finished.
    virtual void update_import(const ImportEntry& entry) = 0;
    // The latest first.
    virtual std::vector<ImportEntry> list_imports(std::size_t limit) = 0;
    // The last that changed a record; nothing when none did.
    virtual std::optional<ImportId> import_of(SubjectKind kind, const std::string& id) = 0;
    virtual void set_import(SubjectKind kind, const std::string& id, ImportId import) = 0;
};

// ---- privacy ------------------------------------------------------------------------------------

class Privacy {
  public:
    virtual ~Privacy() = default;
    // Takes all that is about a member out of the store, in its place `pseudonym` where sums and
    // counts need somebody. Its runs end as exited "erased", and so do its messages. Texts that it
    // or its events alone led to are gone. False when there is no such member. What was erased is
    // overwritten in the file; earlier states of it may be left until it is vacuumed.
    virtual bool erase_member(const std::string& member, const std::string& pseudonym, Instant at,
                              const std::string& by) = 0;
    virtual bool is_erased(const std::string& member) = 0;
    // All events about a member, in the order (at, id), after `after` (exclusive).
    virtual std::vector<Event> events_about(const std::string& member,
                                            std::pair<Instant, std::string> after,
                                            std::size_t limit) = 0;
};

// ---- entries ------------------------------------------------------------------------------------

// How often one subject, or one member in a rule for groups, began a rule.
struct EntryKey {
    RuleId rule = 0;
    SubjectKind per = SubjectKind::member;
    std::string subject{};
    std::string period{};  // "day"; empty for ever; "run" for when the last one began or ended
};

struct Entry {
    Instant since{};  // the beginning of the period
    std::int64_t count = 0;

    bool operator==(const Entry&) const = default;
};

class EntryBook {
  public:
    virtual ~EntryBook() = default;
    virtual std::optional<Entry> find_entry(const EntryKey& key) = 0;
    virtual void put_entry(const EntryKey& key, const Entry& entry) = 0;
};

// ---- conditions ---------------------------------------------------------------------------------

// What `when` found the last time it looked.
class ConditionBook {
  public:
    virtual ~ConditionBook() = default;
    // Whether it was otherwise before; it was not so for one that was never looked at.
    virtual bool set_condition(RuleId rule, const std::string& subject, bool is_so) = 0;
    virtual void forget_conditions(RuleId rule) = 0;
    // The latest time as of which one was looked at; nothing before the first.
    virtual std::optional<Instant> looked_through() = 0;
    virtual void set_looked_through(Instant at) = 0;
};

// ---- points -------------------------------------------------------------------------------------

// One change of a member's points.
struct PointEntry {
    std::int64_t id = 0;
    std::string member{};
    std::int64_t amount = 0;  // below zero when they are spent
    std::string reason{};
    Instant at{};
    RuleId rule = 0;
    std::optional<std::string> event{};    // id of what started the run
    std::optional<std::int64_t> undoes{};  // the entry it takes back

    bool operator==(const PointEntry&) const = default;
};

// What is not spent of the points that an entry gave. The oldest are spent first.
struct UnspentPoints {
    std::int64_t entry = 0;
    std::string member{};
    Instant at{};
    std::int64_t amount = 0;

    bool operator==(const UnspentPoints&) const = default;
};

struct MemberPoints {
    std::string member{};
    std::string name{};
    std::int64_t points = 0;

    bool operator==(const MemberPoints&) const = default;
};

class Ledger {
  public:
    virtual ~Ledger() = default;
    // 0 for a member that is not there.
    virtual std::int64_t points_of(const std::string& member) = 0;
    // Adds it to the book and to the member's points. False, and no effect, when there is no such
    // member, or the entry it undoes is undone already.
    virtual bool add_points(const PointEntry& entry) = 0;
    // What an event gave and was not taken back.
    virtual std::vector<PointEntry> points_given_by(const std::string& event) = 0;
    // The first `limit` of a member after `after` (exclusive).
    virtual std::vector<PointEntry> list_points(const std::string& member, std::int64_t after,
                                                std::size_t limit) = 0;
    // Of all members, the oldest first. They make the balance of each, or nothing where that is
    // below zero.
    virtual std::vector<UnspentPoints> unspent_points(std::size_t limit) = 0;
    // Takes what is the oldest of its member from the points, with an entry for it. Nothing is left
    // of it, also where the member is not there any more.
    virtual void expire_points(const UnspentPoints& unspent, const std::string& reason,
                               Instant at) = 0;
    // Who has any, the most first, then by id: now, or by the entries up to a moment.
    virtual std::vector<MemberPoints> most_points(std::optional<Instant> until,
                                                  std::size_t limit) = 0;
};

class Store : public PlanStore,
              public VersionRequests,
              public RunStore,
              public Outbox,
              public Mailings,
              public Rotations,
              public ContactBook,
              public ChannelUses,
              public PauseStore,
              public Presence,
              public IdentityStore,
              public ZoneStore,
              public EventInbox,
              public IntakeBook,
              public Retention,
              public Directory,
              public ImportBook,
              public Privacy,
              public EntryBook,
              public ConditionBook,
              public Ledger,
              public Collections,
              public Draws,
              public Pools,
              public TaskStore,
              public GroupWork {
  public:
    // Only one may be open at a time.
    virtual std::unique_ptr<Transaction> begin() = 0;
    // In the same transactions.
    virtual Figures& figures() = 0;
    // Gives back the memory that only makes it faster; outside a transaction. What was there is
    // read again when it is needed.
    virtual void release_memory() = 0;
};

}  // namespace sop::runtime
