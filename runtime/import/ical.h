// Calendars as other programs write them (RFC 5545); the one door to libical.
#pragma once

#include <optional>
#include <string>

#include "runtime/import/imported_schedule.h"

namespace sop::runtime::importing {

struct IcalOptions {
    std::string zone{};  // of times that say none; empty: such an event is left out
    std::optional<std::string> all_day_at{};  // when an event of whole days is posted
};

// Each event becomes a rule; what is changed of one occurrence becomes a rule of its own, and the
// occurrence an exception. Reminders become steps. Throws UnreadableSchedule for what is no
// calendar.
ImportedSchedule read_ical(const std::string& text, const IcalOptions& options);

}  // namespace sop::runtime::importing
