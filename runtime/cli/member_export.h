// All that the store has about a member besides its record: for the member to have.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "runtime/store/store.h"

namespace sop::runtime::cli {

// Adds since when it is in which group, its points and why, its events with all they carry, its
// messages with their texts and what became of them, how often it began rules, and its runs under
// way.
void add_history(nlohmann::json& object, const std::string& member, Store& store);

}  // namespace sop::runtime::cli
