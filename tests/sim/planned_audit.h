// Holds the messages that the store says were planned against the plans, versions, pauses and zone
// data: whose they are, when they were planned for, and what became of them.
//
// As audit.h it calls nothing the executor decides by. It looks at the store now and then; what is
// new there was decided since it looked last.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "runtime/store/store.h"
#include "tests/sim/history.h"
#include "tests/sim/scenario.h"

namespace sop::sim {

class PlannedAudit {
  public:
    explicit PlannedAudit(const History& history);

    // The clock was set; what is decided from now on is decided after that.
    void clock_stepped(Instant now);
    void check(const std::vector<runtime::DueDelivery>& rows, Instant now);
    // An idle executor has taken up other zone data: the next time of each rule that moved is told.
    void check_moved_times(runtime::Store& store, const Clocks& before, const Clocks& after,
                           Instant now);
    // Of `permanent` subjects, tagged `member` throughout, each has a message for every time of the
    // rules that no version changed, between `first` and `last`.
    void check_end(const std::set<std::string>& permanent, Instant first, Instant last);

    const std::vector<std::string>& violations() const { return violations_; }

  private:
    // What is said of a message by the plan of its version.
    struct Planned {
        const runtime::DueDelivery& row;
        RuleName name;
        const DeployedVersion& version;
        const lang::Rule& rule;
        std::string path;  // of its step
        const lang::Step& step;
        std::string key;  // of its firing, without what a migration added
        bool is_migrated = false;
    };
    void check_new(const runtime::DueDelivery& row);
    void check_identity(const Planned& planned, const lang::Action& action);
    void check_time(const Planned& planned);
    void check_owner(const Planned& planned);
    void check_pause(const Planned& planned);
    void check_lateness(const Planned& planned);
    void check_settled(const runtime::DueDelivery& row);
    std::vector<date::local_seconds> times_between(const lang::Rule& rule, Instant first,
                                                   Instant last) const;
    struct Move {
        std::string local;  // as the executor tells it
        Instant before{};
        Instant after{};
    };
    // Of a rule whose next time is easily said.
    std::optional<Move> next_move(const lang::Rule& rule, const Clocks& before, const Clocks& after,
                                  Instant now) const;
    bool is_unique(date::local_seconds nominal, const std::string& zone) const;
    void report(const runtime::DueDelivery& row, const std::string& what);

    const History& history_;
    std::map<runtime::DeliveryId, runtime::DeliveryState> seen_;
    std::set<std::string> identities_;  // each message there was, by what it is
    std::set<std::string> occasions_;   // those whose first step had its message
    Instant checked_at_ = Instant::min();
    int first_look_ = 0;  // after the last check
    std::vector<std::string> violations_;
};

}  // namespace sop::sim
