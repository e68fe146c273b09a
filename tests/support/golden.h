// Texts that are compared whole with a file beside the sources.
#pragma once

#include <filesystem>
#include <string>

namespace sop::tests {

// Whether goldens are to be written anew: SOP_UPDATE_GOLDENS=1. Read the difference before it is
// committed.
bool updates_goldens();

// Checks that the file says `actual`; or writes it.
void compare_with_golden(const std::string& actual, const std::filesystem::path& golden);

}  // namespace sop::tests
