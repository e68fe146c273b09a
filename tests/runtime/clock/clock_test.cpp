#include "runtime/clock/clock.h"

#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <thread>

namespace sop::runtime {

using namespace std::chrono_literals;

namespace {

const Instant noon{date::sys_days{date::year{2026} / 11 / 19} + 12h};

Wakeup* signalled = nullptr;

}  // namespace

TEST_CASE("a manual clock stands still", "[clock]") {
    ManualClock clock{noon};
    CHECK(clock.now() == noon);
    clock.advance(90s);
    CHECK(clock.now() == noon + 90s);
    clock.set(noon - 1h);
    CHECK(clock.now() == noon - 1h);
}

TEST_CASE("a manual clock jumps to the deadline it is told to wait for", "[clock]") {
    ManualClock clock{noon};
    Wakeup wakeup;
    clock.wait(noon + 2h, wakeup);
    CHECK(clock.now() == noon + 2h);

    SECTION("but never back") {
        clock.wait(noon, wakeup);
        CHECK(clock.now() == noon + 2h);
    }
    SECTION("and stays where it is without one") {
        clock.wait(std::nullopt, wakeup);
        CHECK(clock.now() == noon + 2h);
    }
    SECTION("or when it was woken before, once") {
        wakeup.notify();
        clock.wait(noon + 3h, wakeup);
        CHECK(clock.now() == noon + 2h);
        clock.wait(noon + 3h, wakeup);
        CHECK(clock.now() == noon + 3h);
    }
}

TEST_CASE("many notifications are taken as one", "[clock]") {
    Wakeup wakeup;
    CHECK_FALSE(wakeup.take());
    wakeup.notify();
    wakeup.notify();
    CHECK(wakeup.take());
    CHECK_FALSE(wakeup.take());
}

TEST_CASE("a signal handler may notify and leaves errno alone", "[clock]") {
    Wakeup wakeup;
    signalled = &wakeup;
    const auto before = std::signal(SIGUSR1, [](int) { signalled->notify(); });
    errno = E2BIG;
    std::raise(SIGUSR1);
    CHECK(errno == E2BIG);
    CHECK(wakeup.take());
    std::signal(SIGUSR1, before);
}

TEST_CASE("the system clock waits until its deadline", "[clock]") {
    SystemClock clock;
    Wakeup wakeup;
    const Instant deadline = clock.now() + 20ms;
    // It may return early, so a caller asks again.
    while (clock.now() < deadline) clock.wait(deadline, wakeup);
    CHECK(clock.now() >= deadline);
}

TEST_CASE("the system clock does not wait for what has passed", "[clock]") {
    SystemClock clock;
    Wakeup wakeup;
    wakeup.notify();
    for (const Instant past : {Instant{}, Instant{-1ms}, clock.now()}) {
        clock.wait(past, wakeup);
        CHECK_FALSE(wakeup.take());
    }
}

TEST_CASE("another thread's notification ends a wait without a deadline", "[clock]") {
    SystemClock clock;
    Wakeup wakeup;
    std::thread other([&wakeup] { wakeup.notify(); });
    clock.wait(std::nullopt, wakeup);
    other.join();
    CHECK_FALSE(wakeup.take());
}

TEST_CASE("a watched descriptor ends a wait and is left to its owner", "[clock]") {
    SystemClock clock;
    Wakeup wakeup;
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    wakeup.watch(ends[0]);
    REQUIRE(::write(ends[1], "x", 1) == 1);
    clock.wait(clock.now() + 1h, wakeup);
    char byte = 0;
    CHECK(::read(ends[0], &byte, 1) == 1);
    CHECK(byte == 'x');
    ::close(ends[0]);
    ::close(ends[1]);
}

}  // namespace sop::runtime
