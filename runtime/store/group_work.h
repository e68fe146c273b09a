// What runs do to groups: the groups they made, and whom they invited.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "runtime/delivery/channel.h"

namespace sop::runtime {

class GroupWork {
  public:
    virtual ~GroupWork() = default;
    // The next group that a run creates; nothing is in the directory yet. `group` is unique.
    virtual void add_run_group(std::int64_t run, const std::string& group) = 0;
    // In the order in which they were added.
    virtual std::vector<std::string> groups_of_run(std::int64_t run) = 0;
    // Another run goes on for it.
    virtual void move_run_groups(std::int64_t from_run, std::int64_t to_run) = 0;

    // False, and no effect, when the member was invited to the group before.
    virtual bool add_invitation(const std::string& group, const std::string& member,
                                DeliveryId delivery) = 0;
    // Those invited to a group, in the order of ids.
    virtual std::vector<std::string> invited_to(const std::string& group) = 0;
    // They certainly did not arrive.
    virtual void remove_invitations(DeliveryId delivery) = 0;
};

}  // namespace sop::runtime
