#include "runtime/figures/shares.h"

#include <algorithm>
#include <cmath>

namespace sop::runtime {

namespace {

// Of the normal distribution, for 95 %.
constexpr double z_of_95_percent = 1.959963984540054;

double ratio(const Share& share) {
    return static_cast<double>(share.hits) / static_cast<double>(share.of);
}

}  // namespace

std::optional<Interval> confidence_interval(const Share& share) {
    if (share.of <= 0) return std::nullopt;
    constexpr double z2 = z_of_95_percent * z_of_95_percent;
    const auto n = static_cast<double>(share.of);
    const double p = ratio(share);
    const double middle = (p + z2 / (2 * n)) / (1 + z2 / n);
    const double half =
        z_of_95_percent * std::sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n);
    return Interval{std::max(0.0, middle - half), std::min(1.0, middle + half)};
}

std::optional<double> chance_of_difference(const Share& a, const Share& b) {
    if (a.of <= 0 || b.of <= 0) return std::nullopt;
    const double pooled = static_cast<double>(a.hits + b.hits) / static_cast<double>(a.of + b.of);
    const double variance =
        pooled * (1 - pooled) * (1 / static_cast<double>(a.of) + 1 / static_cast<double>(b.of));
    if (variance <= 0) return std::nullopt;
    const double z = std::abs(ratio(a) - ratio(b)) / std::sqrt(variance);
    return std::erfc(z / std::sqrt(2.0));
}

}  // namespace sop::runtime
