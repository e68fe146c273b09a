#include "lang/value.h"

#include <date/date.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "lang/keywords.h"
#include "lang/symbols.h"
#include "lang/unicode.h"

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

// "20:00" or "20:00:30"
std::optional<std::string> canonical_time(std::string_view written) {
    const bool shape = written.size() == 5 || written.size() == 8;
    if (!shape || written[2] != ':' || (written.size() == 8 && written[5] != ':'))
        return std::nullopt;
    const auto part = [&](std::size_t at, int most) {
        const bool two = is_digit(written[at]) && is_digit(written[at + 1]);
        return two && (written[at] - '0') * 10 + (written[at + 1] - '0') <= most;
    };
    const bool valid = part(0, 23) && part(3, 59) && (written.size() == 5 || part(6, 59));
    return valid ? std::optional(std::string(written)) : std::nullopt;
}

// "2026-11-11"
bool is_date(std::string_view written) {
    constexpr std::size_t length = 10;
    if (written.size() != length || written[4] != '-' || written[7] != '-') return false;
    int year = 0;
    unsigned month = 0;
    unsigned day = 0;
    const auto read = [&](std::size_t at, std::size_t digits, auto& value) {
        const char* begin = written.data() + at;
        return std::from_chars(begin, begin + digits, value).ptr == begin + digits;
    };
    return read(0, 4, year) && read(5, 2, month) && read(8, 2, day) &&
           (date::year{year} / month / day).ok();
}

}  // namespace

constexpr std::array declarable{ValueType::text,    ValueType::number, ValueType::money,
                                ValueType::content, ValueType::date,   ValueType::time,
                                ValueType::weekday, ValueType::boolean};

std::optional<ValueType> find_value_type(std::string_view name) {
    for (const ValueType type : declarable) {
        if (to_text(type) == name) return type;
    }
    return std::nullopt;
}

std::optional<Type> declared_type(const ast::TypeName& written, const Symbols& symbols) {
    if (const auto type = find_value_type(written.name.text))
        return Type{*type, written.currency ? written.currency->text : std::string()};
    if (symbols.events.contains(written.name.text))
        return Type{ValueType::event, written.name.text};
    return std::nullopt;
}

std::vector<std::string> declarable_types() {
    std::vector<std::string> names;
    for (const ValueType type : declarable) names.emplace_back(to_text(type));
    return names;
}

std::string_view to_text(ValueType type) {
    switch (type) {
        case ValueType::text:
            return "text";
        case ValueType::number:
            return "number";
        case ValueType::money:
            return "money";
        case ValueType::boolean:
            return "boolean";
        case ValueType::content:
            return "content";
        case ValueType::instant:
            return "instant";
        case ValueType::date:
            return "date";
        case ValueType::time:
            return "time";
        case ValueType::weekday:
            return "weekday";
        case ValueType::group:
            return "group";
        case ValueType::member:
            return "member";
        case ValueType::event:
            return "event";
        case ValueType::row:
            return "row";
        case ValueType::list:
            return "list";
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
        case ValueType::boolean:
            return written == "yes" || written == "no" ? std::optional(std::string(written))
                                                       : std::nullopt;
        case ValueType::content:
            return is_name(written) ? std::optional(to_nfc(written)) : std::nullopt;
        case ValueType::event:
            // Ids are whatever shops and platforms make of them.
            return written.empty() || find_invalid_utf8(written)
                       ? std::nullopt
                       : std::optional(std::string(written));
        case ValueType::date:
            return is_date(written) ? std::optional(std::string(written)) : std::nullopt;
        case ValueType::time:
            return canonical_time(written);
        case ValueType::weekday: {
            const auto keyword = find_keyword(written);
            return keyword && weekday_index(*keyword) ? std::optional(std::string(written))
                                                      : std::nullopt;
        }
        case ValueType::instant:
        case ValueType::group:
        case ValueType::member:
        case ValueType::row:
        case ValueType::list:
            break;
    }
    return std::nullopt;
}

}  // namespace sop::lang
