// CSV for programs and for spreadsheets.
//
// OutputFormat::csv is RFC 4180. OutputFormat::excel is the same for people who open the file in a
// spreadsheet: it begins with a byte order mark, without which Excel takes UTF-8 for another
// encoding; and what a spreadsheet would take for a formula has an apostrophe before it, as people
// give themselves any name.
#pragma once

#include <string>
#include <vector>

#include "runtime/cli/commands.h"

namespace sop::runtime::cli {

bool is_csv(OutputFormat format);

// The line of names that the text begins with.
std::string csv_head(const std::vector<std::string>& names, OutputFormat format);
// With its line end.
std::string csv_line(const std::vector<std::string>& values, OutputFormat format);

}  // namespace sop::runtime::cli
