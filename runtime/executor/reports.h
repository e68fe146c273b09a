// Holds back what an observer is to hear until it is durable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "runtime/executor/observer.h"

namespace sop::runtime {

class Reports {
  public:
    explicit Reports(Observer* observer) : observer_(observer) {}

    void fired(const std::string& playbook, const std::string& rule, const Firing& firing);
    void stepped(const std::string& playbook, const std::string& rule, std::size_t step);
    void settled(const std::string& playbook, const std::string& rule, DeliveryState state,
                 const std::string& reason);
    void backfilled(const std::string& playbook, const std::string& rule, bool sends);
    void paused(const std::string& playbook, const std::string& rule,
                std::optional<PauseMode> mode);
    void zones_changed(const ZoneChange& change, const std::vector<MovedTime>& moved);
    void swept(std::int64_t rows) { swept_ += rows; }
    void clock_stepped(std::chrono::milliseconds by) { steps_of_clock_.push_back(by); }
    void was_away(Instant since) { absences_.push_back(since); }
    void pool_runs_low(const PoolCounts& pool) { low_pools_.push_back(pool); }
    void trouble(const std::string& message);

    // Tells all that was held back; to be called after the commit.
    void tell();

  private:
    struct Fired {
        std::string playbook;
        std::string rule;
        Firing firing;
    };
    struct Stepped {
        std::string playbook;
        std::string rule;
        std::size_t step;
    };
    struct Paused {
        std::string playbook;
        std::string rule;
        std::optional<PauseMode> mode;
    };
    struct ChangedZones {
        ZoneChange change;
        std::vector<MovedTime> moved;
    };
    struct Backfilled {
        std::int64_t count = 0;
        std::int64_t left = 0;
    };
    using Outcome = std::tuple<std::string, std::string, DeliveryState, std::string>;

    Observer* observer_;
    std::vector<ChangedZones> changed_zones_;
    std::vector<Fired> fired_;
    std::vector<Stepped> stepped_;
    std::map<std::pair<std::string, std::string>, Backfilled> backfilled_;
    std::vector<Paused> paused_;
    std::vector<std::chrono::milliseconds> steps_of_clock_;
    std::vector<Instant> absences_;
    std::vector<PoolCounts> low_pools_;
    std::map<Outcome, std::int64_t> settled_;
    std::int64_t swept_ = 0;
    std::vector<std::string> trouble_;
};

}  // namespace sop::runtime
