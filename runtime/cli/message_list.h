// Messages as commands list them.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "runtime/cli/stored_plans.h"
#include "runtime/store/store.h"

namespace sop::runtime::cli {

// A table of the first `shown`.
std::string message_table(const std::vector<DueDelivery>& messages, std::size_t shown,
                          StoredPlans& plans);
// Of messages that their platforms are asked about: how often they were, and when they are again.
std::string asked_about_table(const std::vector<DueDelivery>& messages, std::size_t shown,
                              StoredPlans& plans);
// Those that are asked about have `asks`, `asked_again_at` and, when they are not to be sent any
// more, `unless_taken`.
nlohmann::json messages_json(const std::vector<DueDelivery>& messages, StoredPlans& plans);

}  // namespace sop::runtime::cli
