// What another plan changes about the firings of calendar rules in a span of time.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lang/calendar/zone.h"
#include "lang/plan.h"
#include "runtime/clock/clock.h"

namespace sop::runtime {

struct FiringTime {
    Instant at{};
    std::string key{};  // what the wall shows, as in timeline.h

    bool operator==(const FiringTime&) const = default;
};

// Added, removed, or moved: a firing of one date that is at another time of it.
struct FiringChange {
    std::string rule{};  // "members.flash_sale"
    std::optional<FiringTime> before{};
    std::optional<FiringTime> after{};

    bool operator==(const FiringChange&) const = default;
};

struct FiringChanges {
    std::vector<FiringChange> changes{};  // by time, then rule
    std::size_t kept = 0;
    std::vector<std::string> cut_short{};  // rules with more than firings_compared_max
};

// Of one rule and one span.
inline constexpr std::size_t firings_compared_max = 10000;

// In [from, to). A rule whose zone these data lack is left out.
FiringChanges compare_firings(const lang::Plan& before, const lang::Plan& after,
                              const lang::calendar::ZoneDatabase& zones, Instant from, Instant to);

}  // namespace sop::runtime
