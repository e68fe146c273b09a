// How sure one can be of a share that was seen in a sample, and of a difference between two.
#pragma once

#include <cstdint>
#include <optional>

namespace sop::runtime {

struct Share {
    std::int64_t hits = 0;
    std::int64_t of = 0;
};

struct Interval {
    double from = 0;
    double to = 0;
};

// Wilson's score interval, in which the true share lies in 95 of 100 such samples. Nothing of an
// empty sample.
std::optional<Interval> confidence_interval(const Share& share);

// How likely a difference at least as large is by chance alone, with no difference behind it: the
// two-sided test of two proportions with a pooled variance. Nothing where a sample is empty, or
// where all of both or none of either are hits.
std::optional<double> chance_of_difference(const Share& a, const Share& b);

}  // namespace sop::runtime
