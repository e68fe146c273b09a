// Signals as something a loop can ask for.
#pragma once

#include "runtime/clock/clock.h"

namespace sop::runtime::cli {

// SIGTERM and Ctrl-C: the loop ends by itself and cleans up. While it lives these signals wake
// `wakeup` and are remembered; a second Ctrl-C ends the process at once. SIGPIPE is ignored: a
// closed pipe is an error of the write. At most one at a time.
class StopSignal {
  public:
    explicit StopSignal(Wakeup& wakeup);
    ~StopSignal();
    StopSignal(const StopSignal&) = delete;
    StopSignal& operator=(const StopSignal&) = delete;

    bool asked() const;
};

// SIGHUP: read the zone data again. While it lives the signal wakes `wakeup` and is remembered. At
// most one at a time.
class ReloadSignal {
  public:
    explicit ReloadSignal(Wakeup& wakeup);
    ~ReloadSignal();
    ReloadSignal(const ReloadSignal&) = delete;
    ReloadSignal& operator=(const ReloadSignal&) = delete;

    // True when the signal came since the last call.
    bool take();
};

}  // namespace sop::runtime::cli
