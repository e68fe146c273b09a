// Holds what reached the platforms, and what the store says, against the plans.
//
// Times of day, days and weeks are worked out with the date library's own zones, and every rule is
// worked out anew here: nothing the executor decides by is called. Where a clock that stepped back
// leaves two answers open, the weaker one is asked for.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "lang/plan.h"
#include "runtime/delivery/channel.h"
#include "runtime/store/store.h"
#include "tests/sim/scenario.h"
#include "tests/support/platform.h"

namespace sop::sim {

using runtime::Instant;

class Audit {
  public:
    // The platforms of the channels `reconciling` are asked about what nobody can tell.
    Audit(std::vector<lang::Plan> plans, std::set<std::string> reconciling)
        : plans_(std::move(plans)), reconciling_(std::move(reconciling)) {}

    // An attempt that reached a platform, by both clocks, and what is to be answered.
    void attempted(const runtime::Attempt& attempt, Instant now, Instant elapsed,
                   const tests::Answer& answer);
    // A question whether a message was taken, and what is to be answered.
    void asked(const runtime::Attempt& attempt, const tests::AskAnswer& answer);
    void event_received(const std::string& id, Instant now);
    // Nobody did anything in between.
    void absent(Instant from, Instant to);
    void clock_stepped(std::chrono::milliseconds by);

    // What the store says at any time; `places` is how many attempts may be under way at once.
    void check_store(runtime::Store& store, std::size_t places);
    // What it says when all is done. Of `permanent` subjects, tagged `member` throughout, each has
    // a message for every time of the rules that no version changed, between `first` and `last`.
    void check_end(runtime::Store& store, const std::set<std::string>& permanent,
                   std::size_t plans_deployed, Instant first, Instant last);

    // What was not as promised, each with the attempt or row it was seen at.
    const std::vector<std::string>& violations() const { return violations_; }
    std::size_t attempts() const { return attempts_.size(); }

  private:
    struct Made {
        std::string key;
        runtime::DeliveryId delivery = 0;
        std::string rule;
        std::string target;
        Instant at{};
        Instant elapsed{};
        int clock_steps = 0;
        bool is_guarded = false;
        bool is_reconciled = false;
        tests::Answer answer{};
    };
    struct Named {
        const lang::Rule* rule = nullptr;
        std::size_t number = 0;
        NumberedStep step{};
        std::string event{};
    };

    Named name(const runtime::Attempt& attempt);
    void check_repetition(const runtime::Attempt& attempt, const Made& made);
    void check_identity(const runtime::Attempt& attempt, const Named& named);
    void check_quiet(const Named& named, const Made& made);
    void check_caps(const Named& named, const Made& made);
    void check_spacing(const Named& named, const Made& made);
    void check_lateness(const runtime::Attempt& attempt, const Named& named, const Made& made);
    void check_reconciled(const std::vector<std::size_t>& indexes, runtime::DeliveryState state);
    void check_outcomes(const std::map<runtime::DeliveryId, runtime::DueDelivery>& rows);
    void report(const Made& made, const std::string& what);

    std::vector<lang::Plan> plans_;
    std::set<std::string> reconciling_;
    std::map<std::string, std::size_t> asked_in_vain_;  // how often, of each key asked about
    std::vector<Made> attempts_;
    std::map<std::string, std::vector<std::size_t>> by_key_;
    std::map<std::string, std::vector<std::size_t>> by_target_;
    std::map<std::string, std::string> key_of_;  // of what may be sent once
    std::map<std::string, std::pair<Instant, int>> received_;
    std::vector<std::pair<Instant, Instant>> absences_;
    int clock_steps_ = 0;
    std::vector<std::string> violations_;
};

}  // namespace sop::sim
