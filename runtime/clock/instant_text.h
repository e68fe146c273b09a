// Instants as people and machines write them.
#pragma once

#include <date/date.h>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/clock/clock.h"

namespace sop::runtime {

// RFC 3339 in UTC: "2026-11-19T12:00:00Z", with milliseconds only when there are any.
std::string instant_text(Instant instant);

// A date, or a date and a time, with the offset from UTC if one is written.
struct WrittenTime {
    date::local_time<std::chrono::milliseconds> local;
    std::optional<std::chrono::minutes> offset;
};

// "2026-11-16", "2026-11-16T08:30", "2026-11-16 08:30:15.250", each of the latter two with "Z" or
// "+08:00" behind it or not. Nothing for any other text, and for a date or time that does not
// exist.
std::optional<WrittenTime> parse_written_time(std::string_view text);

}  // namespace sop::runtime
