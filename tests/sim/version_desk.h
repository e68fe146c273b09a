// Asks for versions as another process does, and holds the answers against what became of them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "runtime/store/store.h"
#include "tests/sim/history.h"

namespace sop::sim {

class VersionDesk {
  public:
    explicit VersionDesk(const History& history) : history_(history) {}

    // Which plan of the scenario a deploy asks for, or nothing. StoreError and Killed pass through:
    // then it may or may not stand in the store, which `find_lost` finds out.
    runtime::VersionRequestId ask(runtime::Store& store, const runtime::VersionRequest& request,
                                  std::optional<std::size_t> plan);
    void withdraw(runtime::Store& store, runtime::VersionRequestId id);
    void find_lost(runtime::Store& store);

    // A version came into force that nobody asked for here.
    void deployed_otherwise() { versions_told_ = history_.versions().size(); }
    // Reads the answers, after the history has looked. All requests must have one when
    // `are_taken`. What was answered, for the log.
    std::vector<std::string> read_answers(runtime::Store& store, bool are_taken);

    // Around requests that are taken without a death in between.
    void count_open_runs_before(runtime::Store& store);
    void count_open_runs_after(runtime::Store& store);

    const std::vector<std::string>& violations() const { return violations_; }

  private:
    struct Asked {
        runtime::VersionRequest request{};
        std::optional<std::size_t> plan{};
        bool may_be_withdrawn = false;
    };

    void check(const Asked& asked, const runtime::VersionAnswer& answer);
    void check_new_version(const Asked& asked, const runtime::VersionAnswer& answer);
    std::optional<std::size_t> plan_before(std::size_t versions) const;

    const History& history_;
    std::map<runtime::VersionRequestId, Asked> asked_;
    std::optional<Asked> lost_{};  // nobody knows whether it was
    std::size_t versions_told_ = 0;
    std::vector<runtime::PlanSummary> before_;
    std::vector<Asked> answered_;  // since `before_` was read
    std::vector<runtime::VersionAnswer> answers_;
    std::vector<std::string> violations_;
};

}  // namespace sop::sim
