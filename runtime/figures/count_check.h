// Counts all stored events anew and compares: what the executor counted as they came has to be the
// same.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lang/calendar/zone.h"
#include "lang/plan.h"
#include "runtime/store/store.h"

namespace sop::runtime {

struct CountDifference {
    std::string measure{};
    std::string subject{};
    date::local_days day{};
    DayCount kept{};
    DayCount counted{};
};

struct CountCheck {
    std::int64_t events = 0;  // that were counted
    std::int64_t days = 0;    // that were compared, each of a measure and a subject
    std::vector<CountDifference> differences{};
};

// Of all that the plan counts and the executor has caught up with, from `since` on, which is to be
// a date whose events are all there still.
CountCheck check_counts(Store& store, const lang::Plan& plan,
                        const lang::calendar::ZoneDatabase& zones,
                        std::optional<date::local_days> since);

}  // namespace sop::runtime
