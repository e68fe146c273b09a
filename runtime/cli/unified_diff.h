// What differs between two texts, line by line, as `diff -u` and `git` show it.
#pragma once

#include <string>
#include <string_view>

namespace sop::runtime::cli {

// Empty for equal texts. `old_name` and `new_name` stand in its first two lines; three lines of
// context stand round each change. Ends in a newline.
std::string unified_diff(std::string_view old_text, std::string_view new_text,
                         std::string_view old_name, std::string_view new_name);

}  // namespace sop::runtime::cli
