// Groups and members that get the same messages, taken together: what is true of one is true of all
// of its class.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "lang/plan.h"

namespace sop::runtime {

// Who is in an audience, by ids in their order; members of groups by both (`to_subject`).
using FindSubjects = std::function<std::vector<std::string>(const lang::Audience&)>;

struct SubjectClass {
    lang::SubjectKind kind = lang::SubjectKind::group;
    std::vector<bool> is_in{};            // by the place of each audience
    std::optional<std::int64_t> count{};  // how many, where a directory says
    std::string example{};                // the first of them; empty without a directory
};

struct SubjectClasses {
    std::vector<SubjectClass> classes{};
    // How many each audience is, where it is known: by a directory, or as ids are written.
    std::vector<std::optional<std::int64_t>> sizes{};
};

// Without `find` it is known of an audience which others have all of its subjects (`tagged a, b`
// has those of `tagged a`): there is a class for each, of what its subjects get at least.
SubjectClasses classify(const std::vector<lang::Audience>& audiences, const FindSubjects& find);

}  // namespace sop::runtime
