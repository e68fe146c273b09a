// Sends pending messages through their channels and records what became of them.
//
// The order makes the promise: mark as being attempted, commit, start. Only what is marked is ever
// started, and no more is marked than the channel takes at once; so after a kill no more than that
// is in doubt. Outcomes that came in meanwhile ride in the same transaction.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "runtime/delivery/channel.h"
#include "runtime/executor/guardian.h"
#include "runtime/executor/plan_book.h"
#include "runtime/executor/reports.h"
#include "runtime/store/store.h"

namespace sop::runtime {

using Channels = std::map<std::string, std::unique_ptr<Channel>>;  // by the name plans use

class Dispatcher {
  public:
    Dispatcher(Store& store, PlanBook& plans, Guardian& guardian, Channels channels,
               Reports& reports);

    std::set<std::string> channel_names() const;
    // Records the outcomes that are there, and fills the free places of every channel. False when
    // there was nothing to do.
    bool dispatch(Instant now);
    // Records the outcomes that are there. False when there were none.
    bool record_outcomes(Instant now);
    // When a message is due for which there is a place; nothing when no time is known.
    std::optional<Instant> next_due();

    std::size_t in_flight() const;
    // Gives up what is under way; its outcomes are there to record at once.
    void abandon();

  private:
    struct InFlight {
        std::string key;
        int attempt = 1;
        std::string playbook;
        std::string rule;
        Contact contact;
    };
    struct Line {
        std::string name;
        std::unique_ptr<Channel> channel;
        std::map<DeliveryId, InFlight> in_flight;

        std::size_t free_places() const;
    };
    struct Outcome {
        AttemptResult result;
        InFlight attempt;
    };
    struct Marked {
        Attempt attempt;
        Contact contact;
    };

    std::vector<Outcome> collect();
    std::vector<Outcome> collect(Line& line);
    std::vector<Outcome> lose(Line& line, const std::exception& error);
    void record_all(const std::vector<Outcome>& outcomes, Instant now);
    void record(const Outcome& outcome, Instant now);
    bool is_due(const Line& line, Instant now);
    std::vector<Marked> mark_due(Line& line, Instant now);
    std::optional<Attempt> prepare(const DueDelivery& due, Instant now);
    void start(Line& line, std::vector<Marked> marked, Instant now);
    void settle(const Contact& contact, const std::string& playbook, const std::string& rule,
                DeliveryState state, const std::string& reason, Instant now);

    Store& store_;
    PlanBook& plans_;
    Guardian& guardian_;
    std::vector<Line> lines_;
    Reports& reports_;
};

}  // namespace sop::runtime
