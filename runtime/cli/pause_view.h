// Pauses as `sop pause` and `sop status` show them.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

#include "runtime/store/store.h"

namespace sop::runtime::cli {

// Those that nobody has ended.
std::vector<Pause> pauses_in_effect(Store& store);

// "members.flash_sale is paused since 2026-11-19T12:00:00Z: all of it waits", a line for each.
std::string pauses_text(const std::vector<Pause>& pauses);
nlohmann::json pauses_json(const std::vector<Pause>& pauses);

}  // namespace sop::runtime::cli
