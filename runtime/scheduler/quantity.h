// Numbers and amounts of money, exactly.
#pragma once

#include <gmpxx.h>

#include <optional>
#include <string>

namespace sop::runtime {

struct Quantity {
    mpq_class number{};
    std::string currency{};  // ISO 4217; empty for a number
};

// From "-9.90" or "9.90 CNY"; nothing for other texts.
std::optional<Quantity> read_quantity(const std::string& text);
// Without needless zeros; an amount that is not whole has two places at least. What has no end in
// decimals is rounded, half away from zero: a number to 10 places, an amount to 2.
std::string to_text(const Quantity& quantity);

// The sum of no amounts, which is zero in every currency.
bool is_zero_of_any(const Quantity& quantity);

// With exactly so many decimals, rounded half away from zero, without a currency.
std::string to_text(const Quantity& quantity, std::size_t places);
// How many decimals `to_text` gives it.
std::size_t places_of(const Quantity& quantity);

// Nothing where they do not meet: two currencies, an amount times an amount, a number by an amount,
// a division by zero.
std::optional<Quantity> add(const Quantity& a, const Quantity& b);
std::optional<Quantity> subtract(const Quantity& a, const Quantity& b);
std::optional<Quantity> multiply(const Quantity& a, const Quantity& b);
std::optional<Quantity> divide(const Quantity& a, const Quantity& b);

}  // namespace sop::runtime
