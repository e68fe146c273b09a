#include "runtime/executor/store_records.h"

#include "runtime/scheduler/tally.h"

namespace sop::runtime {

std::optional<std::vector<DayTally>> StoreRecords::days_of(const std::string& measure,
                                                           const std::string& subject,
                                                           date::local_days from,
                                                           date::local_days to) {
    const auto stored = store_.figures().find_measure(measure);
    if (!stored || !stored->complete) return std::nullopt;
    std::vector<DayTally> days;
    for (const SubjectDay& day : store_.figures().days_of(stored->id, subject, from, to))
        days.push_back({day.day, tally_of(day.count)});
    return days;
}

}  // namespace sop::runtime
