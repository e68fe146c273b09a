// Who comes into which group: groups of a size, and invitations that hold a composition.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/clock/clock.h"

namespace sop::runtime {

struct Joiner {
    std::string id;
    std::optional<Instant> joined_at{};  // nothing where nobody told, which is long ago

    bool operator==(const Joiner&) const = default;
};
// In the order of joining, then of ids.
std::vector<std::string> in_order_of_joining(std::vector<Joiner> joiners);

// Full groups of `size`, the last one smaller; one group for a size of 0. None of nobody.
std::vector<std::vector<std::string>> groups_of_size(const std::vector<std::string>& members,
                                                     std::size_t size);

// Of all who were ever invited to a group at least `keep_percent` are to carry a tag.
struct GroupComposition {
    int keep_percent = 0;           // 0: whoever comes
    std::int64_t invited_with = 0;  // so far, with the tag
    std::int64_t invited_without = 0;
};
struct Invitee {
    std::string id;
    bool has_tag = false;
};
// Whom to invite now, in the order given. Whoever carries the tag is invited; then the others, as
// long as the share of those with the tag does not fall below `keep_percent`. Who is left over is
// looked at again the next time.
std::vector<std::string> choose_invited(const std::vector<Invitee>& candidates,
                                        const GroupComposition& composition);

}  // namespace sop::runtime
