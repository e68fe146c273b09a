// How long is kept what is over. What is open, and what is unknown and not settled, is never let
// go.
#pragma once

#include <date/date.h>
#include <optional>

#include "runtime/clock/clock.h"
#include "runtime/store/store.h"

namespace sop::runtime {

// Nothing: for ever.
struct RetentionPolicy {
    // Messages and their texts from when they were settled; the runs and firings they belong to,
    // and plans older than the last two that no firing kept is of.
    std::optional<date::days> messages{90};
    // From when they came in; at least as long as the firings they caused.
    std::optional<date::days> events{90};
    // How long a second event of the same id is ignored, in any case as long as the event is kept.
    std::optional<date::days> event_ids{400};
    std::optional<date::days> zone_changes{400};
    // What events were counted to by the day, and who was in which group.
    std::optional<date::days> figures{1100};
};

// Rows of this kind from before then may go; nothing when they stay.
std::optional<Instant> let_go_before(const RetentionPolicy& policy, Kept kept, Instant now);

// Once a day. A sweep in the future was one by a clock that was wrong.
bool sweep_is_due(std::optional<Instant> finished_at, Instant now);

}  // namespace sop::runtime
