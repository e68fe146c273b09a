// What collections, draws and pools of codes keep: lists that members fill, draws that can be
// checked afterwards, codes that are given once. Roles of the store, see store.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lang/plan.h"
#include "runtime/clock/clock.h"

namespace sop::runtime {

// The place of an action in a run: each is done once.
struct ActionOfRun {
    std::int64_t run = 0;
    std::size_t step = 0;
    std::size_t action = 0;

    bool operator==(const ActionOfRun&) const = default;
};

// ---- collections --------------------------------------------------------------------------------

using CollectionId = std::int64_t;

// What a `collect` takes in [opened_at, closes_at).
struct Collection {
    CollectionId id = 0;
    ActionOfRun of{};
    lang::SubjectKind subject_kind = lang::SubjectKind::group;
    std::string subject{};
    Instant opened_at{};
    Instant closes_at{};
    std::int64_t taken = 0;  // without what was given back
    bool is_full = false;    // closed for good, whatever is given back

    bool operator==(const Collection&) const = default;
};

// An event that was taken.
struct CollectedEntry {
    std::string event{};
    std::string member{};  // empty when the event names none
    std::int64_t quantity = 1;
    Instant at{};

    bool operator==(const CollectedEntry&) const = default;
};

class Collections {
  public:
    virtual ~Collections() = default;
    // Nothing when the action has one already.
    virtual std::optional<CollectionId> add_collection(const Collection& collection) = 0;
    virtual std::optional<Collection> find_collection(const ActionOfRun& of) = 0;
    // That the run opened last.
    virtual std::optional<Collection> last_collection_of(std::int64_t run) = 0;
    // Those of a subject that are open at that time, or full; in the order in which they were made.
    virtual std::vector<Collection> collections_at(lang::SubjectKind kind,
                                                   const std::string& subject, Instant at) = 0;
    virtual void close_collections_of(std::int64_t run, Instant at) = 0;
    virtual void set_full(CollectionId id) = 0;
    // False, and no effect, when the event was taken before.
    virtual bool add_collected(CollectionId id, const CollectedEntry& entry) = 0;
    // False, and no effect, when it was given back before.
    virtual bool give_back(CollectionId id, const CollectedEntry& entry) = 0;
    // Without what was given back, in the order (at, event).
    virtual std::vector<CollectedEntry> collected(CollectionId id) = 0;
    virtual std::int64_t collected_of(CollectionId id, const std::string& member) = 0;
};

// ---- draws --------------------------------------------------------------------------------------

using DrawId = std::int64_t;

// One that was held (scheduler/draw.h has how).
struct StoredDraw {
    DrawId id = 0;
    ActionOfRun of{};
    std::string seed{};
    std::string name{};  // of the step, so that two draws of a run differ
    Instant drawn_at{};

    bool operator==(const StoredDraw&) const = default;
};

struct StoredDrawEntry {
    std::string event{};
    std::string member{};
    std::optional<std::int64_t> place{};  // of a winner, from 1

    bool operator==(const StoredDrawEntry&) const = default;
};

class Draws {
  public:
    virtual ~Draws() = default;
    // Nothing, and no effect, when the action has one already.
    virtual std::optional<DrawId> add_draw(const StoredDraw& draw,
                                           const std::vector<StoredDrawEntry>& entries) = 0;
    virtual std::optional<StoredDraw> find_draw(const ActionOfRun& of) = 0;
    virtual std::optional<StoredDraw> find_draw(DrawId id) = 0;
    // The latest first, before `before` (exclusive).
    virtual std::vector<StoredDraw> list_draws(DrawId before, std::size_t limit) = 0;
    // In the order of their events' ids.
    virtual std::vector<StoredDrawEntry> draw_entries(DrawId id) = 0;
    // Empty for a store that has none.
    virtual std::string draw_secret() = 0;
    // No effect when there is one.
    virtual void set_draw_secret(const std::string& secret) = 0;
};

// ---- pools of codes -----------------------------------------------------------------------------

struct PoolCounts {
    std::string pool{};
    std::int64_t codes = 0;
    std::int64_t given = 0;

    bool operator==(const PoolCounts&) const = default;
};

struct PoolCode {
    std::int64_t id = 0;  // they are given in the order of these
    std::string code{};
    std::optional<std::string> member{};
    std::optional<Instant> given_at{};

    bool operator==(const PoolCode&) const = default;
};

class Pools {
  public:
    virtual ~Pools() = default;
    // False, and no effect, when the pool has it.
    virtual bool add_code(const std::string& pool, const std::string& code) = 0;
    // The one that is given next; nothing when none is left.
    virtual std::optional<std::string> next_code(const std::string& pool) = 0;
    // Throws StoreError when it was given before.
    virtual void give_code(const std::string& pool, const std::string& code,
                           const ActionOfRun& action, const std::string& member, Instant at) = 0;
    // The one a run gave last.
    virtual std::optional<std::string> last_code_of(std::int64_t run) = 0;
    // Zeros for one without codes.
    virtual PoolCounts count_pool(const std::string& pool) = 0;
    // By name; those that have codes.
    virtual std::vector<PoolCounts> list_pools() = 0;
    // Those after `after` (exclusive).
    virtual std::vector<PoolCode> list_codes(const std::string& pool, std::int64_t after,
                                             std::size_t limit) = 0;
};

}  // namespace sop::runtime
