// The loop, and the only part with effects on the world: read due, decide, record intent, act,
// record outcome.
//
// One thread. The clock, the store and the channels are handed in, so that production, rehearsal
// and tests run this same code. StoreError passes through every method: the process should stop,
// and what was committed is where the next start goes on.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>

#include "lang/calendar/zone.h"
#include "lang/plan.h"
#include "runtime/clock/clock.h"
#include "runtime/clock/clock_watch.h"
#include "runtime/executor/dispatcher.h"
#include "runtime/executor/guardian.h"
#include "runtime/executor/migrator.h"
#include "runtime/executor/observer.h"
#include "runtime/executor/pauses.h"
#include "runtime/executor/plan_book.h"
#include "runtime/executor/reports.h"
#include "runtime/executor/sweeper.h"
#include "runtime/executor/walker.h"
#include "runtime/store/store.h"

namespace sop::runtime {

struct ExecutorOptions {
    std::size_t page_rows =
        500;  // runs, events or recovered messages in one transaction; at least 1
    std::optional<RetentionPolicy> retention{};  // nothing: everything is kept
};

// Makes the channels of a plan that are not among the known ones. Throws Error for one that is not
// set up.
using ChannelMaker =
    std::function<Channels(const lang::Plan& plan, const std::set<std::string>& known)>;

class Executor {
  public:
    // All references, and `observer` when there is one, must outlive the executor (`zones` only
    // until there are others). The channels notify `wakeup`.
    Executor(Store& store, Clock& clock, Wakeup& wakeup, const lang::calendar::ZoneDatabase& zones,
             Channels channels, ExecutorOptions options = {}, Observer* observer = nullptr);

    // To be called once, before anything else: moves what was planned by other zone data
    // (zone_change.h), settles what the last process left open (recovery.h) and goes on with the
    // plan that was in force.
    void recover();
    // In its place, in a process that changes versions and then ends: sends and settles nothing.
    void take_stock();
    // After a wait that was to end at `deadline` (no later than now without one): what came due
    // since then was missed, not waiting.
    void wake(std::optional<Instant> deadline);

    // Goes on with other zone data, between rounds. Throws ZoneDataError when they lack a zone that
    // is in use; those before then stay in use and nothing has changed. False when the data are the
    // same.
    bool change_zones(const lang::calendar::ZoneDatabase& zones);

    // Puts a plan in force, atomically. A plan equal to the one in force changes nothing. Otherwise
    // it becomes a new version from now on: what the old one planned to begin before now is begun
    // by it, runs under way stay on theirs, and a firing nominally at this very instant is the new
    // version's.
    void deploy(const lang::Plan& plan);

    // Deploys, rolls back or migrates as asked, all of it or nothing, and answers in the same
    // transaction; between rounds. One that was withdrawn is left.
    VersionAnswer carry_out(const VersionRequest& request, const ChannelMaker& make_channels);
    // All requests in the store. Costs one small query when there is none.
    void take_requests(const ChannelMaker& make_channels);

    // One round; what retention lets go when nothing else was to be done, and a little of it where
    // there always is something. False when there was nothing to do.
    bool turn();
    // When there will be something to do, as far as the time alone can tell; in the past when there
    // is already.
    std::optional<Instant> next_due();

    // Turns and waits until `stopped`, which is asked between rounds and after every wake-up, or
    // until the clock reaches `until`; what is planned for `until` itself is left.
    void run(const std::function<bool()>& stopped, std::optional<Instant> until = std::nullopt);

    // Ends cleanly: starts no attempt any more, records what comes back until `deadline`, gives up
    // the rest.
    void drain(Instant deadline);

  private:
    bool work(Instant now);
    void rest(std::optional<Instant> until);
    void go_on_with_latest_plan();
    StoredPlan add_version(const lang::Plan& plan, const std::string& hash,
                           const std::optional<Rollback>& rollback, Instant now);
    void tell_version(const StoredPlan& version);

    // A request that can be carried out. Until `apply` nothing has changed in memory.
    struct Decided {
        std::function<VersionAnswer()> apply{};  // in the open transaction
        Channels channels{};                     // to be added
    };
    Decided decide(const VersionRequest& request, const ChannelMaker& make_channels, Instant now);
    Decided decide_plan(lang::Plan plan, const std::optional<Rollback>& rollback,
                        const ChannelMaker& make_channels, Instant now);
    Decided decide_rollback(const VersionRequest& request, const ChannelMaker& make_channels,
                            Instant now);
    Decided decide_migration(const VersionRequest& request);

    Store& store_;
    Clock& clock_;
    ClockWatch clock_watch_{};
    Wakeup& wakeup_;
    ExecutorOptions options_;
    Observer* observer_;
    Reports reports_;
    PlanBook plans_;
    Guardian guardian_;
    Pauses pauses_;
    Dispatcher dispatcher_;
    Walker walker_;
    Sweeper sweeper_;
    int busy_rounds_ = 0;                                   // in a row
    std::optional<std::chrono::milliseconds> rested_at_{};  // by the clock that is never set
    std::optional<StoredPlan> added_{};  // by the request that is carried out; not told yet
};

}  // namespace sop::runtime
