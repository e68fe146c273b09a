// Groups and members from CSV (RFC 4180, UTF-8, a header row, columns in any order).
//
// groups:  id (required), name, owner, tags        members: id (required), name, groups, tags
// Tags and groups are several values in one column, parted by `;`, `|`, commas or spaces, also
// full-width ones. A row makes the record exactly what it says; what the file has no column for
// stays as it was. Column names may be Chinese: 编号 名称 群主 标签 群. Every bad row is reported
// with its line; with one bad row nothing is imported.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "runtime/error.h"
#include "runtime/store/store.h"

namespace sop::runtime {

struct ImportProblem {
    std::size_t line = 0;  // 1-based line on which the row begins; 0 for the file as a whole
    std::string message;   // what is wrong and how to mend it
};

struct ImportReport {
    std::size_t rows = 0;
    std::size_t added = 0;
    std::size_t changed = 0;
    std::size_t unchanged = 0;
    std::vector<ImportProblem>
        problems;  // when there are any, nothing was imported and the counts are 0
};

inline constexpr std::size_t import_problems_shown_max = 20;

// Runs in one transaction of its own. Throws StoreError when the store fails, ImportError when the
// file cannot be read.
ImportReport import_groups(const std::filesystem::path& file, Store& store);
ImportReport import_members(const std::filesystem::path& file, Store& store);

class ImportError : public Error {
  public:
    using Error::Error;
};

}  // namespace sop::runtime
