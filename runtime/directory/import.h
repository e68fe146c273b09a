// Groups and members from a file: CSV (RFC 4180, a header row, columns in any order) or, when its
// name ends in .ndjson or .jsonl, a JSON object a line. UTF-8.
//
// groups:  id (required), name, owner, tags, zone, status (active, dissolved), created,
//          staff.ROLE (ids of members), attribute.NAME
// members: id (required), name, groups, tags, zone, invited_by, joined, opted_out (yes, no),
//          attribute.NAME
//
// Tags, groups and staff are several values in one column, parted by `;`, `|`, commas or spaces,
// also full-width ones; in JSON a list. Times are dates or RFC 3339, in UTC where no offset is
// written. A row makes the record exactly what it says; what the file has no column for stays as it
// was. Column names may be Chinese: 编号 名称 群主 标签 群 …
//
// A file is read twice, page by page: once to find what is wrong with it and what it would change,
// then to write. Of each row 40 bytes are kept in memory, by which ids that stand twice are found.
// With one bad row nothing is imported. What is good is written in transactions of `page_rows` rows
// each, so that a large file never keeps an executor from its posts; an import that was killed is
// made whole by running it again. Of two imports that meet, each row is as the later commit has it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "runtime/error.h"
#include "runtime/store/store.h"

namespace sop::runtime {

struct ImportProblem {
    std::size_t line = 0;  // 1-based line on which the row begins; 0 for the file as a whole
    std::string message;   // what is wrong and how to mend it
};

// One value of a record that is there, as the file changes it.
struct FieldChange {
    std::string id;
    std::string field;
    std::string before;
    std::string after;

    bool operator==(const FieldChange&) const = default;
};

struct ImportReport {
    std::size_t rows = 0;
    std::size_t added = 0;
    std::size_t changed = 0;
    std::size_t unchanged = 0;
    std::size_t marked = 0;                               // not in the file: dissolved, or gone
    std::map<std::string, std::size_t> changed_fields{};  // how many records, by field
    std::vector<FieldChange> changes{};                   // the first import_changes_shown_max
    std::map<ImportId, std::size_t> overwritten{};  // of the changed: those an import wrote last
    std::vector<std::string> unknown_columns{};     // that were left out
    // What the plan does not declare, and on how many records; the first import_undeclared_max.
    std::map<std::string, std::size_t> undeclared_tags{};
    std::map<std::string, std::size_t> undeclared_roles{};
    bool is_imported = false;
    std::vector<ImportProblem>
        problems;  // when there are any, nothing was imported and the counts are 0
};

inline constexpr std::size_t import_problems_shown_max = 20;
inline constexpr std::size_t import_changes_shown_max = 20;
inline constexpr std::size_t import_undeclared_max = 20;
// Of any value but the id (id_bytes_max).
inline constexpr std::size_t record_value_bytes_max = std::size_t{64} * 1024;

struct ImportSettings {
    Instant now{};
    std::string by{};  // who imports
    // Asked with what would change, before anything is written; no leaves all as it is.
    std::function<bool(const ImportReport& found)> agree{};
    // What is not in the file is marked: groups as dissolved, members as gone. What is, is there
    // again. A file without records, such as an export that failed leaves, is a problem then.
    bool marks_missing = false;
    bool leaves_unknown_columns = false;                // else they are a problem
    std::function<bool(const std::string&)> is_zone{};  // which there are; every one without it
    const lang::Plan* plan = nullptr;  // whose tags and roles the records are held against
    std::size_t page_rows = 1000;
    std::function<void(std::size_t rows)> progress{};  // told now and then, while it writes
};

// Throws StoreError when the store fails, ImportError when the file cannot be read.
ImportReport import_directory_file(SubjectKind kind, const std::filesystem::path& file,
                                   Store& store, const ImportSettings& settings = {});

class ImportError : public Error {
  public:
    using Error::Error;
};

}  // namespace sop::runtime
