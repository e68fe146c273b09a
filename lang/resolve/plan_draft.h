// A plan while it is made.
#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>

#include "lang/plan.h"

namespace sop::lang {

struct PlanDraft : Plan {
    // The place of the content among the plan's, where equal ones are kept once.
    std::size_t place_of(Content content);

  private:
    // By what contents mostly differ in, as a plan can have thousands.
    std::unordered_multimap<std::string, std::size_t> content_places_{};
};

}  // namespace sop::lang
