// What calendar rules promise over days to come: each message whose time is fixed beforehand, for a
// subject of its audience, as quiet hours move it. Nothing is counted of what depends on people:
// steps behind waits, in branches, of rules on events.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lang/calendar/zone.h"
#include "lang/plan.h"
#include "runtime/clock/clock.h"
#include "runtime/scheduler/flow.h"
#include "runtime/scheduler/timeline.h"

namespace sop::runtime {

// A message of a rule of the calendar, as it is written. Points into the plan.
struct PlannedMessage {
    const lang::Rule* rule = nullptr;
    std::string path;          // "members.flash_sale"
    std::size_t step = 0;      // among Rule::steps
    std::size_t action = 0;    // among Step::actions
    std::size_t audience = 0;  // whom it goes to, among Forecast::audiences
    std::string channel{};     // the first of `via`
    std::shared_ptr<const lang::calendar::Zone> zone;
    bool conditional = false;  // its step has an `if`
    bool guarded = false;      // held back by quiet hours, caps and spacing
    bool at_once = false;      // quiet hours let it pass
};

// One coming time of such a message.
struct Promise {
    std::size_t message = 0;  // among Forecast::messages
    Window window{};
    Instant planned_for{};
    std::optional<Instant> wanted_at{};  // behind quiet hours; nothing when they drop it
};

struct Forecast {
    std::vector<lang::Audience> audiences{};  // those of the messages, each once
    std::vector<PlannedMessage> messages{};
    std::vector<Promise> promises{};  // in the order of messages, each in the order of time
};

// From the beginning of a date on, as each rule's zone has it. Rules on single dates are looked at
// two years ahead: the days of theirs that lie behind the horizon belong to it too.
Forecast forecast(const lang::Plan& plan, const lang::calendar::ZoneDatabase& zones,
                  date::local_days from, date::days horizon);

}  // namespace sop::runtime
