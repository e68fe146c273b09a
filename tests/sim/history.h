// What was in force when, as it can be seen from outside: versions, pauses, zone data, clock steps.
//
// It is looked at each time before the executor works ("a look"). Between two looks nobody but the
// executor changes anything.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lang/plan.h"
#include "runtime/store/store.h"
#include "tests/sim/scenario.h"
#include "tests/sim/walls.h"

namespace sop::sim {

using runtime::Instant;
// Playbook and rule.
using RuleName = std::pair<std::string, std::string>;

struct DeployedVersion {
    runtime::PlanVersion number = 0;
    std::size_t plan = 0;  // of those of the scenario
    Instant deployed_at{};
    std::optional<runtime::PlanVersion> rollback_to{};
};

// Of a rule, by the clock on the wall; while it lasts `to` is when it was last seen.
struct HeldTime {
    Instant from{};
    Instant to{};
};

// A rule of a plan as its steps are numbered.
struct NumberedRule {
    lang::Rule rule;
    std::vector<NumberedStep> steps;
};

class History {
  public:
    explicit History(std::vector<lang::Plan> plans);

    // ---- what is told

    void look(runtime::Store& store, Instant now);
    void clocks_changed(const Clocks& clocks);
    void clock_stepped(std::chrono::milliseconds by);
    // Nobody did anything in between.
    void absent(Instant from, Instant to);

    // ---- what is known

    int looks() const { return looks_; }
    const std::vector<lang::Plan>& plans() const { return plans_; }
    // The oldest first; numbers rise by one.
    const std::vector<DeployedVersion>& versions() const { return versions_; }
    const DeployedVersion* find(runtime::PlanVersion number) const;
    // The one after it, if there is.
    const DeployedVersion* successor(const DeployedVersion& version) const;
    const lang::Plan& plan_of(const DeployedVersion& version) const { return plans_[version.plan]; }

    // nullptr when the plan has none of that name.
    const NumberedRule* numbered_rule(std::size_t plan, const RuleName& name) const;

    std::optional<runtime::PauseMode> pause_of(const RuleName& rule) const;
    // Whether that has been so at each look from `look` on.
    bool is_paused_since(int look, const RuleName& rule) const;
    // Whether it skipped at one of them.
    bool has_skipped_since(int look, const RuleName& rule) const;
    // Since the clock was last set back.
    const std::vector<HeldTime>& held_times(const RuleName& rule) const;
    const std::vector<HeldTime>& absences() const { return absences_; }

    // How a channel is limited by the plan in force, and since which look one of its kind is.
    struct ChannelRule {
        std::optional<lang::ChannelLimit> budget{};
        std::optional<lang::ChannelLimit> quota{};
        int limited_since = 0;
    };
    ChannelRule channel(const std::string& name) const;
    // All that were in force at a look from `look` on.
    std::vector<ChannelRule> channel_since(int look, const std::string& name) const;

    const Clocks& clocks() const { return clocks_.back().second; }
    std::vector<Clocks> clocks_since(int look) const;
    std::vector<Clocks> all_clocks() const { return clocks_since(0); }
    bool has_changed_clocks(const std::string& zone) const;

    int clock_steps() const { return clock_steps_; }
    bool was_set_back() const { return was_set_back_; }

  private:
    struct PauseState {
        std::optional<runtime::PauseMode> mode{};
        int since_look = 0;
        int skipped_at_look = -1;
        std::vector<HeldTime> held{};
    };

    void look_at_versions(runtime::Store& store);
    void look_at_pauses(runtime::Store& store, Instant now);
    void look_at_channels();

    std::vector<lang::Plan> plans_;
    std::vector<std::map<RuleName, NumberedRule>> rules_;  // of each plan
    std::map<std::string, std::size_t> plan_by_hash_;
    std::map<RuleName, PauseState> pauses_;
    std::vector<DeployedVersion> versions_;
    std::map<std::string, std::vector<std::pair<int, ChannelRule>>> channels_;
    std::vector<std::pair<int, Clocks>> clocks_{{0, {}}};
    std::vector<HeldTime> absences_;
    int looks_ = 0;
    int clock_steps_ = 0;
    bool was_set_back_ = false;
};

const lang::Rule* find_rule(const lang::Plan& plan, const RuleName& name);

}  // namespace sop::sim
