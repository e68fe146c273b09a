// Holds the books of the store against the plans: points, lists, draws, codes, tasks, tiers, events
// that rules send, how often somebody began a rule.
//
// As audit.h it calls nothing the executor decides by.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "runtime/store/store.h"
#include "tests/sim/history.h"

namespace sop::sim {

class BooksAudit {
  public:
    explicit BooksAudit(const History& history) : history_(history) {}

    // What is in the books when the executor is idle.
    void check(runtime::Store& store, const std::vector<runtime::DueDelivery>& rows, Instant now);
    // When all is done.
    void check_end(runtime::Store& store);

    const std::vector<std::string>& violations() const { return violations_; }

  private:
    // An action of a run, as the plan of its version has it.
    struct Place {
        runtime::Run run{};
        runtime::Firing firing{};
        const lang::Rule* rule = nullptr;
        const lang::Action* action = nullptr;
    };
    std::optional<Place> place_of(runtime::Store& store, const runtime::ActionOfRun& of);

    void check_points(runtime::Store& store);
    void check_given(const runtime::PointEntry& entry, std::int64_t balance,
                     std::set<std::string>& given);
    void check_undone(runtime::Store& store, const runtime::PointEntry& entry,
                      const std::map<std::int64_t, runtime::PointEntry>& before);
    void check_lists(runtime::Store& store, Instant now);
    void check_list(runtime::Store& store, const runtime::Collection& list, Instant now);
    void check_full(const runtime::Collection& list, const std::set<std::string>& events);
    void check_draws(runtime::Store& store);
    void check_draw(runtime::Store& store, const runtime::StoredDraw& draw,
                    const std::vector<runtime::StoredDrawEntry>& entries);
    void check_codes(runtime::Store& store);
    void check_refused(const runtime::DueDelivery& row);
    void check_tasks(runtime::Store& store);
    void check_task(runtime::Store& store, const runtime::Task& task);
    void check_tiers(runtime::Store& store);
    void check_events(runtime::Store& store);
    void check_winners(runtime::Store& store);
    void check_allowances(runtime::Store& store);
    std::optional<lang::Allowance> lasting_allowance(const RuleName& name) const;
    template <typename... Arguments>
    void report(const char* what, const Arguments&... arguments);

    struct HeldDraw {
        runtime::StoredDraw draw{};
        std::vector<runtime::StoredDrawEntry> entries{};
    };

    const History& history_;
    std::map<runtime::RuleId, RuleName> rules_;
    std::set<runtime::DeliveryId> refused_;
    std::map<runtime::DrawId, HeldDraw> draws_;
    std::map<runtime::CollectionId, std::set<std::string>> full_;  // events on it when it was full
    std::map<std::int64_t, std::string> given_;                    // to whom each code was given
    std::map<runtime::TaskId, runtime::TaskState> tasks_;
    bool is_pool_empty_ = false;
    std::vector<std::string> violations_;
};

}  // namespace sop::sim
