// Chance that comes from one seed, the same with every compiler and library.
#pragma once

#include <chrono>
#include <cstdint>
#include <random>
#include <vector>

namespace sop::sim {

class Dice {
  public:
    explicit Dice(std::uint64_t seed) : engine_(seed) {}

    // 0 to n - 1.
    std::uint64_t below(std::uint64_t n) { return engine_() % n; }
    // Both ends belong to it.
    std::int64_t between(std::int64_t low, std::int64_t high) {
        return low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(high - low) + 1));
    }
    std::chrono::milliseconds between(std::chrono::milliseconds low,
                                      std::chrono::milliseconds high) {
        return std::chrono::milliseconds{between(low.count(), high.count())};
    }
    bool chance(std::uint64_t percent) { return below(100) < percent; }
    template <typename Value>
    const Value& pick(const std::vector<Value>& values) {
        return values[below(values.size())];
    }

  private:
    std::mt19937_64 engine_;
};

}  // namespace sop::sim
