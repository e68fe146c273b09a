#include "lang/schedule_text.h"

#include "lang/calendar/lunar.h"
#include "lang/policy_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <vector>

namespace sop::lang {

namespace {

using namespace calendar;
using std::chrono::seconds;

// The first of that many neighbours that are written as a range.
constexpr int range_length_min = 3;

std::string join(const std::vector<std::string>& parts) {
    return fmt::format("{}", fmt::join(parts, ", "));
}

std::vector<std::string> date_texts(const Dates& dates) {
    std::vector<std::string> texts;
    for (const DateRange& range : dates.ranges) {
        if ((range.last - range.first).count() + 1 < range_length_min) {
            for (auto date = range.first; date <= range.last; date += date::days{1})
                texts.push_back(date_text(date));
        } else {
            texts.push_back(date_text(range.first) + ".." + date_text(range.last));
        }
    }
    return texts;
}

class Writer {
  public:
    explicit Writer(Dialect dialect) : dialect_(dialect) {}

    std::string schedule(const Schedule& schedule) {
        if (std::holds_alternative<TimesOfDay>(schedule.times)) {
            days(schedule.days);
        } else {
            interval(schedule.times);
        }
        if (schedule.months != every_month) {
            word(Keyword::in);
            add(join(months(schedule.months)));
        }
        times(schedule);
        window(schedule);
        if (schedule.starting) {
            word(Keyword::starting);
            add(date_text(*schedule.starting));
        }
        if (const auto* elapsed = std::get_if<ElapsedInterval>(&schedule.times);
            elapsed && elapsed->at != seconds{0}) {
            time_of_day(elapsed->at);
        }
        bounds(schedule);
        sets(schedule);
        policies(schedule);
        return std::move(text_);
    }

    std::string days_alone(const Days& set) {
        days(set);
        return std::move(text_);
    }

    std::string weekdays(WeekdaySet set) const {
        std::vector<std::string> parts;
        for (unsigned first = 0; first < days_per_week; ++first) {
            if (!set.has(first)) continue;
            unsigned last = first;
            while (last + 1 < days_per_week && set.has(last + 1)) ++last;
            if (static_cast<int>(last - first) + 1 >= range_length_min) {
                parts.push_back(weekday(first) + ".." + weekday(last));
            } else {
                for (unsigned day = first; day <= last; ++day) parts.push_back(weekday(day));
            }
            first = last;
        }
        return join(parts);
    }

  private:
    // ---- words ----

    std::string say(Keyword keyword) const { return std::string(spelling(keyword, dialect_)); }
    std::string weekday(unsigned index) const {
        return say(weekday_keyword(static_cast<int>(index)));
    }

    void add(const std::string& part) {
        // Chinese puts no space behind `每`.
        const bool glued = text_ == say(Keyword::every) && dialect_ == Dialect::zh_cn &&
                           (part.front() < '0' || part.front() > '9');
        if (!text_.empty() && !glued) text_ += ' ';
        text_ += part;
    }
    void word(Keyword keyword) { add(say(keyword)); }

    // ---- parts ----

    std::string span(const Span& span) const {
        if (dialect_ == Dialect::en) return to_text(span);
        const auto part = [&](std::int64_t count, Unit unit) {
            return count == 0 ? std::string()
                              : fmt::format("{}{}", count, unit_spelling(unit, 2, dialect_));
        };
        const std::int64_t elapsed = span.elapsed.count();
        return part(span.months, Unit::month) + part(span.days, Unit::day) +
               part(elapsed / 3600, Unit::hour) + part(elapsed / 60 % 60, Unit::minute) +
               part(elapsed % 60, Unit::second);
    }

    std::string from_end(int number, const std::string& what) const {
        const std::string last = say(Keyword::last) + " " + what;
        return number == 1 ? last : ordinal_text(number, dialect_) + " " + last;
    }

    // Ordinals of one weekday share it: `1st, 3rd thursday`.
    std::string month_days(const std::vector<MonthDay>& days) const {
        std::vector<std::string> parts;
        std::vector<bool> done(days.size(), false);
        for (std::size_t i = 0; i < days.size(); ++i) {
            if (done[i]) continue;
            const MonthDay& day = days[i];
            const std::string of_week = weekday(static_cast<unsigned>(day.weekday));
            switch (day.kind) {
                case MonthDay::Kind::day:
                    parts.push_back(std::to_string(day.number));
                    break;
                case MonthDay::Kind::day_or_last:
                    parts.push_back(fmt::format("{} {} {} {}", day.number, say(Keyword::or_),
                                                say(Keyword::last), say(Keyword::day)));
                    break;
                case MonthDay::Kind::day_from_end:
                    parts.push_back(from_end(day.number, say(Keyword::day)));
                    break;
                case MonthDay::Kind::weekday_from_end:
                    parts.push_back(from_end(day.number, of_week));
                    break;
                case MonthDay::Kind::workday_from_end:
                    parts.push_back(from_end(day.number, say(Keyword::workday)));
                    break;
                case MonthDay::Kind::weekday:
                case MonthDay::Kind::workday: {
                    std::vector<std::string> ordinals;
                    for (std::size_t j = i; j < days.size(); ++j) {
                        if (days[j].kind != day.kind || days[j].weekday != day.weekday) continue;
                        ordinals.push_back(ordinal_text(days[j].number, dialect_));
                        done[j] = true;
                    }
                    parts.push_back(
                        join(ordinals) + " " +
                        (day.kind == MonthDay::Kind::weekday ? of_week : say(Keyword::workday)));
                    break;
                }
            }
        }
        return join(parts);
    }

    std::vector<std::string> months(MonthSet set) const {
        std::vector<std::string> parts;
        for (int month = 0; month < 12; ++month) {
            if ((set >> static_cast<unsigned>(month) & 1U) != 0)
                parts.push_back(say(month_keyword(month)));
        }
        return parts;
    }

    // As an item of a list behind `on`, `only`, `except` or `also on`.
    std::string set_item(const Days& set) const {
        if (const auto* dates = std::get_if<Dates>(&set)) return join(date_texts(*dates));
        if (const auto* of_week = std::get_if<Weekdays>(&set)) return weekdays(of_week->set);
        if (std::holds_alternative<Workdays>(set)) return say(Keyword::workday);
        if (std::holds_alternative<Weekend>(set)) return say(Keyword::weekend);
        std::vector<std::string> parts;
        if (const auto* lunar = std::get_if<LunarDays>(&set)) {
            for (const LunarDay& day : lunar->days) {
                parts.push_back(
                    fmt::format("{} {}-{}", say(Keyword::lunar), day.month,
                                day.day == 0 ? say(Keyword::last) : std::to_string(day.day)));
            }
        } else if (const auto* solar = std::get_if<SolarTerms>(&set)) {
            for (const int term : solar->terms)
                parts.push_back(say(Keyword::solar) + " " + std::string(solar_term_name(term)));
        } else if (const auto* named = std::get_if<CalendarDays>(&set)) {
            parts.push_back(named->name->calendar + "." + named->name->days);
        }
        return join(parts);
    }

    void days(const Days& set) {
        const bool on =
            std::holds_alternative<Dates>(set) || std::holds_alternative<LunarDays>(set) ||
            std::holds_alternative<SolarTerms>(set) || std::holds_alternative<CalendarDays>(set);
        word(on ? Keyword::on : Keyword::every);
        if (std::holds_alternative<EveryDay>(set)) {
            word(Keyword::day);
        } else if (const auto* of_month = std::get_if<MonthDays>(&set)) {
            word(Keyword::month);
            word(Keyword::on);
            add(month_days(of_month->days));
        } else if (const auto* of_year = std::get_if<YearDays>(&set)) {
            word(Keyword::year);
            word(Keyword::on);
            std::vector<std::string> parts;
            for (const date::month_day day : of_year->days) {
                parts.push_back(fmt::format("{:02}-{:02}", static_cast<unsigned>(day.month()),
                                            static_cast<unsigned>(day.day())));
            }
            add(join(parts));
        } else if (const auto* beside = std::get_if<WorkdayBeside>(&set)) {
            word(beside->after ? Keyword::first : Keyword::last);
            word(Keyword::workday);
            word(beside->after ? Keyword::after : Keyword::before);
            add(beside->of.name->calendar + "." + beside->of.name->days);
        } else if (const auto* nth = std::get_if<EveryNth>(&set)) {
            every_nth(*nth);
        } else {
            add(set_item(set));
        }
    }

    void every_nth(const EveryNth& nth) {
        const Unit unit = nth.unit == EveryNth::Unit::day    ? Unit::day
                          : nth.unit == EveryNth::Unit::week ? Unit::week
                                                             : Unit::month;
        add(fmt::format("{} {}", nth.count, unit_spelling(unit, nth.count, dialect_)));
        if (!nth.weekdays.empty()) {
            word(Keyword::on);
            add(weekdays(nth.weekdays));
        }
        if (!nth.month_days.empty()) {
            word(Keyword::on);
            add(month_days(nth.month_days));
        }
    }

    void interval(const Times& times) {
        const auto* daily = std::get_if<DailyInterval>(&times);
        word(Keyword::every);
        add(span(Span{0, 0, daily ? daily->step : std::get<ElapsedInterval>(times).step}));
        if (!daily) return;
        word(Keyword::from);
        add(time_of_day_text(daily->from));
        word(Keyword::to);
        add(time_of_day_text(daily->to));
    }

    void time_of_day(seconds time) {
        if (dialect_ == Dialect::en) word(Keyword::at);
        add(time_of_day_text(time));
    }

    void times(const Schedule& schedule) {
        const auto* of_day = std::get_if<TimesOfDay>(&schedule.times);
        if (!of_day) return;
        std::vector<std::string> parts;
        for (const seconds time : of_day->times) parts.push_back(time_of_day_text(time));
        if (dialect_ == Dialect::en) word(Keyword::at);
        add(join(parts));
    }

    void window(const Schedule& schedule) {
        if (!schedule.window) return;
        if (const auto* until = std::get_if<OpenUntil>(&*schedule.window)) {
            word(Keyword::until);
            add(time_of_day_text(until->time));
            return;
        }
        word(dialect_ == Dialect::en ? Keyword::for_ : Keyword::lasting);
        add(span(std::get<Span>(*schedule.window)));
    }

    void bounds(const Schedule& schedule) {
        if (schedule.from) {
            word(Keyword::from);
            add(date_text(*schedule.from));
        }
        if (schedule.until) {
            word(Keyword::until);
            add(date_text(*schedule.until));
        }
        if (schedule.count) {
            word(Keyword::times);
            add(std::to_string(*schedule.count));
        }
        if (schedule.week_start != 0) {
            word(Keyword::week);
            word(Keyword::from);
            add(weekday(schedule.week_start));
        }
    }

    void set_list(Keyword keyword, const std::vector<Days>& sets) {
        if (sets.empty()) return;
        word(keyword);
        if (keyword == Keyword::also) word(Keyword::on);
        std::vector<std::string> parts;
        for (const Days& set : sets) parts.push_back(set_item(set));
        add(join(parts));
    }

    void sets(const Schedule& schedule) {
        set_list(Keyword::only, schedule.only);
        set_list(Keyword::except, schedule.except);
        set_list(Keyword::also, schedule.also);
    }

    void policies(const Schedule& schedule) {
        if (schedule.calendar) {
            word(Keyword::calendar);
            add(schedule.calendar->name);
            if (schedule.unknown_as_weekdays) {
                word(Keyword::unknown);
                word(Keyword::weekdays);
            }
        }
        if (schedule.gap) {
            word(Keyword::gap);
            add(std::string(gap_text(*schedule.gap, dialect_)));
        }
        if (schedule.overlap) {
            word(Keyword::overlap);
            add(std::string(overlap_text(*schedule.overlap, dialect_)));
        }
    }

    Dialect dialect_;
    std::string text_{};
};

template <typename Words, typename Policy>
std::string_view policy_text(const Words& words, Policy policy, Dialect dialect) {
    const auto found = std::find_if(words.begin(), words.end(),
                                    [&](const auto& entry) { return entry.first == policy; });
    return spelling(found->second, dialect);
}

}  // namespace

std::string schedule_text(const Schedule& schedule, Dialect dialect) {
    return Writer(dialect).schedule(schedule);
}

std::string days_text(const Days& days, Dialect dialect) {
    return Writer(dialect).days_alone(days);
}

std::string dates_text(const Dates& dates) {
    return join(date_texts(dates));
}

std::string weekdays_text(WeekdaySet weekdays, Dialect dialect) {
    return Writer(dialect).weekdays(weekdays);
}

std::string_view gap_text(GapPolicy policy, Dialect dialect) {
    return policy_text(gap_words, policy, dialect);
}

std::string_view overlap_text(OverlapPolicy policy, Dialect dialect) {
    return policy_text(overlap_words, policy, dialect);
}

}  // namespace sop::lang
