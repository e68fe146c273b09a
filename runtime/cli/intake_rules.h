// What `sop.toml` says of events from outside, as the inbox takes it.
#pragma once

#include "runtime/config/config.h"
#include "runtime/intake/intake.h"

namespace sop::runtime::cli {

inline IntakeRules intake_rules(const IntakeConfig& config) {
    return {
        .future_max = config.future_max, .past_max = config.past_max, .line_max = config.line_max};
}

}  // namespace sop::runtime::cli
