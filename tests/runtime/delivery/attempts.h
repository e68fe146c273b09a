// What the tests of the channels share: attempts to send, and waiting for what became of them.
#pragma once

#include "runtime/delivery/channel.h"

#include <poll.h>
#include <catch2/catch.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace sop::tests {

inline runtime::Attempt attempt(runtime::DeliveryId delivery) {
    runtime::Attempt made;
    made.delivery = delivery;
    made.key = "sop-" + std::to_string(delivery);
    made.playbook = "members";
    made.rule = "flash_sale";
    made.step = "start - 10m";
    made.target = "g" + std::to_string(delivery);
    made.target_name = "会员群";
    made.text = "还有十分钟";
    made.planned_for = date::sys_days{date::year{2026} / 11 / 19} + std::chrono::hours{12};
    return made;
}

inline std::vector<runtime::Attempt> attempts(std::size_t count) {
    std::vector<runtime::Attempt> made;
    for (std::size_t i = 1; i <= count; ++i) {
        made.push_back(attempt(static_cast<runtime::DeliveryId>(i)));
    }
    return made;
}

// Waits for the channel's notifications until `count` results are there, and fails the test when
// one stays away.
inline std::vector<runtime::AttemptResult> results_of(runtime::Channel& channel,
                                                      runtime::Wakeup& wakeup, std::size_t count) {
    constexpr int patience_milliseconds = 20'000;
    std::vector<runtime::AttemptResult> results;
    while (results.size() < count) {
        pollfd notified{wakeup.fd(), POLLIN, 0};
        REQUIRE(::poll(&notified, 1, patience_milliseconds) == 1);
        wakeup.take();
        for (runtime::AttemptResult& result : channel.collect()) results.push_back(result);
    }
    REQUIRE(results.size() == count);
    return results;
}

}  // namespace sop::tests

template <>
struct Catch::StringMaker<sop::runtime::AttemptResult::Kind> {
    static std::string convert(sop::runtime::AttemptResult::Kind kind) {
        switch (kind) {
            case sop::runtime::AttemptResult::Kind::sent:
                return "sent";
            case sop::runtime::AttemptResult::Kind::retry:
                return "retry";
            case sop::runtime::AttemptResult::Kind::failed:
                return "failed";
            case sop::runtime::AttemptResult::Kind::unknown:
                return "unknown";
        }
        return "?";
    }
};
