#include "runtime/scheduler/facts.h"

namespace sop::runtime {

std::string_view subject_id(const Subject& subject) {
    if (const Member* member = member_of(subject)) return member->id;
    if (const Group* group = group_of(subject)) return group->id;
    return {};
}

std::string subject_key(const Subject& subject) {
    if (const auto* one = std::get_if<MemberOfGroup>(&subject))
        return to_subject({one->member.id, one->group.id});
    return std::string(subject_id(subject));
}

const Group* group_of(const Subject& subject) {
    if (const auto* one = std::get_if<MemberOfGroup>(&subject)) return &one->group;
    return std::get_if<Group>(&subject);
}

const Member* member_of(const Subject& subject) {
    if (const auto* one = std::get_if<MemberOfGroup>(&subject)) return &one->member;
    return std::get_if<Member>(&subject);
}

}  // namespace sop::runtime
