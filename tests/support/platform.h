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
    // Whether it reached its subject; nothing: if it is `sent` or `unknown`.
    std::optional<bool> taken{};

    bool is_taken() const { return taken.value_or(kind == Kind::sent || kind == Kind::unknown); }
};

// To the question whether a message was taken.
struct AskAnswer {
    enum class Kind { truth, not_known, never };
    Kind kind = Kind::truth;
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
    std::vector<bool> reached;           // of each attempt, whether it was taken

    std::function<AskAnswer(const runtime::Attempt&)> ask_answer = [](const runtime::Attempt&) {
        return AskAnswer{};
    };
    std::size_t questions_max = 4;
    std::vector<runtime::Attempt> questions;  // all, in order
    std::vector<Instant> asked_at;
    std::optional<std::size_t> kill_at_question;  // the process dies when so many have been asked

    bool has_taken(const std::string& key) const;

    bool breaks_on_collect = false;  // the next look for answers throws
    std::size_t in_flight_seen = 0;  // the most at once
    bool is_overrun = false;         // more were started, or asked, than there were places
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
    std::size_t questions_max() const override { return platform_.questions_max; }
    void ask(const std::vector<runtime::Attempt>& last_attempts) override;
    std::vector<runtime::AskResult> collect_answers() override;

    // To an attempt or a question. By the stopwatch.
    std::optional<Instant> next_answer() const;

  private:
    struct UnderWay {
        Answer answer;
        Instant answered_at;
    };

    struct Question {
        runtime::AskResult result;
        bool is_answered;
        Instant answered_at;
    };

    bool is_answered(const UnderWay& attempt) const;

    Platform& platform_;
    const runtime::Clock& clock_;
    const runtime::Clock& stopwatch_;
    runtime::Wakeup& wakeup_;
    std::map<runtime::DeliveryId, UnderWay> under_way_;
    std::vector<runtime::AttemptResult> given_up_;
    std::map<runtime::DeliveryId, Question> questions_;
    std::vector<runtime::AskResult> questions_given_up_;
};

}  // namespace sop::tests
