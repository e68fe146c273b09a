#include "runtime/executor/reports.h"

#include <algorithm>

namespace sop::runtime {

void Reports::fired(const std::string& playbook, const std::string& rule, const Firing& firing) {
    if (observer_ != nullptr) fired_.push_back({playbook, rule, firing});
}

void Reports::stepped(const std::string& playbook, const std::string& rule, std::size_t step) {
    // The subjects of a firing come one after the other.
    if (observer_ == nullptr) return;
    const bool is_last = !stepped_.empty() && stepped_.back().step == step &&
                         stepped_.back().rule == rule && stepped_.back().playbook == playbook;
    if (!is_last) stepped_.push_back({playbook, rule, step});
}

void Reports::settled(const std::string& playbook, const std::string& rule, DeliveryState state,
                      const std::string& reason) {
    if (observer_ != nullptr) ++settled_[{playbook, rule, state, reason}];
}

void Reports::backfilled(const std::string& playbook, const std::string& rule, bool sends) {
    if (observer_ == nullptr) return;
    Backfilled& counts = backfilled_[{playbook, rule}];
    ++(sends ? counts.count : counts.left);
}

void Reports::paused(const std::string& playbook, const std::string& rule,
                     std::optional<PauseMode> mode) {
    if (observer_ != nullptr) paused_.push_back({playbook, rule, mode});
}

void Reports::zones_changed(const ZoneChange& change, const std::vector<MovedTime>& moved) {
    if (observer_ != nullptr) changed_zones_.push_back({change, moved});
}

void Reports::trouble(const std::string& message) {
    // What breaks for one group usually breaks for all of them.
    const bool is_known = std::find(trouble_.begin(), trouble_.end(), message) != trouble_.end();
    if (observer_ != nullptr && !is_known) trouble_.push_back(message);
}

void Reports::tell() {
    if (observer_ == nullptr) return;
    // Taken out first, so that an observer that throws hears nothing twice.
    const auto changed_zones = std::exchange(changed_zones_, {});
    const auto fired = std::exchange(fired_, {});
    const auto stepped = std::exchange(stepped_, {});
    const auto backfilled = std::exchange(backfilled_, {});
    const auto paused = std::exchange(paused_, {});
    const auto steps_of_clock = std::exchange(steps_of_clock_, {});
    const auto absences = std::exchange(absences_, {});
    const auto low_pools = std::exchange(low_pools_, {});
    const auto settled = std::exchange(settled_, {});
    const auto swept = std::exchange(swept_, 0);
    const auto trouble = std::exchange(trouble_, {});
    for (const auto& by : steps_of_clock) observer_->clock_stepped(by);
    for (const Instant since : absences) observer_->was_away(since);
    for (const PoolCounts& pool : low_pools) observer_->pool_runs_low(pool);
    for (const auto& [change, moved] : changed_zones) observer_->zones_changed(change, moved);
    for (const Fired& each : fired) observer_->fired(each.playbook, each.rule, each.firing);
    for (const Stepped& each : stepped) observer_->stepped(each.playbook, each.rule, each.step);
    for (const auto& [rule, counts] : backfilled)
        observer_->backfilled(rule.first, rule.second, counts.count, counts.left);
    for (const Paused& each : paused) observer_->paused(each.playbook, each.rule, each.mode);
    for (const auto& [outcome, count] : settled) {
        const auto& [playbook, rule, state, reason] = outcome;
        observer_->settled(playbook, rule, state, reason, count);
    }
    if (swept > 0) observer_->swept(swept);
    for (const std::string& message : trouble) observer_->trouble(message);
}

}  // namespace sop::runtime
