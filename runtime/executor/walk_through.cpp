#include "runtime/executor/walk_through.h"

#include <algorithm>
#include <utility>

#include "runtime/executor/executor.h"

namespace sop::runtime {

namespace {

constexpr std::size_t attempted_at_once = 500;

class DoubtfulChannel : public Channel {
  public:
    std::size_t in_flight_max() const override { return attempted_at_once; }
    void start(std::vector<Attempt> attempts) override {
        for (const Attempt& attempt : attempts)
            results_.push_back({attempt.delivery,
                                AttemptResult::Kind::unknown,
                                "may have been sent from another copy of the store",
                                {}});
    }
    std::vector<AttemptResult> collect() override { return std::exchange(results_, {}); }
    void abandon() override {}

  private:
    std::vector<AttemptResult> results_{};
};

// Of all versions: runs may be under way on any of them.
Channels doubtful_channels(Store& store, PlanVersion latest) {
    Channels channels;
    for (PlanVersion version = 1; version <= latest; ++version) {
        const auto stored = store.find_plan(version);
        if (!stored) continue;
        try {
            for (const auto& playbook : lang::plan_from_json(stored->json).playbooks) {
                for (const auto& rule : playbook.rules) {
                    for (const auto& name : rule.via)
                        channels.try_emplace(name, std::make_unique<DoubtfulChannel>());
                }
            }
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
