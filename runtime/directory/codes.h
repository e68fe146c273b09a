// Codes of a pool from CSV text (RFC 4180, UTF-8): a header row with the column `code` (or 券码);
// other columns are left out. A code that the pool has stays as it is, given or not, so that a file
// may be imported again. With one bad row nothing is imported.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/directory/import.h"
#include "runtime/store/store.h"

namespace sop::runtime {

// Characters a code may have.
inline constexpr std::size_t code_length_max = 200;

struct CodesReport {
    std::size_t rows = 0;
    std::size_t added = 0;
    std::vector<ImportProblem> problems{};  // when there are any, nothing was imported
};

// Runs in one transaction of its own. Throws StoreError when the store fails.
CodesReport import_codes(std::string_view csv, const std::string& pool, Store& store);

}  // namespace sop::runtime
