// Findings that were there when a project began to check: kept in a file, and not told again, so
// that the new ones are seen.
//
//   {"format_version": 1, "findings": [{"file": "week.sop", "code": "SOP0731", "text": "…",
//   "count": 1}]}
//
// A finding is known by its file (relative to the baseline's folder), its code and the text of its
// line, however far the line has moved. Errors are always told.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <tuple>

#include "runtime/cli/finding_report.h"

namespace sop::runtime::cli {

class Baseline {
  public:
    // Reads it; throws CommandError when it is not there or not what is above.
    explicit Baseline(const std::filesystem::path& file);

    // Moves what it has from `files` to `in_baseline`. What it has beyond that is no more, and is
    // counted.
    std::size_t take(CheckFindings& findings);

    // Writes what is found now, errors left out; gives how many. Throws CommandError.
    static std::size_t write(const std::filesystem::path& file, const CheckFindings& findings);

  private:
    using Key = std::tuple<std::string, std::string, std::string>;  // file, code, text

    std::filesystem::path file_;
    std::map<Key, std::size_t> counts_{};
};

}  // namespace sop::runtime::cli
