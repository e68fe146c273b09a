#include "runtime/scheduler/group_making.h"

#include <algorithm>
#include <limits>

namespace sop::runtime {

namespace {

constexpr std::int64_t whole = 100;

// The most of those without the tag that leave those with it their share.
std::int64_t most_without(std::int64_t with, int keep_percent) {
    if (keep_percent <= 0) return std::numeric_limits<std::int64_t>::max();
    return with * (whole - keep_percent) / keep_percent;
}

}  // namespace

std::vector<std::string> in_order_of_joining(std::vector<Joiner> joiners) {
    std::sort(joiners.begin(), joiners.end(), [](const Joiner& a, const Joiner& b) {
        const Instant joined_a = a.joined_at.value_or(Instant::min());
        const Instant joined_b = b.joined_at.value_or(Instant::min());
        return joined_a != joined_b ? joined_a < joined_b : a.id < b.id;
    });
    std::vector<std::string> ids;
    for (Joiner& joiner : joiners) ids.push_back(std::move(joiner.id));
    return ids;
}

std::vector<std::vector<std::string>> groups_of_size(const std::vector<std::string>& members,
                                                     std::size_t size) {
    std::vector<std::vector<std::string>> groups;
    for (const std::string& member : members) {
        if (groups.empty() || (size > 0 && groups.back().size() == size)) groups.emplace_back();
        groups.back().push_back(member);
    }
    return groups;
}

std::vector<std::string> choose_invited(const std::vector<Invitee>& candidates,
                                        const GroupComposition& composition) {
    const auto with = composition.invited_with +
                      std::count_if(candidates.begin(), candidates.end(),
                                    [](const Invitee& candidate) { return candidate.has_tag; });
    const std::int64_t most = most_without(with, composition.keep_percent);
    std::int64_t without = composition.invited_without;
    std::vector<std::string> chosen;
    for (const Invitee& candidate : candidates) {
        if (!candidate.has_tag && without >= most) continue;
        if (!candidate.has_tag) ++without;
        chosen.push_back(candidate.id);
    }
    return chosen;
}

}  // namespace sop::runtime
