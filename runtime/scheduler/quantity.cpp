#include "runtime/scheduler/quantity.h"

#include <algorithm>

namespace sop::runtime {

namespace {

constexpr std::size_t number_places = 10;
constexpr std::size_t amount_places = 2;

// How many decimals show it exactly; nothing when none do.
std::optional<std::size_t> exact_places(const mpq_class& number) {
    mpz_class rest = number.get_den();
    const auto take_out = [&rest](unsigned long prime) {
        mpz_class without;
        const mpz_class factor = prime;
        const auto times = mpz_remove(without.get_mpz_t(), rest.get_mpz_t(), factor.get_mpz_t());
        rest = without;
        return static_cast<std::size_t>(times);
    };
    const std::size_t twos = take_out(2);
    const std::size_t fives = take_out(5);
    return rest == 1 ? std::optional(std::max(twos, fives)) : std::nullopt;
}

std::string decimal_text(const mpq_class& number, std::size_t places) {
    mpz_class scale;
    mpz_ui_pow_ui(scale.get_mpz_t(), 10, places);
    const mpq_class magnitude = abs(number);
    const mpz_class twice = 2 * magnitude.get_num() * scale + magnitude.get_den();
    const mpz_class rounded = twice / (2 * magnitude.get_den());
    std::string digits = rounded.get_str();
    if (digits.size() <= places) digits.insert(0, places + 1 - digits.size(), '0');
    if (places > 0) digits.insert(digits.size() - places, ".");
    return sgn(number) < 0 && rounded != 0 ? "-" + digits : digits;
}

// The whole of an optional sign, digits, and a point with digits after it.
std::optional<mpq_class> read_number(const std::string& text) {
    const std::size_t begin = text.starts_with('-') ? 1 : 0;
    const std::size_t point = text.find('.');
    std::string digits = text.substr(begin, point - begin);
    const std::string fraction = point == std::string::npos ? "" : text.substr(point + 1);
    const auto is_digit = [](char character) { return character >= '0' && character <= '9'; };
    if (digits.empty() || (point != std::string::npos && fraction.empty())) return std::nullopt;
    digits += fraction;
    if (!std::all_of(digits.begin(), digits.end(), is_digit)) return std::nullopt;
    mpz_class scale;
    mpz_ui_pow_ui(scale.get_mpz_t(), 10, fraction.size());
    mpq_class number(mpz_class(digits, 10), scale);
    number.canonicalize();
    return begin == 1 ? mpq_class(-number) : number;
}

}  // namespace

std::optional<Quantity> read_quantity(const std::string& text) {
    const std::size_t space = text.find(' ');
    const auto number = read_number(text.substr(0, space));
    if (!number) return std::nullopt;
    return Quantity{*number, space == std::string::npos ? std::string{} : text.substr(space + 1)};
}

std::size_t places_of(const Quantity& quantity) {
    const bool is_amount = !quantity.currency.empty();
    const auto exact = exact_places(quantity.number);
    const std::size_t places = exact.value_or(is_amount ? amount_places : number_places);
    return is_amount && places > 0 ? std::max(places, amount_places) : places;
}

std::string to_text(const Quantity& quantity, std::size_t places) {
    return decimal_text(quantity.number, places);
}

std::string to_text(const Quantity& quantity) {
    const std::string text = to_text(quantity, places_of(quantity));
    return quantity.currency.empty() ? text : text + " " + quantity.currency;
}

bool is_zero_of_any(const Quantity& quantity) {
    return quantity.number == 0 && quantity.currency.empty();
}

std::optional<Quantity> add(const Quantity& a, const Quantity& b) {
    if (is_zero_of_any(a)) return b;
    if (is_zero_of_any(b)) return a;
    if (a.currency != b.currency) return std::nullopt;
    return Quantity{a.number + b.number, a.currency};
}

std::optional<Quantity> subtract(const Quantity& a, const Quantity& b) {
    return add(a, {-b.number, b.currency});
}

std::optional<Quantity> multiply(const Quantity& a, const Quantity& b) {
    if (!a.currency.empty() && !b.currency.empty()) return std::nullopt;
    return Quantity{a.number * b.number, a.currency + b.currency};
}

std::optional<Quantity> divide(const Quantity& a, const Quantity& b) {
    if (b.number == 0) return std::nullopt;
    if (b.currency.empty()) return Quantity{a.number / b.number, a.currency};
    if (is_zero_of_any(a)) return a;
    if (a.currency != b.currency) return std::nullopt;
    return Quantity{a.number / b.number, {}};
}

}  // namespace sop::runtime
