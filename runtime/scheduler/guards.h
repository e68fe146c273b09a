// What holds a message back though its step was done in time: quiet hours, the spread of one time's
// posts, caps, spacing, and who has the day's slot.
//
// Two moments. When the step is decided, quiet hours and spread move the message to the time it is
// wanted at (`place`); that is no lateness, which counts from there. When its channel has a place
// for it, caps and spacing are judged by what may have reached the subject by then (`admit`).
//
// Guards are for `post`, `announce` and `send`: not for replies and warnings, nor for what a step
// sends a person at the very moment an event of that person starts the rule or answers its wait,
// nor for a welcome, which is what a rule `on join` says at the moment of the joining. What goes
// `to` others is neither of these.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "lang/calendar/zone.h"
#include "lang/plan.h"
#include "runtime/clock/clock.h"
#include "runtime/scheduler/flow.h"
#include "runtime/scheduler/timeline.h"
#include "runtime/store/store.h"

namespace sop::runtime {

// Of a message of the rule; no when there is none at that place.
bool is_guarded(const lang::Rule& rule, Position message);

// When the quiet hours end that `at` lies in: from their first second on, not at their end. Nothing
// when it lies in none.
std::optional<Instant> quiet_end(const lang::QuietHours& quiet, const lang::calendar::Zone& zone,
                                 Instant at);

// Until when a message may wait: `deliver within` from when it is wanted (where it may be later
// than that by its late rule, from then), and for one planned inside the window no longer than to
// its end; where it is written, as written, from the planned time on.
Instant give_up_at(const lang::Rule& rule, const Window& window, Instant planned_for,
                   Instant wanted_at);
// Exactly then is not too late, but for the window's end, which is outside.
bool has_expired(const lang::Rule& rule, const Window& window, Instant planned_for,
                 Instant wanted_at, Instant now);

// When a message is wanted: moved by the rule's `spread`, always alike for a subject and no further
// than it may wait, and out of quiet hours where it is guarded. Nothing when quiet hours drop it,
// or keep it longer than it may wait.
std::optional<Instant> place(const lang::Rule& rule, const lang::calendar::Zone& zone,
                             const Window& window, Instant planned_for, std::string_view subject,
                             bool guarded);

// ---- how much a channel takes ----

std::chrono::milliseconds length_of(lang::ChannelLimit::Per per);
// Since when (exclusive) what a subject got counts for a quota: since midnight of the zone for one
// per day.
Instant quota_begin(const lang::ChannelLimit& quota, const lang::calendar::Zone& zone, Instant now);

// ---- caps and spacing ----

// Half open, between midnights of the zone; weeks begin on Monday.
struct Period {
    Instant from{};
    Instant to{};

    bool operator==(const Period&) const = default;
};
Period period_of(lang::calendar::EveryNth::Unit unit, const lang::calendar::Zone& zone, Instant at);

// What a subject got and is to get.
class Contacts {
  public:
    virtual ~Contacts() = default;
    // Messages that may have reached it in the period.
    virtual std::int64_t made(const Period& period) = 0;
    // Messages of more urgent rules that are to reach it in the period: those that wait, and those
    // that calendar rules have still to plan after `now`.
    virtual std::int64_t reserved(const Period& period, lang::Priority priority, Instant now) = 0;
    virtual std::optional<Instant> latest() = 0;
};

struct Admission {
    enum class Kind { go, wait, capped } kind = Kind::go;
    Instant until{};  // of wait
};
// Of a guarded message of the rule to a group or member that has its turn now.
Admission admit(const lang::Rule& rule, SubjectKind target, const lang::calendar::Zone& zone,
                Contacts& contacts, Instant now);

// The audiences that guarded messages of the rule go to besides its own subject, each once.
std::vector<const lang::Audience*> other_audiences(const lang::Rule& rule);

// How many guarded messages of the rule's steps with a fixed time are planned after `after` and
// wanted, as quiet hours put them off, before `before`: those to its subject, or to the audience
// `to`. Looks at those of its occurrences that can have such a step, at most
// occurrences_searched_max.
std::int64_t messages_to_come(const lang::Rule& rule, const lang::calendar::Zone& zone,
                              Instant after, Instant before, const lang::Audience* to = nullptr);

}  // namespace sop::runtime
