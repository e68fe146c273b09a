#include "lang/calendar/posix_rule.h"

#include <fmt/format.h>

#include <algorithm>

namespace sop::lang::calendar {

namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr seconds change_time_default = hours{2};
constexpr int offset_hours_max = 24;
constexpr int change_hours_max = 167;  // a week less an hour, RFC 8536 section 3.3.1

bool is_digit(char character) {
    return character >= '0' && character <= '9';
}
bool is_letter(char character) {
    return (character >= 'A' && character <= 'Z') || (character >= 'a' && character <= 'z');
}

class RuleReader {
  public:
    explicit RuleReader(std::string_view text) : text_(text) {}

    PosixRule rule() {
        PosixRule result;
        name();
        result.standard = -signed_time(offset_hours_max);
        if (!at_end()) {
            result.daylight = daylight(result.standard);
        }
        if (!at_end()) {
            fail("there is text after the rule");
        }
        return result;
    }

  private:
    PosixRule::Daylight daylight(seconds standard) {
        name();
        const bool has_offset = !at_end() && peek() != ',';
        const seconds offset = has_offset ? -signed_time(offset_hours_max) : standard + hours{1};
        // POSIX leaves the dates to the system when they are not written; a zone file must not.
        expect(',', "the date on which daylight saving begins is missing");
        const RuleDate begin = rule_date();
        expect(',', "the date on which daylight saving ends is missing");
        const RuleDate end = rule_date();
        return {offset, begin, end};
    }

    // Names are for people; only where they end matters here.
    void name() {
        constexpr std::size_t name_size_min = 3;
        const bool is_quoted = take('<');
        const std::size_t begin = at_;
        while (!at_end() && (is_letter(peek()) ||
                             (is_quoted && (is_digit(peek()) || peek() == '+' || peek() == '-')))) {
            ++at_;
        }
        if (at_ - begin < name_size_min) {
            fail("a zone abbreviation of three or more characters is missing");
        }
        if (is_quoted) {
            expect('>', "an abbreviation has no closing `>`");
        }
    }

    // [+-]hh[:mm[:ss]]
    seconds signed_time(int hours_max) {
        const bool is_negative = take('-');
        if (!is_negative) {
            take('+');
        }
        seconds result = hours{number(0, hours_max, "hours")};
        if (take(':')) {
            result += minutes{number(0, 59, "minutes")};
            if (take(':')) {
                result += seconds{number(0, 59, "seconds")};
            }
        }
        return is_negative ? -result : result;
    }

    RuleDate rule_date() {
        RuleDate result;
        if (take('J')) {
            result.kind = RuleDate::Kind::day_of_365;
            result.day = count(1, 365, "a day of the year");
        } else if (take('M')) {
            result.kind = RuleDate::Kind::weekday_of_month;
            result.month = count(1, 12, "a month");
            expect('.', "the week is missing");
            result.week = count(1, 5, "a week of the month");
            expect('.', "the weekday is missing");
            result.weekday = count(0, 6, "a weekday");
        } else {
            result.day = count(0, 365, "a day of the year");
        }
        result.time = take('/') ? signed_time(change_hours_max) : change_time_default;
        return result;
    }

    unsigned count(int min, int max, std::string_view what) {
        return static_cast<unsigned>(number(min, max, what));
    }

    int number(int min, int max, std::string_view what) {
        const std::size_t begin = at_;
        int result = 0;
        while (!at_end() && is_digit(peek()) && result <= max) {
            result = result * 10 + (peek() - '0');
            ++at_;
        }
        if (at_ == begin || result < min || result > max) {
            at_ = begin;
            fail(fmt::format("{} must be from {} to {}", what, min, max));
        }
        return result;
    }

    bool at_end() const { return at_ == text_.size(); }
    char peek() const { return text_[at_]; }
    bool take(char wanted) {
        const bool taken = !at_end() && peek() == wanted;
        at_ += taken ? 1 : 0;
        return taken;
    }
    void expect(char wanted, std::string_view otherwise) {
        if (!take(wanted)) {
            fail(std::string(otherwise));
        }
    }
    [[noreturn]] void fail(std::string what) const { throw PosixRuleError{at_, std::move(what)}; }

    std::string_view text_;
    std::size_t at_ = 0;
};

date::local_days day_in(const RuleDate& rule_date, date::year year) {
    const date::local_days new_year{year / date::January / 1};
    switch (rule_date.kind) {
        case RuleDate::Kind::day_of_365: {
            constexpr unsigned last_of_february = 59;
            const bool leaps_over = year.is_leap() && rule_date.day > last_of_february;
            return new_year + date::days{rule_date.day - (leaps_over ? 0 : 1)};
        }
        case RuleDate::Kind::day_of_year:
            return new_year + date::days{rule_date.day};
        case RuleDate::Kind::weekday_of_month:
            break;
    }
    const auto month = year / date::month{rule_date.month};
    const date::weekday weekday{rule_date.weekday};
    constexpr unsigned week_last = 5;
    return rule_date.week == week_last ? date::local_days{month / weekday[date::last]}
                                       : date::local_days{month / weekday[rule_date.week]};
}

date::sys_seconds change_in(const RuleDate& rule_date, date::year year, seconds offset_before) {
    return date::sys_seconds{(day_in(rule_date, year) + rule_date.time).time_since_epoch() -
                             offset_before};
}

}  // namespace

PosixRule parse_posix_rule(std::string_view text) {
    return RuleReader(text).rule();
}

std::vector<DaylightPeriod> daylight_periods(const PosixRule& rule, date::year first,
                                             date::year last) {
    std::vector<DaylightPeriod> periods;
    if (!rule.daylight) {
        return periods;
    }
    for (date::year year = first; year <= last; ++year) {
        const date::sys_seconds begin = change_in(rule.daylight->begin, year, rule.standard);
        date::sys_seconds end = change_in(rule.daylight->end, year, rule.daylight->offset);
        // South of the equator, and in Dublin, the stretch runs over the new year.
        if (end < begin) {
            end = change_in(rule.daylight->end, year + date::years{1}, rule.daylight->offset);
        }
        if (begin == end) {
            continue;
        }
        if (!periods.empty() && begin <= periods.back().end) {
            periods.back().end = std::max(periods.back().end, end);
        } else {
            periods.push_back({begin, end});
        }
    }
    return periods;
}

}  // namespace sop::lang::calendar
