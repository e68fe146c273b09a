// How many runs come to which step and what becomes of them there, for reports: kept by the day,
// and written once for all runs of a transaction.
#pragma once

#include <map>
#include <string>
#include <tuple>

#include "runtime/executor/plan_book.h"
#include "runtime/store/store.h"

namespace sop::runtime {

// What can become of a run at a step, besides `left_for` with the reason of its end.
inline constexpr const char* flow_reached = "reached";
inline constexpr const char* flow_answered = "answered";
inline constexpr const char* flow_not_answered = "not answered";
inline constexpr const char* flow_left_for = "left: ";

class FlowCounts {
  public:
    // A run that is at this step at that time.
    void add(const LoadedRule& rule, std::size_t step, const std::string& what, Instant at);
    // In the open transaction.
    void write(Store& store);

  private:
    std::map<std::tuple<RuleId, std::string, std::string, date::local_days>, std::int64_t>
        counts_{};
};

}  // namespace sop::runtime
