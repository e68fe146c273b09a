#include "runtime/executor/store_records.h"

#include <set>

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

// The owner stands by itself, and may have others in the role beside it.
std::vector<std::string> StoreRecords::staff_of(const std::string& group, const std::string& role) {
    const auto found = store_.find_group(group);
    if (!found) return {};
    std::set<std::string> staff;
    if (role == "owner" && !found->owner.empty()) staff.insert(found->owner);
    if (const auto holders = found->staff.find(role); holders != found->staff.end())
        staff.insert(holders->second.begin(), holders->second.end());
    return {staff.begin(), staff.end()};
}

}  // namespace sop::runtime
