#include "runtime/executor/clocks.h"

#include "runtime/scheduler/member_clock.h"

namespace sop::runtime {

std::string zone_name_of(Store& store, const LoadedRule& rule, const Firing& firing) {
    const std::string& own = rule.rule->timezone;
    if (!rule.rule->timezone_of_member) return own;
    if (rule.is_calendar_rule()) return zone_of_members(firing.key).value_or(own);
    const auto membership = membership_from(firing.expanded_through);
    const auto member =
        store.find_member(membership ? membership->member : firing.expanded_through);
    return member && !member->zone.empty() ? member->zone : own;
}

const lang::calendar::Zone& zone_of(Store& store, PlanBook& plans, const LoadedRule& rule,
                                    const Firing& firing) {
    if (!rule.rule->timezone_of_member) return *rule.zone;
    const lang::calendar::Zone* zone = plans.zone(zone_name_of(store, rule, firing));
    return zone == nullptr ? *rule.zone : *zone;
}

const lang::calendar::Zone& zone_of_subject(Store& store, PlanBook& plans, SubjectKind kind,
                                            const std::string& subject,
                                            const lang::calendar::Zone& of_run) {
    std::string name;
    if (kind == SubjectKind::group) {
        if (const auto group = store.find_group(subject)) name = group->zone;
    } else if (const auto member = store.find_member(subject)) {
        name = member->zone;
    }
    const lang::calendar::Zone* own = name.empty() ? nullptr : plans.zone(name);
    return own == nullptr ? of_run : *own;
}

}  // namespace sop::runtime
