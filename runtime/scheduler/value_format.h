// Numbers, amounts and moments as people read them: by the format that a hole is written with, else
// by the locale, else plainly. Values in, text out.
//
// | locale | number   | amount (CNY, USD, other)   | date         | time    | weekday  |
// | (none) | 1234.5   | 9.90 CNY                   | 2026-11-19   | 20:00   | thursday |
// | en     | 1,234.5  | CN¥9.90, $9.90, AED 9.90   | Nov 19, 2026 | 8:00 PM | Thursday |
// | en-GB  | 1,234.5  | CN¥9.90, US$9.90, AED 9.90 | 19 Nov 2026  | 20:00   | Thursday |
// | zh-CN  | 1,234.5  | ¥9.90, US$9.90, AED 9.90   | 2026年11月19日 | 20:00 | 星期四   |
// | zh-TW  | 1,234.5  | CN¥9.90, US$9.90, AED 9.90 | 2026年11月19日 | 20:00 | 星期四   |
//
// An amount has the decimals of its currency, rounded half away from zero: two, none for JPY and
// KRW. A moment is a date, a space or comma, and a time.
#pragma once

#include <date/date.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "lang/hole_format.h"
#include "runtime/scheduler/quantity.h"

namespace sop::runtime {

// What a date, a time, a weekday or an instant in some zone consists of.
struct MomentParts {
    std::optional<date::local_days> date{};
    std::optional<std::chrono::seconds> time{};  // of the day
    std::optional<unsigned> weekday{};           // 0 for Monday; also of a date
    bool with_seconds = false;                   // the plain form shows them
};

std::string number_text(const Quantity& quantity, const lang::NumberFormat& format);
std::string quantity_text(const Quantity& quantity, std::string_view locale);

std::string moment_text(const MomentParts& moment, const lang::MomentFormat& format,
                        std::string_view locale);
std::string moment_text(const MomentParts& moment, std::string_view locale);

}  // namespace sop::runtime
