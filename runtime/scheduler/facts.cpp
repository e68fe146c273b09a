#include "runtime/scheduler/facts.h"

namespace sop::runtime {

std::string_view subject_id(const Subject& subject) {
    if (const auto* group = std::get_if<Group>(&subject)) return group->id;
    if (const auto* member = std::get_if<Member>(&subject)) return member->id;
    return {};
}

}  // namespace sop::runtime
