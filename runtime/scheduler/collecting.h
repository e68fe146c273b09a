// What a `collect` takes, and what it tells of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lang/plan.h"
#include "runtime/scheduler/facts.h"
#include "runtime/scheduler/flow.h"
#include "runtime/store/games.h"

namespace sop::runtime {

// How much an event asks for: 1, or its field; nothing when that is no number from 1 on.
std::optional<std::int64_t> quantity_of(const lang::Collect& collect, const Event& event,
                                        const lang::Plan& plan);

struct CollectDecision {
    bool takes = false;  // or refuses the whole of it
    bool fills = false;  // nothing is taken any more
};
// `of_member` is what the member has already; not counted for an event that names none.
CollectDecision decide_entry(const lang::Collect& collect, const Collection& collection,
                             std::int64_t of_member, std::optional<std::int64_t> quantity);

// A member's line in the list.
struct ListedEntry {
    std::string name;
    std::int64_t quantity = 1;
};
// "1. Anna ×2" a line.
std::string list_text(const lang::Collect& collect, const std::vector<ListedEntry>& entries);
// Nothing without a limit; 0 once it was full.
std::optional<std::int64_t> left_of(const lang::Collect& collect, const Collection& collection);

// ---- runs in a branch ---------------------------------------------------------------------------

// What a collection or a draw does for one event, or every so often, is a run of its own beside the
// one it belongs to, with a firing that says so.
struct BranchKey {
    ActionOfRun of{};
    std::string label{};  // "every", "refused", "full", "winner", "all"
    std::string what{};   // the event's id, or of "every" the time in milliseconds

    bool operator==(const BranchKey&) const = default;
};
std::string branch_firing_key(const BranchKey& key);
std::optional<BranchKey> read_branch_key(const std::string& firing_key);

// How many more times the list would have been posted until `now`, of one that is due at `at`.
int count_newer_listings(const lang::Collect& collect, const Collection& collection, Instant at,
                         Instant now);

}  // namespace sop::runtime
