// The metrics of groups, each by itself or several as one: of a tag, an owner, all.
//
// Several are one crowd: who is in two of them is one member, one buyer, one speaker. All is read
// from the counts that the executor keeps by the day; events are looked at only where it has not
// caught up with a metric yet.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lang/calendar/zone.h"
#include "lang/plan.h"
#include "runtime/scheduler/tally.h"
#include "runtime/store/store.h"

namespace sop::runtime {

// What happened in no group counts as in this one.
inline constexpr const char* no_group = "";

// Dates, both included.
struct DateSpan {
    date::local_days from{};
    date::local_days until{};

    bool operator==(const DateSpan&) const = default;
};

enum class SplitBy { whole, day, week, month };

// A span in its days, weeks (from Monday) or months; the first and the last may be shorter.
std::vector<DateSpan> split(const DateSpan& span, SplitBy by);

class GroupFigures {
  public:
    // Of dates within the span. What is asked for is the plan's, which has to outlive this.
    GroupFigures(Store& store, const lang::Plan& plan, const lang::calendar::Zone& zone,
                 const DateSpan& span);
    ~GroupFigures();

    // Nothing where it has no value, as for a division by zero.
    std::optional<std::string> value(const lang::Metric& metric,
                                     const std::vector<std::string>& groups, const DateSpan& span);

  private:
    class Crowd;

    const std::vector<DayTally>* find_days(const std::string& measure, const std::string& group);
    bool is_counted(const std::string& measure);
    const std::vector<Stay>& stays_in(const std::string& group);

    using DaysByGroup = std::map<std::string, std::vector<DayTally>>;

    Store& store_;
    const lang::Plan& plan_;
    const lang::calendar::Zone& zone_;
    DateSpan span_;
    // Each read when it is first asked for; nothing for a measure that is not counted.
    std::map<std::string, std::optional<DaysByGroup>> days_{};
    std::optional<std::map<std::string, std::vector<Stay>>> stays_{};
    std::unique_ptr<Crowd> crowd_;
};

}  // namespace sop::runtime
