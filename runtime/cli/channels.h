// The channels of a plan, set up from its declarations and sop.toml.
#pragma once

#include "lang/plan.h"
#include "runtime/config/config.h"
#include "runtime/executor/executor.h"

namespace sop::runtime::cli {

// The channels the plan's rules use. Throws ConfigError or CommandError for one that is not set up.
Channels make_channels(const lang::Plan& plan, const Config& config, Wakeup& wakeup);

}  // namespace sop::runtime::cli
