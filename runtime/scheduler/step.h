// What one step of one run does, decided from values alone; the executor records and acts.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "lang/plan.h"
#include "runtime/scheduler/text.h"
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
};

struct SendText {
    std::string text;
    Instant wanted_at{};  // not before (guards.h)
};

// A message that is not sent: skipped, exited or failed, and why.
struct Withhold {
    DeliveryState state = DeliveryState::skipped;
    std::string reason;
};

struct StepEffect {
    std::size_t action = 0;  // index in the step's actions
    std::variant<SendText, Withhold, lang::ChangeTag> what;
};

struct NextStep {
    std::size_t index = 0;
    Instant due_at{};
};

struct StepDecision {
    std::vector<StepEffect> effects;  // in the order of the actions
    std::optional<NextStep> next;     // nothing when the run is over
    std::string reason;               // why it is over before its last step; else empty
};

// Decides step `step`, planned for `planned_for` and not after `context.now`. In this order:
//  - a subject that is gone: messages `exited` "gone", nothing else happens, the run is over;
//  - a firing whose date the calendar has no data for: messages `skipped` "no calendar data", tags
//    stay as they are;
//  - a rule that is paused so that its steps are passed over: messages `skipped` "paused", tags
//  stay
//    as they are;
//  - planned before the rule's plan was deployed: messages `skipped` "before admission", tags stay
//    as they are;
//  - a message that quiet hours drop (guards.h): `skipped` "quiet";
//  - one that is too late or overtaken (lateness.h), counted from when it is wanted: `skipped`
//    "late". Tags change all the same, as later steps and other rules build on them;
//  - otherwise everything is done.
// `newer` is how many newer messages of the rule for the subject are due, as far as they count.
StepDecision decide_step(const StepContext& context, std::size_t step, Instant planned_for,
                         int newer, const Subject& subject, const Event* event);

// The end of a run whose step could not be decided: its messages `failed` with the reason.
StepDecision fail_step(const lang::Rule& rule, std::size_t step, const std::string& reason);

}  // namespace sop::runtime
