#include "lang/value.h"

#include "lang/unicode.h"

#include <algorithm>

namespace sop::lang {

namespace {

bool is_digit(char character) {
    return character >= '0' && character <= '9';
}

// -007.50 is -7.5 as a number and -7.50 as an amount.
std::optional<std::string> canonical_number(std::string_view written, bool keep_fraction) {
    const bool negative = !written.empty() && written.front() == '-';
    if (negative) written.remove_prefix(1);
    const std::size_t point = written.find('.');
    std::string_view whole = written.substr(0, point);
    std::string_view fraction = point == std::string_view::npos ? "" : written.substr(point + 1);
    const bool digits_only = std::all_of(whole.begin(), whole.end(), is_digit) &&
                             std::all_of(fraction.begin(), fraction.end(), is_digit);
    if (whole.empty() || !digits_only || (point != std::string_view::npos && fraction.empty()))
        return std::nullopt;
    if (whole.size() + fraction.size() > number_digits_max) return std::nullopt;
    while (whole.size() > 1 && whole.front() == '0') whole.remove_prefix(1);
    while (!keep_fraction && !fraction.empty() && fraction.back() == '0') fraction.remove_suffix(1);
    std::string result(whole);
    if (!fraction.empty()) result.append(".").append(fraction);
    const bool zero = result.find_first_not_of("0.") == std::string::npos;
    return negative && !zero ? "-" + result : result;
}

std::optional<std::string> canonical_money(std::string_view written) {
    const std::size_t space = written.find(' ');
    if (space == std::string_view::npos) return std::nullopt;
    const std::string_view currency = written.substr(space + 1);
    const bool is_code =
        currency.size() == 3 &&
        std::all_of(currency.begin(), currency.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    const auto amount = canonical_number(written.substr(0, space), true);
    if (!is_code || !amount) return std::nullopt;
    return *amount + " " + std::string(currency);
}

bool is_name(std::string_view text) {
    if (text.empty() || find_invalid_utf8(text)) return false;
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint point = code_point_at(text, at);
        if (at == 0 ? !starts_name(point.value) : !continues_name(point.value)) return false;
        at += point.length;
    }
    return true;
}

}  // namespace

std::optional<ValueType> find_value_type(std::string_view name) {
    for (const ValueType type :
         {ValueType::text, ValueType::number, ValueType::money, ValueType::content}) {
        if (to_text(type) == name) return type;
    }
    return std::nullopt;
}

std::string_view to_text(ValueType type) {
    switch (type) {
        case ValueType::text:
            return "text";
        case ValueType::number:
            return "number";
        case ValueType::money:
            return "money";
        case ValueType::content:
            return "content";
        case ValueType::instant:
            return "instant";
        case ValueType::date:
            return "date";
        case ValueType::time:
            return "time";
    }
    return "";
}

std::optional<std::string> canonical_value(ValueType type, std::string_view written) {
    switch (type) {
        case ValueType::text:
            return find_invalid_utf8(written) ? std::nullopt : std::optional(std::string(written));
        case ValueType::number:
            return canonical_number(written, false);
        case ValueType::money:
            return canonical_money(written);
        case ValueType::content:
            return is_name(written) ? std::optional(to_nfc(written)) : std::nullopt;
        case ValueType::instant:
        case ValueType::date:
        case ValueType::time:
            break;
    }
    return std::nullopt;
}

}  // namespace sop::lang
