#include "lang/schedule_json.h"

#include "lang/overload.h"
#include "lang/plan.h"
#include "lang/schedule_names.h"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace sop::lang {

namespace {

using namespace calendar;
using nlohmann::json;
using std::chrono::seconds;

// ---- writing ----

json write_weekdays(WeekdaySet set) {
    json list = json::array();
    for (unsigned day = 0; day < days_per_week; ++day) {
        if (set.has(day)) list.push_back(day);
    }
    return list;
}

json write_dates(const Dates& dates) {
    json list = json::array();
    for (const DateRange& range : dates.ranges) {
        if (range.first == range.last) {
            list.push_back(date_text(range.first));
        } else {
            list.push_back({date_text(range.first), date_text(range.last)});
        }
    }
    return list;
}

json write_month_days(const std::vector<MonthDay>& days) {
    json list = json::array();
    for (const MonthDay& day : days) {
        if (day.kind == MonthDay::Kind::day) {
            list.push_back(day.number);
            continue;
        }
        json entry{{"kind", name_of(names_of_enum(day.kind), day.kind)}, {"number", day.number}};
        const bool of_week =
            day.kind == MonthDay::Kind::weekday || day.kind == MonthDay::Kind::weekday_from_end;
        if (of_week) entry["weekday"] = day.weekday;
        list.push_back(entry);
    }
    return list;
}

json write_year_days(const YearDays& set) {
    json list = json::array();
    for (const date::month_day day : set.days) {
        list.push_back({static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day())});
    }
    return list;
}

json write_lunar_days(const LunarDays& set) {
    json list = json::array();
    for (const LunarDay& day : set.days) list.push_back({day.month, day.day});
    return list;
}

class DaysWriter {
  public:
    explicit DaysWriter(const CalendarList& calendars) : calendars_(calendars) {}

    json write(const Days& days) const {
        return std::visit([&](const auto& set) { return write_set(set); }, days);
    }
    json write_list(const std::vector<Days>& sets) const {
        json list = json::array();
        for (const Days& set : sets) list.push_back(write(set));
        return list;
    }
    std::size_t index_of(const std::shared_ptr<const Calendar>& calendar) const {
        return calendar_index(calendar, calendars_);
    }

  private:
    json write_set(const EveryDay&) const { return {{"kind", "every_day"}}; }
    json write_set(const Workdays&) const { return {{"kind", "workdays"}}; }
    json write_set(const Weekend&) const { return {{"kind", "weekend"}}; }
    json write_set(const Weekdays& set) const {
        return {{"kind", "weekdays"}, {"weekdays", write_weekdays(set.set)}};
    }
    json write_set(const MonthDays& set) const {
        return {{"kind", "month_days"}, {"month_days", write_month_days(set.days)}};
    }
    json write_set(const YearDays& set) const {
        return {{"kind", "year_days"}, {"year_days", write_year_days(set)}};
    }
    json write_set(const Dates& set) const {
        return {{"kind", "dates"}, {"dates", write_dates(set)}};
    }
    json write_set(const LunarDays& set) const {
        return {{"kind", "lunar_days"}, {"lunar_days", write_lunar_days(set)}};
    }
    json write_set(const SolarTerms& set) const {
        return {{"kind", "solar_terms"}, {"terms", set.terms}};
    }
    json write_set(const CalendarDays& set) const {
        return {
            {"kind", "calendar_days"}, {"calendar", index_of(set.data)}, {"name", set.name->days}};
    }
    json write_set(const WorkdayBeside& set) const {
        return {{"kind", set.after ? "first_workday_after" : "last_workday_before"},
                {"calendar", index_of(set.of.data)},
                {"name", set.of.name->days}};
    }
    json write_set(const EveryNth& set) const {
        json result{{"kind", "every_nth"},
                    {"count", set.count},
                    {"unit", name_of(names_of_enum(set.unit), set.unit)}};
        if (!set.weekdays.empty()) result["weekdays"] = write_weekdays(set.weekdays);
        if (!set.month_days.empty()) result["month_days"] = write_month_days(set.month_days);
        return result;
    }

    const CalendarList& calendars_;
};

json write_window(const WindowLength& window) {
    if (const auto* span = std::get_if<Span>(&window)) return write_span(*span);
    return {{"until", std::get<OpenUntil>(window).time.count()}};
}

void write_times(const Times& times, json& result) {
    std::visit(Overload{[&](const TimesOfDay& of_day) {
                            json list = json::array();
                            for (const seconds time : of_day.times) list.push_back(time.count());
                            result["times"] = list;
                        },
                        [&](const DailyInterval& daily) {
                            result["daily_interval"] = {{"step", daily.step.count()},
                                                        {"from", daily.from.count()},
                                                        {"to", daily.to.count()}};
                        },
                        [&](const ElapsedInterval& elapsed) {
                            result["elapsed_interval"] = {{"step", elapsed.step.count()},
                                                          {"at", elapsed.at.count()}};
                        }},
               times);
}

// ---- reading ----

seconds read_seconds(const json& value) {
    return seconds{value.get<std::int64_t>()};
}

WeekdaySet read_weekdays(const json& list) {
    WeekdaySet set;
    for (const json& day : list) {
        const auto index = day.get<unsigned>();
        if (index >= days_per_week)
            throw PlanFormatError("the stored plan is damaged: a weekday is out of range");
        set.add(index);
    }
    return set;
}

Dates read_dates(const json& list) {
    Dates dates;
    for (const json& value : list) {
        if (value.is_string()) {
            dates.ranges.push_back({read_date(value), read_date(value)});
        } else {
            dates.ranges.push_back({read_date(value.at(0)), read_date(value.at(1))});
        }
    }
    return dates;
}

std::vector<MonthDay> read_month_days(const json& list) {
    std::vector<MonthDay> days;
    for (const json& value : list) {
        if (value.is_number()) {
            days.push_back({MonthDay::Kind::day, value.get<int>(), 0});
        } else {
            days.push_back({value_of(names_of_enum(MonthDay::Kind{}), value.at("kind")),
                            value.at("number").get<int>(), value.value("weekday", 0)});
        }
    }
    return days;
}

class DaysReader {
  public:
    explicit DaysReader(const CalendarList& calendars) : calendars_(calendars) {}

    std::shared_ptr<const Calendar> calendar(const json& index) const {
        return calendars_.at(index.get<std::size_t>());
    }

    Days read(const json& value) const {
        const auto kind = value.at("kind").get<std::string>();
        if (kind == "every_day") return EveryDay{};
        if (kind == "workdays") return Workdays{};
        if (kind == "weekend") return Weekend{};
        if (kind == "weekdays") return Weekdays{read_weekdays(value.at("weekdays"))};
        if (kind == "month_days") return MonthDays{read_month_days(value.at("month_days"))};
        if (kind == "dates") return read_dates(value.at("dates"));
        if (kind == "solar_terms") return SolarTerms{value.at("terms").get<std::vector<int>>()};
        if (kind == "calendar_days") return calendar_days(value);
        if (kind == "first_workday_after") return WorkdayBeside{true, calendar_days(value)};
        if (kind == "last_workday_before") return WorkdayBeside{false, calendar_days(value)};
        if (kind == "every_nth") return every_nth(value);
        if (kind == "year_days") {
            YearDays set;
            for (const json& day : value.at("year_days"))
                set.days.push_back(date::month{day.at(0).get<unsigned>()} /
                                   date::day{day.at(1).get<unsigned>()});
            return set;
        }
        if (kind == "lunar_days") {
            LunarDays set;
            for (const json& day : value.at("lunar_days"))
                set.days.push_back({day.at(0).get<int>(), day.at(1).get<int>()});
            return set;
        }
        throw PlanFormatError(
            fmt::format("the plan says `{}`, which this version does not know", kind));
    }

    std::vector<Days> read_list(const json& value, const char* key) const {
        std::vector<Days> sets;
        if (!value.contains(key)) return sets;
        for (const json& set : value.at(key)) sets.push_back(read(set));
        return sets;
    }

  private:
    CalendarDays calendar_days(const json& value) const {
        auto data = calendar(value.at("calendar"));
        std::string name = data->name;
        return {{{std::move(name), value.at("name").get<std::string>()}}, std::move(data)};
    }

    static EveryNth every_nth(const json& value) {
        EveryNth set{value_of(names_of_enum(EveryNth::Unit{}), value.at("unit")),
                     value.at("count").get<int>(),
                     {},
                     {}};
        if (value.contains("weekdays")) set.weekdays = read_weekdays(value.at("weekdays"));
        if (value.contains("month_days")) set.month_days = read_month_days(value.at("month_days"));
        return set;
    }

    const CalendarList& calendars_;
};

WindowLength read_window(const json& value) {
    if (value.contains("until")) return OpenUntil{read_seconds(value.at("until"))};
    return read_span(value);
}

Times read_times(const json& value) {
    if (value.contains("daily_interval")) {
        const json& interval = value.at("daily_interval");
        return DailyInterval{read_seconds(interval.at("step")), read_seconds(interval.at("from")),
                             read_seconds(interval.at("to"))};
    }
    if (value.contains("elapsed_interval")) {
        const json& interval = value.at("elapsed_interval");
        return ElapsedInterval{read_seconds(interval.at("step")), read_seconds(interval.at("at"))};
    }
    TimesOfDay times;
    for (const json& time : value.at("times")) times.times.push_back(read_seconds(time));
    return times;
}

template <typename Enum>
std::optional<Enum> read_optional(const json& value, const char* key) {
    if (!value.contains(key)) return std::nullopt;
    return value_of(names_of_enum(Enum{}), value.at(key));
}

std::optional<date::local_days> read_optional_date(const json& value, const char* key) {
    if (!value.contains(key)) return std::nullopt;
    return read_date(value.at(key));
}

}  // namespace

date::local_days read_date(const json& value) {
    int year = 0;
    unsigned month = 0;
    unsigned day = 0;
    const auto text = value.get<std::string>();
    const bool read = std::sscanf(text.c_str(), "%4d-%2u-%2u", &year, &month, &day) == 3;
    const date::year_month_day result{date::year(year), date::month(month), date::day(day)};
    if (!read || !result.ok())
        throw PlanFormatError(fmt::format("the stored plan has a date `{}`", text));
    return date::local_days(result);
}

json write_span(const Span& span) {
    return {{"months", span.months}, {"days", span.days}, {"seconds", span.elapsed.count()}};
}

Span read_span(const json& value) {
    return {value.at("months").get<int>(), value.at("days").get<int>(),
            read_seconds(value.at("seconds"))};
}

std::size_t calendar_index(const std::shared_ptr<const Calendar>& calendar,
                           const CalendarList& calendars) {
    const auto found = std::find_if(calendars.begin(), calendars.end(), [&](const auto& candidate) {
        return is_same(candidate, calendar);
    });
    return static_cast<std::size_t>(found - calendars.begin());
}

json write_calendar(const Calendar& calendar) {
    const DaysWriter writer({});
    json named = json::array();
    for (const auto& days : calendar.named) {
        named.push_back({{"name", days.name},
                         {"title", days.title},
                         {"holiday", days.holiday},
                         {"days", writer.write(days.days)}});
    }
    json result{{"name", calendar.name},
                {"title", calendar.title},
                {"timezone", calendar.timezone},
                {"weekend", write_weekdays(calendar.weekend)},
                {"workdays", write_dates(calendar.workdays)},
                {"named", named}};
    if (calendar.years) result["years"] = {calendar.years->first, calendar.years->second};
    return result;
}

Calendar read_calendar(const json& value) {
    const DaysReader reader({});
    Calendar calendar;
    calendar.name = value.at("name").get<std::string>();
    calendar.title = value.at("title").get<std::string>();
    calendar.timezone = value.at("timezone").get<std::string>();
    calendar.weekend = read_weekdays(value.at("weekend"));
    calendar.workdays = read_dates(value.at("workdays"));
    for (const json& days : value.at("named")) {
        calendar.named.push_back({days.at("name").get<std::string>(),
                                  days.at("title").get<std::string>(),
                                  days.at("holiday").get<bool>(), reader.read(days.at("days"))});
    }
    if (value.contains("years"))
        calendar.years = {value.at("years").at(0).get<int>(), value.at("years").at(1).get<int>()};
    return calendar;
}

json write_schedule(const Schedule& schedule, const CalendarList& calendars) {
    const DaysWriter writer(calendars);
    json result{{"days", writer.write(schedule.days)}};
    write_times(schedule.times, result);
    if (schedule.months != every_month) result["months"] = schedule.months;
    if (schedule.from) result["from"] = date_text(*schedule.from);
    if (schedule.until) result["until"] = date_text(*schedule.until);
    if (schedule.starting) result["starting"] = date_text(*schedule.starting);
    if (schedule.week_start != 0) result["week_start"] = schedule.week_start;
    if (!schedule.only.empty()) result["only"] = writer.write_list(schedule.only);
    if (!schedule.except.empty()) result["except"] = writer.write_list(schedule.except);
    if (!schedule.also.empty()) result["also"] = writer.write_list(schedule.also);
    if (schedule.count) result["count"] = *schedule.count;
    if (schedule.window) result["window"] = write_window(*schedule.window);
    if (schedule.gap) result["gap"] = name_of(names_of_enum(*schedule.gap), *schedule.gap);
    if (schedule.overlap)
        result["overlap"] = name_of(names_of_enum(*schedule.overlap), *schedule.overlap);
    if (schedule.calendar) {
        result["calendar"] = writer.index_of(schedule.calendar);
        if (schedule.unknown_as_weekdays) result["unknown_as_weekdays"] = true;
    }
    return result;
}

Schedule read_schedule(const json& value, const CalendarList& calendars) {
    const DaysReader reader(calendars);
    Schedule schedule;
    schedule.days = reader.read(value.at("days"));
    schedule.times = read_times(value);
    schedule.months = value.value("months", every_month);
    schedule.from = read_optional_date(value, "from");
    schedule.until = read_optional_date(value, "until");
    schedule.starting = read_optional_date(value, "starting");
    schedule.week_start = value.value("week_start", 0U);
    schedule.only = reader.read_list(value, "only");
    schedule.except = reader.read_list(value, "except");
    schedule.also = reader.read_list(value, "also");
    if (value.contains("count")) schedule.count = value.at("count").get<int>();
    if (value.contains("window")) schedule.window = read_window(value.at("window"));
    schedule.gap = read_optional<GapPolicy>(value, "gap");
    schedule.overlap = read_optional<OverlapPolicy>(value, "overlap");
    if (value.contains("calendar")) schedule.calendar = reader.calendar(value.at("calendar"));
    schedule.unknown_as_weekdays = value.value("unknown_as_weekdays", false);
    settle_count(schedule);
    return schedule;
}

}  // namespace sop::lang
