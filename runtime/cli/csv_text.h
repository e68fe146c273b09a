// CSV as RFC 4180 has it, for spreadsheets.
#pragma once

#include <string>
#include <vector>

namespace sop::runtime::cli {

// With its line end.
std::string csv_line(const std::vector<std::string>& values);

}  // namespace sop::runtime::cli
