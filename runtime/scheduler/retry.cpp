#include "runtime/scheduler/retry.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "runtime/scheduler/stable_hash.h"

namespace sop::runtime {

namespace {

struct Growth {
    std::chrono::milliseconds first;
    std::chrono::milliseconds most;
};

// The delay after `count` doublings.
std::chrono::milliseconds delay_after(int count, const Growth& growth, std::uint64_t hash,
                                      std::optional<std::chrono::milliseconds> retry_after) {
    std::chrono::milliseconds delay = growth.first;
    for (int i = 0; i < count && delay < growth.most; ++i) delay *= 2;
    delay = std::min(delay, growth.most);
    const auto spread = delay.count() / 2;
    const auto share = static_cast<std::int64_t>(hash >> 33) % (spread + 1);
    delay += std::chrono::milliseconds{share - spread / 2};
    return std::max(delay, std::min(retry_after.value_or(delay), retry_after_max));
}

}  // namespace

std::optional<std::chrono::milliseconds> retry_delay(
    int attempt, std::string_view key, std::optional<std::chrono::milliseconds> retry_after) {
    if (attempt >= attempts_max) return std::nullopt;
    return delay_after(attempt - 1, {retry_delay_first, retry_delay_max},
                       stable_hash({key, std::to_string(attempt)}), retry_after);
}

std::optional<std::chrono::milliseconds> ask_delay(
    int asks, std::string_view key, std::optional<std::chrono::milliseconds> retry_after) {
    if (asks >= asks_max) return std::nullopt;
    return delay_after(asks, {ask_delay_first, ask_delay_max},
                       stable_hash({key, "ask", std::to_string(asks)}), retry_after);
}

DeliveryState end_of(DeliveryState state, bool in_doubt) {
    const bool is_known = state == DeliveryState::sent || state == DeliveryState::confirmed;
    return in_doubt && !is_known ? DeliveryState::unknown : state;
}

}  // namespace sop::runtime
