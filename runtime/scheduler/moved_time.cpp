#include "runtime/scheduler/moved_time.h"

#include <algorithm>
#include <chrono>

#include "runtime/scheduler/flow.h"
#include "runtime/scheduler/migration.h"

namespace sop::runtime {

namespace calendar = lang::calendar;

namespace {

// Offsets lie between -25 and +26 hours, so no wall time moves by more than 51.
constexpr date::days move_max{3};

constexpr std::chrono::seconds one_second{1};
constexpr std::chrono::milliseconds just_before{1};

bool is_second_reading(const calendar::Occurrence& occurrence) {
    return occurrence.reading == calendar::Occurrence::Reading::second;
}

// The occurrence of that nominal time: its second reading when that is wanted and there is one.
// Looked for where the wall time can be, whatever the rule makes of skipped and repeated times.
std::optional<PlannedFiring> find_firing(const lang::Rule& rule, const calendar::Zone& zone,
                                         date::local_seconds nominal, bool second) {
    const calendar::LocalMeaning meaning = zone.meaning_of(nominal);
    const auto [earliest, latest] = std::minmax(meaning.first, meaning.second);
    std::optional<PlannedFiring> found;
    Instant after = earliest - one_second;
    for (auto firing = next_firing(rule, zone, after); firing && firing->window.start <= latest;
         firing = next_firing(rule, zone, after)) {
        if (firing->occurrence.nominal == nominal &&
            (!found || is_second_reading(firing->occurrence) == second)) {
            found = firing;
        }
        after = firing->window.start;
    }
    return found;
}

struct NamedTime {
    date::local_seconds nominal;
    bool second;
};

// What firing_key wrote.
std::optional<NamedTime> named_time(const std::string& key) {
    constexpr std::size_t time_size = std::string_view("2026-11-19T20:00:00").size();
    const auto number = [&key](std::size_t at, std::size_t size) {
        int result = 0;
        for (const char digit : key.substr(at, size)) {
            if (digit < '0' || digit > '9') return -1;
            result = result * 10 + (digit - '0');
        }
        return result;
    };
    if (key.size() <= time_size || key[4] != '-' || key[7] != '-' || key[10] != 'T' ||
        key[13] != ':' || key[16] != ':' || key[time_size] != ' ') {
        return std::nullopt;
    }
    const date::year_month_day date = date::year{number(0, 4)} / number(5, 2) / number(8, 2);
    const std::chrono::hours hours{number(11, 2)};
    const std::chrono::minutes minutes{number(14, 2)};
    const std::chrono::seconds seconds{number(17, 2)};
    if (!date.ok() || hours.count() < 0 || minutes.count() < 0 || seconds.count() < 0) {
        return std::nullopt;
    }
    return NamedTime{date::local_days{date} + hours + minutes + seconds,
                     key.find(" second") != std::string::npos};
}

// The wall time a calendar offset was written as. A time of day that the clock skipped was shown
// later than that.
date::local_seconds written_time(const calendar::Offset& offset, date::sys_seconds planned_for,
                                 const calendar::Zone& zone, calendar::LocalPolicy policy) {
    const date::local_seconds shown = zone.to_local(planned_for);
    if (!offset.at) return shown;
    const auto date = date::floor<date::days>(shown);
    for (const auto on : {date, date - date::days{1}}) {
        if (zone.to_instant(on + *offset.at, policy) == planned_for) return on + *offset.at;
    }
    return shown;
}

}  // namespace

Instant moved_cursor(const lang::Rule& rule, const ZonePair& zones, Instant fired_through) {
    if (is_elapsed(rule)) return fired_through;
    Instant cursor = fired_through;
    const Instant search_end = fired_through + move_max;
    for (auto planned = next_firing(rule, zones.before, fired_through);
         planned && planned->window.start <= search_end;
         planned = next_firing(rule, zones.before, planned->window.start)) {
        const auto moved = moved_firing(rule, zones, *planned);
        if (moved && moved->window.start <= cursor) cursor = moved->window.start - just_before;
    }
    return cursor;
}

std::optional<PlannedFiring> moved_firing(const lang::Rule& rule, const ZonePair& zones,
                                          const PlannedFiring& planned) {
    if (is_elapsed(rule)) return next_firing(rule, zones.after, planned.window.start - one_second);
    return find_firing(rule, zones.after, planned.occurrence.nominal,
                       is_second_reading(planned.occurrence));
}

std::optional<Window> moved_window(const lang::Rule& rule, const calendar::Zone& after,
                                   const Firing& firing) {
    if (firing.event) return std::nullopt;
    const auto named = named_time(original_key(firing.key));
    if (!named) return std::nullopt;
    const auto found = find_firing(rule, after, named->nominal, named->second);
    return found ? std::optional(found->window) : std::nullopt;
}

Instant moved_step(const lang::Rule& rule, std::size_t step, const ZonePair& zones,
                   const Window& window_before, const Window& window_after, Instant planned_for) {
    const lang::Step& moved = step_at(rule, step);
    if (is_at_once(moved)) return planned_for;
    const lang::StepTime& when = moved.when;
    const bool counts_from_window = std::holds_alternative<lang::CalendarTrigger>(rule.trigger) &&
                                    (when.anchor != lang::StepTime::Anchor::previous || step == 0);
    if (counts_from_window) {
        const Instant before = planned_time(rule, step, window_before, std::nullopt, zones.before);
        const Instant after = planned_time(rule, step, window_after, std::nullopt, zones.after);
        // Planned later than its own time, it was held back by the step above, which still does.
        return planned_for > before ? std::max(after, planned_for) : after;
    }
    if (!when.offset.span.is_calendar() && !when.offset.at) return planned_for;
    const auto whole = date::floor<std::chrono::seconds>(planned_for);
    const calendar::LocalPolicy policy = policy_of(rule);
    const date::local_seconds written = written_time(when.offset, whole, zones.before, policy);
    return zones.after.to_instant(written, policy) + (planned_for - whole);
}

}  // namespace sop::runtime
