// A platform that answers as it is told, and remembers what reached it.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "runtime/clock/clock.h"
#include "runtime/delivery/channel.h"

namespace sop::tests {

using runtime::Instant;

struct Answer {
    enum class Kind { sent, retry, failed, unknown, never };
    Kind kind = Kind::sent;
    std::string reason{};
    std::chrono::milliseconds delay{0};
    std::optional<std::chrono::milliseconds> retry_after{};
};

// Stands for a process that dies here and now; derived from nothing, so that no handler takes it
// for an error.
struct Killed {};

// What is out there, beyond the reach of a crash: one for each channel.
struct Platform {
    std::function<Answer(const runtime::Attempt&)> answer = [](const runtime::Attempt&) {
        return Answer{};
    };
    std::size_t in_flight_max = 100;
    // Whether the process died without knowing it yet: it gets no further than here.
    std::function<bool()> is_process_dead = [] { return false; };
    std::optional<std::size_t> kill_at;  // the process dies when this many attempts have been made
    std::vector<runtime::Attempt> attempts;  // all, in order
    std::vector<Instant> attempted_at;
    std::vector<Answer::Kind> answered;  // `never` also for an attempt that was cut short
    bool breaks_on_collect = false;      // the next look for answers throws
    std::size_t in_flight_seen = 0;      // the most at once
    bool is_overrun = false;             // more were started than there were places
};

// The executor's end of it.
class PlatformChannel : public runtime::Channel {
  public:
    // Attempts are noted by the clock on the wall, answers take their time by the stopwatch.
    PlatformChannel(Platform& platform, const runtime::Clock& clock,
                    const runtime::Clock& stopwatch, runtime::Wakeup& wakeup)
        : platform_(platform), clock_(clock), stopwatch_(stopwatch), wakeup_(wakeup) {}

    std::size_t in_flight_max() const override { return platform_.in_flight_max; }
    void start(std::vector<runtime::Attempt> attempts) override;
    std::vector<runtime::AttemptResult> collect() override;
    void abandon() override;

    // By the stopwatch.
    std::optional<Instant> next_answer() const;

  private:
    struct UnderWay {
        Answer answer;
        Instant answered_at;
    };

    bool is_answered(const UnderWay& attempt) const;

    Platform& platform_;
    const runtime::Clock& clock_;
    const runtime::Clock& stopwatch_;
    runtime::Wakeup& wakeup_;
    std::map<runtime::DeliveryId, UnderWay> under_way_;
    std::vector<runtime::AttemptResult> given_up_;
};

}  // namespace sop::tests
