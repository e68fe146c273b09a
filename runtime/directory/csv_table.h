// CSV text (RFC 4180) as rows of values, with the line each begins on; the one door to libcsv.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/directory/import.h"

namespace sop::runtime {

struct CsvRow {
    std::size_t line = 0;  // 1-based
    std::vector<std::string> fields{};
};

struct CsvTable {
    std::vector<CsvRow> rows{};
    std::vector<ImportProblem> problems{};  // of rows that could not be read, and are not in `rows`
};

// Blank lines are left out; spaces around values not in quotes are dropped. Lines may end in LF,
// CR LF or CR. Looks at no encoding: values are bytes.
CsvTable read_csv(std::string_view text);

}  // namespace sop::runtime
