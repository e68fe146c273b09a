#include "runtime/scheduler/firing_changes.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "runtime/scheduler/tier.h"
#include "runtime/scheduler/timeline.h"

namespace sop::runtime {

namespace {

constexpr std::chrono::milliseconds just_before{1};
constexpr std::size_t date_length = 10;  // of the key

struct Firings {
    std::map<std::string, Instant> by_key{};
    bool cut_short = false;
};

Firings firings_of(const lang::Rule& rule, const lang::calendar::Zone& zone, Instant from,
                   Instant to) {
    Firings firings;
    Instant through = from - just_before;
    while (const auto firing = next_firing(rule, zone, through)) {
        through = firing->window.start;
        if (through >= to) break;
        if (firings.by_key.size() == firings_compared_max) {
            firings.cut_short = true;
            break;
        }
        firings.by_key.emplace(firing_key(rule, firing->occurrence, zone), through);
    }
    return firings;
}

using Rules = std::map<std::string, const lang::Rule*>;

Rules rules_of(const std::vector<lang::Playbook>& playbooks) {
    Rules rules;
    for (const auto& playbook : playbooks) {
        for (const auto& rule : playbook.rules)
            rules.emplace(lang::rule_path(playbook, rule), &rule);
    }
    return rules;
}

class Comparison {
  public:
    Comparison(const lang::calendar::ZoneDatabase& zones, Instant from, Instant to)
        : zones_(zones), from_(from), to_(to) {}

    // Either may be nullptr.
    void compare(const std::string& name, const lang::Rule* before, const lang::Rule* after) {
        const Firings old = firings_of(before);
        const Firings fresh = firings_of(after);
        if (old.cut_short || fresh.cut_short) result_.cut_short.push_back(name);

        // By date: those of one date that both plans lack are paired in their order.
        std::map<std::string, std::vector<FiringTime>> added;
        for (const auto& [key, at] : fresh.by_key) {
            if (old.by_key.contains(key)) {
                ++result_.kept;
            } else {
                added[key.substr(0, date_length)].push_back({at, key});
            }
        }
        for (const auto& [key, at] : old.by_key) {
            if (fresh.by_key.contains(key)) continue;
            FiringChange change{name, FiringTime{at, key}, std::nullopt};
            auto& same_date = added[key.substr(0, date_length)];
            if (!same_date.empty()) {
                change.after = same_date.front();
                same_date.erase(same_date.begin());
            }
            result_.changes.push_back(std::move(change));
        }
        for (const auto& [date, left] : added) {
            for (const auto& time : left) result_.changes.push_back({name, std::nullopt, time});
        }
    }

    FiringChanges result() && {
        std::stable_sort(result_.changes.begin(), result_.changes.end(),
                         [](const FiringChange& a, const FiringChange& b) {
                             return std::tuple{time_of(a), a.rule} < std::tuple{time_of(b), b.rule};
                         });
        return std::move(result_);
    }

  private:
    static Instant time_of(const FiringChange& change) {
        return change.before ? change.before->at : change.after->at;
    }

    Firings firings_of(const lang::Rule* rule) const {
        if (rule == nullptr) return {};
        const auto zone = zones_.find(rule->timezone);
        return zone ? runtime::firings_of(*rule, *zone, from_, to_) : Firings{};
    }

    const lang::calendar::ZoneDatabase& zones_;
    Instant from_;
    Instant to_;
    FiringChanges result_{};
};

}  // namespace

FiringChanges compare_firings(const lang::Plan& before, const lang::Plan& after,
                              const lang::calendar::ZoneDatabase& zones, Instant from, Instant to) {
    const auto playbooks_before = playbooks_of(before);
    const auto playbooks_after = playbooks_of(after);
    const Rules old = rules_of(playbooks_before);
    const Rules fresh = rules_of(playbooks_after);
    Comparison comparison(zones, from, to);
    for (const auto& [name, rule] : old) {
        const auto same = fresh.find(name);
        comparison.compare(name, rule, same == fresh.end() ? nullptr : same->second);
    }
    for (const auto& [name, rule] : fresh) {
        if (!old.contains(name)) comparison.compare(name, nullptr, rule);
    }
    return std::move(comparison).result();
}

}  // namespace sop::runtime
