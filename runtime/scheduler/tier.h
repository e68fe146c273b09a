// Tiers: which level somebody is on, and when it is looked at.
//
// A tier fires as a rule on the calendar does: once for each time its schedule names, in its place
// among all other work, however late; what it changes are tags, and those are never skipped. It has
// no runs: a firing goes through its audience once.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "lang/plan.h"
#include "runtime/scheduler/facts.h"

namespace sop::runtime {

// What tiers are as rules: the playbook `tier` with one for each, in their order, named by whom
// they are for and their tags, "groups: vip/welfare/activity", which is what a tier is known by
// when the text changes; "… (2)" for the second of one name. Each has one step without actions.
lang::Playbook tier_playbook(const lang::Plan& plan);

// Those of the plan and its tiers.
std::vector<lang::Playbook> playbooks_of(const lang::Plan& plan);

struct TierDecision {
    std::optional<std::size_t> level{};  // index; nothing when none fits
    std::string why{};                   // the conditions up to it, with what they compared
};

// The first level that fits the subject at `facts.at`.
TierDecision decide_tier(const lang::Tier& tier, const Facts& facts);

}  // namespace sop::runtime
