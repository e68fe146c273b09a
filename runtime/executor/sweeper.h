// Lets go what retention no longer keeps, a small transaction at a time, when nothing else is to be
// done: a message that comes due waits for one page at most.
#pragma once

#include <optional>

#include "runtime/executor/reports.h"
#include "runtime/scheduler/retention.h"
#include "runtime/store/store.h"

namespace sop::runtime {

class Sweeper {
  public:
    // Nothing is let go without a policy.
    Sweeper(Store& store, std::optional<RetentionPolicy> policy, Reports& reports)
        : store_(store), policy_(policy), reports_(reports) {}

    // One page of the day's sweep. False when there is none today any more.
    bool sweep(Instant now);

  private:
    struct Progress {
        std::size_t table = 0;
        SweepCursor through{};
        std::int64_t let_go = 0;  // rows of all tables
    };
    bool is_due(Instant now);

    Store& store_;
    std::optional<RetentionPolicy> policy_;
    Reports& reports_;
    std::optional<Progress> progress_{};  // nothing between sweeps
    std::optional<Instant> finished_at_{};
    bool has_read_ = false;  // finished_at_, from the store
};

}  // namespace sop::runtime
