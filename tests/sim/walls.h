// What clocks on the walls show, worked out with the date library's own zones, under zone data in
// which a zone may have the clocks of another.
#pragma once

#include <date/date.h>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lang/calendar/zone.h"
#include "runtime/clock/clock.h"
#include "tests/sim/dice.h"

namespace sop::sim {

// By zone the zone whose clocks it has; those that are not named have their own.
using Clocks = std::map<std::string, std::string>;

date::local_time<std::chrono::milliseconds> on_the_wall(const Clocks& clocks, runtime::Instant at,
                                                        const std::string& zone);
// When the wall shows it; nothing for a time that its clock skips or repeats.
std::optional<runtime::Instant> unique_instant(const Clocks& clocks, date::local_seconds local,
                                               const std::string& zone);
// Whether the wall shows it at that instant, or never shows it.
bool may_show(const Clocks& clocks, runtime::Instant at, date::local_seconds local,
              const std::string& zone);

// One change to the clocks there were: another's for one zone, or its own again.
Clocks change_clocks(Dice& dice, Clocks clocks, const std::vector<std::string>& zones);

// The zone data of this machine with these clocks; the file of `damaged`, if there is one, is cut
// short.
std::unique_ptr<const lang::calendar::ZoneDatabase> make_zone_data(
    const Clocks& clocks, const std::string& release,
    const std::optional<std::string>& damaged = std::nullopt);

}  // namespace sop::sim
