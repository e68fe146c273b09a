// A delivery as JSON, the same in every channel that speaks it.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "runtime/delivery/channel.h"

namespace sop::runtime {

// {"key","playbook","rule","step","group" or "member","name","text","planned_for"}, in this order;
// `planned_for` is UTC, "2026-11-19T12:00:00Z". What is no message has besides "do", the verb of
// command.h, "fields", texts by name, and "members", ids.
nlohmann::ordered_json message_of(const Attempt& attempt);

// Without layout and so without line ends. Bytes that are not UTF-8 become U+FFFD: a message with a
// blemish in it is worth more than none.
std::string on_one_line(const nlohmann::ordered_json& message);

}  // namespace sop::runtime
