// Typed values as text: how each type is written, and its one canonical form.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lang/plan.h"

namespace sop::lang {

// The type an event's field can be declared with, or nothing for an unknown name.
std::optional<ValueType> find_value_type(std::string_view name);
std::string_view to_text(ValueType type);

// Decimal digits of a number or an amount, on both sides of the point together.
inline constexpr std::size_t number_digits_max = 30;

// The canonical text of a value: numbers without needless zeros, money as amount, space, ISO 4217
// code ("9.90 CNY"), texts and content names as they are. Nothing when `written` is no value of the
// type.
std::optional<std::string> canonical_value(ValueType type, std::string_view written);

}  // namespace sop::lang
