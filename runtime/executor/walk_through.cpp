#include "runtime/executor/walk_through.h"

#include <algorithm>

#include "runtime/executor/answering_channels.h"
#include "runtime/executor/executor.h"

namespace sop::runtime {

namespace {

AttemptResult doubt_message(const Attempt& attempt) {
    return {attempt.delivery, AttemptResult::Kind::unknown,
            "may have been sent from another copy of the store"};
}

// Of all versions: runs may be under way on any of them.
Channels doubtful_channels(Store& store, PlanVersion latest) {
    Channels channels;
    for (PlanVersion version = 1; version <= latest; ++version) {
        const auto stored = store.find_plan(version);
        if (!stored) continue;
        try {
            add_answering_channels(lang::plan_from_json(stored->json), doubt_message, channels);
        } catch (const lang::PlanFormatError&) {
            // Its runs end by themselves, as they do for every executor.
        }
    }
    return channels;
}

}  // namespace

std::optional<Instant> known_until(Store& store) {
    const auto plan = store.latest_plan();
    if (!plan) return std::nullopt;
    return store.present_until().value_or(plan->deployed_at);
}

void walk_through(Store& store, const lang::calendar::ZoneDatabase& zones, Instant now) {
    const auto from = known_until(store);
    if (!from) return;
    ManualClock clock(std::min(*from, now));
    Wakeup wakeup;
    Executor executor(store, clock, wakeup, zones,
                      doubtful_channels(store, store.latest_plan()->version));
    executor.recover();
    executor.run([] { return false; }, now);
    store.set_present_until(now);
}

}  // namespace sop::runtime
