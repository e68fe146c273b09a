// What follows from what platforms were asked to do besides bringing messages, once they did it.
#pragma once

#include "runtime/store/store.h"

namespace sop::runtime {

// Of orders about groups: its id, and how it is called.
inline constexpr const char* group_field = "group";
inline constexpr const char* name_field = "name";

// The delivery came to an end. An order that was carried out is so in the directory: a group it
// created is there with its members, one it dissolved is told of by an event `dissolved`, a member
// it removed is in the group no more. An invitation that certainly did not arrive was none. No
// effect for a message.
void order_ended(Store& store, DeliveryId id, DeliveryState state, Instant now);
void order_ended(Store& store, DeliveryId id, const Command& command, DeliveryState state,
                 Instant now);

}  // namespace sop::runtime
