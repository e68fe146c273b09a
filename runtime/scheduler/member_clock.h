// Rules by the clock of each member (`timezone of member else Asia/Shanghai`).
//
// The calendar of such a rule is fired once in each zone that members have, for those who have it,
// and once in the rule's own for those of whom none is known. A firing is named by its wall time
// and zone. A member whose zone changes goes on by the new one, and never gets a wall time again
// that it had before: one that comes twice on its way west is passed over, and one that it skips on
// its way east is not made up for.
#pragma once

#include <optional>
#include <string>

#include "lang/calendar/schedule.h"
#include "lang/calendar/zone.h"
#include "lang/plan.h"
#include "runtime/clock/clock.h"

namespace sop::runtime {

// "2026-11-19T20:00:00 Asia/Tokyo of members": of a firing for those of that zone.
std::string member_firing_key(const lang::Rule& rule, const lang::calendar::Occurrence& occurrence,
                              const lang::calendar::Zone& zone);
// The zone in such a key; nothing in every other.
std::optional<std::string> zone_of_members(const std::string& key);

// The wall time in the key of a calendar firing, counted as if it were UTC, so that two can be
// compared whatever their zones; the second of a repeated hour comes after the first. Nothing for
// other keys.
std::optional<Instant> wall_time_of(const std::string& key);

}  // namespace sop::runtime
