#include "runtime/cli/next_table.h"

#include "runtime/cli/terminal.h"
#include "runtime/clock/instant_text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace sop::runtime::cli {

namespace {

using namespace lang::calendar;

std::string minutes_text(date::local_seconds local) {
    return date::format("%H:%M", local);
}

std::optional<std::string> reading_remark(const Occurrence& occurrence) {
    const std::string time = minutes_text(occurrence.nominal);
    switch (occurrence.reading) {
        case Occurrence::Reading::exact:
            return std::nullopt;
        case Occurrence::Reading::moved:
            return "moved: " + time + " does not exist that day";
        case Occurrence::Reading::first:
            return "the first of two " + time;
        case Occurrence::Reading::second:
            return "the second of two " + time;
    }
    return std::nullopt;
}

// "clock +1h on 2026-03-08 at 02:00"
std::optional<std::string> change_remark(const Zone& zone, date::sys_seconds from,
                                         date::sys_seconds to) {
    std::optional<date::sys_seconds> last;
    for (auto change = zone.next_transition(from); change && *change <= to;
         change = zone.next_transition(*change)) {
        last = change;
    }
    if (!last) return std::nullopt;
    const auto before = zone.offset_at(*last - std::chrono::seconds{1});
    const auto by = zone.offset_at(*last) - before;
    const date::local_seconds wall{last->time_since_epoch() + before};
    return fmt::format("clock {}{} on {}", by.count() < 0 ? "-" : "+",
                       to_text(Span{0, 0, by.count() < 0 ? -by : by}),
                       date::format("%F at %H:%M", wall));
}

std::vector<std::string> calendar_remarks(
    const Occurrence& occurrence, const std::vector<std::shared_ptr<const Calendar>>& calendars) {
    std::vector<std::string> remarks;
    const auto date = date::floor<date::days>(occurrence.nominal);
    if (occurrence.no_calendar_data) remarks.emplace_back("skipped: no calendar data");
    for (const auto& calendar : calendars) {
        const auto* holiday = calendar->holiday_on(date);
        if (holiday)
            remarks.push_back("holiday: " +
                              (holiday->title.empty() ? holiday->name : holiday->title));
        const DayContext context{.calendar = calendar.get(), .unknown_as_weekdays = true};
        const bool is_workday = membership(Workdays{}, date, context) == Membership::yes;
        const bool in_weekend = calendar->weekend.has(date::weekday{date}.iso_encoding() - 1);
        if (is_workday && in_weekend) remarks.emplace_back("make-up workday");
    }
    return remarks;
}

}  // namespace

std::vector<ComingFiring> coming_firings(const Schedule& schedule,
                                         const std::shared_ptr<const Zone>& zone,
                                         date::sys_seconds after, std::size_t count,
                                         std::vector<std::shared_ptr<const Calendar>> calendars) {
    for (const auto& used : calendars_of(schedule)) {
        if (std::find(calendars.begin(), calendars.end(), used) == calendars.end())
            calendars.push_back(used);
    }
    std::vector<ComingFiring> firings;
    for (const Occurrence& occurrence :
         OccurrenceRange(schedule, *zone, after + std::chrono::seconds{1})) {
        if (firings.size() == count) break;
        ComingFiring firing{"", zone, occurrence, std::nullopt, {}};
        if (schedule.window) firing.end = window_end(schedule, occurrence, *zone);
        if (auto remark = reading_remark(occurrence)) firing.remarks.push_back(*remark);
        const auto since = firings.empty() ? after : firings.back().occurrence.instant;
        if (auto remark = change_remark(*zone, since, occurrence.instant))
            firing.remarks.push_back(*remark);
        for (auto& remark : calendar_remarks(occurrence, calendars))
            firing.remarks.push_back(std::move(remark));
        firings.push_back(std::move(firing));
    }
    return firings;
}

std::string firings_table(const std::vector<ComingFiring>& firings) {
    const auto any = [&](auto has) { return std::any_of(firings.begin(), firings.end(), has); };
    const bool windows = any([](const ComingFiring& firing) { return firing.end.has_value(); });
    const bool rules = any([](const ComingFiring& firing) { return !firing.rule.empty(); });
    const bool remarks = any([](const ComingFiring& firing) { return !firing.remarks.empty(); });
    Table table{{{"local time"}, {"day"}, {"offset"}, {"UTC"}}, {}};
    if (windows) table.columns.push_back({"until"});
    if (rules) table.columns.push_back({"rule"});
    if (remarks) table.columns.push_back({"remark"});
    for (const auto& firing : firings) {
        const auto local = firing.zone->to_local(firing.occurrence.instant);
        auto& row = table.rows.emplace_back();
        row = {date::format("%F %T", local), date::format("%a", local),
               offset_text(firing.zone->offset_at(firing.occurrence.instant)),
               instant_text(firing.occurrence.instant)};
        if (windows) row.push_back(firing.end ? local_text(*firing.end, *firing.zone) : "");
        if (rules) row.push_back(firing.rule);
        if (remarks) row.push_back(fmt::format("{}", fmt::join(firing.remarks, "; ")));
    }
    return render_table(table);
}

std::string firings_json(const std::vector<ComingFiring>& firings) {
    nlohmann::json list = nlohmann::json::array();
    for (const auto& firing : firings) {
        nlohmann::json entry{{"zone", firing.zone->name()},
                             {"nominal", date::format("%FT%T", firing.occurrence.nominal)},
                             {"at", instant_text(firing.occurrence.instant)}};
        if (!firing.rule.empty()) entry["rule"] = firing.rule;
        if (firing.end) entry["end"] = instant_text(*firing.end);
        if (!firing.remarks.empty()) entry["remarks"] = firing.remarks;
        if (firing.occurrence.no_calendar_data) entry["no_calendar_data"] = true;
        list.push_back(entry);
    }
    return list.dump();
}

}  // namespace sop::runtime::cli
