#include "runtime/scheduler/retention.h"

namespace sop::runtime {

namespace {

constexpr date::days between_sweeps{1};

std::optional<date::days> length_of(const RetentionPolicy& policy, Kept kept) {
    switch (kept) {
        case Kept::deliveries:
        case Kept::tasks:
        case Kept::runs:
        case Kept::firings:
        case Kept::plans:
        case Kept::tier_changes:
            return policy.messages;
        case Kept::events:
            return policy.events;
        case Kept::event_ids:
            return policy.event_ids;
        case Kept::zone_changes:
            return policy.zone_changes;
        case Kept::past_stays:
        case Kept::day_counts:
            return policy.figures;
    }
    return std::nullopt;  // not reached: the switch names every kind
}

}  // namespace

std::optional<Instant> let_go_before(const RetentionPolicy& policy, Kept kept, Instant now) {
    const auto length = length_of(policy, kept);
    return length ? std::optional(now - *length) : std::nullopt;
}

bool sweep_is_due(std::optional<Instant> finished_at, Instant now) {
    return !finished_at || now < *finished_at || now >= *finished_at + between_sweeps;
}

}  // namespace sop::runtime
