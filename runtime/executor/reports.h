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
    void paused(const std::string& playbook, const std::string& rule,
                std::optional<PauseMode> mode);
    void zones_changed(const ZoneChange& change, const std::vector<MovedTime>& moved);
    void swept(std::int64_t rows) { swept_ += rows; }
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
    using Outcome = std::tuple<std::string, std::string, DeliveryState, std::string>;

    Observer* observer_;
    std::vector<ChangedZones> changed_zones_;
    std::vector<Fired> fired_;
    std::vector<Stepped> stepped_;
    std::vector<Paused> paused_;
    std::map<Outcome, std::int64_t> settled_;
    std::int64_t swept_ = 0;
    std::vector<std::string> trouble_;
};

}  // namespace sop::runtime
