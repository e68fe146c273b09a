// Typed values as text: how each type is written, and its one canonical form.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lang/ast.h"
#include "lang/plan.h"

namespace sop::lang {

struct Symbols;

// The types a field, a column or a parameter can be declared with; nothing for an unknown name.
std::optional<ValueType> find_value_type(std::string_view name);
// Also the name of an event, for a field that tells of one that happened before.
std::optional<Type> declared_type(const ast::TypeName& written, const Symbols& symbols);
std::vector<std::string> declarable_types();
std::string_view to_text(ValueType type);

// Decimal digits of a number or an amount, on both sides of the point together.
inline constexpr std::size_t number_digits_max = 30;

// The canonical text of a value: numbers without needless zeros, money as amount, space, ISO 4217
// code ("9.90 CNY"), texts and content names as they are. Nothing when `written` is no value of the
// type.
std::optional<std::string> canonical_value(ValueType type, std::string_view written);

}  // namespace sop::lang
