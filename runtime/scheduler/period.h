// Which instants the periods of counts mean.
#pragma once

#include "lang/calendar/zone.h"
#include "lang/plan.h"
#include "runtime/scheduler/timeline.h"

namespace sop::runtime {

// Half open, and never beyond `at`, the moment that is judged.
struct InstantRange {
    Instant from{};
    Instant to{};

    bool operator==(const InstantRange&) const = default;
};
InstantRange range_of(const lang::Period& period, const lang::calendar::Zone& zone,
                      const Window& window, Instant at);

// The dates that lie in a range whole, [from, to), and the instants they begin and end at; none
// where `from` is not before `to`.
struct WholeDays {
    date::local_days from{};
    date::local_days to{};
    Instant begins_at{};
    Instant ends_at{};
};
WholeDays whole_days(const InstantRange& range, const lang::calendar::Zone& zone);

}  // namespace sop::runtime
