#include "runtime/directory/record_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

#include "lang/suggestion.h"
#include "lang/unicode.h"

namespace sop::runtime {

namespace {

using nlohmann::json;

constexpr std::size_t chunk_bytes = 1024 * 1024;
// A value that goes on for longer is one whose quote is never closed: it is read as it is.
constexpr std::size_t block_bytes_max = 16 * chunk_bytes;

// Spreadsheets leave such rows below the last one: ",,,".
bool says_nothing(const lang::CsvRow& row) {
    return std::all_of(row.fields.begin(), row.fields.end(),
                       [](const std::string& field) { return field.empty(); });
}

// What is wrong with the bytes of a row, if anything.
std::optional<std::string> find_bad_text(const lang::CsvRow& row) {
    for (std::size_t i = 0; i < row.fields.size(); ++i) {
        const std::string& field = row.fields[i];
        if (field.find('\0') != std::string::npos)
            return fmt::format("value {} has a NUL byte; is this a CSV file?", i + 1);
        if (lang::find_invalid_utf8(field)) {
            return fmt::format(
                "value {} is not valid UTF-8; save the file as UTF-8 (in a spreadsheet: \"CSV "
                "UTF-8\")",
                i + 1);
        }
    }
    return std::nullopt;
}

std::string list_columns(SubjectKind kind) {
    return fmt::format("{}", fmt::join(column_names(kind), ", "));
}

// CR LF is one.
std::size_t count_lines(std::string_view text) {
    std::size_t lines = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool is_half = text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n';
        if (!is_half && (text[i] == '\n' || text[i] == '\r')) ++lines;
    }
    return lines;
}

bool is_list(const RecordColumn& column) {
    return column.field == RecordField::tags || column.field == RecordField::groups ||
           column.field == RecordField::staff;
}

std::vector<std::string> split(const RecordColumn& column, std::string_view text) {
    return column.field == RecordField::tags ? split_tags(text) : split_ids(text);
}

RecordCell cell_of(RecordColumn column, std::string text) {
    RecordCell cell{std::move(column), {}, {}};
    if (is_list(cell.column))
        cell.list = split(cell.column, text);
    else
        cell.text = std::move(text);
    return cell;
}

std::string text_of(const json& value) {
    if (value.is_string()) return value.get<std::string>();
    if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
    return value.is_null() ? std::string() : value.dump();
}

// Nothing when the value is of no use for the column.
std::optional<RecordCell> cell_of(RecordColumn column, const json& value) {
    if (!value.is_structured()) return cell_of(std::move(column), text_of(value));
    if (!value.is_array() || !is_list(column)) return std::nullopt;
    std::string joined;
    for (const json& each : value) {
        if (!each.is_string()) return std::nullopt;
        joined += each.get<std::string>() + ";";
    }
    return cell_of(std::move(column), std::move(joined));
}

}  // namespace

RecordFile::RecordFile(SubjectKind kind, std::filesystem::path file, bool leaves_unknown_columns)
    : kind_(kind),
      path_(std::move(file)),
      leaves_unknown_columns_(leaves_unknown_columns),
      is_json_(path_.extension() == ".ndjson" || path_.extension() == ".jsonl") {
    std::error_code error;
    if (std::filesystem::is_directory(path_, error)) {
        throw ImportError(
            fmt::format("cannot read {}: it is a folder, not a CSV file", path_.string()));
    }
    in_.open(path_, std::ios::binary);
    if (!in_.is_open())
        throw ImportError(fmt::format("cannot read {}: {}", path_.string(), std::strerror(errno)));
}

std::optional<RecordPage> RecordFile::next() {
    if (is_over_) return std::nullopt;
    return is_json_ ? next_json() : next_csv();
}

// ---- blocks of text -----------------------------------------------------------------------------

// False at the end of the file.
bool RecordFile::read_more() {
    const std::size_t before = buffer_.size();
    buffer_.resize(before + chunk_bytes);
    in_.read(buffer_.data() + before, static_cast<std::streamsize>(chunk_bytes));
    buffer_.resize(before + static_cast<std::size_t>(in_.gcount()));
    if (in_.bad())
        throw ImportError(fmt::format("cannot read {}: {}", path_.string(), std::strerror(errno)));
    return !in_.eof();
}

// Behind the last line of the buffer that ends outside quotes; 0 when there is none.
std::size_t RecordFile::find_cut() const {
    std::size_t cut = 0;
    bool in_quotes = false;
    for (std::size_t i = 0; i < buffer_.size(); ++i) {
        const char c = buffer_[i];
        if (c == '"' && !is_json_) in_quotes = !in_quotes;
        if (in_quotes) continue;
        // What follows a CR at the end of the buffer is not known yet.
        const bool ends_line =
            c == '\n' || (c == '\r' && i + 1 < buffer_.size() && buffer_[i + 1] != '\n');
        if (ends_line) cut = i + 1;
    }
    return cut;
}

// Whole rows, as many as come at once; the rest of the file at its end.
std::string RecordFile::take_block() {
    for (;;) {
        if (!read_more()) {
            is_over_ = true;
            return std::exchange(buffer_, {});
        }
        const std::size_t cut = find_cut();
        if (cut == 0 && buffer_.size() < block_bytes_max) continue;
        const std::size_t size = cut == 0 ? buffer_.size() : cut;
        std::string block = buffer_.substr(0, size);
        buffer_.erase(0, size);
        return block;
    }
}

// ---- CSV ----------------------------------------------------------------------------------------

std::optional<RecordPage> RecordFile::next_csv() {
    RecordPage page;
    const std::string block = take_block();
    if (is_first_ && (block.starts_with("\xFF\xFE") || block.starts_with("\xFE\xFF"))) {
        page.problems.push_back(
            {.line = 0,
             .message = "the file is UTF-16; save it as UTF-8 (in a spreadsheet: \"CSV UTF-8\")"});
        is_over_ = true;
        return page;
    }
    if (is_first_ && block.starts_with('{')) {
        page.problems.push_back(
            {.line = 0,
             .message =
                 "the file has JSON where CSV is read; give it a name that ends in .ndjson"});
        is_over_ = true;
        return page;
    }
    lang::CsvTable table = lang::read_csv(block);
    std::erase_if(table.rows, says_nothing);
    for (lang::CsvRow& row : table.rows) row.line += lines_before_;
    for (const lang::CsvProblem& problem : table.problems)
        page.problems.push_back(
            {.line = problem.line + lines_before_, .message = problem.message.text()});
    lines_before_ += count_lines(block);
    if (columns_.empty() && !take_header(table, page)) return page;
    for (const lang::CsvRow& row : table.rows) read_row(row, page);
    return page;
}

// False when there is none yet, or it cannot be used: then the file is over.
bool RecordFile::take_header(lang::CsvTable& table, RecordPage& page) {
    is_first_ = false;
    // Where the first row itself could not be read, the next is not to be taken for it.
    const bool has_header =
        !table.rows.empty() &&
        (page.problems.empty() || table.rows.front().line < page.problems.front().line);
    if (!has_header) {
        if (page.problems.empty() && !is_over_) return false;
        if (page.problems.empty()) {
            page.problems.push_back(
                {.line = 0,
                 .message = fmt::format("the file is empty; its first row names the columns: {}",
                                        list_columns(kind_))});
        }
        is_over_ = true;
        return false;
    }
    const lang::CsvRow header = std::move(table.rows.front());
    table.rows.erase(table.rows.begin());
    RecordPage of_header;
    read_header(header, of_header);
    if (of_header.problems.empty()) return true;
    page = std::move(of_header);
    is_over_ = true;
    return false;
}

std::string RecordFile::describe_unknown_column(const std::string& header) const {
    if (header.find_first_of(";\t|") != std::string::npos)
        return fmt::format("unknown column \"{}\"; columns are parted by commas", header);
    // Names of one character are near to anything short, so that only those of the same script are
    // offered.
    const bool is_english = static_cast<unsigned char>(header.front()) < 0x80;
    std::vector<std::string> candidates;
    for (const std::string_view name : column_names(kind_, !is_english))
        candidates.emplace_back(name);
    const auto suggestion = lang::closest(header, candidates);
    if (header == "attribute." || header == "staff.")
        return fmt::format("column \"{}\" has no name behind the dot; write one", header);
    return suggestion
               ? fmt::format("unknown column \"{}\"; did you mean \"{}\"?", header, *suggestion)
               : fmt::format(
                     "unknown column \"{}\"; there are {}; \"attribute.{}\" would keep it as a "
                     "free field",
                     header, list_columns(kind_), header);
}

void RecordFile::read_header(const lang::CsvRow& header, RecordPage& page) {
    const auto report = [&](std::string message) {
        page.problems.push_back({.line = header.line, .message = std::move(message)});
    };
    if (auto bad_text = find_bad_text(header)) return report(*bad_text);
    width_ = header.fields.size();
    for (std::size_t i = 0; i < header.fields.size(); ++i) {
        const std::string& name = header.fields[i];
        auto column = name.empty() ? std::nullopt : known_column(name);
        if (name.empty()) {
            report(fmt::format("column {} has no name; name it or remove it", i + 1));
        } else if (!column && !leaves_unknown_columns_) {
            report(describe_unknown_column(name));
        } else if (column &&
                   std::find(columns_.begin(), columns_.end(), column) != columns_.end()) {
            report(fmt::format("column \"{}\" stands twice; remove one", to_text(*column)));
        }
        columns_.push_back(std::move(column));
    }
    const RecordColumn id{RecordField::id, {}};
    if (std::find(columns_.begin(), columns_.end(), id) == columns_.end()) {
        report(
            "there is no column \"id\"; the first row names the columns, and each record needs an "
            "id");
    }
}

std::optional<RecordColumn> RecordFile::known_column(const std::string& name) {
    auto column = find_column(kind_, name);
    const bool is_new =
        std::find(unknown_columns_.begin(), unknown_columns_.end(), name) == unknown_columns_.end();
    if (!column && leaves_unknown_columns_ && is_new) unknown_columns_.push_back(name);
    return column;
}

void RecordFile::read_row(const lang::CsvRow& row, RecordPage& page) const {
    const auto report = [&](std::string message) {
        page.problems.push_back({.line = row.line, .message = std::move(message)});
    };
    if (const auto bad_text = find_bad_text(row)) return report(*bad_text);
    if (row.fields.size() != width_) {
        return report(fmt::format(
            "{} value{} where the first row names {} columns; put values that have commas in "
            "quotes",
            row.fields.size(), row.fields.size() == 1 ? "" : "s", width_));
    }
    RecordRow record{.line = row.line};
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        if (!columns_[i]) continue;
        if (columns_[i]->field == RecordField::id)
            record.id = row.fields[i];
        else
            record.cells.push_back(cell_of(*columns_[i], row.fields[i]));
    }
    page.rows.push_back(std::move(record));
}

// ---- JSON, an object a line ---------------------------------------------------------------------

std::optional<RecordPage> RecordFile::next_json() {
    RecordPage page;
    const std::string block = take_block();
    std::string_view text = block;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        ++lines_before_;
        const std::string_view line = text.substr(0, end);
        if (line.find_first_not_of(" \t\r") != std::string_view::npos)
            read_json_line(line, lines_before_, page);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return page;
}

void RecordFile::read_json_line(std::string_view text, std::size_t line, RecordPage& page) {
    const auto report = [&](std::string message) {
        page.problems.push_back({.line = line, .message = std::move(message)});
    };
    const json object = json::parse(text, nullptr, false);
    if (!object.is_object()) return report("the line is not a JSON object");
    RecordRow record{.line = line};
    const auto take = [&](const std::string& name, const json& value) {
        const auto column = known_column(name);
        if (!column && leaves_unknown_columns_) return true;
        if (!column) return report(describe_unknown_column(name)), false;
        if (column->field == RecordField::id) {
            record.id = text_of(value);
            return true;
        }
        auto cell = cell_of(*column, value);
        if (!cell) return report(fmt::format("`{}` has no value that can be read", name)), false;
        record.cells.push_back(std::move(*cell));
        return true;
    };
    for (const auto& [name, value] : object.items()) {
        // Those of several roles or attributes may stand in an object.
        const bool is_nested = value.is_object() && (name == "staff" || name == "attributes");
        if (!is_nested) {
            if (!name.empty() && !take(name, value)) return;
            continue;
        }
        for (const auto& [inner, inner_value] : value.items()) {
            if (!take((name == "staff" ? "staff." : "attribute.") + inner, inner_value)) return;
        }
    }
    page.rows.push_back(std::move(record));
}

}  // namespace sop::runtime
