// Keeps account of what each group and member got and is to get, and judges by it whether a message
// has its turn (scheduler/guards.h).
//
// Accounts are kept from the first plan on that has a cap, spacing or late messages to space out,
// and are made up from the outbox then, so that a store without such rules pays nothing for them.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "runtime/executor/audiences.h"
#include "runtime/executor/channel_limits.h"
#include "runtime/executor/plan_book.h"
#include "runtime/scheduler/guards.h"
#include "runtime/store/store.h"

namespace sop::runtime {

// When a message of a paused rule is due.
inline constexpr Instant parked{std::chrono::milliseconds{253402300799000}};  // the end of 9999

class Guardian {
  public:
    explicit Guardian(Store& store) : store_(store), limits_(store), audiences_(store) {}

    // The plan in force, or nullptr while there is none that can be read. It must stay until there
    // is another.
    void use(const LoadedPlan* in_force, Instant now);

    // At a start: nobody was there since the time the store has.
    void come_back_after_stop(Instant now);
    // In a process that goes on: nobody was there since it was last `present`, if that is long ago.
    // Gives since when.
    std::optional<Instant> come_back(Instant now);
    // Never less than it was there before: what a wait was for may lie in the past.
    void be_present(Instant until) { present_until_ = std::max(present_until_, until); }
    // For the store to keep.
    void record_presence(Instant now);
    // Whether a message was waiting already when the executor was last away, or its rule last held:
    // then it was its channel that kept it.
    bool was_waiting(const DueDelivery& due) const;
    // Whether it is too late because the executor was away. Time in which it was there is no
    // lateness.
    bool is_missed(const DueDelivery& due, const lang::Rule& rule) const;

    // What a message that was decided waits for; its contact when it counts.
    void expect(const Contact& contact);
    // When a late message may come of a rule that spaces them out.
    Instant spaced(const lang::Rule& rule, RuleId id, const Target& target, Instant now);

    struct Turn {
        enum class Kind { go, wait, move, end } kind = Kind::go;
        Instant until{};                               // of wait and move
        DeliveryState state = DeliveryState::skipped;  // of end
        std::string reason{};                          // of end
    };
    // Of a pending message for which its channel has a place.
    Turn turn_of(const DueDelivery& due, const LoadedRule& rule, PlanBook& plans, Instant now);

    ChannelLimits& limits() { return limits_; }

    // Rules that are paused now.
    void pause(std::map<RuleId, PauseMode> rules) { paused_ = std::move(rules); }
    std::optional<PauseMode> pause_of(RuleId rule) const;
    // To one that was held the pause is what an absence is to all.
    void was_held(RuleId rule, Instant since, Instant now);

    // What became of it. No effect for a message that does not count.
    void attempted(const Contact& contact, Instant now);
    void waits(const Contact& contact, Instant until);
    void settled(const Contact& contact, DeliveryState state);

  private:
    class SubjectContacts;
    struct Absence {
        Instant from{};
        Instant to{};
    };
    static void remember(std::vector<Absence>& absences, const Absence& absence);

    Turn guarded_turn_of(const DueDelivery& due, const LoadedRule& rule, PlanBook& plans,
                         Instant now);
    std::int64_t to_come(const LoadedRule& rule, const lang::Audience* to, Instant now,
                         Instant before);

    Store& store_;
    ChannelLimits limits_;
    Audiences audiences_;
    std::map<RuleId, PauseMode> paused_;
    const LoadedPlan* in_force_ = nullptr;
    bool keeps_ = false;
    std::vector<Absence> absences_;  // the last of them, as long as messages can have waited
    std::map<RuleId, std::vector<Absence>> held_;  // likewise, of one rule
    Instant present_until_ = Instant::min();
    Instant presence_recorded_ = Instant::min();
    // What many messages of one round have in common.
    std::map<std::tuple<RuleId, const lang::Audience*, Instant>, std::int64_t> to_come_;
    Instant to_come_at_{};
};

// The contact that a delivery is.
Contact contact_of(const DueDelivery& due);

// As guards.h has them; one that is made up for counts from when it was asked for, as its window is
// over.
Instant give_up_at(const DueDelivery& due, const lang::Rule& rule);
bool has_expired(const DueDelivery& due, const lang::Rule& rule, Instant wanted_at, Instant now);

}  // namespace sop::runtime
