// A world by chance: playbooks in several versions, whom they are for, and how long it is looked
// at.
#pragma once

#include <chrono>
#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "lang/plan.h"
#include "runtime/clock/clock.h"
#include "runtime/store/store.h"
#include "tests/sim/dice.h"

namespace sop::sim {

// Those that rules are in.
extern const std::vector<std::string> zone_names;

struct ScenarioOptions {
    // 0: by chance, 3 to 14. With more than 100 they are modest: once a day, no caps, one group.
    std::size_t rules = 0;
    int days = 0;       // 0: by chance, 2 to 9
    bool calm = false;  // nothing breaks, nobody deploys
    // Rules send messages, change tags, wait and branch, and do nothing else (enrichment.h).
    bool plain = false;
};

struct Scenario {
    runtime::Instant start{};
    std::chrono::milliseconds length{};
    std::vector<lang::Plan> plans;  // deployed one after the other
    std::vector<std::string> channels;
    std::set<std::string> reconciling;  // channels whose platforms are asked what they took
    std::vector<runtime::Group> groups;
    std::vector<runtime::Member> members;
    std::vector<std::string> event_types;
    bool has_games = false;  // rules do more than plain ones
    std::set<std::string>
        permanent;  // subjects that stay `member`: the first and the last of a kind
};

// A step of a rule or of one of its branches, with what is said of it without the executor's help.
struct NumberedStep {
    lang::Step* step = nullptr;
    std::string path;        // as messages name it
    bool is_answer = false;  // done at the moment of an event of its subject
};
// The branches of an action, in the order in which they are written.
std::vector<std::vector<lang::Step>*> branches_of(lang::Action& action);
// Whether a run stands still there until an answer comes or time is over.
bool stands_still(const lang::Action& action);
// Depth first.
std::vector<NumberedStep> numbered_steps(lang::Rule& rule);
// The action that made a delivery with such a number: where one makes several, they go round.
const lang::Action& action_of(const lang::Step& step, std::size_t delivery);

// Texts tell the audit what they belong to: "v2 i3 e17" is plan 2 (from 0), step 3 as they are
// numbered, event 17 ("-" for a calendar rule). Reasons of points tell "v2 i3 a1", action 1.
Scenario make_scenario(Dice& dice, const ScenarioOptions& options);

}  // namespace sop::sim
