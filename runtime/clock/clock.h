// The only place that reads the time. Everything else is handed instants, so that one executor
// serves production, rehearsal and tests.
#pragma once

#include <date/date.h>
#include <chrono>
#include <optional>
#include <vector>

namespace sop::runtime {

// UTC, in milliseconds: the resolution of everything stored.
using Instant = date::sys_time<std::chrono::milliseconds>;

// Wakes a waiting executor. `notify` may be called from any thread and from a signal handler.
class Wakeup {
  public:
    Wakeup();  // throws std::system_error when the process has no file descriptors left
    ~Wakeup();
    Wakeup(const Wakeup&) = delete;
    Wakeup& operator=(const Wakeup&) = delete;

    void notify() noexcept;
    // Also wakes when `fd` becomes readable; the caller drains it. The fd must stay open as long as
    // this object.
    void watch(int fd) { watched_.push_back(fd); }

    void unwatch(int fd) { std::erase(watched_, fd); }

    // Takes back a notification; true when there was one since the last call.
    bool take() noexcept;
    int fd() const { return fd_; }
    const std::vector<int>& watched() const { return watched_; }

  private:
    int fd_;
    std::vector<int> watched_;
};

class Clock {
  public:
    virtual ~Clock() = default;
    virtual Instant now() const = 0;
    // By the stopwatch, from some moment on: the setting of the wall clock does not change it, and
    // it goes on while the machine sleeps.
    virtual std::chrono::milliseconds elapsed() const = 0;
    // Returns at `deadline` (never, without one), or as soon as `wakeup` is notified or a watched
    // fd is readable. Takes the notification. May return early.
    virtual void wait(std::optional<Instant> deadline, Wakeup& wakeup) = 0;
};

// The machine's wall clock. A step of the clock during a wait ends the wait.
class SystemClock : public Clock {
  public:
    Instant now() const override;
    std::chrono::milliseconds elapsed() const override;
    void wait(std::optional<Instant> deadline, Wakeup& wakeup) override;
};

// Stands still until told to move: `wait` jumps to its deadline at once. Without a deadline it
// returns at once.
class ManualClock : public Clock {
  public:
    explicit ManualClock(Instant start) : now_(start) {}
    Instant now() const override { return now_ + set_by_; }
    std::chrono::milliseconds elapsed() const override { return now_.time_since_epoch(); }
    void wait(std::optional<Instant> deadline, Wakeup& wakeup) override;
    // Time passes until then, or the clock is set back.
    void set(Instant instant) {
        if (instant < now()) return step(instant - now());
        advance(instant - now());
    }
    void advance(std::chrono::milliseconds by) { now_ += by; }
    // Somebody sets it; no time passes.
    void step(std::chrono::milliseconds by) { set_by_ += by; }

  private:
    Instant now_;
    std::chrono::milliseconds set_by_{};
};

}  // namespace sop::runtime
