#include "runtime/scheduler/distinct_count.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "runtime/scheduler/stable_hash.h"

namespace sop::runtime {

namespace {

constexpr int index_bits = 14;
constexpr std::size_t register_count = std::size_t{1} << index_bits;
constexpr int rank_max = 64 - index_bits + 1;
constexpr std::uint64_t came_again = 1;
constexpr std::size_t hash_bytes = 8;

// Equal ends of short values must not show in the high bits, which are the register's number.
std::uint64_t mixed(std::uint64_t hash) {
    hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9ULL;
    hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebULL;
    return hash ^ (hash >> 31);
}

// The two sums of Ertl's estimator, each to the last bit of a double.
double sigma(double x) {
    if (x == 1.0) return std::numeric_limits<double>::infinity();
    double y = 1.0;
    double z = x;
    for (double before = -1.0; z != before;) {
        x *= x;
        before = z;
        z += x * y;
        y += y;
    }
    return z;
}

double tau(double x) {
    if (x == 0.0 || x == 1.0) return 0.0;
    double y = 1.0;
    double z = 1.0 - x;
    for (double before = -1.0; z != before;) {
        x = std::sqrt(x);
        before = z;
        y *= 0.5;
        z -= (1.0 - x) * (1.0 - x) * y;
    }
    return z / 3.0;
}

double estimate(const std::vector<std::uint8_t>& registers) {
    std::array<double, rank_max + 1> with_rank{};
    for (const std::uint8_t rank : registers) with_rank.at(rank) += 1.0;
    constexpr auto size = static_cast<double>(register_count);
    double z = size * tau(1.0 - with_rank[rank_max] / size);
    for (int rank = rank_max - 1; rank >= 1; --rank)
        z = 0.5 * (z + with_rank.at(static_cast<std::size_t>(rank)));
    z += size * sigma(with_rank[0] / size);
    return size * size / (2.0 * std::log(2.0) * z);
}

}  // namespace

void DistinctCount::add(std::string_view value) {
    insert(mixed(stable_hash({value})) & ~came_again);
    shrink();
}

void DistinctCount::merge(const DistinctCount& other) {
    if (!registers_.empty() || !other.registers_.empty()) {
        // Samples beside registers are in them already.
        if (registers_.empty()) {
            for (const std::uint64_t marked : sample_) note(marked);
        }
        if (other.registers_.empty()) {
            for (const std::uint64_t marked : other.sample_) note(marked);
        }
        registers_.resize(register_count);
        for (std::size_t i = 0; i < other.registers_.size(); ++i)
            registers_[i] = std::max(registers_[i], other.registers_[i]);
    }
    std::vector<std::uint64_t> both;
    both.reserve(sample_.size() + other.sample_.size());
    auto left = sample_.cbegin();
    auto right = other.sample_.cbegin();
    while (left != sample_.cend() && right != other.sample_.cend()) {
        const std::uint64_t hash = *left & ~came_again;
        const std::uint64_t with = *right & ~came_again;
        if (hash == with) both.push_back(hash | came_again);
        if (hash < with) both.push_back(*left);
        if (hash > with) both.push_back(*right);
        left += hash <= with ? 1 : 0;
        right += hash >= with ? 1 : 0;
    }
    both.insert(both.end(), left, sample_.cend());
    both.insert(both.end(), right, other.sample_.cend());
    sample_ = std::move(both);
    shrink();
}

void DistinctCount::insert(std::uint64_t hash) {
    if (!registers_.empty()) note(hash);
    const auto place = std::lower_bound(sample_.begin(), sample_.end(), hash);
    if (place != sample_.end() && (*place & ~came_again) == hash) {
        *place |= came_again;
    } else {
        sample_.insert(place, hash);
    }
}

void DistinctCount::note(std::uint64_t hash) {
    if (registers_.empty()) registers_.assign(register_count, 0);
    hash &= ~came_again;
    const auto index = static_cast<std::size_t>(hash >> (64 - index_bits));
    const int rank = std::min(std::countl_zero(hash << index_bits) + 1, rank_max);
    registers_[index] = std::max(registers_[index], static_cast<std::uint8_t>(rank));
}

// A hash that the sample drops never comes back to it, so that its marks are right.
void DistinctCount::shrink() {
    if (sample_.size() <= distinct_exact_max) return;
    if (registers_.empty()) {
        for (const std::uint64_t marked : sample_) note(marked);
    }
    sample_.resize(distinct_exact_max);
}

std::int64_t DistinctCount::count() const {
    if (registers_.empty()) return static_cast<std::int64_t>(sample_.size());
    return std::llround(estimate(registers_));
}

std::int64_t DistinctCount::repeated() const {
    const auto again = std::count_if(sample_.begin(), sample_.end(), [](std::uint64_t marked) {
        return (marked & came_again) != 0;
    });
    if (registers_.empty()) return again;
    return std::llround(estimate(registers_) * static_cast<double>(again) /
                        static_cast<double>(sample_.size()));
}

std::string DistinctCount::bytes() const {
    std::string bytes;
    bytes.reserve(sample_.size() * hash_bytes + registers_.size());
    for (const std::uint64_t marked : sample_) {
        for (std::size_t i = 0; i < hash_bytes; ++i)
            bytes += static_cast<char>(static_cast<unsigned char>(marked >> (8 * i)));
    }
    for (const std::uint8_t rank : registers_) bytes += static_cast<char>(rank);
    return bytes;
}

DistinctCount DistinctCount::from_bytes(std::string_view bytes) {
    constexpr std::size_t exact_bytes = distinct_exact_max * hash_bytes;
    const bool is_exact = bytes.size() <= exact_bytes && bytes.size() % hash_bytes == 0;
    if (!is_exact && bytes.size() != exact_bytes + register_count)
        throw std::invalid_argument("not a count of different values");
    DistinctCount count;
    const std::size_t sample = std::min(bytes.size(), exact_bytes) / hash_bytes;
    count.sample_.reserve(sample);
    for (std::size_t at = 0; at < sample; ++at) {
        std::uint64_t marked = 0;
        for (std::size_t i = 0; i < hash_bytes; ++i)
            marked |=
                static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[at * hash_bytes + i]))
                << (8 * i);
        count.sample_.push_back(marked);
    }
    if (is_exact) return count;
    count.registers_.assign(bytes.begin() + exact_bytes, bytes.end());
    return count;
}

}  // namespace sop::runtime
