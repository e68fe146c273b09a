// What others may want to know of an executor at work: progress, log lines, metrics.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "runtime/store/store.h"

namespace sop::runtime {

// Called from the executor's thread, after what is told of is durable. Must not call back into the
// executor.
class Observer {
  public:
    virtual ~Observer() = default;
    virtual void deployed(const StoredPlan& /*plan*/) {}
    // A request for a version was carried out or refused.
    virtual void answered(const VersionRequest& /*request*/, const VersionAnswer& /*answer*/) {}
    virtual void fired(const std::string& /*playbook*/, const std::string& /*rule*/,
                       const Firing& /*firing*/) {}
    // A step was done for a subject or for several, whatever became of its messages; not one that
    // was planned before its rule was deployed.
    virtual void stepped(const std::string& /*playbook*/, const std::string& /*rule*/,
                         std::size_t /*step*/) {}
    // So many skipped messages of a rule are made up for; `left` of those asked for stay skipped.
    virtual void backfilled(const std::string& /*playbook*/, const std::string& /*rule*/,
                            std::int64_t /*count*/, std::int64_t /*left*/) {}
    // A rule is paused from now on, otherwise than before, or no more.
    virtual void paused(const std::string& /*playbook*/, const std::string& /*rule*/,
                        std::optional<PauseMode> /*mode*/) {}
    // `count` messages of a rule came to an end in one transaction.
    virtual void settled(const std::string& /*playbook*/, const std::string& /*rule*/,
                         DeliveryState /*state*/, const std::string& /*reason*/,
                         std::int64_t /*count*/) {}
    // Other zone data are in use; `moved` are the planned times they moved, at most
    // moved_times_kept_max.
    virtual void zones_changed(const ZoneChange& /*change*/,
                               const std::vector<MovedTime>& /*moved*/) {}
    // What retention no longer keeps was let go: so many rows.
    virtual void swept(std::int64_t /*rows*/) {}
    // The wall clock was set: what it shows now is `by` more than the time that passed would give.
    virtual void clock_stepped(std::chrono::milliseconds /*by*/) {}
    // Nobody looked after the messages since then: the machine slept, or was too busy.
    virtual void was_away(Instant /*since*/) {}
    // Nothing is to be done for a minute at least: memory that is free may go back to the system.
    virtual void resting() {}
    // Few codes of a pool are left, or none.
    virtual void pool_runs_low(const PoolCounts& /*pool*/) {}
    // One rule, run or channel cannot go on and the others do: one line for the person in charge.
    virtual void trouble(const std::string& /*message*/) {}
};

}  // namespace sop::runtime
