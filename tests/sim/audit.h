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
#include "tests/sim/books_audit.h"
#include "tests/sim/history.h"
#include "tests/sim/planned_audit.h"
#include "tests/sim/scenario.h"
#include "tests/support/platform.h"

namespace sop::sim {

// How many attempts each channel makes at once.
using Places = std::map<std::string, std::size_t>;

class Audit {
  public:
    // The platforms of the channels `reconciling` are asked about what nobody can tell.
    Audit(std::vector<lang::Plan> plans, std::set<std::string> reconciling)
        : history_(std::move(plans)), reconciling_(std::move(reconciling)) {}

    // What is in force is to be told to it.
    History& history() { return history_; }

    // An attempt that reached a platform, by both clocks, and what is to be answered.
    void attempted(const std::string& channel, const runtime::Attempt& attempt, Instant now,
                   Instant elapsed, const tests::Answer& answer);
    // A question whether a message was taken.
    void asked(const std::string& channel, const runtime::Attempt& attempt);
    void event_received(const std::string& id, Instant now);
    // The clock was set: it shows `now`.
    void clock_stepped(std::chrono::milliseconds by, Instant now);

    // An idle executor has taken up other zone data.
    void check_moved_times(runtime::Store& store, const Clocks& before, const Clocks& after,
                           Instant now) {
        planned_.check_moved_times(store, before, after, now);
    }
    // What the store says when the executor is idle.
    void check_store(runtime::Store& store, const Places& places, Instant now);
    // What it says when all is done. Of `permanent` subjects, tagged `member` throughout, each has
    // a message for every time of the rules that no version changed, between `first` and `last`.
    void check_end(runtime::Store& store, const std::set<std::string>& permanent, Instant first,
                   Instant last);

    // What was not as promised, each with the attempt or row it was seen at.
    std::vector<std::string> violations() const;
    std::size_t attempts() const { return attempts_.size(); }
    std::size_t questions() const { return questions_; }

  private:
    struct Made {
        std::string key;
        runtime::DeliveryId delivery = 0;
        int number = 0;
        std::size_t questions = 0;  // that the platform was asked about it before
        std::string channel;
        std::string rule;
        std::string target;
        Instant at{};
        Instant elapsed{};
        int clock_steps = 0;
        int look = 0;
        bool is_guarded = false;
        bool is_order = false;  // no message
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
    void check_message(const runtime::Attempt& attempt, const Named& named, const Made& made);
    void check_repetition(const Made& made);
    void check_identity(const runtime::Attempt& attempt, const Named& named);
    void check_quiet(const Named& named, const Made& made);
    void check_caps(const Named& named, const Made& made);
    void check_spacing(const Named& named, const Made& made);
    void check_lateness(const runtime::Attempt& attempt, const Named& named, const Made& made);
    void check_pause(const runtime::Attempt& attempt, const Made& made);
    Instant forgotten_before(const std::string& channel) const;
    void check_budget(const Made& made);
    void check_quota(const Named& named, const Made& made);
    Instant quota_begin(const lang::ChannelLimit& quota, const std::string& zone, Instant at) const;
    void check_refused(const std::vector<runtime::DueDelivery>& rows);
    bool is_over(const lang::ChannelLimit& quota, const runtime::DueDelivery& row,
                 const std::vector<runtime::DueDelivery>& rows) const;
    std::size_t count_lost(const runtime::Delivery& delivery) const;
    void check_waiting(const std::vector<runtime::DueDelivery>& rows, const Places& places,
                       Instant now);
    void check_open_runs(runtime::Store& store);
    void check_outcomes(const std::map<runtime::DeliveryId, runtime::DueDelivery>& rows);
    void check_reconciled(const runtime::DueDelivery& row, bool was_taken);
    void report(const Made& made, const std::string& what);

    History history_;
    PlannedAudit planned_{history_};
    BooksAudit books_{history_};
    std::set<std::string> reconciling_;
    std::vector<Made> attempts_;
    std::map<std::string, std::vector<std::size_t>> by_key_;
    std::map<std::string, std::vector<std::size_t>> by_target_;
    std::map<std::string, std::vector<std::size_t>> by_channel_;
    std::map<std::string, std::string> key_of_;  // of what may be sent once for an event
    std::map<std::string, std::pair<Instant, int>> received_;
    std::map<runtime::DeliveryId, std::size_t> attempts_of_;
    std::map<runtime::DeliveryId, std::size_t> questions_about_;
    std::size_t questions_ = 0;
    std::set<runtime::DeliveryId> refused_;
    int first_look_ = 0;  // after the last check
    std::vector<std::string> violations_;
};

}  // namespace sop::sim
