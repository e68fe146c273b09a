// Times and lengths on the command line.
#pragma once

#include <date/date.h>
#include <chrono>
#include <string>

#include "lang/calendar/zone.h"
#include "runtime/clock/clock.h"

namespace sop::runtime::cli {

// "2026-11-16" (its local midnight in `zone`), "2026-11-16T08:30[:00]" (local in `zone`), or an
// instant with "Z" or an offset behind it. `option` is what the message calls it. Throws
// CommandError.
Instant parse_instant(const std::string& text, const lang::calendar::Zone& zone,
                      const std::string& option);

// The date of such a time, as written. Throws CommandError.
date::local_days parse_date(const std::string& text, const std::string& option);
// In UTC.
date::local_days today();

// "7d", "36h", "90m", "2w", each elapsed. Throws CommandError; `max` bounds it.
std::chrono::milliseconds parse_length(const std::string& text, std::chrono::hours max,
                                       const std::string& option);

}  // namespace sop::runtime::cli
