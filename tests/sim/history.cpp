#include "tests/sim/history.h"

#include <algorithm>
#include <stdexcept>

namespace sop::sim {

namespace {

using runtime::Pause;
using runtime::PauseMode;

// A rule's own goes before its playbook's.
std::optional<PauseMode> mode_of(const std::vector<Pause>& pauses, const RuleName& rule) {
    std::optional<PauseMode> of_playbook;
    for (const Pause& pause : pauses) {
        if (pause.resumed_at || pause.playbook != rule.first) continue;
        if (pause.rule == rule.second) return pause.mode;
        if (pause.rule.empty()) of_playbook = pause.mode;
    }
    return of_playbook;
}

// Of what was in force one after the other, each with the look it is in force from: what was so at
// a look from `look` on.
template <typename Value>
std::vector<Value> values_since(const std::vector<std::pair<int, Value>>& values, int look) {
    std::vector<Value> found;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (i + 1 < values.size() && values[i + 1].first <= look) continue;
        found.push_back(values[i].second);
    }
    return found;
}

}  // namespace

const lang::Rule* find_rule(const lang::Plan& plan, const RuleName& name) {
    for (const auto& playbook : plan.playbooks) {
        if (playbook.name != name.first) continue;
        for (const auto& rule : playbook.rules) {
            if (rule.name == name.second) return &rule;
        }
    }
    return nullptr;
}

History::History(std::vector<lang::Plan> plans) : plans_(std::move(plans)) {
    rules_.resize(plans_.size());
    for (std::size_t i = 0; i < plans_.size(); ++i) {
        plan_by_hash_.emplace(lang::content_hash(plans_[i]), i);
        for (const auto& playbook : plans_[i].playbooks) {
            for (const auto& rule : playbook.rules) {
                pauses_[{playbook.name, rule.name}];
                NumberedRule& numbered = rules_[i][{playbook.name, rule.name}];
                numbered.rule = rule;
                numbered.steps = numbered_steps(numbered.rule);
            }
        }
    }
}

void History::look(runtime::Store& store, Instant now) {
    ++looks_;
    look_at_versions(store);
    look_at_pauses(store, now);
    look_at_channels();
}

void History::look_at_versions(runtime::Store& store) {
    for (runtime::PlanVersion next = static_cast<runtime::PlanVersion>(versions_.size()) + 1;;
         ++next) {
        const auto stored = store.find_plan(next);
        if (!stored) return;
        const auto plan = plan_by_hash_.find(stored->hash);
        if (plan == plan_by_hash_.end())
            throw std::logic_error("a version of a plan that nobody deployed");
        versions_.push_back(
            {next, plan->second, stored->deployed_at,
             stored->rollback ? std::optional(stored->rollback->to) : std::nullopt});
    }
}

void History::look_at_pauses(runtime::Store& store, Instant now) {
    const auto pauses = store.list_pauses();
    for (auto& [rule, state] : pauses_) {
        const auto mode = mode_of(pauses, rule);
        const bool was_held = state.mode == PauseMode::hold;
        if (was_held) state.held.back().to = now;
        if (mode == PauseMode::skip) state.skipped_at_look = looks_;
        if (mode == PauseMode::hold && !was_held) state.held.push_back({now, now});
        // Hold and skip one after the other are two pauses.
        if (mode == state.mode) continue;
        state.mode = mode;
        state.since_look = looks_;
    }
}

void History::look_at_channels() {
    if (versions_.empty()) return;
    for (const auto& declared : plan_of(versions_.back()).channels) {
        auto& known = channels_[declared.name];
        ChannelRule rule{declared.budget, declared.quota, looks_};
        const bool was_limited =
            !known.empty() && (known.back().second.budget || known.back().second.quota);
        if (was_limited) rule.limited_since = known.back().second.limited_since;
        if (known.empty() || known.back().second.budget != rule.budget ||
            known.back().second.quota != rule.quota)
            known.emplace_back(looks_, rule);
    }
}

void History::clocks_changed(const Clocks& clocks) {
    if (clocks == clocks_.back().second) return;
    clocks_.emplace_back(looks_ + 1, clocks);
}

void History::clock_stepped(std::chrono::milliseconds by) {
    ++clock_steps_;
    if (by > std::chrono::milliseconds{0}) return;
    was_set_back_ = true;
    // What was missed may now be lived through.
    absences_.clear();
    for (auto& [rule, state] : pauses_) {
        state.held.clear();
        // How long it was held by now, nobody can tell.
        if (state.mode == PauseMode::hold) state.held.push_back({Instant::max(), Instant::max()});
    }
}

void History::absent(Instant from, Instant to) {
    absences_.push_back({from, to});
}

const DeployedVersion* History::find(runtime::PlanVersion number) const {
    const auto at = static_cast<std::size_t>(number) - 1;
    return at < versions_.size() ? &versions_[at] : nullptr;
}

const DeployedVersion* History::successor(const DeployedVersion& version) const {
    return find(version.number + 1);
}

const NumberedRule* History::numbered_rule(std::size_t plan, const RuleName& name) const {
    const auto found = rules_[plan].find(name);
    return found == rules_[plan].end() ? nullptr : &found->second;
}

std::optional<PauseMode> History::pause_of(const RuleName& rule) const {
    return pauses_.at(rule).mode;
}

bool History::is_paused_since(int look, const RuleName& rule) const {
    const PauseState& state = pauses_.at(rule);
    return state.mode && state.since_look <= look;
}

bool History::has_skipped_since(int look, const RuleName& rule) const {
    return pauses_.at(rule).skipped_at_look >= look;
}

const std::vector<HeldTime>& History::held_times(const RuleName& rule) const {
    return pauses_.at(rule).held;
}

History::ChannelRule History::channel(const std::string& name) const {
    const auto found = channels_.find(name);
    return found == channels_.end() ? ChannelRule{} : found->second.back().second;
}

std::vector<History::ChannelRule> History::channel_since(int look, const std::string& name) const {
    const auto found = channels_.find(name);
    if (found == channels_.end()) return {};
    return values_since(found->second, look);
}

std::vector<Clocks> History::clocks_since(int look) const {
    return values_since(clocks_, look);
}

bool History::has_changed_clocks(const std::string& zone) const {
    return std::any_of(clocks_.begin(), clocks_.end(),
                       [&zone](const auto& each) { return each.second.contains(zone); });
}

}  // namespace sop::sim
