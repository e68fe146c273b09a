// The plans a store holds, for commands that say what its messages were.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "lang/calendar/zone.h"
#include "lang/plan.h"
#include "runtime/config/config.h"
#include "runtime/store/store.h"

namespace sop::runtime::cli {

class StoredPlans {
  public:
    explicit StoredPlans(Store& store) : store_(store) {}

    // An empty one when it is not there.
    const lang::Plan& plan_of(PlanVersion version);
    // The rule a message is of, by the plan its run goes by; nullptr when that is not there.
    const lang::Rule* rule_of(const DueDelivery& due);
    const lang::Rule* find_rule(PlanVersion version, const std::string& playbook,
                                const std::string& name);
    // "start - 10m"
    std::string step_of(const DueDelivery& due);

  private:
    Store& store_;
    std::map<PlanVersion, lang::Plan> plans_{};
};

// The plan in force. Throws CommandError for a store that nothing was ever served from.
lang::Plan plan_in_force(Store& store, const Config& config);

// Of the first rule, by whose clock a time without an offset is read.
std::shared_ptr<const lang::calendar::Zone> first_zone(const lang::Plan& plan,
                                                       const lang::calendar::ZoneDatabase& zones);

}  // namespace sop::runtime::cli
