// A machine with a disk that can fail, two clocks, and an executor process that may die at any
// moment and start again. What is outside, the platforms, lives on.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "lang/calendar/zone.h"
#include "runtime/clock/clock.h"
#include "runtime/executor/executor.h"
#include "runtime/store/store.h"
#include "tests/support/fault_vfs.h"
#include "tests/support/platform.h"

namespace sop::tests {

struct MachineOptions {
    std::vector<std::string> channels{"hook"};
    std::size_t page_rows = 500;
    runtime::Observer* observer = nullptr;
    std::set<std::string> reconciling{};  // channels whose platforms are asked
};

class Machine {
  public:
    Machine(Instant start, MachineOptions options);
    ~Machine();
    Machine(const Machine&) = delete;
    Machine& operator=(const Machine&) = delete;

    FaultDisk& disk() { return disk_; }
    Platform& platform(const std::string& channel) { return platforms_.at(channel); }
    std::map<std::string, Platform>& platforms() { return platforms_; }
    // What the clock on the wall shows.
    Instant now() const { return clock_.now(); }
    // By the stopwatch, which never steps; begins at 0.
    Instant elapsed() const { return stopwatch_.now(); }

    // The zone data that the next start finds, which must outlive it; those of this machine before.
    void install_zones(const lang::calendar::ZoneDatabase& zones) { zones_ = &zones; }
    // The store is opened and an executor goes on with it. Throws StoreError; then nothing runs.
    void start();
    bool is_running() const { return executor_ != nullptr; }
    // Ends as a process does that has an error to report: the store is closed.
    void close();
    // kill -9.
    void die();
    // SIGTERM: waits so long for answers, then the store is closed.
    void stop(std::chrono::milliseconds patience);

    runtime::Executor& executor() { return *executor_; }
    runtime::Store& store() { return *store_; }

    // Does all that is due at this moment. Throws std::logic_error when there is no end of it, and
    // when the executor is idle and has something due.
    void work();
    // Works, and waits for what is next, for so long.
    void run_for(std::chrono::milliseconds by);
    // Idle until something is due or answered, no longer than until `end` of the stopwatch.
    void wait(Instant end);
    // Time in which nothing is done, whatever is due.
    void pass(std::chrono::milliseconds by);
    // Sets the clock on the wall, at which the executor wakes.
    void step_clock(std::chrono::milliseconds by);

    // What PRAGMA integrity_check and foreign_key_check say; "ok" when there is nothing to say.
    std::string integrity();

  private:
    // Whoever waits by it waits for the answers of the platforms as well.
    class WallClock : public runtime::Clock {
      public:
        WallClock(Machine& machine, Instant start) : machine_(machine), ahead_(start - Instant{}) {}
        Instant now() const override { return machine_.elapsed() + ahead_; }
        std::chrono::milliseconds elapsed() const override {
            return machine_.elapsed().time_since_epoch();
        }
        void wait(std::optional<Instant> deadline, runtime::Wakeup& wakeup) override;
        void step(std::chrono::milliseconds by) { ahead_ += by; }

      private:
        Machine& machine_;
        std::chrono::milliseconds ahead_;
    };

    std::optional<Instant> next_answer() const;

    MachineOptions options_;
    FaultDisk disk_;
    runtime::ManualClock stopwatch_{Instant{}};
    WallClock clock_;
    std::map<std::string, Platform> platforms_;
    const lang::calendar::ZoneDatabase* zones_;
    std::unique_ptr<runtime::Store> store_;
    std::unique_ptr<runtime::Wakeup> wakeup_;
    std::vector<PlatformChannel*> channels_;  // owned by the executor
    std::unique_ptr<runtime::Executor> executor_;
};

}  // namespace sop::tests
