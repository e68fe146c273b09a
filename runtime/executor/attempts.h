// An attempt at a message, as a channel is told of it.
#pragma once

#include "lang/plan.h"
#include "runtime/delivery/channel.h"
#include "runtime/store/store.h"

namespace sop::runtime {

// `number` is 1 for the first. The rule is the one of the plan the message was planned by.
Attempt attempt_at(Store& store, const DueDelivery& due, const lang::Rule& rule, int number);

}  // namespace sop::runtime
