// Chinese lunar dates and solar terms, 1901 to 2100, in China's time.
//
// They come from a table: the calendar is astronomy, but what people go by is the almanac in print,
// and one that is computed here could begin a month a day beside it. All functions may be called
// from any thread.
#pragma once

#include <date/date.h>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sop::lang::calendar {

inline constexpr int lunar_year_first = 1901;
inline constexpr int lunar_year_last = 2100;

// The Gregorian date of a day of a plain month, 1 to 12, of the lunar year that begins in Gregorian
// year `year`; months 11 and 12 reach into the next one. Leap months cannot be asked for: no
// festival is held in them. Day 0 is the last day of the month. Nothing for a year out of range, a
// month or day that does not exist, or day 30 of a month of 29 days.
std::optional<date::local_days> lunar_date(int year, int month, int day);

// True when the sources of the table begin or end that plain month on different dates, or have its
// new moon so close to a midnight of the future that it may yet fall on the other side. A date in
// it may be a day off.
bool lunar_month_is_disputed(int year, int month);

// The 24 solar terms, by their names in pinyin without tones or spaces: "qingming", "dongzhi". They
// are numbered in the order of the Gregorian year, from 0 for xiaohan, in January, to 23 for
// dongzhi, in December.
std::optional<int> find_solar_term(std::string_view name);
std::string_view solar_term_name(int term);
const std::vector<std::string>& solar_term_names();

// The date of a term in a Gregorian year. Nothing for a year out of range.
std::optional<date::local_days> solar_term_date(int year, int term);

// As for months.
bool solar_term_is_disputed(int year, int term);

}  // namespace sop::lang::calendar
