// The roles of the store that keep figures: what events are counted by the day, who was in which
// group, how people move between tiers, and how far they get in rules.
//
// What stands here outlives the events and messages it was counted from.
#pragma once

#include <date/date.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lang/plan.h"
#include "runtime/clock/clock.h"

namespace sop::runtime {

using RuleId = std::int64_t;
using MeasureId = std::int64_t;

// ---- counts by the day --------------------------------------------------------------------------

// Something that is counted; its key says what (scheduler/measure.h). Until it is `complete`, those
// events processed before it was known whose ids lie after `counted_through` are not in it.
struct StoredMeasure {
    MeasureId id = 0;
    std::string key{};
    std::string counted_through{};
    bool complete = false;

    bool operator==(const StoredMeasure&) const = default;
};

// The events of a subject on one date (scheduler/tally.h).
struct DayCount {
    std::int64_t count = 0;
    std::string sums{};
    std::string different{};  // bytes

    bool operator==(const DayCount&) const = default;
};

struct SubjectDay {
    std::string subject{};
    date::local_days day{};
    DayCount count{};

    bool operator==(const SubjectDay&) const = default;
};

class DayCounts {
  public:
    virtual ~DayCounts() = default;
    // Made with `complete` when it is new.
    virtual StoredMeasure find_or_add_measure(const std::string& key, bool complete) = 0;
    virtual std::optional<StoredMeasure> find_measure(const std::string& key) = 0;
    // In the order of ids.
    virtual std::vector<StoredMeasure> list_measures() = 0;
    // With all that was counted of it.
    virtual void remove_measure(MeasureId measure) = 0;
    virtual void set_counted_through(MeasureId measure, const std::string& event,
                                     bool complete) = 0;
    virtual std::optional<DayCount> find_day(MeasureId measure, const std::string& subject,
                                             date::local_days day) = 0;
    virtual void put_day(MeasureId measure, const SubjectDay& day) = 0;
    // In [from, to), in the order of days.
    virtual std::vector<SubjectDay> days_of(MeasureId measure, const std::string& subject,
                                            date::local_days from, date::local_days to) = 0;
    // Of all subjects, in the order (subject, day).
    virtual std::vector<SubjectDay> days_of_all(MeasureId measure, date::local_days from,
                                                date::local_days to) = 0;
};

// ---- stays --------------------------------------------------------------------------------------

// Someone in a group, from when to when; nothing for a beginning that nobody told, and for an end
// that is still to come.
struct Stay {
    std::string group{};
    std::string member{};
    std::optional<Instant> joined_at{};
    std::optional<Instant> left_at{};

    bool operator==(const Stay&) const = default;
};

class Stays {
  public:
    virtual ~Stays() = default;
    // Keeps the stay that now ends. No effect when there is none, or it began later.
    virtual void end_stay(const std::string& group, const std::string& member, Instant left_at) = 0;
    // Past and present ones, staff left out, in the order (member, left_at).
    virtual std::vector<Stay> stays_in(const std::string& group) = 0;
    // Of all groups, in the order of these.
    virtual std::vector<Stay> all_stays() = 0;
    // Those of a member that are over, in the order (left_at, group). Looks at all.
    virtual std::vector<Stay> past_stays_of(const std::string& member) = 0;
};

// ---- tiers --------------------------------------------------------------------------------------

// A subject that came to another level of a tier; a level that is empty is none.
struct TierChange {
    RuleId rule = 0;
    lang::SubjectKind kind = lang::SubjectKind::group;
    std::string subject{};
    Instant at{};
    std::string before{};
    std::string level{};
    std::string why{};

    bool operator==(const TierChange&) const = default;
};

class TierBook {
  public:
    virtual ~TierBook() = default;
    virtual void add_tier_change(const TierChange& change) = 0;
    // Of a subject, with `at` in [from, to), in the order in which they came.
    virtual std::vector<TierChange> tier_changes_of(lang::SubjectKind kind,
                                                    const std::string& subject, Instant from,
                                                    Instant to) = 0;
    // The last one of each subject of a tier, in the order of subjects.
    virtual std::vector<TierChange> latest_tier_changes(RuleId rule) = 0;
};

// ---- flows --------------------------------------------------------------------------------------

// How many runs of a rule came to a step (its path), or what became of them there.
struct FlowCount {
    RuleId rule = 0;
    std::string step{};
    std::string what{};
    date::local_days day{};
    std::int64_t count = 0;

    bool operator==(const FlowCount&) const = default;
};

class FlowBook {
  public:
    virtual ~FlowBook() = default;
    // Adds to what is there.
    virtual void add_flow_count(const FlowCount& count) = 0;
    // Of the dates [from, to) together, `day` being `from`; in the order (rule, step, what).
    virtual std::vector<FlowCount> flow_counts(date::local_days from, date::local_days to) = 0;
};

class Figures : public DayCounts, public Stays, public TierBook, public FlowBook {};

}  // namespace sop::runtime
