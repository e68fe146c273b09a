// The part of the walker that fires rules by the clock of each member (member_clock.h).
#include "runtime/executor/walker.h"
#include "runtime/scheduler/member_clock.h"

namespace sop::runtime {

namespace {

constexpr std::chrono::milliseconds just_before{1};

// In the book of entries: the last wall time that a member had.
constexpr const char* wall_time = "wall time";

// Up to which deploy the zones that members had then are looked after.
constexpr const char* all_zones = "";

}  // namespace

// Zones that come later begin with the change of the directory that brought them.
void Walker::plan_next_firings_by_zone(const LoadedRule& rule, Instant deployed_at) {
    const Instant before = deployed_at - just_before;
    const bool is_new = store_.zone_fired_through(rule.id, all_zones) != before;
    if (is_new) store_.set_zone_fired_through(rule.id, all_zones, before);
    for (const std::string& zone : store_.member_zones()) {
        auto fired_through = store_.zone_fired_through(rule.id, zone);
        if (!fired_through && is_new) {
            fired_through = before;
            store_.set_zone_fired_through(rule.id, zone, *fired_through);
        }
        if (fired_through) plan_next_firing(rule, zone, *fired_through);
    }
}

// A member has it since then.
void Walker::look_after_zone(const std::string& zone, Instant since) {
    if (zone.empty() || in_force_ == nullptr) return;
    for (const LoadedRule& rule : in_force_->rules) {
        if (!rule.rule->timezone_of_member || !rule.is_calendar_rule() || rule.trouble) continue;
        if (store_.zone_fired_through(rule.id, zone)) continue;
        if (plans_.zone(zone) != nullptr) store_.put_zone({zone, plans_.zones().data_of(zone)});
        store_.set_zone_fired_through(rule.id, zone, since);
        plan_next_firing(rule, zone, since);
    }
}

// Else it has it now.
bool Walker::had_that_wall_time(const LoadedRule& rule, const Firing& firing,
                                const std::string& subject) {
    const auto wall = wall_time_of(firing.key);
    if (!wall) return false;
    const EntryKey key{rule.id, SubjectKind::member, subject, wall_time};
    const auto last = store_.find_entry(key);
    if (last && last->since >= *wall) return true;
    store_.put_entry(key, {*wall, 1});
    return false;
}

}  // namespace sop::runtime
