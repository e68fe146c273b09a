#include "runtime/scheduler/tally.h"

#include <algorithm>

namespace sop::runtime {

void Tally::add(const Quantity& quantity) {
    const auto place = std::lower_bound(
        sums.begin(), sums.end(), quantity,
        [](const Quantity& a, const Quantity& b) { return a.currency < b.currency; });
    if (place != sums.end() && place->currency == quantity.currency) {
        place->number += quantity.number;
    } else {
        sums.insert(place, quantity);
    }
}

void Tally::merge(const Tally& other) {
    count += other.count;
    for (const Quantity& sum : other.sums) add(sum);
    different.merge(other.different);
}

std::optional<Quantity> Tally::sum() const {
    if (sums.empty()) return Quantity{};
    return sums.size() == 1 ? std::optional(sums.front()) : std::nullopt;
}

DayCount to_stored(const Tally& tally) {
    return {
        .count = tally.count, .sums = sums_text(tally.sums), .different = tally.different.bytes()};
}

Tally tally_of(const DayCount& stored) {
    return {.count = stored.count,
            .sums = read_sums(stored.sums),
            .different = DistinctCount::from_bytes(stored.different)};
}

std::string sums_text(const std::vector<Quantity>& sums) {
    std::string text;
    for (const Quantity& sum : sums) text += (text.empty() ? "" : ";") + to_text(sum);
    return text;
}

std::vector<Quantity> read_sums(std::string_view text) {
    std::vector<Quantity> sums;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(';'), text.size());
        if (auto sum = read_quantity(std::string(text.substr(0, end))))
            sums.push_back(std::move(*sum));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return sums;
}

}  // namespace sop::runtime
