// SIGHUP as something a loop can ask for: read the zone data again.
#pragma once

#include "runtime/clock/clock.h"

namespace sop::runtime::cli {

// While it lives the signal wakes `wakeup` and is remembered. At most one at a time.
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
