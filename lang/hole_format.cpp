#include "lang/hole_format.h"

#include <algorithm>
#include <array>
#include <utility>

namespace sop::lang {

namespace {

constexpr std::size_t places_max = 10;

constexpr std::array<std::pair<std::string_view, MomentPart>, 12> moment_words{{
    {"yyyy", MomentPart::year},
    {"yy", MomentPart::year_of_century},
    {"MM", MomentPart::month_padded},
    {"M", MomentPart::month},
    {"dd", MomentPart::day_padded},
    {"d", MomentPart::day},
    {"EEEE", MomentPart::weekday},
    {"EEE", MomentPart::weekday_short},
    {"HH", MomentPart::hour_padded},
    {"H", MomentPart::hour},
    {"mm", MomentPart::minute},
    {"ss", MomentPart::second},
}};

bool is_letter(char character) {
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
}

bool is_weekday(MomentPart part) {
    return part == MomentPart::weekday || part == MomentPart::weekday_short;
}

bool is_of_clock(MomentPart part) {
    return part == MomentPart::hour || part == MomentPart::hour_padded ||
           part == MomentPart::minute || part == MomentPart::second;
}

// Whether a date, a time of day, a weekday or an instant has the part.
bool has_part(ValueType type, MomentPart part) {
    switch (type) {
        case ValueType::instant:
            return true;
        case ValueType::date:
            return !is_of_clock(part);
        case ValueType::time:
            return is_of_clock(part);
        default:
            return type == ValueType::weekday && is_weekday(part);
    }
}

bool is_number(ValueType type) {
    return type == ValueType::number || type == ValueType::money;
}

}  // namespace

std::optional<NumberFormat> read_number_format(std::string_view format) {
    const auto point = format.find('.');
    const std::string_view whole = format.substr(0, point);
    NumberFormat read;
    read.grouped = whole == "0,000";
    if (!read.grouped && whole != "0") return std::nullopt;
    if (point == std::string_view::npos) return read;
    const std::string_view decimals = format.substr(point + 1);
    const bool all_zeros = decimals.find_first_not_of('0') == std::string_view::npos;
    if (decimals.empty() || decimals.size() > places_max || !all_zeros) return std::nullopt;
    read.places = decimals.size();
    return read;
}

std::optional<MomentFormat> read_moment_format(std::string_view format) {
    MomentFormat read;
    bool has_parts = false;
    for (std::size_t at = 0; at < format.size();) {
        if (!is_letter(format[at])) {
            if (read.empty() || !std::holds_alternative<std::string>(read.back()))
                read.emplace_back(std::string());
            std::get<std::string>(read.back()) += format[at++];
            continue;
        }
        const auto end = std::find_if(format.begin() + static_cast<std::ptrdiff_t>(at),
                                      format.end(), [&](char c) { return c != format[at]; });
        const std::string_view word =
            format.substr(at, static_cast<std::size_t>(end - format.begin()) - at);
        const auto known = std::find_if(moment_words.begin(), moment_words.end(),
                                        [&](const auto& each) { return each.first == word; });
        if (known == moment_words.end()) return std::nullopt;
        read.emplace_back(known->second);
        has_parts = true;
        at += word.size();
    }
    return has_parts ? std::optional(std::move(read)) : std::nullopt;
}

bool is_format_of(ValueType type, std::string_view format) {
    if (is_number(type)) return read_number_format(format).has_value();
    const auto parts = read_moment_format(format);
    return parts && std::all_of(parts->begin(), parts->end(), [type](const auto& part) {
               const auto* moment = std::get_if<MomentPart>(&part);
               return moment == nullptr || has_part(type, *moment);
           });
}

std::string formats_of(ValueType type) {
    switch (type) {
        case ValueType::number:
        case ValueType::money:
            return "`0`, `0.00`, `0,000`, `0,000.00`";
        case ValueType::date:
            return "`yyyy-MM-dd`, `MM-dd`, `d/M`, `EEEE`";
        case ValueType::time:
            return "`HH:mm`, `H:mm`, `HH:mm:ss`";
        case ValueType::instant:
            return "`MM-dd HH:mm`, `yyyy-MM-dd HH:mm:ss`, `EEEE H:mm`";
        case ValueType::weekday:
            return "`EEEE`, `EEE`";
        default:
            return {};
    }
}

const std::vector<std::string>& known_locales() {
    static const std::vector<std::string> known{"en", "en-GB", "zh-CN", "zh-TW"};
    return known;
}

}  // namespace sop::lang
