// Notices that the wall clock was set, by comparing it with the stopwatch.
#pragma once

#include <chrono>
#include <optional>

#include "runtime/clock/clock.h"

namespace sop::runtime {

class ClockWatch {
  public:
    // How much more the wall shows than the time that passed since the last step, or since the
    // beginning, would give; nothing below `step_min`. A clock that runs fast or slow adds up to
    // steps.
    std::optional<std::chrono::milliseconds> find_step(const Clock& clock) {
        const auto ahead = clock.now().time_since_epoch() - clock.elapsed();
        if (!ahead_) ahead_ = ahead;
        const auto by = ahead - *ahead_;
        if (std::chrono::abs(by) < step_min) return std::nullopt;
        ahead_ = ahead;
        return by;
    }

    static constexpr std::chrono::milliseconds step_min{1000};

  private:
    std::optional<std::chrono::milliseconds> ahead_{};
};

}  // namespace sop::runtime
