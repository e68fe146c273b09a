// What a platform is asked to do besides bringing a message to a group or a person.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace sop::runtime {

struct Command {
    std::string verb{};  // one of those below
    std::map<std::string, std::string> fields{};
    std::vector<std::string> members{};  // whom it is about, or whom it is for

    bool operator==(const Command&) const = default;
};

// A task or an approval for staff: `members` are those who have the role `role` now. `task` is its
// number, `due_at` when it is due.
inline constexpr const char* task_command = "task";
inline constexpr const char* approval_command = "approve";
// The same once more, at half the time.
inline constexpr const char* reminder_command = "remind";
// The group `group` called `name`, with those members.
inline constexpr const char* create_command = "create_group";
// The members to the group `group`.
inline constexpr const char* invite_command = "invite";
// The group `group`.
inline constexpr const char* dissolve_command = "dissolve_group";
// The members from the group `group`.
inline constexpr const char* remove_command = "remove_member";
// Whatever the fields say.
inline constexpr const char* call_command = "call";

}  // namespace sop::runtime
