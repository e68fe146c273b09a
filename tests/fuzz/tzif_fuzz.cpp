// Any bytes as a zone file: they are refused, or give a zone whose answers agree with one another.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "lang/calendar/zone.h"

namespace {

using sop::lang::calendar::LocalMeaning;
using sop::lang::calendar::Zone;

constexpr std::chrono::hours offset_min{-25};  // both exclusive
constexpr std::chrono::hours offset_max{26};

// Stops the run with the input that led here.
void require(bool promise) {
    if (!promise) std::abort();
}

void check_instant(const Zone& zone, date::sys_seconds instant) {
    const std::chrono::seconds offset = zone.offset_at(instant);
    require(offset_min < offset && offset < offset_max);
    const LocalMeaning meaning = zone.meaning_of(zone.to_local(instant));
    // What the wall shows at an instant is never skipped, and means this instant or the other one
    // that shows the same.
    require(meaning.kind != LocalMeaning::Kind::gap);
    require(meaning.first == instant || meaning.second == instant);
    require((meaning.kind == LocalMeaning::Kind::unique) == (meaning.first == meaning.second));
}

void check_local(const Zone& zone, date::local_seconds local) {
    const LocalMeaning meaning = zone.meaning_of(local);
    if (meaning.kind == LocalMeaning::Kind::gap) {
        require(meaning.second < meaning.transition && meaning.transition <= meaning.first);
        require(zone.to_local(meaning.first) > local);
        require(zone.to_local(meaning.second) < local);
    } else {
        require(zone.to_local(meaning.first) == local && zone.to_local(meaning.second) == local);
    }
}

void check_around(const Zone& zone, date::sys_seconds instant) {
    using namespace std::chrono_literals;
    for (const auto aside : {-2h, 0h, 2h}) {
        check_instant(zone, instant + aside);
        check_local(zone, zone.to_local(instant) + aside);
    }
    check_instant(zone, instant - 1s);
}

void check_zone(const Zone& zone) {
    for (const int year :
         {1, 1800, 1900, 1969, 1970, 2026, 2037, 2038, 2400, 2499, 2501, 2999, 9999}) {
        const date::sys_seconds begin = date::sys_days{date::year{year} / 1 / 1};
        check_around(zone, begin);
        date::sys_seconds instant = begin;
        for (int changes = 0; changes < 4; ++changes) {
            const auto next = zone.next_transition(instant);
            if (!next) break;
            require(*next > instant);
            require(zone.offset_at(*next) != zone.offset_at(*next - std::chrono::seconds{1}));
            instant = *next;
            check_around(zone, instant);
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    std::shared_ptr<const Zone> zone;
    try {
        zone = Zone::parse("Fuzz/Zone", bytes);
    } catch (const sop::lang::calendar::ZoneDataError&) {
        return 0;
    }
    check_zone(*zone);
    return 0;
}
