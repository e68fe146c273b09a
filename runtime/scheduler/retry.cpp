#include "runtime/scheduler/retry.h"

#include <algorithm>
#include <cstdint>

namespace sop::runtime {

namespace {

// FNV-1a: std::hash may differ between builds, and a delay must not.
std::uint64_t hash_of(std::string_view key, int attempt) {
    std::uint64_t hash = 14695981039346656037ULL;
    const auto mix = [&hash](unsigned char byte) { hash = (hash ^ byte) * 1099511628211ULL; };
    for (const char c : key) mix(static_cast<unsigned char>(c));
    mix(static_cast<unsigned char>(attempt));
    return hash;
}

}  // namespace

std::optional<std::chrono::milliseconds> retry_delay(
    int attempt, std::string_view key, std::optional<std::chrono::milliseconds> retry_after) {
    if (attempt >= attempts_max) return std::nullopt;
    std::chrono::milliseconds delay = retry_delay_first;
    for (int i = 1; i < attempt && delay < retry_delay_max; ++i) delay *= 2;
    delay = std::min(delay, retry_delay_max);
    const auto spread = delay.count() / 2;
    const auto share = static_cast<std::int64_t>(hash_of(key, attempt) >> 33) % (spread + 1);
    delay += std::chrono::milliseconds{share - spread / 2};
    return std::max(delay, std::min(retry_after.value_or(delay), retry_after_max));
}

}  // namespace sop::runtime
