// A whole world for tests of the executor: a clock that is moved by hand, a store in memory, a
// platform that answers as it is told. Times are given and shown as local text, "2026-11-19 20:00".
#pragma once

#include <catch2/catch.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lang/calendar/zone.h"
#include "lang/plan.h"
#include "runtime/clock/clock.h"
#include "runtime/delivery/channel.h"
#include "runtime/executor/executor.h"
#include "runtime/store/store.h"

namespace sop::tests {

using namespace std::chrono_literals;
using runtime::Instant;

// The zones of this machine, read once.
const lang::calendar::ZoneDatabase& zones();
const lang::calendar::Zone& zone(const std::string& name);
// "2026-11-19 20:00", "… 20:00:30" or "… 20:00:30.250" on the wall of a zone.
Instant instant(const std::string& local, const std::string& zone_name = "Asia/Shanghai");
// The same back; seconds and milliseconds only where there are some.
std::string local_text(Instant instant, const std::string& zone_name = "Asia/Shanghai");

// ---- plans by hand ------------------------------------------------------------------------------

lang::CalendarTrigger daily(std::vector<std::chrono::seconds> times,
                            std::optional<std::chrono::seconds> window = std::nullopt);
// Day 0 is Monday.
lang::CalendarTrigger weekly(std::size_t day, std::chrono::seconds time,
                             std::optional<std::chrono::seconds> window = std::nullopt);
lang::EventTrigger on_event(std::string event, std::optional<std::string> argument = std::nullopt);

lang::StepTime at_start(std::chrono::seconds offset = 0s);
lang::StepTime at_end(std::chrono::seconds offset = 0s);
lang::StepTime days_from_start(int days, std::chrono::seconds at);
lang::StepTime after(std::chrono::seconds elapsed);
lang::StepTime next_day(std::chrono::seconds at);

lang::TextTemplate plain(std::string text);
lang::FieldReference field(lang::FieldReference::Owner owner, std::string name,
                           lang::ValueType type = lang::ValueType::text);

// A plan with one playbook, `members`. Rules are for groups (members) tagged `member` and go out
// via `hook`.
class Draft {
  public:
    explicit Draft(std::string zone_name = "Asia/Shanghai");
    // The reference is good until 64 rules are made.
    lang::Rule& rule(std::string name, lang::Trigger trigger,
                     lang::SubjectKind kind = lang::SubjectKind::group);
    lang::Action post(lang::TextTemplate text);
    lang::Action post(std::string text) { return post(plain(std::move(text))); }

    lang::Plan plan;

  private:
    std::string zone_;
};

// ---- the platform -------------------------------------------------------------------------------

struct Answer {
    enum class Kind { sent, retry, failed, unknown, never };
    Kind kind = Kind::sent;
    std::string reason{};
    std::chrono::milliseconds delay{0};
    std::optional<std::chrono::milliseconds> retry_after{};
};

// Stands for a process that dies here and now; derived from nothing, so that no handler takes it
// for an error.
struct Killed {};

// What is out there, beyond the reach of a crash.
struct Platform {
    std::function<Answer(const runtime::Attempt&)> answer = [](const runtime::Attempt&) {
        return Answer{};
    };
    std::size_t in_flight_max = 100;
    std::optional<std::size_t> kill_at;  // the process dies when this many attempts have been made
    std::vector<runtime::Attempt> attempts;  // all, in order
    std::vector<Instant> attempted_at;
    std::vector<Answer::Kind> answered;  // `never` also for an attempt that was cut short
    bool breaks_on_collect = false;      // the next look for answers throws
    std::size_t in_flight_seen = 0;      // the most at once
    bool is_overrun = false;             // more were started than there were places
};

// ---- the world ----------------------------------------------------------------------------------

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
    void keep_for(const runtime::RetentionPolicy& retention) { options_.retention = retention; }
    void deploy(const lang::Plan& plan);

    runtime::Executor& executor() { return *executor_; }
    runtime::Store& store() { return *store_; }
    runtime::ManualClock& clock() { return clock_; }
    runtime::Wakeup& wakeup() { return *wakeup_; }
    Platform& platform() { return platform_; }
    const std::vector<std::string>& troubles() const { return troubles_; }
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
    class FakeChannel;

    void trouble(const std::string& message) override { troubles_.push_back(message); }
    void zones_changed(const runtime::ZoneChange& change,
                       const std::vector<runtime::MovedTime>& moved) override;
    void start_executor();

    WorldOptions options_;
    std::shared_ptr<const lang::calendar::ZoneDatabase> installed_zones_;
    runtime::ManualClock clock_;
    std::unique_ptr<runtime::Store> store_;
    Platform platform_;
    std::unique_ptr<runtime::Wakeup> wakeup_;
    FakeChannel* channel_ = nullptr;  // owned by the executor
    std::unique_ptr<runtime::Executor> executor_;
    std::vector<std::string> troubles_;
    std::vector<runtime::ZoneChange> zone_changes_;
    std::vector<runtime::MovedTime> moved_;
};

}  // namespace sop::tests
