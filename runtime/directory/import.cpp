// Reading goes in three steps, each of which reports what it finds before the next begins: the text
// into rows of values, rows into records, records into the store. Only the last one writes, in one
// transaction.
#include "runtime/directory/import.h"

#include "lang/csv_table.h"
#include "lang/suggestion.h"
#include "lang/unicode.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>
#include <sstream>
#include <string_view>
#include <unordered_map>

namespace sop::runtime {

namespace {

// ---- text ---------------------------------------------------------------------------------------

std::string read_file(const std::filesystem::path& file) {
    std::error_code error;
    if (std::filesystem::is_directory(file, error)) {
        throw ImportError(
            fmt::format("cannot read {}: it is a folder, not a CSV file", file.string()));
    }
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    if (in.is_open()) {
        text << in.rdbuf();
    }
    if (!in.is_open() || text.bad()) {
        throw ImportError(fmt::format("cannot read {}: {}", file.string(), std::strerror(errno)));
    }
    return std::move(text).str();
}

// A sentence when the text is of an encoding that no row of it can be read in.
std::optional<std::string> foreign_encoding(std::string_view text) {
    if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
        return "the file is UTF-16; save it as UTF-8 (in a spreadsheet: \"CSV UTF-8\")";
    }
    return std::nullopt;
}

// ---- rows ---------------------------------------------------------------------------------------

// Spreadsheets leave such rows below the last one: ",,,".
bool says_nothing(const lang::CsvRow& row) {
    return std::all_of(row.fields.begin(), row.fields.end(),
                       [](const std::string& field) { return field.empty(); });
}

// What is wrong with the bytes of a row, if anything.
std::optional<std::string> find_bad_text(const lang::CsvRow& row) {
    for (std::size_t i = 0; i < row.fields.size(); ++i) {
        const std::string& field = row.fields[i];
        if (field.find('\0') != std::string::npos) {
            return fmt::format("value {} has a NUL byte; is this a CSV file?", i + 1);
        }
        if (lang::find_invalid_utf8(field)) {
            return fmt::format(
                "value {} is not valid UTF-8; save the file as UTF-8 (in a spreadsheet: \"CSV "
                "UTF-8\")",
                i + 1);
        }
    }
    return std::nullopt;
}

// ---- columns ------------------------------------------------------------------------------------

struct ColumnName {
    std::string_view english;
    std::string_view chinese;
};
using ColumnNames = std::array<ColumnName, 4>;

constexpr ColumnNames group_columns{
    {{"id", "编号"}, {"name", "名称"}, {"owner", "群主"}, {"tags", "标签"}}};
constexpr ColumnNames member_columns{
    {{"id", "编号"}, {"name", "名称"}, {"groups", "群"}, {"tags", "标签"}}};

// Where in a row each of the columns stands.
using Columns = std::array<std::optional<std::size_t>, std::tuple_size_v<ColumnNames>>;

std::string lower_case(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return text;
}

std::optional<std::size_t> find_column(const ColumnNames& names, const std::string& header) {
    const std::string wanted = lower_case(lang::to_nfc(header));
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i].english == wanted || names[i].chinese == wanted) {
            return i;
        }
    }
    return std::nullopt;
}

std::string list_columns(const ColumnNames& names) {
    std::string list;
    for (const ColumnName& name : names) {
        list += fmt::format("{}{}", list.empty() ? "" : ", ", name.english);
    }
    return list;
}

std::string describe_unknown_column(const ColumnNames& names, const std::string& header) {
    if (header.find_first_of(";\t|") != std::string::npos) {
        return fmt::format("unknown column \"{}\"; columns are parted by commas", header);
    }
    // Names of one character are near to anything short, so that only those of the same script are
    // offered.
    const bool is_english = static_cast<unsigned char>(header.front()) < 0x80;
    std::vector<std::string> candidates;
    for (const ColumnName& name : names) {
        candidates.emplace_back(is_english ? name.english : name.chinese);
    }
    const auto suggestion = lang::closest(header, candidates);
    return suggestion
               ? fmt::format("unknown column \"{}\"; did you mean \"{}\"?", header, *suggestion)
               : fmt::format("unknown column \"{}\"; there are {}", header, list_columns(names));
}

Columns read_header(const lang::CsvRow& header, const ColumnNames& names,
                    std::vector<ImportProblem>& problems) {
    const auto report = [&](std::string message) {
        problems.push_back({.line = header.line, .message = std::move(message)});
    };
    if (auto bad_text = find_bad_text(header)) {
        report(*bad_text);
        return {};
    }
    Columns columns;
    for (std::size_t i = 0; i < header.fields.size(); ++i) {
        const auto column = find_column(names, header.fields[i]);
        if (header.fields[i].empty()) {
            report(fmt::format("column {} has no name; name it or remove it", i + 1));
        } else if (!column) {
            report(describe_unknown_column(names, header.fields[i]));
        } else if (columns[*column]) {
            report(fmt::format("column \"{}\" stands twice; remove one", names[*column].english));
        } else {
            columns[*column] = i;
        }
    }
    if (!columns[0]) {
        report(
            "there is no column \"id\"; the first row names the columns, and each record needs an "
            "id");
    }
    return columns;
}

// ---- values -------------------------------------------------------------------------------------

// Those that Chinese keyboards give are taken as well: a list parted by them would otherwise be one
// tag that no playbook ever names.
constexpr std::array<std::string_view, 11> separators{";",  "|",  ",",  " ",  "\t",    "\n",
                                                      "；", "｜", "，", "、", "\u3000"};

// The length of the separator at the beginning of `text`; 0 when there is none.
std::size_t separator_length(std::string_view text) {
    for (const std::string_view separator : separators) {
        if (text.starts_with(separator)) {
            return separator.size();
        }
    }
    return 0;
}

std::vector<std::string> split_values(std::string_view text) {
    std::vector<std::string> values;
    std::string value;
    const auto end_value = [&] {
        if (!value.empty()) {
            values.push_back(value);
            value.clear();
        }
    };
    while (!text.empty()) {
        const std::size_t length = separator_length(text);
        if (length == 0) {
            value += text.front();
            text.remove_prefix(1);
        } else {
            end_value();
            text.remove_prefix(length);
        }
    }
    end_value();
    return values;
}

std::vector<std::string> sorted_once(std::vector<std::string> values) {
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    return values;
}

// Ids are taken byte by byte, as other systems know them.
std::vector<std::string> split_ids(std::string_view text) {
    return sorted_once(split_values(text));
}

// Tags are composed as the names in playbooks are.
std::vector<std::string> split_tags(std::string_view text) {
    std::vector<std::string> tags = split_values(text);
    for (std::string& tag : tags) {
        tag = lang::to_nfc(tag);
    }
    return sorted_once(std::move(tags));
}

// An id is written in lists and on one line of a terminal.
bool is_usable_id(std::string_view id) {
    for (std::size_t i = 0; i < id.size(); ++i) {
        const auto byte = static_cast<unsigned char>(id[i]);
        if (separator_length(id.substr(i)) != 0 || byte < 0x20 || byte == 0x7f) {
            return false;
        }
    }
    return true;
}

// ---- records ------------------------------------------------------------------------------------

// A row whose values can be asked for by column.
class RecordRow {
  public:
    RecordRow(const lang::CsvRow& row, const Columns& columns) : row_(row), columns_(columns) {}

    std::size_t line() const { return row_.line; }
    const std::string& id() const { return row_.fields[*columns_[0]]; }

    void read_text(std::size_t column, std::string& value) const {
        if (columns_[column]) {
            value = row_.fields[*columns_[column]];
        }
    }
    void read_ids(std::size_t column, std::vector<std::string>& ids) const {
        if (columns_[column]) {
            ids = split_ids(row_.fields[*columns_[column]]);
        }
    }
    void read_tags(std::size_t column, std::vector<std::string>& tags) const {
        if (columns_[column]) {
            tags = split_tags(row_.fields[*columns_[column]]);
        }
    }

  private:
    const lang::CsvRow& row_;
    const Columns& columns_;
};

// Reports the rows that cannot be records by themselves and returns the others.
std::vector<RecordRow> check_rows(const std::vector<lang::CsvRow>& rows, const Columns& columns,
                                  std::size_t width, std::vector<ImportProblem>& problems) {
    std::vector<RecordRow> records;
    std::unordered_map<std::string_view, std::size_t> first_lines;
    for (const lang::CsvRow& row : rows) {
        const auto report = [&](std::string message) {
            problems.push_back({.line = row.line, .message = std::move(message)});
        };
        if (const auto bad_text = find_bad_text(row)) {
            report(*bad_text);
            continue;
        }
        if (row.fields.size() != width) {
            report(fmt::format(
                "{} values where the first row names {} columns; put values that have commas in "
                "quotes",
                row.fields.size(), width));
            continue;
        }
        const RecordRow record(row, columns);
        if (record.id().empty()) {
            report("the id is empty");
            continue;
        }
        if (!is_usable_id(record.id())) {
            report(fmt::format(
                "\"{}\" cannot be an id: ids have no spaces, commas, `;` or `|` in them",
                record.id()));
            continue;
        }
        const auto [first, is_new] = first_lines.emplace(record.id(), row.line);
        if (!is_new) {
            report(fmt::format("id \"{}\" stands twice, first on line {}; remove one", record.id(),
                               first->second));
            continue;
        }
        records.push_back(record);
    }
    return records;
}

// ---- into the store -----------------------------------------------------------------------------

struct GroupImport {
    static constexpr const ColumnNames& column_names = group_columns;

    Store& store;

    std::optional<Group> find(const std::string& id) { return store.find_group(id); }
    void put(const Group& group) { store.put_group(group); }
    void read(const RecordRow& row, Group& group) {
        row.read_text(1, group.name);
        row.read_text(2, group.owner);
        row.read_tags(3, group.tags);
    }
    std::optional<std::string> find_problem(const Group&) { return std::nullopt; }
};

struct MemberImport {
    static constexpr const ColumnNames& column_names = member_columns;

    Store& store;
    std::unordered_map<std::string, bool> is_group{};

    std::optional<Member> find(const std::string& id) { return store.find_member(id); }
    void put(const Member& member) { store.put_member(member); }
    void read(const RecordRow& row, Member& member) {
        row.read_text(1, member.name);
        row.read_ids(2, member.groups);
        row.read_tags(3, member.tags);
    }
    std::optional<std::string> find_problem(const Member& member) {
        std::string missing;
        for (const std::string& id : member.groups) {
            const auto [known, is_new] = is_group.emplace(id, false);
            if (is_new) {
                known->second = store.find_group(id).has_value();
            }
            if (!known->second) {
                missing += fmt::format("{}\"{}\"", missing.empty() ? "" : ", ", id);
            }
        }
        if (missing.empty()) {
            return std::nullopt;
        }
        return fmt::format(
            "no group {} in the directory; import the groups first, or correct the id", missing);
    }
};

// Counts what is new and what differs, and puts it.
template <typename Record, typename Import>
ImportReport put_records(const std::vector<RecordRow>& rows, Import& import,
                         std::vector<ImportProblem> problems) {
    ImportReport report{.rows = rows.size(), .problems = std::move(problems)};
    for (const RecordRow& row : rows) {
        const std::optional<Record> known = import.find(row.id());
        Record record = known.value_or(Record{.id = row.id()});
        import.read(row, record);
        if (const auto problem = import.find_problem(record)) {
            report.problems.push_back({.line = row.line(), .message = *problem});
        } else if (known == record) {
            ++report.unchanged;
        } else {
            ++(known ? report.changed : report.added);
            if (report.problems.empty()) {
                import.put(record);
            }
        }
    }
    return report;
}

ImportReport refuse(std::vector<ImportProblem> problems) {
    return {.problems = std::move(problems)};
}

template <typename Record, typename Import>
ImportReport import_records(const std::filesystem::path& file, Store& store, Import import) {
    const std::string text = read_file(file);
    if (auto encoding = foreign_encoding(text)) {
        return refuse({{.line = 0, .message = *encoding}});
    }
    lang::CsvTable table = lang::read_csv(text);
    std::erase_if(table.rows, says_nothing);
    std::vector<ImportProblem> unreadable;
    for (const lang::CsvProblem& problem : table.problems)
        unreadable.push_back({.line = problem.line, .message = problem.message.text()});
    // Where the first row itself could not be read, the next is not to be taken for it.
    const bool has_header =
        !table.rows.empty() &&
        (unreadable.empty() || table.rows.front().line < unreadable.front().line);
    if (!has_header) {
        if (unreadable.empty()) {
            unreadable.push_back(
                {.line = 0,
                 .message = fmt::format("the file is empty; its first row names the columns: {}",
                                        list_columns(Import::column_names))});
        }
        return refuse(std::move(unreadable));
    }

    const lang::CsvRow header = std::move(table.rows.front());
    table.rows.erase(table.rows.begin());
    std::vector<ImportProblem> problems;
    const Columns columns = read_header(header, Import::column_names, problems);
    if (!problems.empty()) {
        return refuse(std::move(problems));
    }
    const auto records = check_rows(table.rows, columns, header.fields.size(), unreadable);

    const auto transaction = store.begin();
    ImportReport report = put_records<Record>(records, import, std::move(unreadable));
    if (!report.problems.empty()) {
        // Each step went through the rows anew. A row has one problem at most.
        std::sort(report.problems.begin(), report.problems.end(),
                  [](const auto& a, const auto& b) { return a.line < b.line; });
        return refuse(std::move(report.problems));
    }
    transaction->commit();
    return report;
}

}  // namespace

ImportReport import_groups(const std::filesystem::path& file, Store& store) {
    return import_records<Group>(file, store, GroupImport{store});
}

ImportReport import_members(const std::filesystem::path& file, Store& store) {
    return import_records<Member>(file, store, MemberImport{store});
}

}  // namespace sop::runtime
