// The zones of tests/testdata/zoneinfo, so that no test depends on the zone data of the machine,
// and times written as text.
#pragma once

#include <date/date.h>

#include <chrono>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "lang/calendar/zone.h"
#include "runtime/zoneinfo/zoneinfo.h"

namespace sop::tests {

inline const lang::calendar::ZoneDatabase& sample_zones() {
    static const lang::calendar::ZoneDatabase zones(
        runtime::zoneinfo_folder(SOP_SOURCE_DIR "/tests/testdata/zoneinfo"));
    return zones;
}

inline std::shared_ptr<const lang::calendar::Zone> sample_zone(std::string_view name) {
    auto zone = sample_zones().find(name);
    if (!zone) {
        throw std::invalid_argument("no zone " + std::string(name) + " in tests/testdata/zoneinfo");
    }
    return zone;
}

inline date::local_seconds local(const std::string& text) {
    int year = 0;
    unsigned month = 0;
    unsigned day = 0;
    int hour = 0;
    int minute = 0;
    int second = 0;
    const int found = std::sscanf(text.c_str(), "%d-%u-%u%*[ T]%d:%d:%d", &year, &month, &day,
                                  &hour, &minute, &second);
    const auto date = date::year{year} / static_cast<int>(month) / static_cast<int>(day);
    if (found < 5 || !date.ok()) {
        throw std::invalid_argument("not a date and time: " + text);
    }
    return date::local_days{date} + std::chrono::hours{hour} + std::chrono::minutes{minute} +
           std::chrono::seconds{second};
}

// "2026-03-08 07:30", seconds if wanted; ISO's `T` and `Z` may stand.
inline date::sys_seconds utc(const std::string& text) {
    return date::sys_seconds{local(text).time_since_epoch()};
}

}  // namespace sop::tests
