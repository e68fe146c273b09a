// How a message is said, in the column `form`: JSON of what is not usual, so that a text that is
// posted or sent and nothing more takes no room.
#pragma once

#include <string>

#include "runtime/store/store.h"

namespace sop::runtime {

// Empty for such a text.
std::string write_message_form(const MessageForm& form);
// Throws StoreError for what that did not write. A `send` is not told from a `post` here: whom it
// goes to tells them apart.
MessageForm read_message_form(const std::string& json);

}  // namespace sop::runtime
