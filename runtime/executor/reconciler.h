// Asks platforms about messages of which nobody can tell whether they were taken, until they say
// it or were asked asks_max times.
//
// A question has no effect, so it needs no mark: that a message is asked about, how often it was
// and when it is the next time is in the store, a start goes on from there, and a question whose
// answer was lost is asked once more. Questions have places of their own beside the attempts.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "runtime/delivery/channel.h"
#include "runtime/executor/guardian.h"
#include "runtime/executor/plan_book.h"
#include "runtime/executor/reports.h"
#include "runtime/store/store.h"

namespace sop::runtime {

class Reconciler {
  public:
    Reconciler(Store& store, PlanBook& plans, Guardian& guardian, Reports& reports)
        : store_(store), plans_(plans), guardian_(guardian), reports_(reports) {}

    // One that can be asked and outlives this.
    void add_channel(const std::string& name, Channel& channel);

    // An attempt that ended now may have been taken; in the open transaction.
    void ask_about(DeliveryId delivery, const std::string& key, const std::string& reason,
                   Instant now);

    // Whether there are answers to record or questions to ask.
    bool has_work(Instant now);
    // Records those answers and chooses what is to be asked, in the open transaction.
    void mark(Instant now);
    // Asks it.
    void start();
    // When there is something to ask for which there is a place; nothing when no time is known.
    std::optional<Instant> next_due();

  private:
    struct Answer {
        AskResult result;
        std::string key;
    };
    struct Line {
        std::string name;
        Channel* channel;
        std::map<DeliveryId, std::string> under_way{};  // with their keys
        std::vector<Attempt> marked{};

        std::size_t free_places() const;
    };

    void collect(Line& line);
    void lose(Line& line, const std::exception& error);
    std::vector<DueDelivery> waiting(const Line& line);
    void mark(Line& line, Instant now);
    void start(Line& line);
    void record(const Answer& answer, Instant now);
    void ask_again(const DueDelivery& due, const Answer& answer, Instant now);
    void go_on(DueDelivery due, const Answer& answer, Instant now);
    void end(const DueDelivery& due, DeliveryState state, const std::string& reason, Instant now);

    Store& store_;
    PlanBook& plans_;
    Guardian& guardian_;
    Reports& reports_;
    std::vector<Line> lines_{};
    std::vector<Answer> answers_{};  // not recorded yet
};

}  // namespace sop::runtime
