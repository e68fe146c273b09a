#include "runtime/scheduler/member_clock.h"

#include <date/date.h>

#include <sstream>

#include "runtime/scheduler/timeline.h"

namespace sop::runtime {

namespace {

constexpr std::string_view members_mark = " of members";
constexpr std::string_view second_mark = " second";
constexpr std::chrono::milliseconds just_after{1};

}  // namespace

std::string member_firing_key(const lang::Rule& rule, const lang::calendar::Occurrence& occurrence,
                              const lang::calendar::Zone& zone) {
    std::string key = firing_key(rule, occurrence, zone);
    // That of an interval by the stopwatch is the same in all zones.
    if (is_elapsed(rule)) key += " " + zone.name();
    return key.append(members_mark);
}

std::optional<std::string> zone_of_members(const std::string& key) {
    if (key.find(members_mark) == std::string::npos) return std::nullopt;
    const std::size_t begin = key.find(' ') + 1;
    return key.substr(begin, key.find(' ', begin) - begin);
}

std::optional<Instant> wall_time_of(const std::string& key) {
    date::local_seconds wall;
    std::istringstream text(key);
    text >> date::parse("%FT%T", wall);
    if (text.fail()) return std::nullopt;
    const bool is_second = key.find(second_mark) != std::string::npos;
    return Instant(wall.time_since_epoch()) + (is_second ? just_after : just_after * 0);
}

}  // namespace sop::runtime
