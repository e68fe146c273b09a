// Where runs of earlier versions go on by the plan in force.
//
// A run that is to do a step does the step of the same path (flow.h) of the same rule, or the one a
// mapping names. Steps that come before it by the new plan are not made up for. One that waits for
// an event within a step goes on waiting there, if that step still waits for it. One that has not
// begun begins at the first step.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "lang/calendar/zone.h"
#include "lang/plan.h"
#include "runtime/scheduler/flow.h"
#include "runtime/scheduler/timeline.h"
#include "runtime/store/store.h"

namespace sop::runtime {

// "members.sale.start=start - 10m": what is to do `step` of the rule does `to`. Both are paths.
struct StepMapping {
    std::string playbook{};
    std::string rule{};
    std::string step{};
    std::string to{};

    bool operator==(const StepMapping&) const = default;
};
// Nothing when the text has not that form.
std::optional<StepMapping> parse_step_mapping(const std::string& text);

// Runs of one rule and version that stand at one place.
struct WaitingRuns {
    PlanVersion version = 0;
    std::string playbook{};
    std::string rule{};
    const lang::Rule* by = nullptr;      // of that version
    std::optional<Position> position{};  // nothing: not begun
    bool for_event = false;              // they wait for an event there
    std::int64_t count = 0;              // 0 for a firing that has still to find its audience
};

// Why some of them cannot be moved, with the mapping to write where one would help.
struct MigrationObstacle {
    WaitingRuns runs{};
    std::string why{};
};

struct MigrationPlan {
    // Of each of the runs that were given, in their order; nothing where there is an obstacle.
    std::vector<std::optional<Position>> positions{};
    std::vector<MigrationObstacle> obstacles{};
    // Mappings to a rule or step that the plan does not have: a sentence each.
    std::vector<std::string> bad_mappings{};
};
MigrationPlan plan_migration(const std::vector<WaitingRuns>& waiting, const lang::Plan& in_force,
                             const std::vector<StepMapping>& mapping);

// The window of a firing that has begun, by the rule it goes on with: its start stays, its end is
// as long after it as that rule says.
Window migrated_window(const lang::Rule& to, const lang::calendar::Zone& zone,
                       const Window& window);

// A run that waits at `from` of one rule until `due_at` and goes on at `to` of another; when it is
// due there. A step that counts from when the one above was done counts from when that was by
// `due_at`.
struct Move {
    const lang::Rule& from_rule;
    Position from{};
    const lang::Rule& to_rule;
    Position to{};
};
Instant migrated_time(const Move& move, const Window& window_before, const Window& window_after,
                      const lang::calendar::Zone& zone, Instant due_at);

// The key of the firing that goes on by another version, "… (version 5)"; a firing that was moved
// before has one such addition.
std::string migrated_key(const std::string& key, PlanVersion version);
// Without it.
std::string original_key(const std::string& key);
bool is_migrated(const std::string& key);

}  // namespace sop::runtime
