#include "runtime/executor/pauses.h"

#include <algorithm>

#include "runtime/executor/recovery.h"

namespace sop::runtime {

namespace {

bool is_for(const Pause& pause, const StoredRule& rule) {
    return pause.playbook == rule.playbook && (pause.rule.empty() || pause.rule == rule.name);
}

// Of the rule's own and its playbook's the rule's.
const Pause* find_in_effect(const std::vector<Pause>& pauses, const StoredRule& rule) {
    const Pause* found = nullptr;
    for (const Pause& pause : pauses) {
        if (pause.resumed_at || !is_for(pause, rule)) continue;
        if (found == nullptr || found->rule.empty()) found = &pause;
    }
    return found;
}

// Since when the rule was paused, by any of them, or by any of one mode.
std::optional<Instant> find_since(const std::vector<Pause>& pauses, const StoredRule& rule,
                                  std::optional<PauseMode> mode = std::nullopt) {
    std::optional<Instant> since;
    for (const Pause& pause : pauses) {
        if (is_for(pause, rule) && pause.mode == mode.value_or(pause.mode))
            since = std::min(pause.since, since.value_or(pause.since));
    }
    return since;
}

}  // namespace

void Pauses::apply(Walker& walker, Instant now) {
    if (applied_ == store_.list_pauses()) return;
    const auto transaction = store_.begin();
    auto pauses = store_.list_pauses();
    std::map<RuleId, PauseMode> modes;
    for (const StoredRule& rule : store_.list_rules()) {
        const Pause* pause = find_in_effect(pauses, rule);
        if (pause != nullptr) modes.emplace(rule.id, pause->mode);
        if (pause != nullptr && pause->mode == PauseMode::hold) {
            store_.hold_runs(rule.id);
        } else if (find_since(pauses, rule)) {
            if (const auto held = find_since(pauses, rule, PauseMode::hold))
                guardian_.was_held(rule.id, *held, now);
            go_on(rule, walker, now);
        }
        if (const auto mode = pause == nullptr ? std::nullopt : std::optional(pause->mode);
            mode != guardian_.pause_of(rule.id))
            reports_.paused(rule.playbook, rule.name, mode);
    }
    const auto over = std::stable_partition(pauses.begin(), pauses.end(),
                                            [](const Pause& pause) { return !pause.resumed_at; });
    std::for_each(over, pauses.end(), [this](const Pause& pause) { store_.remove_pause(pause); });
    pauses.erase(over, pauses.end());
    transaction->commit();
    guardian_.pause(std::move(modes));
    applied_ = std::move(pauses);
}

void Pauses::go_on(const StoredRule& rule, Walker& walker, Instant now) {
    for (const DueDelivery& due : store_.pending_of_rule(rule.id, parked)) {
        if (const auto end = find_end_of_missed(due, plans_, walker, guardian_, now)) {
            settle(store_, plans_, guardian_, reports_, due, *end, now);
            continue;
        }
        // Wanted later than now, if the clock was set back meanwhile.
        const Instant due_at = std::max(now, due.delivery.wanted_at());
        store_.reschedule(due.delivery.id, due_at, due.delivery.reason);
        if (!due.delivery.in_doubt) guardian_.waits(contact_of(due), due_at);
    }
    store_.release_runs(rule.id);
}

}  // namespace sop::runtime
