#include "lang/schedule_check.h"

#include "lang/calendar/lunar.h"
#include "lang/codes.h"
#include "lang/report.h"

#include <algorithm>
#include <chrono>

namespace sop::lang {

namespace {

using namespace calendar;

std::string time_text(date::local_seconds local) {
    return time_of_day_text(local - date::floor<date::days>(local));
}

std::vector<std::string> names_of_days(const Calendar& calendar) {
    std::vector<std::string> names{std::string(all_holidays), std::string(extra_workdays)};
    for (const auto& named : calendar.named) names.push_back(named.name);
    return names;
}

// ---- names and bounds ----

void check_calendar_days(const ast::CalendarDaysUse& use, const Calendars& calendars,
                         std::vector<Diagnostic>& diagnostics) {
    const auto found = calendars.find(use.calendar.text);
    if (found == calendars.end()) {
        check_calendar_name(use.calendar, calendars, diagnostics);
        return;
    }
    const Calendar& calendar = *found->second;
    const std::string& name = use.days.text;
    if (name == all_holidays || name == extra_workdays || calendar.find(name)) return;
    auto& diagnostic = add_error(diagnostics, code::unknown_calendar_days, use.days.span,
                                 "the calendar `{}` has no days `{}`"_say(calendar.name, name));
    const auto names = names_of_days(calendar);
    if (!suggest(diagnostic, name, names))
        diagnostic.notes.push_back("it has {}"_say(list_of(names)));
}

void check_scarce_day(const ast::ScarceDay& scarce, std::vector<Diagnostic>& diagnostics) {
    if (scarce.in == ast::ScarceDay::In::year) {
        add_warning(diagnostics, code::month_day_skipped, scarce.span,
                    "most years have no 29 February"_say, "nothing happens but in leap years"_say);
        return;
    }
    const int day = scarce.day;
    const Pattern missed =
        day == 29   ? "nothing happens in February, but in leap years"_say
        : day == 30 ? "nothing happens in February"_say
                    : "nothing happens in February, April, June, September and November"_say;
    add_warning(diagnostics, code::month_day_skipped, scarce.span,
                "some months have no day {}"_say(day), missed)
        .notes.push_back("`{} or last day` takes the last day of shorter months"_say(day));
}

// `every 1 month starting 2026-01-31` takes its day from that date.
void check_implicit_day(const ast::CalendarHead& head, std::vector<Diagnostic>& diagnostics) {
    const auto* nth = std::get_if<EveryNth>(&head.schedule.days);
    if (!nth || nth->unit != EveryNth::Unit::month || !nth->month_days.empty()) return;
    const date::year_month_day day{*head.schedule.starting};
    const auto number = static_cast<int>(static_cast<unsigned>(day.day()));
    if (number > 28) {
        check_scarce_day({ast::ScarceDay::In::month, number, *head.places.starting}, diagnostics);
    }
}

// ---- coming dates ----

Message list_text(const std::vector<std::string>& texts) {
    constexpr std::size_t shown_max = 3;
    if (texts.size() <= shown_max) return list_of(texts);
    return "{} and {} more"_say(
        list_of(std::vector<std::string>(texts.begin(), texts.begin() + shown_max)),
        texts.size() - shown_max);
}

struct ClockChange {
    date::sys_seconds at;
    date::local_seconds from;  // the wall-clock times skipped or repeated
    date::local_seconds to;
    bool skips;
};

std::vector<ClockChange> clock_changes(const Zone& zone, date::sys_seconds from,
                                       date::sys_seconds to) {
    std::vector<ClockChange> changes;
    for (auto at = zone.next_transition(from); at && *at < to; at = zone.next_transition(*at)) {
        const auto before = zone.offset_at(*at - std::chrono::seconds{1});
        const auto after = zone.offset_at(*at);
        const auto local = [&](std::chrono::seconds offset) {
            return date::local_seconds{at->time_since_epoch() + offset};
        };
        changes.push_back(
            {*at, local(std::min(before, after)), local(std::max(before, after)), before < after});
    }
    return changes;
}

void report_rejected(const ast::CalendarHead& head, const ClockChange& change,
                     date::local_seconds nominal, const Zone& zone,
                     std::vector<Diagnostic>& diagnostics) {
    const std::string date = date_text(date::floor<date::days>(nominal));
    if (change.skips) {
        add_error(diagnostics, code::gap_rejected, head.places.times,
                  "{} does not exist on {} in {}"_say(time_text(nominal), date, zone.name()),
                  "and `gap reject` is set"_say)
            .notes.push_back("take another time, or say `gap shift`, `gap next` or `gap skip`"_say);
        return;
    }
    add_error(diagnostics, code::overlap_rejected, head.places.times,
              "{} comes twice on {} in {}"_say(time_text(nominal), date, zone.name()),
              "and `overlap reject` is set"_say)
        .notes.push_back(
            "take another time, or say `overlap first`, `overlap second` or `overlap both`"_say);
}

class ClockCheck {
  public:
    ClockCheck(const ast::CalendarHead& head, const Schedule& schedule,
               const EffectiveSettings& settings, const Zone& zone)
        : head_(head),
          schedule_(schedule),
          policy_(schedule.policy()),
          gap_written_(settings.gap != nullptr),
          overlap_written_(settings.overlap != nullptr),
          zone_(zone) {}

    void run(const ComingDates& coming, std::vector<Diagnostic>& diagnostics) {
        const date::sys_seconds from = zone_.to_instant(coming.from) - std::chrono::seconds{1};
        const date::sys_seconds end = zone_.to_instant(coming.end);
        constexpr date::days rejected_within{10 * 366};
        const bool rejects =
            policy_.gap == GapPolicy::reject || policy_.overlap == OverlapPolicy::reject;
        std::vector<std::string> skipped;
        std::vector<std::string> repeated;
        for (const ClockChange& change :
             clock_changes(zone_, from, rejects ? from + rejected_within : end)) {
            const auto hit = nominal_times_between(schedule_, change.from, change.to);
            if (hit.empty()) continue;
            const bool reject = change.skips ? policy_.gap == GapPolicy::reject
                                             : policy_.overlap == OverlapPolicy::reject;
            if (reject) {
                report_rejected(head_, change, hit.front(), zone_, diagnostics);
                return;
            }
            if (change.at >= end) continue;
            auto& texts = change.skips ? skipped : repeated;
            for (const auto nominal : hit) texts.push_back(date::format("%F %H:%M", nominal));
        }
        if (!gap_written_ && !skipped.empty()) {
            add_warning(diagnostics, code::time_skipped, head_.places.times,
                        "the clock of {} skips {}"_say(zone_.name(), list_text(skipped)),
                        "moved later by the length of the gap"_say)
                .notes.push_back(
                    "write `gap shift` if that is meant, or `gap next`, `gap skip`"_say);
        }
        if (!overlap_written_ && !repeated.empty()) {
            add_warning(diagnostics, code::time_repeated, head_.places.times,
                        "{} comes twice in {}"_say(list_text(repeated), zone_.name()),
                        "the first is taken"_say)
                .notes.push_back(
                    "write `overlap first` if that is meant, or `overlap second`, `overlap both`"_say);
        }
    }

  private:
    const ast::CalendarHead& head_;
    const Schedule& schedule_;
    LocalPolicy policy_;
    bool gap_written_;
    bool overlap_written_;
    const Zone& zone_;
};

// The first date from `from` on that some calendar the schedule uses does not know.
std::optional<date::local_days> first_unknown(const Schedule& schedule, date::local_days from) {
    std::optional<date::local_days> first;
    for (const auto& calendar : calendars_of(schedule)) {
        if (!calendar->years) continue;
        const date::local_days after{date::year{calendar->years->second + 1} / date::January / 1};
        const date::local_days unknown = calendar->knows(from) ? after : from;
        if (!first || unknown < *first) first = unknown;
    }
    return first;
}

// Days that only a calendar's data can give, so that there are none where it ends.
bool ends_with_data(const Days& set) {
    if (std::holds_alternative<WorkdayBeside>(set)) return true;
    const auto* days = std::get_if<CalendarDays>(&set);
    if (!days || !days->data) return false;
    const auto* named = days->data->find(days->name->days);
    return !named || named->holiday;
}

void warn_of_unknown_year(const ast::CalendarHead& head, const Schedule& schedule, const Zone& zone,
                          const ComingDates& coming, std::vector<Diagnostic>& diagnostics) {
    const auto unknown_from = first_unknown(schedule, coming.from);
    if (!unknown_from || *unknown_from >= coming.end) return;
    const bool ends = ends_with_data(schedule.days) ||
                      std::any_of(schedule.also.begin(), schedule.also.end(), ends_with_data);
    const date::sys_seconds begin = zone.to_instant(*unknown_from);
    std::optional<Occurrence> skipped;
    int looked_at = 0;
    for (const Occurrence& occurrence :
         OccurrenceRange(schedule, zone, begin, zone.to_instant(coming.end))) {
        constexpr int looked_at_max = 100;
        if (occurrence.no_calendar_data) skipped = occurrence;
        if (skipped || ++looked_at == looked_at_max) break;
    }
    if (!ends && !skipped) return;
    const int year = static_cast<int>(date::year_month_day{*unknown_from}.year());
    auto& diagnostic =
        add_warning(diagnostics, code::calendar_year_unknown, head.places.days,
                    "the calendar has no holidays and workdays of {} yet"_say(year),
                    skipped ? "on {} nothing is sent, with that reason on record"_say(
                                  date_text(date::floor<date::days>(skipped->nominal)))
                            : "no such day is known from {} on"_say(date_text(*unknown_from)));
    if (skipped) {
        diagnostic.notes.push_back(
            "`calendar … unknown weekdays` takes such years as weeks without holidays"_say);
    }
}

// A coming date on whose place the sources of the lunar calendar differ.
std::optional<date::local_days> disputed_date(const Days& set, const ComingDates& coming) {
    const auto year_of = [](date::local_days day) {
        return static_cast<int>(date::year_month_day{day}.year());
    };
    const auto is_coming = [&](std::optional<date::local_days> date) {
        return date && *date >= coming.from && *date < coming.end;
    };
    const int last = year_of(coming.end);
    for (int candidate = year_of(coming.from) - 1; candidate <= last; ++candidate) {
        if (const auto* lunar = std::get_if<LunarDays>(&set)) {
            for (const LunarDay& day : lunar->days) {
                const auto date = lunar_date(candidate, day.month, day.day);
                if (is_coming(date) && lunar_month_is_disputed(candidate, day.month)) return date;
            }
        }
        if (const auto* solar = std::get_if<SolarTerms>(&set)) {
            for (const int term : solar->terms) {
                const auto date = solar_term_date(candidate, term);
                if (is_coming(date) && solar_term_is_disputed(candidate, term)) return date;
            }
        }
    }
    const auto* named = std::get_if<CalendarDays>(&set);
    const auto* days = named && named->data ? named->data->find(named->name->days) : nullptr;
    return days ? disputed_date(days->days, coming) : std::nullopt;
}

void warn_of_disputed_date(const ast::CalendarHead& head, const Schedule& schedule,
                           const ComingDates& coming, std::vector<Diagnostic>& diagnostics) {
    std::optional<date::local_days> disputed;
    for_each_days(schedule, [&](const Days& set) {
        if (!disputed) disputed = disputed_date(set, coming);
    });
    if (!disputed) return;
    add_warning(diagnostics, code::lunar_date_disputed, head.places.days,
                "sources differ about a date: {}, or a day beside it"_say(date_text(*disputed)),
                "the new moon or solar term falls close to midnight"_say)
        .notes.push_back("look it up in an almanac nearer to the day; `on DATE` settles it"_say);
}

Message why_no_date(const Schedule& schedule, date::local_days from) {
    if (schedule.until && *schedule.until < from)
        return "`until {}` has passed"_say(date_text(*schedule.until));
    if (schedule.count) return "its {} times are over"_say(*schedule.count);
    if (const auto* dates = std::get_if<Dates>(&schedule.days)) {
        return dates->ranges.back().last < from ? "its dates have passed"_say
                                                : "nothing is looked for beyond 60 years"_say;
    }
    if (const auto* named = std::get_if<CalendarDays>(&schedule.days);
        named && named->data && named->data->years) {
        return "the calendar `{}` ends with {}"_say(named->name->calendar,
                                                    named->data->years->second);
    }
    return "no date meets all its clauses"_say;
}

}  // namespace

Schedule schedule_of(const ast::CalendarHead& head, const EffectiveSettings& settings,
                     const Calendars& calendars) {
    Schedule schedule = head.schedule;
    const auto data_of = [&](const std::string& name) {
        const auto found = calendars.find(name);
        return found == calendars.end() ? nullptr : found->second;
    };
    for_each_days(schedule, [&](Days& set) {
        if (auto* named = std::get_if<CalendarDays>(&set))
            named->data = data_of(named->name->calendar);
        if (auto* beside = std::get_if<WorkdayBeside>(&set))
            beside->of.data = data_of(beside->of.name->calendar);
    });
    if (settings.calendar) {
        schedule.calendar = data_of(settings.calendar->calendar.text);
        schedule.unknown_as_weekdays = settings.calendar->unknown_as_weekdays;
    }
    if (settings.gap) schedule.gap = settings.gap->policy;
    if (settings.overlap) schedule.overlap = settings.overlap->policy;
    settle_count(schedule);
    return schedule;
}

void check_calendar_name(const ast::Name& name, const Calendars& calendars,
                         std::vector<Diagnostic>& diagnostics) {
    if (calendars.contains(name.text)) return;
    auto& diagnostic = add_error(diagnostics, code::unknown_calendar, name.span,
                                 "there is no calendar `{}`"_say(name.text));
    std::vector<std::string> names;
    for (const auto& [known, unused] : calendars) names.push_back(known);
    if (suggest(diagnostic, name.text, names)) return;
    if (library_calendars().contains(name.text)) {
        diagnostic.notes.push_back("import it: `import std.calendar.{}`"_say(name.text));
    } else {
        diagnostic.notes.push_back("declare it: `calendar {} {{ … }}`"_say(name.text));
    }
}

void check_schedule(const ast::CalendarHead& head, const Calendars& calendars,
                    std::vector<Diagnostic>& diagnostics) {
    for (const auto& use : head.places.calendar_days)
        check_calendar_days(use, calendars, diagnostics);
    for (const auto& scarce : head.places.scarce_days) check_scarce_day(scarce, diagnostics);
    const Schedule& schedule = head.schedule;
    check_implicit_day(head, diagnostics);
    if (!schedule.until) return;
    const auto check_bound = [&](const std::optional<date::local_days>& bound,
                                 const std::optional<SourceSpan>& place) {
        if (!bound || *bound <= *schedule.until) return;
        add_error(diagnostics, code::bounds_contradict, *head.places.until,
                  "it ends on {}, before it begins"_say(date_text(*schedule.until)))
            .related.push_back({*place, "it begins here"_say});
    };
    check_bound(schedule.from, head.places.from);
    check_bound(schedule.starting, head.places.starting);
}

void check_coming_dates(const ast::CalendarHead& head, const Schedule& schedule,
                        const EffectiveSettings& settings, const Zone& zone,
                        const ComingDates& coming, std::vector<Diagnostic>& diagnostics) {
    const date::sys_seconds begin = zone.to_instant(coming.from) - std::chrono::seconds{1};
    const auto next = next_occurrence(schedule, zone, begin);
    if (!next) {
        const bool fired_before = previous_occurrence(schedule, zone, begin).has_value();
        auto& diagnostic = add_error(
            diagnostics, code::never_fires, head.places.days,
            fired_before ? "this never happens again from {} on"_say(date_text(coming.from))
                         : "this never happens"_say,
            why_no_date(schedule, coming.from));
        if (fired_before) diagnostic.severity = Severity::warning;
        return;
    }
    ClockCheck(head, schedule, settings, zone).run(coming, diagnostics);
    warn_of_unknown_year(head, schedule, zone, coming, diagnostics);
    warn_of_disputed_date(head, schedule, coming, diagnostics);
}

}  // namespace sop::lang
