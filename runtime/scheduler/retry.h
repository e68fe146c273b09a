// Whether and when a message that was certainly not taken is tried again, and when a platform is
// asked again whether it took one.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "runtime/store/store.h"

namespace sop::runtime {

inline constexpr int attempts_max = 6;
inline constexpr std::chrono::milliseconds retry_delay_first{1000};
inline constexpr std::chrono::milliseconds retry_delay_max{60000};
inline constexpr std::chrono::milliseconds retry_after_max{
    600000};  // more than that is not waited for

// How long to wait after attempt number `attempt` (1 for the first); nothing when it was the last.
// The delay doubles from retry_delay_first to retry_delay_max and is spread by a quarter either
// way, so that 900 refused at once do not come back at once; the spread comes from the delivery's
// key, so that every replay waits the same. `retry_after`, what the platform asked for, is waited
// for where it is longer.
std::optional<std::chrono::milliseconds> retry_delay(
    int attempt, std::string_view key, std::optional<std::chrono::milliseconds> retry_after);

// 60 questions take about 25 hours.
inline constexpr int asks_max = 60;
inline constexpr std::chrono::milliseconds ask_delay_first{1000};
inline constexpr std::chrono::milliseconds ask_delay_max{1800000};

// How long to wait before the next question when the platform was asked `asks` times to no avail
// (0 before the first question: what is on its way must have the time to arrive); nothing when it
// was asked asks_max times. Doubles, is spread and gives way to `retry_after` as retry_delay does.
std::optional<std::chrono::milliseconds> ask_delay(
    int asks, std::string_view key, std::optional<std::chrono::milliseconds> retry_after);

// What a message ends as that would end as `state`: one of which an earlier attempt may have been
// taken is sent, or nobody can tell.
DeliveryState end_of(DeliveryState state, bool in_doubt);

}  // namespace sop::runtime
