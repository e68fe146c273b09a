// Writing a file that people own: whole or not at all.
#pragma once

#include <string>

namespace sop::runtime::cli {

// Throws CommandError when the path is no file with a text of its own, such as a pipe, whose text
// could not be replaced.
void require_replaceable(const std::string& path);

// Written beside the file and renamed over it, so that it is never half written. It keeps its
// permissions and, where that is allowed, its owner; a symbolic link stays one, to the file that is
// replaced. Throws CommandError; the file is then as it was.
void replace_file(const std::string& path, const std::string& text);

// The same for a file that need not be there yet.
void write_file(const std::string& path, const std::string& text);

}  // namespace sop::runtime::cli
