// How a message leaves the system. A channel makes attempts and says what became of each; it
// decides nothing: when to try, whether to try again and what to record is the executor's.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lang/plan.h"
#include "runtime/clock/clock.h"

namespace sop::runtime {

using DeliveryId = std::int64_t;

// One try at one delivery. `key` is ASCII, the same for every try of a delivery and never used for
// another.
struct Attempt {
    DeliveryId delivery = 0;
    std::string key;
    std::string playbook;
    std::string rule;
    std::string step;
    lang::SubjectKind target_kind = lang::SubjectKind::group;
    std::string target;  // id of the group or member
    std::string target_name;
    std::string text;
    Instant planned_for{};
    int number = 1;  // 1 for the first try
};

struct AttemptResult {
    enum class Kind {
        sent,     // the platform took it
        retry,    // certainly not taken; worth another try
        failed,   // certainly not taken; another try would fail too
        unknown,  // written, and no answer came: it may have been taken
    };
    DeliveryId delivery = 0;
    Kind kind = Kind::unknown;
    std::string reason{};  // one line for the record; empty when sent
    std::optional<std::chrono::milliseconds> retry_after{};  // what the platform asked for
};

class Channel {
  public:
    virtual ~Channel() = default;
    // How many attempts may be under way at once; after a kill no more than this are in doubt.
    virtual std::size_t in_flight_max() const = 0;
    // Starts attempts and returns without waiting for the network. The caller keeps within
    // in_flight_max.
    virtual void start(std::vector<Attempt> attempts) = 0;
    // Results since the last call; each attempt has exactly one. Never waits: the channel notifies
    // the Wakeup it was made with when there is something to collect.
    virtual std::vector<AttemptResult> collect() = 0;
    // Gives up what is still under way: each such attempt has its result (unknown, or retry when
    // nothing was written) in the next `collect`.
    virtual void abandon() = 0;
};

}  // namespace sop::runtime
