// A delivery as JSON, the same in every channel that speaks it.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "runtime/delivery/channel.h"

namespace sop::runtime {

// {"key","playbook","rule","step","verb","group" or "member","name","text","planned_for"}, in this
// order. `verb` is "post", "send", "reply", "announce" or "warn"; `planned_for` is UTC,
// "2026-11-19T12:00:00Z". Before it, where the message has them: "mentions_all": true, "mentions":
// [ids of members], "reply_to": the id of the message that is answered, "pictures": [paths or
// addresses], "card": {"title","text","picture","link","page"}.
// What is no message has besides "do", the verb of command.h, "fields", texts by name, and
// "members", ids.
nlohmann::ordered_json message_of(const Attempt& attempt);

// Without layout and so without line ends. Bytes that are not UTF-8 become U+FFFD: a message with a
// blemish in it is worth more than none.
std::string on_one_line(const nlohmann::ordered_json& message);

}  // namespace sop::runtime
