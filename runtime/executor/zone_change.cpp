#include "runtime/executor/zone_change.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "runtime/executor/clocks.h"
#include "runtime/scheduler/flow.h"
#include "runtime/scheduler/moved_time.h"
#include "runtime/scheduler/tier.h"

namespace sop::runtime {

namespace {

using lang::calendar::Zone;
using lang::calendar::ZoneDatabase;
using lang::calendar::ZoneDataError;

Window window_of(const Firing& firing) {
    return {firing.start_at, firing.end_at};
}

std::string wall_text(date::local_seconds local, const Zone& zone) {
    return date::format("%FT%T ", local) + zone.name();
}

std::string wall_text(Instant instant, const Zone& zone) {
    return wall_text(zone.to_local(date::floor<std::chrono::seconds>(instant)), zone);
}

// ---- the zones of the store beside those of the new data ----------------------------------------

struct ZoneState {
    std::shared_ptr<const Zone> before;  // both nullptr when it is the same as before
    std::shared_ptr<const Zone> after;
    std::string data;     // the new bytes; empty when they cannot be used
    std::string trouble;  // why
};

class ZoneComparison {
  public:
    ZoneComparison(Store& store, const ZoneDatabase& zones) : zones_(zones) {
        for (const StoredZone& stored : store.stored_zones()) {
            states_.emplace(stored.name, compare(stored));
        }
    }

    bool has_changed() const {
        return std::any_of(states_.begin(), states_.end(),
                           [](const auto& state) { return state.second.after != nullptr; });
    }
    bool has_unusable() const {
        return std::any_of(states_.begin(), states_.end(),
                           [](const auto& state) { return !state.second.trouble.empty(); });
    }
    // A zone the store did not know has not changed: nothing was counted with it.
    const ZoneState& state_of(const std::string& name) {
        const auto known = states_.find(name);
        if (known != states_.end()) return known->second;
        ZoneState state;
        try {
            state.data = zones_.data_of(name);
        } catch (const ZoneDataError&) {
            // It was no better before, and the rule that needs it says so.
            state.data.clear();
        }
        return states_.emplace(name, std::move(state)).first->second;
    }
    void keep(Store& store) const {
        for (const auto& [name, state] : states_) {
            if (!state.data.empty()) store.put_zone({name, state.data});
        }
    }

  private:
    ZoneState compare(const StoredZone& stored) const {
        ZoneState state;
        try {
            auto after = zones_.find(stored.name);
            if (!after) {
                state.trouble = fmt::format("the zone data {} have no time zone {}",
                                            zones_.release(), stored.name);
                return state;
            }
            state.data = zones_.data_of(stored.name);
            if (state.data == stored.data) return state;
            state.after = std::move(after);
        } catch (const ZoneDataError& error) {
            state.trouble = error.what();
            return state;
        }
        try {
            state.before = Zone::parse(stored.name, stored.data);
        } catch (const ZoneDataError&) {
            // What bytes that cannot be read made of a wall time is not known. The wall times of
            // firings are, so these move all the same.
            state.before = state.after;
        }
        return state;
    }

    const ZoneDatabase& zones_;
    std::map<std::string, ZoneState> states_;
};

// ---- what was moved -----------------------------------------------------------------------------

// Runs that wait for the same step of the same firing are one line.
class MovedTimes {
  public:
    void add(const LoadedRule& rule, FiringId firing, const std::string& step,
             const std::string& subject, const std::string& local, Instant before, Instant after) {
        ++count_;
        const Key key{rule.id, firing, step, before};
        const auto known = places_.find(key);
        if (known != places_.end()) {
            MovedTime& moved = moved_[known->second];
            ++moved.count;
            moved.subject.clear();
            return;
        }
        if (moved_.size() == moved_times_kept_max) return;
        places_.emplace(key, moved_.size());
        moved_.push_back({rule.id, rule.playbook->name, rule.rule->name, step, subject, 1, local,
                          before, after});
    }

    std::int64_t count() const { return count_; }
    std::vector<MovedTime> in_order() const {
        std::vector<MovedTime> sorted = moved_;
        std::stable_sort(sorted.begin(), sorted.end(),
                         [](const MovedTime& a, const MovedTime& b) { return a.after < b.after; });
        return sorted;
    }

  private:
    using Key = std::tuple<RuleId, FiringId, std::string, Instant>;

    std::map<Key, std::size_t> places_;
    std::vector<MovedTime> moved_;
    std::int64_t count_ = 0;
};

// ---- moving -------------------------------------------------------------------------------------

class Mover {
  public:
    Mover(Store& store, PlanBook& plans, ZoneComparison& zones, UnusableZone unusable,
          std::size_t page_rows)
        : store_(store), plans_(plans), zones_(zones), unusable_(unusable), page_rows_(page_rows) {}

    void move_all() {
        move_rules_in_force();
        for (const StoredRule& rule : store_.list_rules()) move_runs(rule.id);
        // Those that no run has led to yet.
        for (const Firing& firing : store_.firings_to_expand(firings_to_expand_max)) {
            if (!windows_.contains(firing.id)) find_moving(firing);
        }
        // Only now: until a firing's last run has been moved, its window by the old data is needed.
        for (const auto& [firing, window] : windows_) {
            store_.set_window(firing, window.start, window.end);
        }
    }

    const MovedTimes& moved() const { return moved_; }

  private:
    static constexpr std::size_t firings_to_expand_max = 1'000'000;

    // A firing whose times have to be counted anew.
    struct Moving {
        const LoadedRule* rule;
        const ZoneState* zone;
        Window before;
        Window after;

        ZonePair zones() const { return {*zone->before, *zone->after}; }
    };

    const LoadedPlan* find_plan(PlanVersion version) {
        try {
            return &plans_.plan(version);
        } catch (const PlanError&) {
            // Nothing of it can be executed, and whatever meets it next says so.
            return nullptr;
        }
    }

    // A zone of the rule if it has changed.
    const ZoneState* find_changed(const LoadedRule& rule, const std::string& name) {
        const ZoneState& state = zones_.state_of(name);
        if (!state.trouble.empty() && unusable_ == UnusableZone::refuse) {
            throw ZoneDataError(fmt::format(
                "rule `{}`: {}", lang::rule_path(*rule.playbook, *rule.rule), state.trouble));
        }
        return state.after ? &state : nullptr;
    }

    void move_rules_in_force() {
        const auto latest = store_.latest_plan();
        const LoadedPlan* plan = latest ? find_plan(latest->version) : nullptr;
        if (plan == nullptr) return;
        for (const LoadedRule& rule : plan->rules) {
            if (!rule.is_calendar_rule()) {
                find_changed(rule, rule.rule->timezone);
                continue;
            }
            move_rule(rule, {});
            if (!rule.rule->timezone_of_member) continue;
            for (const std::string& zone : store_.member_zones()) move_rule(rule, zone);
        }
    }

    // For members of a zone; for all others when that is empty.
    void move_rule(const LoadedRule& rule, const std::string& members_of) {
        const ZoneState* zone =
            find_changed(rule, members_of.empty() ? rule.rule->timezone : members_of);
        if (zone == nullptr) return;
        const ZonePair zones{*zone->before, *zone->after};
        if (members_of.empty()) {
            const StoredRule stored =
                store_.find_or_add_rule(rule.playbook->name, rule.rule->name, Instant{});
            const Instant cursor = move_rule(rule, zones, stored.fired_through);
            if (cursor != stored.fired_through) store_.set_fired_through(stored.id, cursor);
        } else if (const auto fired_through = store_.zone_fired_through(rule.id, members_of)) {
            const Instant cursor = move_rule(rule, zones, *fired_through);
            if (cursor != *fired_through)
                store_.set_zone_fired_through(rule.id, members_of, cursor);
        }
    }

    // How far it has been fired by the new data.
    Instant move_rule(const LoadedRule& rule, const ZonePair& zones, Instant fired_through) {
        std::optional<PlannedFiring> before;
        std::optional<PlannedFiring> after;
        Instant cursor = fired_through;
        try {
            before = next_firing(*rule.rule, zones.before, fired_through);
            if (before) after = moved_firing(*rule.rule, zones, *before);
            cursor = moved_cursor(*rule.rule, zones, fired_through);
        } catch (const std::exception&) {
            // A schedule that cannot be counted stays where it is; planning its next firing says
            // what is wrong with it.
            return fired_through;
        }
        if (before && after) report_firing(rule, zones, *before, *after);
        return cursor;
    }

    // By its start, or by its first step when only that moved.
    void report_firing(const LoadedRule& rule, const ZonePair& zones, const PlannedFiring& before,
                       const PlannedFiring& after) {
        if (after.window.start != before.window.start) {
            moved_.add(rule, 0, {}, {}, wall_text(before.occurrence.nominal, zones.before),
                       before.window.start, after.window.start);
        } else if (after.begins_at != before.begins_at) {
            moved_.add(rule, 0, rule.rule->steps.front().name, {},
                       wall_text(before.begins_at, zones.before), before.begins_at,
                       after.begins_at);
        }
    }

    void move_runs(RuleId rule) {
        firings_.clear();
        Run last;
        for (;;) {
            const auto page = store_.open_runs(rule, last, page_rows_);
            for (const Run& run : page) move_run(run);
            if (page.size() < page_rows_) return;
            last = page.back();
            // Those of events have a run each, and need not be known for the next page.
            if (firings_.size() > page_rows_) firings_.clear();
        }
    }

    void move_run(Run run) {
        const Moving* moving = find_firing(run.firing);
        if (moving == nullptr || !run.due_at) return;
        const Instant before = *run.due_at;
        const lang::Rule& rule = *moving->rule->rule;
        // One that waits, or goes on within a step, does so from what has happened.
        const bool begins_step = run.state != RunState::waiting && run.next_action == 0;
        if (!begins_step || !has_step(rule, run.next_step)) return;
        const Instant after =
            moved_step(rule, run.next_step, moving->zones(), moving->before, moving->after, before);
        if (after == before) return;
        run.due_at = after;
        store_.update_run(run);
        moved_.add(*moving->rule, run.firing, step_path(rule, run.next_step), run.subject,
                   wall_text(before, *moving->zone->before), before, after);
    }

    const Moving* find_firing(FiringId id) {
        auto known = firings_.find(id);
        if (known == firings_.end()) {
            const auto firing = store_.find_firing(id);
            known = firings_.emplace(id, firing ? find_moving(*firing) : std::nullopt).first;
        }
        return known->second ? &*known->second : nullptr;
    }

    std::optional<Moving> find_moving(const Firing& firing) {
        const LoadedPlan* plan = find_plan(firing.plan);
        if (plan == nullptr) return std::nullopt;
        const LoadedRule* rule = plan->rules.find(firing.rule);
        if (rule == nullptr) return std::nullopt;
        const ZoneState* zone = find_changed(*rule, zone_name_of(store_, *rule, firing));
        if (zone == nullptr) return std::nullopt;
        Moving moving{rule, zone, window_of(firing), window_of(firing)};
        try {
            if (const auto window = moved_window(*rule->rule, *zone->after, firing)) {
                moving.after = *window;
            }
        } catch (const std::exception&) {
            // As with the rule: it stays.
            return std::nullopt;
        }
        if (moving.after != moving.before) windows_.insert_or_assign(firing.id, moving.after);
        return moving;
    }

    Store& store_;
    PlanBook& plans_;
    ZoneComparison& zones_;
    UnusableZone unusable_;
    std::size_t page_rows_;
    std::map<FiringId, std::optional<Moving>> firings_;  // of the rule whose runs are moved
    std::map<FiringId, Window> windows_;                 // by the new data
    MovedTimes moved_;
};

}  // namespace

bool change_zone_data(Store& store, PlanBook& plans, const ZoneDatabase& zones,
                      UnusableZone unusable, std::size_t page_rows, Instant now, Reports& reports) {
    const auto transaction = store.begin();
    const auto latest = store.latest_zone_change();
    ZoneComparison comparison(store, zones);
    const bool is_new = !latest || latest->release != zones.release() || comparison.has_changed();
    if (!is_new && (unusable == UnusableZone::leave || !comparison.has_unusable())) return false;

    Mover mover(store, plans, comparison, unusable, page_rows);
    mover.move_all();
    if (!is_new) return false;
    comparison.keep(store);
    const ZoneChange change{zones.release(), latest ? latest->release : std::string{}, now,
                            mover.moved().count()};
    const auto moved = mover.moved().in_order();
    store.add_zone_change(change, moved);
    transaction->commit();
    if (latest) reports.zones_changed(change, moved);
    return latest.has_value();
}

void remember_zones(Store& store, const ZoneDatabase& zones, const lang::Plan& plan) {
    ZoneComparison comparison(store, zones);
    for (const lang::Playbook& playbook : playbooks_of(plan)) {
        for (const lang::Rule& rule : playbook.rules) {
            comparison.state_of(rule.timezone);
            if (!rule.timezone_of_member) continue;
            for (const std::string& zone : store.member_zones()) comparison.state_of(zone);
        }
    }
    comparison.keep(store);
}

}  // namespace sop::runtime
