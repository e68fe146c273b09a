#include "runtime/clock/clock.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>

namespace sop::runtime {

namespace {

// A timer on the wall clock, so that a deadline stays where it is when the clock is set, and the
// setting itself wakes.
class WallTimer {
  public:
    explicit WallTimer(Instant deadline)
        : fd_(::timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC)) {
        if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "timerfd_create");
        const auto since_epoch = deadline.time_since_epoch();
        const auto whole = std::chrono::floor<std::chrono::seconds>(since_epoch);
        itimerspec when{};
        when.it_value.tv_sec = whole.count();
        when.it_value.tv_nsec = std::chrono::nanoseconds(since_epoch - whole).count();
        if (::timerfd_settime(fd_, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &when, nullptr) !=
            0) {
            const int error = errno;
            ::close(fd_);
            throw std::system_error(error, std::generic_category(), "timerfd_settime");
        }
    }
    ~WallTimer() { ::close(fd_); }
    WallTimer(const WallTimer&) = delete;
    WallTimer& operator=(const WallTimer&) = delete;

    int fd() const { return fd_; }

  private:
    int fd_;
};

}  // namespace

Wakeup::Wakeup() : fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}

Wakeup::~Wakeup() {
    ::close(fd_);
}

void Wakeup::notify() noexcept {
    // A signal handler must leave errno as it found it. A full counter (EAGAIN) is as good as a
    // notification.
    const int saved = errno;
    const std::uint64_t one = 1;
    while (::write(fd_, &one, sizeof one) < 0 && errno == EINTR) {
    }
    errno = saved;
}

bool Wakeup::take() noexcept {
    std::uint64_t count = 0;
    ssize_t got = 0;
    do {
        got = ::read(fd_, &count, sizeof count);
    } while (got < 0 && errno == EINTR);
    return got == sizeof count;
}

Instant SystemClock::now() const {
    return date::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::chrono::milliseconds SystemClock::elapsed() const {
    timespec time{};
    if (::clock_gettime(CLOCK_BOOTTIME, &time) != 0)
        throw std::system_error(errno, std::generic_category(), "clock_gettime");
    return std::chrono::seconds{time.tv_sec} +
           std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::nanoseconds{time.tv_nsec});
}

void SystemClock::wait(std::optional<Instant> deadline, Wakeup& wakeup) {
    // A deadline that has passed is no wait; one at the epoch would also disarm the timer instead
    // of firing it.
    if (deadline && *deadline <= now()) {
        wakeup.take();
        return;
    }
    std::optional<WallTimer> timer;
    std::vector<pollfd> fds{{wakeup.fd(), POLLIN, 0}};
    for (const int fd : wakeup.watched()) fds.push_back({fd, POLLIN, 0});
    if (deadline) fds.push_back({timer.emplace(*deadline).fd(), POLLIN, 0});
    // Interrupted by a signal it returns early, as the contract allows.
    if (::poll(fds.data(), fds.size(), -1) < 0 && errno != EINTR) {
        throw std::system_error(errno, std::generic_category(), "poll");
    }
    wakeup.take();
}

void ManualClock::wait(std::optional<Instant> deadline, Wakeup& wakeup) {
    if (wakeup.take()) return;
    if (deadline && *deadline > now()) set(*deadline);
}

}  // namespace sop::runtime
