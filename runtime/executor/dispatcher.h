// Sends pending messages through their channels and records what became of them. What nobody can
// tell goes by the channel's policy; the reconciler asks about what is to be asked about.
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
#include "runtime/delivery/unknown_policy.h"
#include "runtime/executor/guardian.h"
#include "runtime/executor/plan_book.h"
#include "runtime/executor/reconciler.h"
#include "runtime/executor/reports.h"
#include "runtime/executor/settlement.h"
#include "runtime/store/store.h"

namespace sop::runtime {

struct ChannelSetup {
    std::unique_ptr<Channel> channel;
    UnknownPolicy unknown = UnknownPolicy::hold;  // reconcile for one that can be asked alone
};
using Channels = std::map<std::string, ChannelSetup>;  // by the name plans use

class Dispatcher {
  public:
    Dispatcher(Store& store, PlanBook& plans, Guardian& guardian, Channels channels,
               Reports& reports);

    std::set<std::string> channel_names() const;
    // Of names that are not there yet; between rounds.
    void add_channels(Channels channels);
    // Nothing for one that is not there.
    std::optional<UnknownPolicy> unknown_policy(const std::string& channel) const;
    // Whether there are outcomes to record or places to fill.
    bool has_work(Instant now);
    // Records those outcomes and marks what fills the free places of every channel, in the open
    // transaction.
    void mark(Instant now);
    // Starts what was marked. To be called once that is durable.
    void start(Instant now);
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
        ChannelUse use;
        MessagePlace place;
        bool in_doubt = false;  // an earlier attempt may have been taken
        UnknownPolicy unknown = UnknownPolicy::hold;
        std::optional<Command> command{};  // of one that is no message
    };
    struct Line {
        std::string name;
        std::unique_ptr<Channel> channel;
        UnknownPolicy unknown;
        std::map<DeliveryId, InFlight> in_flight{};
        // The budget has no room until then, nor does what waits for it give up before.
        std::optional<Instant> waits_until{};

        std::size_t free_places() const;
    };
    struct Outcome {
        AttemptResult result;
        InFlight attempt;
    };
    struct Marked {
        Attempt attempt;
        InFlight in_flight;
    };

    std::vector<Outcome> collect();
    std::vector<Outcome> collect(Line& line);
    std::vector<Outcome> lose(Line& line, const std::exception& error);
    void record_all(const std::vector<Outcome>& outcomes, Instant now);
    void record(const Outcome& outcome, Instant now);
    bool is_due(const Line& line, Instant now);
    std::vector<Marked> mark_due(Line& line, Instant now);
    Instant wait_for_room(const Line& line, Instant now);
    std::optional<Attempt> prepare(const DueDelivery& due, Instant now);
    std::optional<Instant> end_or_go_on_waiting(const DueDelivery& due, Instant now);
    std::optional<End> find_end(const DueDelivery& due, const lang::Rule& rule, Instant now);
    void try_again(const Outcome& outcome, DeliveryState last_end, Instant now);
    void end_given_up(const Outcome& outcome, const Delivery& delivery, Instant now);
    void start(Line& line, std::vector<Marked> marked, Instant now);
    void end(const DueDelivery& due, const End& end, Instant now);
    void end(const InFlight& attempt, const End& end, Instant now);

    Store& store_;
    PlanBook& plans_;
    Guardian& guardian_;
    std::vector<Line> lines_;
    std::vector<Outcome> outcomes_{};            // not recorded yet
    std::vector<std::vector<Marked>> marked_{};  // of each line, not started yet
    Reports& reports_;
    Reconciler reconciler_;
};

}  // namespace sop::runtime
