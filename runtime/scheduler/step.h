// What one step of one run does and where the run goes on, decided from values alone; the executor
// records and acts.
//
// A run goes through the actions of a step up to its end, or to a wait or branch in it. A branch is
// a step of its own (flow.h), done at once unless its label says otherwise. After its last step the
// run goes on behind the action that held the branch, at that very time. Where it goes on at the
// time it was planned for, the executor records what was decided and decides the next at once.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "lang/plan.h"
#include "runtime/scheduler/composition.h"
#include "runtime/scheduler/facts.h"
#include "runtime/scheduler/flow.h"
#include "runtime/scheduler/timeline.h"
#include "runtime/store/store.h"

namespace sop::runtime {

// What all runs of a firing share when one of their steps is decided.
struct StepContext {
    const lang::Plan& plan;  // the version the run began with
    const lang::Rule& rule;
    const lang::calendar::Zone& zone;
    Window window;
    Instant admitted_at =
        Instant::min();  // when that version was deployed; for an event rule, always
    std::optional<std::string>
        channel{};  // what the message leaves by; nothing when none is set up
    Instant now{};
    bool no_calendar_data = false;  // for the date of this firing (timeline.h)
    bool skips_paused = false;      // the rule is paused, and its steps are passed over
    Records* records = nullptr;     // what expressions may ask (facts.h)
    std::string firing_key{};       // for choices by chance (variant.h)
};

// Whom a run is for, what started it, and what ends it before its time.
struct RunFacts {
    const Subject& subject;
    const Event* event = nullptr;  // nullptr for a calendar rule
    std::string exit_reason{};     // why it ends now; empty when it goes on
    Proceeds proceeds{};
};

struct SendText {
    std::string text;
    Instant wanted_at{};  // not before (guards.h)
    MessageForm form{};
    std::optional<Target> target{};  // nothing: the run's subject
    std::string variant{};           // as Delivery has it
    std::string rotated{};           // the content whose turn it was (composition.h); or empty
};

// What a step changes besides, as values that need no more looking up.
struct TagChange {
    SubjectKind kind = SubjectKind::member;
    std::string subject;
    std::string tag;
    bool add = true;

    bool operator==(const TagChange&) const = default;
};
struct PointChange {
    std::string member;
    std::int64_t amount = 0;
    std::string reason;

    bool operator==(const PointChange&) const = default;
};
// Whatever an event gave, once.
struct PointsTakenBack {
    std::string event;

    bool operator==(const PointsTakenBack&) const = default;
};
// An event of the playbook's own.
struct EmittedEvent {
    std::string type;
    std::optional<std::string> group{};
    std::optional<std::string> member{};
    std::map<std::string, std::string> fields{};

    bool operator==(const EmittedEvent&) const = default;
};

// Another rule of the playbook, for the same subject.
struct StartedRule {
    std::string rule;
    std::optional<std::string> group{};
    std::optional<std::string> member{};

    bool operator==(const StartedRule&) const = default;
};

// A `collect` begins to take what comes.
struct OpenedCollection {
    Instant opened_at{};
    Instant closes_at{};

    bool operator==(const OpenedCollection&) const = default;
};

struct HeldDraw {
    std::string seed;
    std::string name;  // of the step
    std::vector<StoredDrawEntry> entries;

    bool operator==(const HeldDraw&) const = default;
};

// A code of a pool.
struct GivenCode {
    std::string pool;
    std::string code;
    std::string member;

    bool operator==(const GivenCode&) const = default;
};

// A task or an approval that staff are asked for.
struct AskedStaff {
    bool is_approval = false;
    std::string text;
    std::string role;
    Instant due_at{};
    std::optional<std::string> group{};
    std::optional<std::string> member{};
    std::vector<std::string> staff{};  // who has the role now

    bool operator==(const AskedStaff&) const = default;
};

// What a channel is to do besides bringing a message.
struct Order {
    Command command;
    std::string channel{};  // its name; empty for that of the rule
    std::string text{};     // what it is, for people

    bool operator==(const Order&) const = default;
};

// Groups are created, filled or dissolved, or members removed; who that is takes a look at the
// whole directory (executor/walker_groups.cpp).
struct GroupOrders {
    bool operator==(const GroupOrders&) const = default;
};

// A message that is not sent, or points that are not given: skipped, exited, refused or failed, and
// why.
struct Withhold {
    DeliveryState state = DeliveryState::skipped;
    std::string reason;
    std::optional<Target> target{};  // as of SendText
};

// A message for the audience that its `to` names: what becomes of it for each is decided when that
// is looked up (decide_message); withheld from all where there is a reason.
struct SendToMany {
    std::optional<Withhold> withheld{};
};

struct StepEffect {
    std::size_t action = 0;  // index in the step's actions
    std::variant<SendText, SendToMany, Withhold, TagChange, PointChange, PointsTakenBack,
                 EmittedEvent, StartedRule, OpenedCollection, HeldDraw, GivenCode, AskedStaff,
                 Order, GroupOrders>
        what;
};

// The run goes on there, at that time.
struct GoOn {
    Position position{};
    Instant due_at{};

    bool operator==(const GoOn&) const = default;
};
// It waits for an event, or for the answer of staff.
struct WaitForEvent {
    Position position{};             // of the wait or the question
    Instant since{};                 // events from then on answer it
    std::optional<Instant> until{};  // nothing: begins with the outcome of the message before it

    bool operator==(const WaitForEvent&) const = default;
};
struct RunOver {
    std::string reason{};  // why before its last step; else empty

    bool operator==(const RunOver&) const = default;
};
using AfterStep = std::variant<GoOn, WaitForEvent, RunOver>;

struct StepDecision {
    std::vector<StepEffect> effects;  // in the order of the actions
    AfterStep next;
    // The event by which a wait was answered at once: it came before the step was done.
    std::optional<std::string> answered_by{};
};

// Decides what a run does from `position` on, planned for `planned_for` and not after
// `context.now`. In this order:
//  - a subject that is gone, or a reason to exit: the step's messages `exited`, nothing else
//    happens, the run is over;
//  - a firing, or a step `next workday`, on a date that the calendar has no data for: messages
//    `skipped` "no calendar data"; the step is passed over, with its tags, waits and branches;
//  - planned before the rule's plan was deployed: messages `skipped` "before admission", likewise;
//  - a step whose condition is not so: messages `skipped` "condition", likewise;
//  - a rule that is paused so that its steps are passed over: messages `skipped` "paused", tags and
//    points stay as they are, nothing is emitted, staff are not asked and have not answered, waits
//    and branches are walked;
//  - what is sent to a member that has opted out: `skipped` "opted out";
//  - a message that quiet hours drop (guards.h): `skipped` "quiet";
//  - one that is too late or overtaken (lateness.h), counted from when it is wanted: `skipped`
//    "late". Tags and points change all the same, as later steps and other rules build on them, and
//    so are staff asked and orders given;
//  - points that would go below zero are `refused` "balance", but for a correction and for what
//    is taken back; those of an amount or a person without a value are `refused` "no value";
//  - a code that is to be given when none is left, or to nobody: `refused` "pool empty", "no
//    value", "gone" for who is not in the directory;
//  - a message that goes to nobody: `refused` "no value" where nothing names its target, "gone"
//    where that is not in the directory (target.h);
//  - a message whose holes leave nothing to be seen, without picture and card: `skipped` "empty";
//  - otherwise everything is done. Behind a message to many the run goes on at once, when all of
//    them have theirs.
// `newer` is how many newer messages of the rule for the subject are due, as far as they count.
StepDecision decide_step(const StepContext& context, Position position, Instant planned_for,
                         int newer, const RunFacts& run);

// Where a run goes on whose wait at `position`, or question to staff, ended at `at`: by an event
// (or with a yes), or without one.
AfterStep end_wait(const StepContext& context, Position position, bool answered, Instant at);

// What becomes of the message to many at that place for one of them; as above, the run's subject
// being there and the step being done.
std::variant<SendText, Withhold> decide_message(const StepContext& context, Position position,
                                                Instant planned_for, int newer, const RunFacts& run,
                                                const Target& target);

// What the message at that place says to its target.
Composition compose_message(const StepContext& context, Position position, Instant planned_for,
                            const RunFacts& run, const std::optional<Target>& target);

// The name of the n-th group that the action at that place creates, or of the one it invites to.
std::string render_group_name(const StepContext& context, Position position, Instant planned_for,
                              const RunFacts& run, std::int64_t number);

// What the run does there next; nullptr at the end of the step's actions.
const lang::Action* action_at(const lang::Rule& rule, Position position);
// The wait for an event at that place; nullptr when there is none.
const lang::Wait* wait_at(const lang::Rule& rule, Position position);

// The end of a run whose step could not be decided: its messages `failed` with the reason.
StepDecision fail_step(const lang::Rule& rule, Position position, const std::string& reason);

}  // namespace sop::runtime
