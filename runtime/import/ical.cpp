// A recurrence is taken apart by its frequency, and each part of it has to be used: one that is
// left over means that the rule would say something else, and the event is left out with that
// reason.
#include "runtime/import/ical.h"
#include "runtime/import/schedule_words.h"

#include <fmt/format.h>
#include <libical/ical.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <set>
#include <vector>

namespace sop::runtime::importing {

namespace {

// One that says why an event is no rule.
class NotExpressible : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

struct FreeComponent {
    void operator()(icalcomponent* component) const { icalcomponent_free(component); }
};
using Component = std::unique_ptr<icalcomponent, FreeComponent>;

std::string text_or_empty(const char* text) {
    return text ? trimmed(text) : std::string();
}

std::string date_words(const icaltimetype& time) {
    return fmt::format("{:04}-{:02}-{:02}", time.year, time.month, time.day);
}

int minute_of_day(const icaltimetype& time) {
    return time.hour * 60 + time.minute;
}

// 1 Monday to 7 Sunday; libical counts from Sunday, 1.
int iso_weekday(int ical_weekday) {
    return ical_weekday == 1 ? 7 : ical_weekday - 1;
}

std::string zone_parameter(icalproperty* property) {
    icalparameter* parameter = icalproperty_get_first_parameter(property, ICAL_TZID_PARAMETER);
    return parameter ? text_or_empty(icalparameter_get_tzid(parameter)) : "";
}

// What an event says, in one zone.
struct Event {
    icaltimetype start{};
    int minute = 0;
    std::string zone{};
    std::string title{};
};

// A moment of another property as the clock of the event's zone shows it.
icaltimetype in_zone_of(const Event& event, const icaltimetype& time, const std::string& zone) {
    if (time.is_date) return time;
    const bool utc = icaltime_is_utc(time) != 0;
    const std::string from = utc ? "UTC" : zone;
    if (from.empty() || from == event.zone) return time;
    icaltimezone* source = icaltimezone_get_utc_timezone();
    if (!utc) source = icaltimezone_get_builtin_timezone(from.c_str());
    icaltimezone* target = event.zone == "UTC"
                               ? icaltimezone_get_utc_timezone()
                               : icaltimezone_get_builtin_timezone(event.zone.c_str());
    if (!source || !target)
        throw NotExpressible(
            fmt::format("`{}` is no zone of the zone data", source ? event.zone : from));
    icaltimetype from_time = icaltime_set_timezone(const_cast<icaltimetype*>(&time), source);
    return icaltime_convert_to_zone(from_time, target);
}

// ---- recurrences ----

std::vector<int> values(const short* list, std::size_t size) {
    std::vector<int> found;
    for (std::size_t i = 0; i < size && list[i] != ICAL_RECURRENCE_ARRAY_MAX; ++i)
        found.push_back(list[i]);
    return found;
}

struct WeekdayPart {
    int weekday;   // 1 Monday
    int position;  // 0: each
};

struct Recurrence {
    icalrecurrencetype_frequency frequency;
    int interval;
    std::vector<WeekdayPart> weekdays;
    std::vector<int> month_days;
    std::set<int> months;
    std::vector<int> positions;

    std::set<int> plain_weekdays() const {
        std::set<int> days;
        for (const auto& part : weekdays) days.insert(part.weekday);
        return days;
    }
    bool has_positions() const {
        return std::any_of(weekdays.begin(), weekdays.end(),
                           [](const WeekdayPart& part) { return part.position != 0; });
    }
};

Recurrence read_recurrence(const icalrecurrencetype& rule) {
    Recurrence recurrence{rule.freq, std::max<int>(rule.interval, 1), {}, {}, {}, {}};
    for (const int day : values(rule.by_day, ICAL_BY_DAY_SIZE))
        recurrence.weekdays.push_back(
            {iso_weekday(icalrecurrencetype_day_day_of_week(static_cast<short>(day))),
             icalrecurrencetype_day_position(static_cast<short>(day))});
    recurrence.month_days = values(rule.by_month_day, ICAL_BY_MONTHDAY_SIZE);
    for (const int month : values(rule.by_month, ICAL_BY_MONTH_SIZE)) {
        if (month < 1 || month > 12) throw NotExpressible("BYMONTH has a leap month");
        recurrence.months.insert(month);
    }
    recurrence.positions = values(rule.by_set_pos, ICAL_BY_SETPOS_SIZE);
    for (const auto& [list, size, name] :
         {std::tuple(rule.by_second, ICAL_BY_SECOND_SIZE, "BYSECOND"),
          std::tuple(rule.by_minute, ICAL_BY_MINUTE_SIZE, "BYMINUTE"),
          std::tuple(rule.by_hour, ICAL_BY_HOUR_SIZE, "BYHOUR"),
          std::tuple(rule.by_year_day, ICAL_BY_YEARDAY_SIZE, "BYYEARDAY"),
          std::tuple(rule.by_week_no, ICAL_BY_WEEKNO_SIZE, "BYWEEKNO")}) {
        if (!values(list, static_cast<std::size_t>(size)).empty())
            throw NotExpressible(
                fmt::format("no rule can say {}; write the days or the times out", name));
    }
    return recurrence;
}

std::string month_days_words(const std::vector<int>& days) {
    std::vector<std::string> words;
    for (const int day : days)
        words.push_back(day > 0 ? std::to_string(day) : ordinal_words(day) + " day");
    return comma_list(words);
}

std::string positioned_weekdays(const Recurrence& recurrence) {
    std::vector<std::string> words;
    for (const auto& part : recurrence.weekdays) {
        if (part.position == 0)
            throw NotExpressible("BYDAY mixes weekdays with and without a number; make two events");
        if (part.position > 5 || part.position < -5)
            throw NotExpressible("BYDAY counts weekdays of the year; write the dates out");
        words.push_back(ordinal_words(part.position) + " " + weekday_words({part.weekday}));
    }
    return comma_list(words);
}

// BYDAY with BYSETPOS: the n-th of one weekday, or of Monday to Friday.
std::string nth_of(const Recurrence& recurrence) {
    const auto days = recurrence.plain_weekdays();
    std::string day;
    if (days.size() == 1) day = weekday_words(days);
    if (days == std::set{1, 2, 3, 4, 5}) day = "workday";
    if (day.empty() || recurrence.has_positions() || !recurrence.month_days.empty())
        throw NotExpressible("BYSETPOS is understood of one weekday, or of MO to FR");
    std::vector<std::string> words;
    for (const int position : recurrence.positions)
        words.push_back(ordinal_words(position) + " " + day);
    return comma_list(words);
}

std::string every_n(const Recurrence& recurrence, const char* unit) {
    return recurrence.interval == 1 ? fmt::format("every {}", unit)
                                    : fmt::format("every {} {}s", recurrence.interval, unit);
}

// The days, and behind the times a further condition on them.
struct DayWords {
    std::string days;
    std::string condition{};
};

DayWords monthly_days(const Recurrence& recurrence, const std::string& every, const Event& event) {
    if (!recurrence.positions.empty()) return {every + " on " + nth_of(recurrence)};
    if (recurrence.has_positions()) {
        if (!recurrence.month_days.empty())
            throw NotExpressible("BYMONTHDAY and a numbered BYDAY together; write the dates out");
        return {every + " on " + positioned_weekdays(recurrence)};
    }
    if (!recurrence.month_days.empty() || recurrence.weekdays.empty()) {
        const auto days = recurrence.month_days.empty() ? std::vector<int>{event.start.day}
                                                        : recurrence.month_days;
        const std::string condition = recurrence.weekdays.empty()
                                          ? ""
                                          : " only " + weekday_words(recurrence.plain_weekdays());
        return {every + " on " + month_days_words(days), condition};
    }
    if (recurrence.interval != 1)
        throw NotExpressible("every such weekday of each n-th month; write the dates out");
    return {"every " + weekday_words(recurrence.plain_weekdays())};
}

DayWords yearly_days(Recurrence recurrence, const Event& event) {
    const bool any_date = recurrence.month_days.empty() && recurrence.weekdays.empty();
    if (!recurrence.positions.empty() && recurrence.months.size() != 1)
        throw NotExpressible("BYSETPOS counts days of the year; write the dates out");
    if (recurrence.months.empty()) {
        if (!any_date && recurrence.has_positions())
            throw NotExpressible(
                "BYDAY counts weekdays of the year; add BYMONTH, or write the dates out");
        if (any_date) recurrence.months = {event.start.month};
    }
    if (recurrence.interval != 1) {
        // Twelve months from the first one on are a year only where one month is meant.
        if (recurrence.months != std::set{event.start.month})
            throw NotExpressible(
                "each n-th year in other months than the first; write the dates out");
        recurrence.interval *= 12;
        return monthly_days(recurrence, every_n(recurrence, "month"), event);
    }
    DayWords words = monthly_days(recurrence, "every month", event);
    if (!recurrence.months.empty()) words.condition += " in " + month_words(recurrence.months);
    return words;
}

DayWords day_words(const Recurrence& recurrence, const Event& event, int week_start) {
    DayWords words;
    const std::string months =
        recurrence.months.empty() ? "" : " in " + month_words(recurrence.months);
    const auto start_weekday = iso_weekday(icaltime_day_of_week(event.start));
    switch (recurrence.frequency) {
        case ICAL_DAILY_RECURRENCE:
            if (!recurrence.positions.empty() || recurrence.has_positions())
                throw NotExpressible("a daily event with numbered days; write it as a monthly one");
            words.days = every_n(recurrence, "day");
            if (!recurrence.month_days.empty()) {
                if (recurrence.interval != 1)
                    throw NotExpressible(
                        "each n-th day, on days of the month; write the dates out");
                words.days = "every month on " + month_days_words(recurrence.month_days);
            }
            if (!recurrence.weekdays.empty())
                words.condition = " only " + weekday_words(recurrence.plain_weekdays());
            words.condition += months;
            return words;
        case ICAL_WEEKLY_RECURRENCE: {
            if (!recurrence.positions.empty() || recurrence.has_positions() ||
                !recurrence.month_days.empty())
                throw NotExpressible(
                    "a weekly event with numbered days; write it as a monthly one");
            const std::string days =
                weekday_words(recurrence.weekdays.empty() ? std::set{start_weekday}
                                                          : recurrence.plain_weekdays());
            words.days = recurrence.interval == 1 ? "every " + days
                                                  : every_n(recurrence, "week") + " on " + days;
            if (recurrence.interval != 1 && week_start != 1)
                words.condition = " week from " + weekday_words({week_start});
            words.condition += months;
            return words;
        }
        case ICAL_MONTHLY_RECURRENCE:
            words = monthly_days(recurrence, every_n(recurrence, "month"), event);
            words.condition += months;
            return words;
        case ICAL_YEARLY_RECURRENCE:
            return yearly_days(recurrence, event);
        default:
            throw NotExpressible(
                "it comes back within a day; write it as an interval, such as `every 30m from "
                "09:00 "
                "to 18:00`");
    }
}

// ---- events ----

std::string limits_of(const icalrecurrencetype& rule, const Event& event) {
    std::string words = " starting " + date_words(event.start);
    if (rule.count > 0) words += fmt::format(" times {}", rule.count);
    if (!icaltime_is_null_time(rule.until)) {
        icaltimetype until = in_zone_of(event, rule.until, event.zone);
        if (!until.is_date && minute_of_day(until) < event.minute)
            icaltime_adjust(&until, -1, 0, 0, 0);
        words += " until " + date_words(until);
    }
    return words;
}

std::set<std::string> exceptions_of(icalcomponent* component, const Event& event,
                                    std::vector<std::string>& remarks) {
    std::set<std::string> dates;
    for (icalproperty* property = icalcomponent_get_first_property(component, ICAL_EXDATE_PROPERTY);
         property; property = icalcomponent_get_next_property(component, ICAL_EXDATE_PROPERTY)) {
        const icaltimetype time =
            in_zone_of(event, icalproperty_get_exdate(property), zone_parameter(property));
        if (!time.is_date && !event.start.is_date && minute_of_day(time) != event.minute) {
            remarks.push_back(fmt::format(
                "The exception {} is at another time than the event and takes nothing out.",
                date_words(time)));
        } else {
            dates.insert(date_words(time));
        }
    }
    return dates;
}

std::set<std::string> additions_of(icalcomponent* component, const Event& event) {
    std::set<std::string> dates;
    for (icalproperty* property = icalcomponent_get_first_property(component, ICAL_RDATE_PROPERTY);
         property; property = icalcomponent_get_next_property(component, ICAL_RDATE_PROPERTY)) {
        const icaldatetimeperiodtype added = icalproperty_get_rdate(property);
        if (icaltime_is_null_time(added.time))
            throw NotExpressible("RDATE has a period; make an event of it");
        const icaltimetype time = in_zone_of(event, added.time, zone_parameter(property));
        if (!time.is_date && !event.start.is_date && minute_of_day(time) != event.minute)
            throw NotExpressible("RDATE is at another time of day; make an event of it");
        dates.insert(date_words(time));
    }
    return dates;
}

std::string date_clause(const char* word, const std::set<std::string>& dates) {
    return dates.empty() ? ""
                         : fmt::format(" {} {}", word, comma_list({dates.begin(), dates.end()}));
}

// A window of whole days keeps the wall clock, as days of a duration do.
std::string window_of(icalcomponent* component, const Event& event) {
    icalproperty* duration = icalcomponent_get_first_property(component, ICAL_DURATION_PROPERTY);
    icalproperty* end = icalcomponent_get_first_property(component, ICAL_DTEND_PROPERTY);
    if (event.start.is_date || (!duration && !end)) return {};
    long minutes = 0;
    long days = 0;
    if (duration) {
        const icaldurationtype length = icalproperty_get_duration(duration);
        days = static_cast<long>(length.weeks) * 7 + length.days;
        minutes = static_cast<long>(length.hours) * 60 + length.minutes;
        if (days > 0 && minutes > 0) {
            minutes += days * 1440;
            days = 0;
        }
    } else {
        const icaltimetype until =
            in_zone_of(event, icalproperty_get_dtend(end), zone_parameter(end));
        icaltimetype plain_start = event.start;
        icaltimetype plain_end = until;
        plain_start.zone = plain_end.zone = nullptr;
        minutes = icaldurationtype_as_int(icaltime_subtract(plain_end, plain_start)) / 60;
        if (minutes > 0 && minutes % 1440 == 0) {
            days = minutes / 1440;
            minutes = 0;
        } else if (minutes > 0 && minutes < 1440) {
            return " until " + time_words(minute_of_day(until));
        }
    }
    if (days > 0) return fmt::format(" for {} day{}", days, days == 1 ? "" : "s");
    return minutes > 0 ? " for " + length_words(minutes) : "";
}

std::vector<ImportedStep> reminders_of(icalcomponent* component, const Event& event, bool has_end,
                                       std::vector<std::string>& remarks) {
    std::vector<ImportedStep> steps;
    for (icalcomponent* alarm = icalcomponent_get_first_component(component, ICAL_VALARM_COMPONENT);
         alarm; alarm = icalcomponent_get_next_component(component, ICAL_VALARM_COMPONENT)) {
        icalproperty* trigger = icalcomponent_get_first_property(alarm, ICAL_TRIGGER_PROPERTY);
        if (!trigger) continue;
        const icaltriggertype when = icalproperty_get_trigger(trigger);
        icalparameter* related = icalproperty_get_first_parameter(trigger, ICAL_RELATED_PARAMETER);
        const bool from_end = related && icalparameter_get_related(related) == ICAL_RELATED_END;
        const long seconds = icaldurationtype_as_int(when.duration);
        if (!icaltime_is_null_time(when.time) || (from_end && !has_end) || seconds % 60 != 0) {
            remarks.push_back("A reminder was left out: it is not some minutes before or after.");
            continue;
        }
        std::string text = text_or_empty(icalcomponent_get_description(alarm));
        if (text.empty()) text = event.title;
        if (text.empty()) text = text_placeholder;
        const std::string anchor = from_end ? "end" : "start";
        steps.push_back({seconds == 0 ? anchor
                                      : fmt::format("{} {} {}", anchor, seconds < 0 ? "-" : "+",
                                                    length_words(std::labs(seconds) / 60)),
                         text});
    }
    return steps;
}

Event read_event(icalcomponent* component, const IcalOptions& options) {
    Event event;
    icalproperty* start = icalcomponent_get_first_property(component, ICAL_DTSTART_PROPERTY);
    if (!start) throw NotExpressible("it has no DTSTART");
    event.start = icalproperty_get_dtstart(start);
    event.title = text_or_empty(icalcomponent_get_summary(component));
    event.zone = icaltime_is_utc(event.start) ? "UTC" : zone_parameter(start);
    if (event.zone.empty()) event.zone = options.zone;
    if (event.zone.empty()) throw NotExpressible("its time is in no zone; say which with --zone");
    if (event.start.is_date) {
        if (!options.all_day_at)
            throw NotExpressible(
                "it takes the whole day and has no time to post at; say one with --all-day-at "
                "09:00");
        event.minute = std::stoi(options.all_day_at->substr(0, 2)) * 60 +
                       std::stoi(options.all_day_at->substr(3));
    } else {
        if (event.start.second != 0)
            throw NotExpressible("it begins at a second within a minute; rules know minutes");
        event.minute = minute_of_day(event.start);
    }
    return event;
}

std::string schedule_of(icalcomponent* component, const Event& event,
                        const std::set<std::string>& replaced, std::vector<std::string>& remarks) {
    const std::string at = " at " + time_words(event.minute);
    std::set<std::string> except = exceptions_of(component, event, remarks);
    except.insert(replaced.begin(), replaced.end());
    std::set<std::string> also = additions_of(component, event);
    icalproperty* property = icalcomponent_get_first_property(component, ICAL_RRULE_PROPERTY);
    const std::string window = window_of(component, event);
    if (!property) {
        also.insert(date_words(event.start));
        for (const std::string& date : except) also.erase(date);
        if (also.empty()) throw NotExpressible("its exceptions leave nothing of it");
        return "on " + comma_list({also.begin(), also.end()}) + at + window;
    }
    if (icalcomponent_count_properties(component, ICAL_RRULE_PROPERTY) > 1)
        throw NotExpressible("it has more than one RRULE; make an event of each");
    if (icalcomponent_get_first_property(component, ICAL_EXRULE_PROPERTY))
        throw NotExpressible("it has an EXRULE; write the dates out as EXDATE");
    const icalrecurrencetype rule = icalproperty_get_rrule(property);
    const DayWords days = day_words(
        read_recurrence(rule), event,
        rule.week_start == ICAL_NO_WEEKDAY ? 1 : iso_weekday(static_cast<int>(rule.week_start)));
    for (const std::string& date : except) also.erase(date);
    return days.days + at + window + days.condition + limits_of(rule, event) +
           date_clause("except", except) + date_clause("also on", also);
}

ImportedRule rule_of(icalcomponent* component, std::size_t number, const IcalOptions& options,
                     const std::map<std::string, std::set<std::string>>& replaced) {
    const Event event = read_event(component, options);
    const icalproperty_status status = icalcomponent_get_status(component);
    if (status == ICAL_STATUS_CANCELLED) throw NotExpressible("it is cancelled");
    ImportedRule rule;
    rule.name = fmt::format("event_{}", number);
    rule.title = event.title;
    rule.zone = event.zone;
    const bool is_change =
        icalcomponent_get_first_property(component, ICAL_RECURRENCEID_PROPERTY) != nullptr;
    const auto changed = replaced.find(text_or_empty(icalcomponent_get_uid(component)));
    rule.schedule = schedule_of(
        component, event,
        is_change || changed == replaced.end() ? std::set<std::string>{} : changed->second,
        rule.remarks);
    const bool has_end =
        rule.schedule.find(" for ") != std::string::npos || !window_of(component, event).empty();
    rule.steps = reminders_of(component, event, has_end, rule.remarks);
    std::string text = text_or_empty(icalcomponent_get_description(component));
    if (text.empty()) text = event.title;
    rule.needs_text = text.empty();
    rule.steps.push_back(
        {rule.steps.empty() && !has_end ? "" : "start", text.empty() ? text_placeholder : text});
    std::stable_sort(rule.steps.begin(), rule.steps.end(), [](const auto& a, const auto& b) {
        const auto rank = [](const ImportedStep& step) {
            return step.when.starts_with("start -") ? 0 : !step.when.starts_with("end") ? 1 : 2;
        };
        return rank(a) < rank(b);
    });
    return rule;
}

// On which lines the events begin, in their order: the library does not tell.
std::vector<std::size_t> event_lines(const std::string& text) {
    std::vector<std::size_t> lines;
    std::size_t line = 1;
    for (std::size_t at = 0; at < text.size(); ++line) {
        if (text.compare(at, 12, "BEGIN:VEVENT") == 0) lines.push_back(line);
        const std::size_t end = text.find('\n', at);
        at = end == std::string::npos ? text.size() : end + 1;
    }
    return lines;
}

std::vector<icalcomponent*> events_of(icalcomponent* root) {
    std::vector<icalcomponent*> events;
    if (icalcomponent_isa(root) == ICAL_VEVENT_COMPONENT) return {root};
    for (icalcomponent* inner = icalcomponent_get_first_component(root, ICAL_ANY_COMPONENT); inner;
         inner = icalcomponent_get_next_component(root, ICAL_ANY_COMPONENT)) {
        if (icalcomponent_isa(inner) == ICAL_VEVENT_COMPONENT) events.push_back(inner);
        if (icalcomponent_isa(inner) == ICAL_VCALENDAR_COMPONENT)
            for (icalcomponent* event : events_of(inner)) events.push_back(event);
    }
    return events;
}

// The dates of each event whose occurrence a later event changes, by UID.
std::map<std::string, std::set<std::string>> changed_dates(
    const std::vector<icalcomponent*>& events, const IcalOptions& options) {
    std::map<std::string, Event> masters;
    std::map<std::string, std::set<std::string>> dates;
    const auto change_of = [](icalcomponent* event) {
        return icalcomponent_get_first_property(event, ICAL_RECURRENCEID_PROPERTY);
    };
    for (icalcomponent* event : events) {
        if (change_of(event)) continue;
        try {
            masters.emplace(text_or_empty(icalcomponent_get_uid(event)),
                            read_event(event, options));
        } catch (const NotExpressible&) {
            // Told when the event itself is read.
        }
    }
    for (icalcomponent* event : events) {
        icalproperty* change = change_of(event);
        if (!change) continue;
        const std::string uid = text_or_empty(icalcomponent_get_uid(event));
        const auto master = masters.find(uid);
        if (master == masters.end()) continue;
        dates[uid].insert(date_words(in_zone_of(
            master->second, icalproperty_get_recurrenceid(change), zone_parameter(change))));
    }
    return dates;
}

std::string source_of(icalcomponent* event) {
    std::string source = "VEVENT " + text_or_empty(icalcomponent_get_summary(event));
    if (icalproperty* rule = icalcomponent_get_first_property(event, ICAL_RRULE_PROPERTY))
        source += "\n" + text_or_empty(icalproperty_as_ical_string(rule));
    return source;
}

}  // namespace

ImportedSchedule read_ical(const std::string& text, const IcalOptions& options) {
    icaltimezone_set_tzid_prefix("");
    icalerror_set_errors_are_fatal(0);
    const Component root(icalparser_parse_string(text.c_str()));
    if (!root || text.find("BEGIN:VCALENDAR") == std::string::npos)
        throw UnreadableSchedule(
            "this is no calendar: it has no BEGIN:VCALENDAR, or does not end; export it again");
    ImportedSchedule schedule;
    const auto events = events_of(root.get());
    const auto lines = event_lines(text);
    const auto replaced = changed_dates(events, options);
    for (std::size_t i = 0; i < events.size(); ++i) {
        ++schedule.entries;
        const std::size_t line = i < lines.size() ? lines[i] : 0;
        try {
            ImportedRule rule = rule_of(events[i], i + 1, options, replaced);
            rule.line = line;
            rule.source = source_of(events[i]);
            schedule.rules.push_back(std::move(rule));
        } catch (const NotExpressible& reason) {
            schedule.left_out.push_back({line, source_of(events[i]), reason.what()});
        }
    }
    return schedule;
}

}  // namespace sop::runtime::importing
