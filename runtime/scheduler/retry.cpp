#include "runtime/scheduler/retry.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "runtime/scheduler/stable_hash.h"

namespace sop::runtime {

std::optional<std::chrono::milliseconds> retry_delay(
    int attempt, std::string_view key, std::optional<std::chrono::milliseconds> retry_after) {
    if (attempt >= attempts_max) return std::nullopt;
    std::chrono::milliseconds delay = retry_delay_first;
    for (int i = 1; i < attempt && delay < retry_delay_max; ++i) delay *= 2;
    delay = std::min(delay, retry_delay_max);
    const auto spread = delay.count() / 2;
    const auto hash = stable_hash({key, std::to_string(attempt)});
    const auto share = static_cast<std::int64_t>(hash >> 33) % (spread + 1);
    delay += std::chrono::milliseconds{share - spread / 2};
    return std::max(delay, std::min(retry_after.value_or(delay), retry_after_max));
}

DeliveryState end_of(DeliveryState state, bool in_doubt) {
    const bool is_known = state == DeliveryState::sent || state == DeliveryState::confirmed;
    return in_doubt && !is_known ? DeliveryState::unknown : state;
}

}  // namespace sop::runtime
