// SIGTERM and Ctrl-C as something a loop can ask for, so that it ends by itself and cleans up.
#pragma once

#include "runtime/clock/clock.h"

namespace sop::runtime::cli {

// While it lives these signals wake `wakeup` and are remembered; a second Ctrl-C ends the process
// at once. SIGPIPE is ignored: a closed pipe is an error of the write. At most one at a time.
class StopSignal {
  public:
    explicit StopSignal(Wakeup& wakeup);
    ~StopSignal();
    StopSignal(const StopSignal&) = delete;
    StopSignal& operator=(const StopSignal&) = delete;

    bool asked() const;
};

}  // namespace sop::runtime::cli
