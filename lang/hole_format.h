// How a hole of a text shows its value: `{price: 0.00}`, `{start.date: MM-dd}`; and the locales
// that texts can be written by.
//
// A number or an amount has a `0`, with a comma between thousands where it says `0,000` and as many
// decimals as zeros follow its point. Of moments, letters stand for their parts and everything else
// for itself: yyyy yy, MM M, dd d, EEEE EEE (weekday), HH H, mm, ss.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "lang/expression.h"

namespace sop::lang {

struct NumberFormat {
    bool grouped = false;
    std::size_t places = 0;

    bool operator==(const NumberFormat&) const = default;
};

enum class MomentPart {
    year,
    year_of_century,
    month_padded,
    month,
    day_padded,
    day,
    weekday,
    weekday_short,
    hour_padded,
    hour,
    minute,
    second,
};
using MomentFormat = std::vector<std::variant<std::string, MomentPart>>;

// Nothing for what is no such format.
std::optional<NumberFormat> read_number_format(std::string_view format);
std::optional<MomentFormat> read_moment_format(std::string_view format);

// Whether a value of the type can be shown so.
bool is_format_of(ValueType type, std::string_view format);
// What formats of the type look like, for a note: "`0.00`, `0,000`"; empty when it has none.
std::string formats_of(ValueType type);

// `en`, `en-GB`, `zh-CN`, `zh-TW`.
const std::vector<std::string>& known_locales();

}  // namespace sop::lang
