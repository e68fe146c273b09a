// What aggregates count of events: how many, sums by currency, different values. Tallies of parts
// make that of the whole.
#pragma once

#include <date/date.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/scheduler/distinct_count.h"
#include "runtime/scheduler/quantity.h"
#include "runtime/store/store.h"

namespace sop::runtime {

struct Tally {
    std::int64_t count = 0;
    std::vector<Quantity> sums{};  // one for each currency, in their order
    DistinctCount different{};

    void add(const Quantity& quantity);
    void merge(const Tally& other);
    // Nothing when there are several currencies; zero, which is of every currency, without any.
    std::optional<Quantity> sum() const;
};

struct DayTally {
    date::local_days day{};
    Tally tally{};
};

// What is stored of a date, and back.
DayCount to_stored(const Tally& tally);
Tally tally_of(const DayCount& stored);

// "12.50 CNY;3 USD", and back. Of other texts the parts that are no quantities are left out.
std::string sums_text(const std::vector<Quantity>& sums);
std::vector<Quantity> read_sums(std::string_view text);

}  // namespace sop::runtime
