#include "tests/sim/walls.h"

#include <date/tz.h>
#include <fmt/format.h>

#include <string_view>

#include "runtime/zoneinfo/zoneinfo.h"

namespace sop::sim {

namespace {

using lang::calendar::ZoneDatabase;
using lang::calendar::ZoneSource;
using runtime::Instant;

constexpr std::size_t damaged_bytes = 100;

// An hour or some away, as when a country changes its mind.
const std::map<std::string, std::vector<std::string>> neighbours{
    {"Asia/Shanghai", {"Asia/Tokyo", "Australia/Eucla", "Asia/Kolkata"}},
    {"America/New_York", {"America/Ojinaga", "America/Caracas", "America/Anchorage"}},
    {"Europe/London", {"Europe/Paris", "Etc/UTC", "Europe/Istanbul"}},
    {"Australia/Lord_Howe", {"Australia/Sydney", "Pacific/Norfolk"}},
    {"Asia/Kolkata", {"Asia/Kathmandu", "Asia/Shanghai"}},
    {"America/St_Johns", {"America/Sao_Paulo", "America/New_York"}},
    {"Pacific/Apia", {"Pacific/Kiritimati", "Pacific/Chatham"}},
    {"America/Santiago", {"America/Caracas", "America/Asuncion", "America/Sao_Paulo"}},
    {"Asia/Tokyo", {"Asia/Shanghai", "Australia/Sydney"}},
    {"Pacific/Chatham", {"Pacific/Apia", "Pacific/Norfolk"}},
};

const date::time_zone* clock_of(const Clocks& clocks, const std::string& zone) {
    const auto found = clocks.find(zone);
    return date::locate_zone(found == clocks.end() ? zone : found->second);
}

}  // namespace

date::local_time<std::chrono::milliseconds> on_the_wall(const Clocks& clocks, Instant at,
                                                        const std::string& zone) {
    return clock_of(clocks, zone)->to_local(at);
}

std::optional<Instant> unique_instant(const Clocks& clocks, date::local_seconds local,
                                      const std::string& zone) {
    const auto info = clock_of(clocks, zone)->get_info(local);
    if (info.result != date::local_info::unique) return std::nullopt;
    return date::sys_seconds{local.time_since_epoch()} - info.first.offset;
}

bool may_show(const Clocks& clocks, Instant at, date::local_seconds local,
              const std::string& zone) {
    const date::time_zone* clock = clock_of(clocks, zone);
    return clock->to_local(at) == local ||
           clock->get_info(local).result == date::local_info::nonexistent;
}

Clocks change_clocks(Dice& dice, Clocks clocks, const std::vector<std::string>& zones) {
    const std::string zone = dice.pick(zones);
    if (clocks.erase(zone) > 0 && dice.chance(50)) return clocks;
    const auto near = neighbours.find(zone);
    const bool is_near = near != neighbours.end() && dice.chance(90);
    const std::string other = dice.pick(is_near ? near->second : zones);
    if (other != zone) clocks[zone] = other;
    return clocks;
}

std::unique_ptr<const ZoneDatabase> make_zone_data(const Clocks& clocks, const std::string& release,
                                                   const std::optional<std::string>& damaged) {
    static const ZoneSource machine = runtime::zoneinfo_folder();
    ZoneSource source = machine;
    source.tzdata_zi = fmt::format("# version {}\n{}", release,
                                   machine.tzdata_zi.substr(machine.tzdata_zi.find('\n') + 1));
    source.read = [clocks, damaged](std::string_view name) {
        const auto other = clocks.find(std::string(name));
        auto bytes = machine.read(other == clocks.end() ? name : std::string_view(other->second));
        if (bytes && damaged == name) bytes->resize(damaged_bytes);
        return bytes;
    };
    return std::make_unique<ZoneDatabase>(std::move(source));
}

}  // namespace sop::sim
