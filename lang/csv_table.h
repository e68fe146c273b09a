// CSV text (RFC 4180) as rows of values, with the place each begins at; the one door to libcsv.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "lang/message.h"

namespace sop::lang {

struct CsvRow {
    std::size_t line = 0;    // 1-based
    std::size_t offset = 0;  // of its first byte
    std::vector<std::string> fields{};
};

struct CsvProblem {
    std::size_t line = 0;    // 1-based line on which the row begins
    std::size_t offset = 0;  // of the first byte of that line
    Message message;         // what is wrong and how to mend it
};

struct CsvTable {
    std::vector<CsvRow> rows{};
    std::vector<CsvProblem> problems{};  // of rows that could not be read, and are not in `rows`
};

// Blank lines are left out; spaces around values not in quotes are dropped. Lines may end in LF,
// CR LF or CR; a byte order mark at the beginning is skipped. Looks at no encoding: values are
// bytes.
CsvTable read_csv(std::string_view text);

}  // namespace sop::lang
