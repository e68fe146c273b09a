// A whole world for tests of the executor: a clock that is moved by hand, a store in memory, a
// platform that answers as it is told. Times are given and shown as local text, "2026-11-19 20:00".
#pragma once

#include <catch2/catch.hpp>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lang/calendar/zone.h"
#include "lang/plan.h"
#include "runtime/clock/clock.h"
#include "runtime/executor/executor.h"
#include "runtime/store/store.h"
#include "tests/support/draft.h"
#include "tests/support/platform.h"

namespace sop::tests {

struct Delivered {
    std::string at;
    std::string rule;
    std::string step;
    std::string target;
    std::string text;

    bool operator==(const Delivered&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Delivered& delivered);

struct WorldOptions {
    std::string zone = "Asia/Shanghai";
    std::size_t page_rows = 500;
    runtime::UnknownPolicy unknown = runtime::UnknownPolicy::hold;
    // What the executor counts with; this machine's when there is none. Times in tests are always
    // read and shown by this machine's.
    std::shared_ptr<const lang::calendar::ZoneDatabase> zones = nullptr;
    std::optional<runtime::RetentionPolicy> retention = std::nullopt;
};

class World : private runtime::Observer {
  public:
    World(const lang::Plan& plan, const std::string& start, WorldOptions options = {});
    // A new start on a store that is there, with the plan it has.
    World(std::unique_ptr<runtime::Store> store, const std::string& start,
          WorldOptions options = {});
    ~World() override;

    void group(const std::string& id, std::vector<std::string> tags = {"member"});
    void groups(int count);  // "g0001", …, tagged `member`
    void member(const std::string& id, std::vector<std::string> tags = {"member"},
                std::vector<std::string> groups = {});
    // Happens now unless `at` says otherwise.
    void event(const std::string& id, const std::string& type, std::optional<std::string> group,
               std::optional<std::string> member = std::nullopt,
               std::map<std::string, std::string> fields = {},
               std::optional<std::string> at = std::nullopt);

    // Moves the clock from one due instant to the next, working at each, up to and including the
    // last.
    void run_until(const std::string& local);
    void tick(std::chrono::milliseconds by);
    // One round at this very instant.
    bool turn();
    // Time passes and the executor is not there.
    void sleep_until(const std::string& local);

    // What SIGHUP does. Throws ZoneDataError for data that cannot be used.
    bool change_zones(std::shared_ptr<const lang::calendar::ZoneDatabase> zones);
    // The machine gets other zone data; only a new start finds them.
    void install_zones(std::shared_ptr<const lang::calendar::ZoneDatabase> zones);

    // kill -9 and a new start: what was in memory, and every request under way, is lost.
    void crash();
    // kill -9, and a new start at that time.
    void crash_until(const std::string& local);
    // From the next start on.
    void set_unknown_policy(runtime::UnknownPolicy policy) { options_.unknown = policy; }
    void keep_for(const runtime::RetentionPolicy& retention) { options_.retention = retention; }
    void deploy(const lang::Plan& plan);
    // What another process asks for, and what the executor makes of it.
    runtime::VersionRequestId ask(runtime::VersionRequest request);
    runtime::VersionAnswer carry_out(const runtime::VersionRequest& request);
    // Takes up what was asked for. Of the channels it does not know, those of `configured` are set
    // up.
    void take_requests();
    void configure_channel(const std::string& name) { configured_.insert(name); }

    runtime::Executor& executor() { return *executor_; }
    runtime::Store& store() { return *store_; }
    runtime::ManualClock& clock() { return clock_; }
    runtime::Wakeup& wakeup() { return *wakeup_; }
    Platform& platform() { return platform_; }
    const std::vector<std::string>& troubles() const { return troubles_; }
    // By how much the clock was found to be set, and since when nobody was there, since the
    // beginning.
    const std::vector<std::chrono::milliseconds>& clock_steps() const { return clock_steps_; }
    const std::vector<Instant>& absences() const { return absences_; }
    // As they were when it was told that few codes are left.
    const std::vector<runtime::PoolCounts>& low_pools() const { return low_pools_; }
    // Each change of zone data since the beginning.
    const std::vector<runtime::ZoneChange>& zone_changes() const { return zone_changes_; }
    // "before > after, wall time, rule, step, for whom" of what the last of them moved, in UTC.
    std::vector<std::string> moved() const;

    // What the platform took, in order.
    std::vector<Delivered> delivered() const;
    // "sent" or "skipped: late" with the number of messages that ended (or wait) so, over all
    // rules.
    std::map<std::string, int> outcomes();
    // Of one rule.
    std::map<std::string, int> outcomes(const std::string& rule);
    // Every message has exactly one state, and the states' counts add up to the messages planned.
    void check_accounts();

  private:
    void trouble(const std::string& message) override { troubles_.push_back(message); }
    void clock_stepped(std::chrono::milliseconds by) override { clock_steps_.push_back(by); }
    void was_away(Instant since) override { absences_.push_back(since); }
    void pool_runs_low(const runtime::PoolCounts& pool) override { low_pools_.push_back(pool); }
    void zones_changed(const runtime::ZoneChange& change,
                       const std::vector<runtime::MovedTime>& moved) override;
    void start_executor();
    runtime::Channels make_channels(const lang::Plan& plan, const std::set<std::string>& known);

    WorldOptions options_;
    std::set<std::string> configured_;
    std::shared_ptr<const lang::calendar::ZoneDatabase> installed_zones_;
    runtime::ManualClock clock_;
    std::unique_ptr<runtime::Store> store_;
    Platform platform_;
    std::unique_ptr<runtime::Wakeup> wakeup_;
    PlatformChannel* channel_ = nullptr;  // owned by the executor
    std::unique_ptr<runtime::Executor> executor_;
    std::vector<std::string> troubles_;
    std::vector<std::chrono::milliseconds> clock_steps_;
    std::vector<Instant> absences_;
    std::vector<runtime::PoolCounts> low_pools_;
    std::vector<runtime::ZoneChange> zone_changes_;
    std::vector<runtime::MovedTime> moved_;
};

}  // namespace sop::tests
