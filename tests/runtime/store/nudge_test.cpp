#include "runtime/store/nudge.h"

#include <poll.h>
#include <catch2/catch.hpp>

#include <optional>

#include "tests/support/temporary_folder.h"

namespace sop::runtime {

namespace {

bool is_readable(int fd) {
    pollfd entry{fd, POLLIN, 0};
    return poll(&entry, 1, 0) > 0;
}

}  // namespace

TEST_CASE("a nudge is heard", "[store][nudge]") {
    const tests::TemporaryFolder folder;
    const auto store = folder / "sop.db";
    CHECK_FALSE(send_nudge(store));
    CHECK_FALSE(AwaitedNudge(store).is_sent());
    NudgeListener listener(store);
    CHECK_FALSE(is_readable(listener.fd()));
    CHECK(send_nudge(store));
    CHECK(is_readable(listener.fd()));
    listener.drain();
    CHECK_FALSE(is_readable(listener.fd()));
}

TEST_CASE("a sender waits until its nudge has been looked at", "[store][nudge]") {
    const tests::TemporaryFolder folder;
    const auto store = folder / "sop.db";
    std::optional<NudgeListener> listener;
    listener.emplace(store);
    const AwaitedNudge first(store);
    const AwaitedNudge second(store);
    REQUIRE(first.is_sent());
    CHECK_FALSE(is_readable(first.fd()));
    listener->drain();
    CHECK_FALSE(is_readable(first.fd()));
    const AwaitedNudge late(store);
    listener->answer();
    CHECK(is_readable(first.fd()));
    CHECK(is_readable(second.fd()));
    CHECK_FALSE(is_readable(late.fd()));
    // A listener that is gone answers nobody, and nobody waits for it.
    listener.reset();
    CHECK(is_readable(late.fd()));
}

}  // namespace sop::runtime
