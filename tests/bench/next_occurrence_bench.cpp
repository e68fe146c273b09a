// The cost of one next instant: ours, the same rule written by hand on the date library, the bare
// conversions of that library, and other schedulers where they are installed (libical here;
// dateutil and croniter by next_occurrence_peers.py). Median of five passes of CPU time, one JSON
// object a line; `ratio` is to the rule by hand in the same run.
#include <date/tz.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <stdexcept>

#ifdef SOP_BENCH_LIBICAL
#include <libical/ical.h>
#endif

#include "lang/calendar/schedule.h"
#include "lang/sentence.h"
#include "runtime/zoneinfo/zoneinfo.h"

namespace {

using namespace date;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr sys_seconds begin{seconds{1795305600}};  // 2026-11-22
constexpr seconds step = minutes{37 * 60 + 11};
constexpr int instants = 2000;

double cpu_nanoseconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

struct Measured {
    double nanoseconds;
    std::int64_t sum;  // of all answers, so that those who should agree can be seen to
};

template <typename Next>
Measured measure(int calls, Next next) {
    std::array<double, 5> passes{};
    std::int64_t sum = 0;
    for (double& pass : passes) {
        sum = 0;
        const double start = cpu_nanoseconds();
        for (int i = 0; i < calls; ++i)
            sum += next(begin + i % instants * step).time_since_epoch().count();
        pass = (cpu_nanoseconds() - start) / calls;
    }
    std::sort(passes.begin(), passes.end());
    return {passes[2], sum};
}

void report(const char* who, const char* rule, double nanoseconds, double by_hand) {
    fmt::print(
        "{{\"bench\":\"next\",\"peer\":\"{}\",\"schedule\":\"{}\",\"ns\":{:.1f},\"ratio\":{:.2f}}}"
        "\n",
        who, rule, nanoseconds, nanoseconds / by_hand);
    std::fflush(stdout);
}

sys_seconds to_instant(const time_zone* zone, local_seconds local) {
    const auto info = zone->get_info(local);
    return info.result == local_info::nonexistent
               ? info.first.end
               : sys_seconds{local.time_since_epoch() - info.first.offset};
}

#ifdef SOP_BENCH_LIBICAL
// Counted from the instant asked about, as the library does it.
sys_seconds next_by_libical(const char* rule, icaltimezone* zone, seconds at, sys_seconds after) {
    icaltimetype start = icaltime_from_timet_with_zone(
        static_cast<time_t>(after.time_since_epoch().count()), 0, zone);
    const auto of_day = static_cast<int>(at.count());
    start.hour = of_day / 3600;
    start.minute = of_day / 60 % 60;
    start.second = 0;
    icalrecur_iterator* dates = icalrecur_iterator_new(icalrecurrencetype_from_string(rule), start);
    sys_seconds found = after;
    while (found <= after) {
        const icaltimetype next = icalrecur_iterator_next(dates);
        if (icaltime_is_null_time(next)) break;
        found = sys_seconds{seconds{icaltime_as_timet_with_zone(next, zone)}};
    }
    icalrecur_iterator_free(dates);
    return found;
}
#endif

}  // namespace

int main(int argument_count, char** arguments) {
    constexpr int calls = 400000;
    const auto* shanghai = locate_zone("Asia/Shanghai");
    const auto* new_york = locate_zone("America/New_York");
    const auto* london = locate_zone("Europe/London");
    const auto monthly = [](const time_zone* zone, seconds at, auto day_of, sys_seconds after) {
        const local_seconds local = zone->to_local(after);
        const year_month_day today{date::floor<days>(local)};
        const auto month = today.year() / today.month();
        local_seconds next = local_days(day_of(month)) + at;
        if (next <= local) next = local_days(day_of(month + months{1})) + at;
        return to_instant(zone, next);
    };
    const auto weekly_by_hand = [&](sys_seconds after) {
        const local_seconds local = shanghai->to_local(after);
        const auto today = date::floor<days>(local);
        local_seconds next = today + (Thursday - weekday{today}) + hours{20};
        if (next <= local) next += days{7};
        return to_instant(shanghai, next);
    };
    const auto daily_by_hand = [&](sys_seconds after) {
        const local_seconds local = new_york->to_local(after);
        local_seconds next = date::floor<days>(local) + hours{3} + minutes{30};
        if (next <= local) next += days{1};
        return to_instant(new_york, next);
    };
    const auto monthly_by_hand = [&](sys_seconds after) {
        return monthly(london, hours{10}, [](year_month month) { return month / 18; }, after);
    };
    const auto last_friday_by_hand = [&](sys_seconds after) {
        return monthly(
            shanghai, hours{18}, [](year_month month) { return month / Friday[last]; }, after);
    };

    const sop::lang::calendar::ZoneDatabase zones(sop::runtime::zoneinfo_folder());
    bool within_ceiling = true;
    const auto compare = [&](const char* sentence, const char* zone_name, auto by_hand,
                             [[maybe_unused]] const char* rule, [[maybe_unused]] seconds at) {
        const sop::lang::Source source("bench", sentence);
        const auto schedule = sop::lang::parse_schedule(source).value.value();
        const auto zone = zones.find(zone_name);
        const Measured hand = measure(calls, by_hand);
        const Measured ours = measure(calls, [&](sys_seconds after) {
            return sop::lang::calendar::next_occurrence(schedule, *zone, after)->instant;
        });
        if (ours.sum != hand.sum) throw std::runtime_error("the answers differ");
        report("by hand on date", sentence, hand.nanoseconds, hand.nanoseconds);
        report("sop", sentence, ours.nanoseconds, hand.nanoseconds);
        within_ceiling = within_ceiling && ours.nanoseconds <= 3 * hand.nanoseconds;
#ifdef SOP_BENCH_LIBICAL
        icaltimezone* ical_zone = icaltimezone_get_builtin_timezone(zone_name);
        const Measured ical = measure(instants, [&](sys_seconds after) {
            return next_by_libical(rule, ical_zone, at, after);
        });
        report("libical", sentence, ical.nanoseconds, hand.nanoseconds);
#endif
        return hand.nanoseconds;
    };
    const double weekly = compare("every thursday at 20:00", "Asia/Shanghai", weekly_by_hand,
                                  "FREQ=WEEKLY;BYDAY=TH", hours{20});
    compare("every day at 03:30", "America/New_York", daily_by_hand, "FREQ=DAILY",
            hours{3} + minutes{30});
    compare("every month on 18 at 10:00", "Europe/London", monthly_by_hand,
            "FREQ=MONTHLY;BYMONTHDAY=18", hours{10});
    compare("every month on last friday at 18:00", "Asia/Shanghai", last_friday_by_hand,
            "FREQ=MONTHLY;BYDAY=-1FR", hours{18});

    report("date to_local", "conversion",
           measure(calls,
                   [&](sys_seconds after) {
                       return sys_seconds{new_york->to_local(after).time_since_epoch()};
                   })
               .nanoseconds,
           weekly);
    report("date to_sys", "conversion",
           measure(calls,
                   [&](sys_seconds after) {
                       return new_york->to_sys(local_seconds{after.time_since_epoch()},
                                               choose::earliest);
                   })
               .nanoseconds,
           weekly);
    if (argument_count > 1) {
        const std::string peers = fmt::format("python3 '{}' {:.1f}", arguments[1], weekly);
        if (std::system(peers.c_str()) != 0) fmt::print(stderr, "no peers in Python\n");
    }
    if (!within_ceiling) fmt::print(stderr, "a rule costs more than 3 times the one by hand\n");
    return within_ceiling ? 0 : 1;
}
