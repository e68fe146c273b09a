// The plans runs are interpreted by: every version is read and prepared once.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "lang/calendar/zone.h"
#include "lang/plan.h"
#include "runtime/error.h"
#include "runtime/store/store.h"

namespace sop::runtime {

// A rule of one plan version with what executing it needs.
struct LoadedRule {
    RuleId id = 0;
    const lang::Playbook* playbook = nullptr;
    const lang::Rule* rule = nullptr;
    std::shared_ptr<const lang::calendar::Zone> zone;         // nullptr when the zone data lacks it
    lang::Rare<std::string> trouble{};                        // why it cannot be executed
    bool collects = false;                                    // has a `collect`
    bool draws = false;                                       // has a `draw`
    bool gives = false;                                       // has a `give`
    const lang::Tier* tier = nullptr;                         // that it is, if it is one (tier.h)
    lang::RareList<const lang::Audience*> other_audiences{};  // of its guarded messages (guards.h)

    bool is_calendar_rule() const {
        return std::holds_alternative<lang::CalendarTrigger>(rule->trigger);
    }
};

// In the order of their ids, each once.
class LoadedRules {
  public:
    // Throws std::logic_error for two with one id.
    explicit LoadedRules(std::vector<LoadedRule> rules = {});

    auto begin() const { return rules_.begin(); }
    auto end() const { return rules_.end(); }
    // nullptr when there is none.
    const LoadedRule* find(RuleId id) const;
    // Throws std::out_of_range when there is none.
    const LoadedRule& at(RuleId id) const;

  private:
    std::vector<LoadedRule> rules_;
};

struct LoadedPlan {
    PlanVersion version = 0;
    Instant deployed_at{};
    lang::Plan plan;
    lang::Playbook tiers;  // as rules
    LoadedRules rules;
    std::shared_ptr<const lang::calendar::Zone> points_zone;  // by which points expire, if they do
    std::vector<RuleId> conditions;                           // the rules `when`
    std::set<std::string> watched_tags;                       // by any of the rules (event_match.h)
    bool collects = false;                                    // a rule has a `collect`
    // The rules that an event of a type may begin, and the types that may answer or end a run.
    std::unordered_map<std::string, std::vector<RuleId>> begun_by;
    std::set<std::string> awaited_events;
    bool has_runs_for_nobody = false;  // of a rule without `for`

    LoadedPlan() = default;
    LoadedPlan(const LoadedPlan&) = delete;  // `rules` points into `plan` and `tiers`
    LoadedPlan& operator=(const LoadedPlan&) = delete;
};

// nullptr for a zone that the data lack or that cannot be read.
std::shared_ptr<const lang::calendar::Zone> find_zone(const std::string& name,
                                                      const lang::calendar::ZoneDatabase& zones);

// One version, or one rule of it, cannot be executed: what and why. Others can.
class PlanError : public Error {
  public:
    using Error::Error;
};

class PlanBook {
  public:
    PlanBook(Store& store, const lang::calendar::ZoneDatabase& zones)
        : store_(store), zones_(&zones) {}

    const lang::calendar::ZoneDatabase& zones() const { return *zones_; }
    // Goes on with other zone data. What `plan` and `rule` gave is no longer good.
    void use(const lang::calendar::ZoneDatabase& zones);

    // Throws PlanError for a version that is not stored or cannot be read.
    const LoadedPlan& plan(PlanVersion version);
    // Throws PlanError also for a rule the version does not have or whose zone cannot be used.
    const LoadedRule& rule(PlanVersion version, RuleId rule);

    // A zone by its name; nullptr when the zone data lack it, or what they have cannot be read.
    const lang::calendar::Zone* zone(const std::string& name);

    // Whether a rule of a plan that was asked for until now wants to know of the tag's changes.
    bool watches(const std::string& tag) const;
    // Whether a rule of such a plan may have collected something.
    bool collects() const;
    // Whether a run of such a plan may wait for events of the type, or end by one.
    bool awaits(const std::string& event_type) const;
    // Whether one of those plans has a rule without `for`.
    bool has_runs_for_nobody() const;

  private:
    struct Page {
        std::unique_ptr<const LoadedPlan> plan;  // nullptr when it cannot be read
        std::string trouble;
    };
    Page read(PlanVersion version);
    bool any_plan(const std::function<bool(const LoadedPlan&)>& is_so) const;

    Store& store_;
    const lang::calendar::ZoneDatabase* zones_;
    std::map<PlanVersion, Page> pages_;
    std::map<std::string, std::shared_ptr<const lang::calendar::Zone>> zones_by_name_;
};

}  // namespace sop::runtime
