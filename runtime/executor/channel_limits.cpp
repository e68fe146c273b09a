#include "runtime/executor/channel_limits.h"

#include <algorithm>

#include "runtime/scheduler/guards.h"

namespace sop::runtime {

namespace {

// A quota counts at most a calendar day, which is never longer than this.
constexpr std::chrono::hours counted_for{48};

std::size_t allowed_by(const lang::ChannelLimit& limit) {
    return static_cast<std::size_t>(std::max(limit.count, 1));
}

}  // namespace

void ChannelLimits::use(const lang::Plan* in_force) {
    limited_.clear();
    if (in_force == nullptr) return;
    for (const lang::ChannelDeclaration& channel : in_force->channels) {
        if (channel.budget || channel.quota) limited_.emplace(channel.name, channel);
    }
}

const lang::ChannelDeclaration* ChannelLimits::find_limited(const std::string& channel) const {
    const auto found = limited_.find(channel);
    return found == limited_.end() ? nullptr : &found->second;
}

std::size_t ChannelLimits::room(const std::string& channel, Instant now) {
    const auto* limited = find_limited(channel);
    if (limited == nullptr || !limited->budget) return every_row;
    const auto used = static_cast<std::size_t>(
        store_.count_channel_uses(channel, now - length_of(limited->budget->per), now));
    return allowed_by(*limited->budget) - std::min(used, allowed_by(*limited->budget));
}

Instant ChannelLimits::next_room(const std::string& channel, Instant now) {
    const auto* limited = find_limited(channel);
    if (limited == nullptr || !limited->budget) return now;
    const auto oldest = store_.latest_channel_use(channel, now, allowed_by(*limited->budget) - 1);
    return oldest ? *oldest + length_of(limited->budget->per) : now;
}

bool ChannelLimits::is_over_quota(const DueDelivery& due, const lang::calendar::Zone& zone,
                                  Instant now) {
    const auto* limited = find_limited(due.delivery.channel);
    if (limited == nullptr || !limited->quota) return false;
    const Instant since = quota_begin(*limited->quota, zone, now);
    const auto taken = store_.count_taken(due.delivery.channel, due.subject_kind, due.subject,
                                          since, now, due.delivery.id);
    return static_cast<std::size_t>(taken) >= allowed_by(*limited->quota);
}

void ChannelLimits::attempted(const ChannelUse& use) {
    if (find_limited(use.channel) == nullptr) return;
    store_.forget_channel_uses_before(use.channel, use.at - counted_for);
    store_.add_channel_use(use);
}

void ChannelLimits::not_taken(const ChannelUse& use) {
    if (find_limited(use.channel) != nullptr) store_.set_not_taken(use);
}

void ChannelLimits::none_taken(const ChannelUse& use) {
    if (find_limited(use.channel) != nullptr) store_.set_none_taken(use);
}

}  // namespace sop::runtime
