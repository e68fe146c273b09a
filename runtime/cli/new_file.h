// Writing a file that must not be there yet: whole or not at all.
#pragma once

#include <string>

namespace sop::runtime::cli {

// Written beside it and then given its name, so that it is never half written. Throws CommandError
// when there is something of that name, which is left as it is, and when it cannot be written.
void write_new_file(const std::string& path, const std::string& text);

}  // namespace sop::runtime::cli
