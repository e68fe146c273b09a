#include "runtime/scheduler/retry.h"

#include <catch2/catch.hpp>
#include <set>
#include <string>

namespace sop::runtime {

using namespace std::chrono_literals;

TEST_CASE("the delay doubles, within a quarter either way", "[scheduler][retry]") {
    const std::chrono::milliseconds steps[] = {1s, 2s, 4s, 8s, 16s};
    for (int attempt = 1; attempt < attempts_max; ++attempt) {
        for (int key = 0; key < 200; ++key) {
            const auto delay = retry_delay(attempt, std::to_string(key), std::nullopt);
            REQUIRE(delay);
            CHECK(*delay >= steps[attempt - 1] * 3 / 4);
            CHECK(*delay <= steps[attempt - 1] * 5 / 4);
        }
    }
}

TEST_CASE("there is a last attempt, whatever the platform asks for", "[scheduler][retry]") {
    CHECK(retry_delay(attempts_max - 1, "key", std::nullopt));
    CHECK_FALSE(retry_delay(attempts_max, "key", std::nullopt));
    CHECK_FALSE(retry_delay(attempts_max, "key", 1s));
    CHECK_FALSE(retry_delay(attempts_max + 1, "key", std::nullopt));
}

TEST_CASE("messages refused together come back apart, each time the same", "[scheduler][retry]") {
    std::set<std::chrono::milliseconds> delays;
    for (int key = 0; key < 900; ++key) {
        const auto delay = retry_delay(3, std::to_string(key), std::nullopt);
        CHECK(delay == retry_delay(3, std::to_string(key), std::nullopt));
        delays.insert(*delay);
    }
    CHECK(delays.size() > 500);
}

TEST_CASE("what the platform asks for is waited for, up to ten minutes", "[scheduler][retry]") {
    CHECK(retry_delay(1, "key", 30s) == 30s);
    CHECK(retry_delay(1, "key", 10min) == 10min);
    CHECK(retry_delay(1, "key", 24h) == 10min);
    // Less than the delay of its own does not shorten it.
    CHECK(retry_delay(5, "key", 1ms) == retry_delay(5, "key", std::nullopt));
    CHECK(retry_delay(5, "key", -1s) == retry_delay(5, "key", std::nullopt));
}

TEST_CASE("a platform is asked for about a day, the pauses doubling to half an hour",
          "[scheduler][retry]") {
    for (int key = 0; key < 200; ++key) {
        std::chrono::milliseconds all{0};
        std::chrono::milliseconds step = 1s;
        for (int asks = 0; asks < asks_max; ++asks) {
            const auto delay = ask_delay(asks, std::to_string(key), std::nullopt);
            REQUIRE(delay);
            CHECK(*delay >= step * 3 / 4);
            CHECK(*delay <= step * 5 / 4);
            all += *delay;
            step = std::min<std::chrono::milliseconds>(step * 2, 30min);
        }
        CHECK(all > 22h);
        CHECK(all < 28h);
    }
    CHECK_FALSE(ask_delay(asks_max, "key", std::nullopt));
    CHECK_FALSE(ask_delay(asks_max, "key", 1s));
    CHECK(ask_delay(0, "key", 24h) == 10min);
}

}  // namespace sop::runtime
