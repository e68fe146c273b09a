// Channels that answer by themselves and send nothing: for rehearsals, tests, and walks through
// what another executor may have done.
#pragma once

#include <functional>

#include "lang/plan.h"
#include "runtime/delivery/channel.h"
#include "runtime/executor/dispatcher.h"

namespace sop::runtime {

inline constexpr std::size_t answered_at_once = 1000;

// What becomes of an attempt; its `delivery` is filled in. Called from the executor's thread.
using Answer = std::function<AttemptResult(const Attempt&)>;

// Takes every message.
AttemptResult take_message(const Attempt& attempt);

// Adds one for each channel that the plan's rules use and that `channels` does not have.
void add_answering_channels(const lang::Plan& plan, const Answer& answer, Channels& channels);

}  // namespace sop::runtime
