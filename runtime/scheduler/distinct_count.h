// How many different values came, and how many of them more than once, in little room.
//
// Up to distinct_exact_max values the answer is exact (but for two values that share 63 bits of
// their hash). Beyond, it is HyperLogLog's: a standard error of 0.81 % of the number
// (1.04 / sqrt(2^14)), estimated as Ertl 2017 has it, without tables of corrections. The share of
// those that came more than once is then that among the distinct_exact_max values with the smallest
// hashes, a sample that chance picks: a standard error of 0.8 points of a hundred at most.
//
// Counts are merged in any order and any grouping, with the same bytes as their result.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sop::runtime {

inline constexpr std::size_t distinct_exact_max = 4096;

class DistinctCount {
  public:
    void add(std::string_view value);
    void merge(const DistinctCount& other);

    std::int64_t count() const;
    std::int64_t repeated() const;
    bool is_exact() const { return registers_.empty(); }

    // Empty for none.
    std::string bytes() const;
    // Of what `bytes` gave; throws std::invalid_argument for other texts.
    static DistinctCount from_bytes(std::string_view bytes);

    bool operator==(const DistinctCount&) const = default;

  private:
    void insert(std::uint64_t hash);
    void note(std::uint64_t hash);
    void shrink();

    // The smallest hashes, ascending; the lowest bit of each says that its value came again.
    std::vector<std::uint64_t> sample_;
    // Empty while the sample is all.
    std::vector<std::uint8_t> registers_;
};

}  // namespace sop::runtime
