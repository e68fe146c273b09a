// Who runs a command, for what is recorded.
#pragma once

#include <string>

namespace sop::runtime::cli {

// The user's name as the system has it, behind sudo the one who called that.
std::string operator_name();

}  // namespace sop::runtime::cli
