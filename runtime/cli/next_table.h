// Coming times as `sop next` shows them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lang/calendar/schedule.h"
#include "lang/calendar/zone.h"

namespace sop::runtime::cli {

struct ComingFiring {
    std::string rule;  // empty for a schedule that stands alone
    std::shared_ptr<const lang::calendar::Zone> zone;
    lang::calendar::Occurrence occurrence;
    std::optional<date::sys_seconds> end;  // of its window
    std::vector<std::string> remarks;
};

// The next `count` times after an instant, with remarks: times the clock skips or repeats, changes
// of the clock since the time before, holidays of the schedule's calendars and of those given.
std::vector<ComingFiring> coming_firings(
    const lang::calendar::Schedule& schedule,
    const std::shared_ptr<const lang::calendar::Zone>& zone, date::sys_seconds after,
    std::size_t count, std::vector<std::shared_ptr<const lang::calendar::Calendar>> calendars = {});

std::string firings_table(const std::vector<ComingFiring>& firings);
// A JSON array.
std::string firings_json(const std::vector<ComingFiring>& firings);

}  // namespace sop::runtime::cli
