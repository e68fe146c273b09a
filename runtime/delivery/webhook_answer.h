// What an HTTP answer means for a delivery, and how much of it may be told.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/delivery/channel.h"

namespace sop::runtime {

AttemptResult::Kind kind_of_status(long status);
// Of an answer to the question whether a message was taken.
AskResult::Kind kind_of_answer(long status);

// The pieces of an address that may not be shown, longest first: the whole of it, its host, and
// each piece of its path and query, as written and decoded. Pieces of fewer than four bytes are no
// secrets and would blot out ordinary words.
std::vector<std::string> secret_parts(const std::string& url);

inline constexpr std::size_t excerpt_characters_max = 200;

// The beginning of an answer's body as one printable line, for a reason. Servers like to quote the
// address they were called at, so every secret part is blotted out before anything is cut.
std::string excerpt(std::string body, const std::vector<std::string>& secrets);

}  // namespace sop::runtime
