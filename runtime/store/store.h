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
#include "runtime/store/games.h"

namespace sop::runtime {

using lang::SubjectKind;
using PlanVersion = std::int64_t;
using RuleId = std::int64_t;
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

// ---- plans and rules
// ------------------------------------------------------------------------------------------------

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
};

// ---- requests for versions
// --------------------------------------------------------------------------------------

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

// ---- firings and runs
// -----------------------------------------------------------------------------------------------

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
    std::string subject{};  // id of a group or member; the rule's audience says which
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

// ---- outbox
// ---------------------------------------------------------------------------------------------------------

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

struct Delivery {
    DeliveryId id = 0;
    RunId run = 0;
    std::size_t step = 0;    // index in the rule's steps
    std::size_t action = 0;  // index in the step's actions; (run, step, action) is unique
    std::string channel{};
    MessageId message = 0;  // 0 when it was skipped before its text was made
    Instant planned_for{};
    std::optional<Instant> due_at{};  // next try; only while pending
    DeliveryState state = DeliveryState::pending;
    std::string reason{};  // "late", "before admission", "HTTP 404", …
    int attempts = 0;
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

    // Lateness counts from here.
    Instant wanted_at() const { return moved_to.value_or(planned_for); }
};

// A pending delivery with all that an attempt needs.
struct DueDelivery {
    Delivery delivery{};
    Firing firing{};
    std::string playbook{};
    std::string rule{};
    std::string subject{};
    std::string subject_name{};
    SubjectKind subject_kind = SubjectKind::group;
    std::string text{};
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
    // The id of a text; equal texts share one row.
    virtual MessageId intern_message(const std::string& text) = 0;
    // Throws StoreError when (run, step, action) is there already.
    virtual DeliveryId add_delivery(const Delivery& delivery) = 0;
    virtual std::optional<DueDelivery> find_delivery(DeliveryId id) = 0;
    // Pending ones of a channel with due_at <= now, in the order (due_at, priority, planned_for,
    // id); none that is asked about.
    virtual std::vector<DueDelivery> due_deliveries(const std::string& channel, Instant now,
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
    // All those of a channel that are still to be sent, when the process died. Returns how many.
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
    // A skipped one becomes pending, wanted and due at `at`.
    virtual void backfill(DeliveryId id, MessageId message, Instant at) = 0;

    // Those that are under way or asked about too.
    virtual std::vector<DueDelivery> unsettled_of_run(RunId run) = 0;
    // Those due at the very instant; none that is asked about.
    virtual std::vector<DueDelivery> pending_of_rule(RuleId rule, Instant due_at) = 0;

    virtual std::vector<DeliverySummary> summarize_deliveries() = 0;
    // All that were ever planned, counted without looking at what became of them.
    virtual std::int64_t count_deliveries() = 0;
    // With firing, rule and text, in the order of ids.
    virtual std::vector<DueDelivery> list_deliveries(const DeliveryFilter& filter) = 0;
};

// ---- contacts
// -------------------------------------------------------------------------------------------------------

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

// ---- channel uses
// ---------------------------------------------------------------------------------------------------

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

// ---- presence
// -------------------------------------------------------------------------------------------------------

class Presence {
  public:
    virtual ~Presence() = default;
    // Until when an executor was there and looked after its messages; nothing for a new store.
    virtual std::optional<Instant> present_until() = 0;
    virtual void set_present_until(Instant until) = 0;
};

// ---- pauses
// ---------------------------------------------------------------------------------------------------------

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

// ---- identity
// -------------------------------------------------------------------------------------------------------

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

// ---- zone data
// ------------------------------------------------------------------------------------------------------

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

// ---- events
// ---------------------------------------------------------------------------------------------------------

struct Event {
    std::string id{};  // unique: a second event of this id is ignored
    std::string type{};
    std::optional<std::string> group{};
    std::optional<std::string> member{};
    Instant at{};  // when it happened
    Instant received_at{};
    std::map<std::string, std::string> fields{};  // canonical text of each declared field's type
    bool processed = false;                       // what it is to start, answer or end is
};

class EventInbox {
  public:
    virtual ~EventInbox() = default;
    // False when an event of that id is there already, or was and is remembered.
    virtual bool add_event(const Event& event) = 0;
    // Unprocessed ones with at <= now, in the order (at, id).
    virtual std::vector<Event> due_events(Instant now, std::size_t limit) = 0;
    virtual std::optional<Instant> next_event_at() = 0;
    virtual void mark_processed(const std::string& id) = 0;
    virtual std::optional<Event> find_event(const std::string& id) = 0;
    // Of a type and a subject with `at` in [from, to), processed or not, in the order (at, id).
    virtual std::vector<Event> events_of(SubjectKind kind, const std::string& subject,
                                         const std::string& type, Instant from, Instant to) = 0;
};

// ---- retention
// -------------------------------------------------------------------------------------------------------

// What is let go in the course of time.
enum class Kept { deliveries, runs, firings, events, event_ids, plans, zone_changes };

// How far a sweep has come in a table: to the row of this number, or of this text.
struct SweepCursor {
    std::int64_t number = std::numeric_limits<std::int64_t>::min();
    std::string text{};
};

struct SweptPage {
    SweepCursor through{};
    std::int64_t let_go = 0;  // rows
};

class Retention {
  public:
    virtual ~Retention() = default;
    // Looks at the next `limit` rows, and lets go those from before then that are over and that
    // nothing kept refers to: no message that is open or unknown, no run that has a step to come,
    // no event or plan that a firing kept came from, neither of the last two plans. Nothing when no
    // more of this kind may go.
    virtual std::optional<SweptPage> sweep(Kept kept, const SweepCursor& after, Instant before,
                                           std::size_t limit) = 0;
    // When the last sweep of everything ended.
    virtual std::optional<Instant> swept_at() = 0;
    virtual void set_swept_at(Instant at) = 0;
    // The messages let go. summarize_deliveries counts them too.
    virtual std::vector<DeliverySummary> summarize_forgotten() = 0;
};

// ---- directory
// ------------------------------------------------------------------------------------------------------

struct Group {
    std::string id{};
    std::string name{};
    std::string owner{};
    std::vector<std::string> tags{};  // sorted

    bool operator==(const Group&) const = default;
};

struct Member {
    std::string id{};
    std::string name{};
    std::vector<std::string> groups{};  // ids, sorted
    std::vector<std::string> tags{};    // sorted

    bool operator==(const Member&) const = default;
};

struct DirectoryCounts {
    std::int64_t groups = 0;
    std::int64_t members = 0;
};

// A member as one of a group.
struct Membership {
    std::string member{};
    std::string group{};

    bool operator==(const Membership&) const = default;
};

class Directory {
  public:
    virtual ~Directory() = default;
    // Adds the group, or makes the one with its id exactly this.
    virtual void put_group(const Group& group) = 0;
    virtual void put_member(const Member& member) = 0;
    virtual std::optional<Group> find_group(const std::string& id) = 0;
    virtual std::optional<Member> find_member(const std::string& id) = 0;
    virtual DirectoryCounts count_directory() = 0;
    // Ids of the audience after `after` (exclusive, "" for the beginning), in the order of ids.
    virtual std::vector<std::string> audience_page(const lang::Audience& audience,
                                                   const std::string& after, std::size_t limit) = 0;
    virtual bool is_in_audience(const lang::Audience& audience, const std::string& subject) = 0;
    // False, and no effect, when the subject is not there or has (has not) the tag.
    virtual bool add_tag(SubjectKind kind, const std::string& subject, const std::string& tag) = 0;
    virtual bool remove_tag(SubjectKind kind, const std::string& subject,
                            const std::string& tag) = 0;
    // The member, and the group, are made with their ids alone when they are not there. No effect
    // for one that is in the group already.
    virtual void join(const Membership& membership, Instant at) = 0;
    // No effect for one that is not in the group.
    virtual void leave(const Membership& membership) = 0;
};

// ---- entries
// --------------------------------------------------------------------------------------------------------

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

// ---- conditions
// --------------------------------------------------------------------------------------------------------

// What `when` found the last time it looked.
class ConditionBook {
  public:
    virtual ~ConditionBook() = default;
    // Whether it was otherwise before; it was not so for one that was never looked at.
    virtual bool set_condition(RuleId rule, const std::string& subject, bool is_so) = 0;
    virtual void forget_conditions(RuleId rule) = 0;
};

// ---- points
// ---------------------------------------------------------------------------------------------------------

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
};

class Store : public PlanStore,
              public VersionRequests,
              public RunStore,
              public Outbox,
              public ContactBook,
              public ChannelUses,
              public PauseStore,
              public Presence,
              public IdentityStore,
              public ZoneStore,
              public EventInbox,
              public Retention,
              public Directory,
              public EntryBook,
              public ConditionBook,
              public Ledger,
              public Collections,
              public Draws,
              public Pools {
  public:
    // Only one may be open at a time.
    virtual std::unique_ptr<Transaction> begin() = 0;
    // Gives back the memory that only makes it faster; outside a transaction. What was there is
    // read again when it is needed.
    virtual void release_memory() = 0;
};

}  // namespace sop::runtime
