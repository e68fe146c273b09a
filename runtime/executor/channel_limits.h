// How much of each channel may be used: its `budget` makes messages wait, its `quota` for each
// subject refuses them. Both are counted from attempts kept in the store, so that a restart forgets
// nothing. A channel without either costs nothing.
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "lang/calendar/zone.h"
#include "lang/plan.h"
#include "runtime/store/store.h"

namespace sop::runtime {

class ChannelLimits {
  public:
    explicit ChannelLimits(Store& store) : store_(store) {}

    // By the declarations of the plan in force; none without one.
    void use(const lang::Plan* in_force);

    // How many attempts may be made now: in no span as long as the budget's are there more than it
    // allows. every_row without a budget.
    std::size_t room(const std::string& channel, Instant now);
    // When there is room again for a channel that has none.
    Instant next_room(const std::string& channel, Instant now);
    // Whether the subject got all it may without this message. A quota per day is one of the zone's
    // calendar day.
    bool is_over_quota(const DueDelivery& due, const lang::calendar::Zone& zone, Instant now);

    void attempted(const ChannelUse& use);
    // It counts for the budget still, but for no quota.
    void not_taken(const ChannelUse& use);
    // Nor did any other attempt at its delivery.
    void none_taken(const ChannelUse& use);

  private:
    const lang::ChannelDeclaration* find_limited(const std::string& channel) const;

    Store& store_;
    std::map<std::string, lang::ChannelDeclaration> limited_;
};

}  // namespace sop::runtime
