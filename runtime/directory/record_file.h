// A file of groups or members, page by page: the text into rows of values, in bounded memory.
#pragma once

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "lang/csv_table.h"
#include "runtime/directory/import.h"
#include "runtime/directory/record_fields.h"

namespace sop::runtime {

struct RecordRow {
    std::size_t line = 0;  // 1-based
    std::string id{};
    std::vector<RecordCell> cells{};  // but for the id
};

struct RecordPage {
    std::vector<RecordRow> rows{};
    std::vector<ImportProblem> problems{};  // of rows that could not be read
};

class RecordFile {
  public:
    // Throws ImportError when it cannot be read.
    RecordFile(SubjectKind kind, std::filesystem::path file, bool leaves_unknown_columns);

    // Nothing behind the last. A file as a whole that cannot be read gives one page with problems.
    std::optional<RecordPage> next();

    // So far, that were left out.
    const std::vector<std::string>& unknown_columns() const { return unknown_columns_; }

  private:
    std::optional<RecordPage> next_csv();
    std::optional<RecordPage> next_json();
    bool read_more();
    std::string take_block();
    std::size_t find_cut() const;
    bool take_header(lang::CsvTable& table, RecordPage& page);
    void read_header(const lang::CsvRow& header, RecordPage& page);
    void read_row(const lang::CsvRow& row, RecordPage& page) const;
    void read_json_line(std::string_view text, std::size_t line, RecordPage& page);
    std::optional<RecordColumn> known_column(const std::string& name);
    std::string describe_unknown_column(const std::string& header) const;

    SubjectKind kind_;
    std::filesystem::path path_;
    bool leaves_unknown_columns_;
    bool is_json_;
    std::ifstream in_;
    std::string buffer_{};
    std::size_t lines_before_ = 0;  // of what was taken from the buffer
    bool is_first_ = true;
    bool is_over_ = false;
    std::size_t width_ = 0;
    std::vector<std::optional<RecordColumn>> columns_{};  // of CSV; nothing for one left out
    std::vector<std::string> unknown_columns_{};
};

}  // namespace sop::runtime
