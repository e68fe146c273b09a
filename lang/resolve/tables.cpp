#include "lang/resolve/tables.h"

#include <algorithm>
#include <map>

#include "lang/codes.h"
#include "lang/csv_table.h"
#include "lang/named_files.h"
#include "lang/report.h"
#include "lang/resolve/expressions.h"
#include "lang/unicode.h"
#include "lang/value.h"

namespace sop::lang {

namespace {

class TableReader {
  public:
    TableReader(const ast::TableDeclaration& declaration, Table& table,
                const ResolveContext& context)
        : declaration_(declaration), table_(table), context_(context) {}

    void read() {
        const std::string path = path_beside(context_.file.source->name(), table_.file);
        NamedFile& file = context_.named_files.open(path);
        if (!file.source) {
            context_
                .report(code::table_unreadable, declaration_.file.span,
                        "the table's file `{}` cannot be read"_say(table_.file), file.problem)
                .notes.push_back(
                    "files are looked for beside the playbook that names them: `{}`"_say(path));
            return;
        }
        file_ = &file;
        if (const auto invalid = find_invalid_utf8(file.source->text())) {
            report(code::invalid_utf8, {*invalid, *invalid + 1},
                   "byte {} of the file is not valid UTF-8"_say(*invalid))
                .notes.push_back("save the file as UTF-8"_say);
            return;
        }
        CsvTable csv = read_csv(file.source->text());
        for (CsvProblem& problem : csv.problems)
            report(code::wrong_table_row, line_span(problem.line), std::move(problem.message));
        if (csv.rows.empty()) {
            if (csv.problems.empty()) {
                report(code::wrong_table_row, {0, 0}, "the file is empty"_say,
                       "its first row names the columns: {}"_say(list_of(column_names())));
            }
            return;
        }
        if (!find_columns(csv.rows.front())) return;
        csv.rows.erase(csv.rows.begin());
        if (csv.rows.size() > table_rows_max) {
            report(
                code::wrong_table_row, {0, 0},
                "the file has {} rows; at most {} are read"_say(csv.rows.size(), table_rows_max));
            return;
        }
        for (const CsvRow& row : csv.rows) read_row(row);
        std::sort(table_.rows.begin(), table_.rows.end(),
                  [&](const auto& a, const auto& b) { return a[key_column_] < b[key_column_]; });
    }

  private:
    std::vector<std::string> column_names() const {
        std::vector<std::string> names;
        for (const auto& column : table_.columns) names.push_back(column.name);
        return names;
    }

    Diagnostic& report(const char* code, SourceSpan span, Message message, Message label = {}) {
        auto& diagnostic =
            add_error(file_->diagnostics, code, span, std::move(message), std::move(label));
        diagnostic.related.push_back(
            {declaration_.name.span, "for this table"_say, context_.file.source});
        return diagnostic;
    }

    SourceSpan line_span(std::size_t line) const {
        const std::size_t begin = file_->source->line_start(line);
        return {begin, begin + file_->source->line(line).size()};
    }

    // Where the values of a row are written.
    std::vector<SourceSpan> places_of(const CsvRow& row) const {
        std::vector<SourceSpan> places;
        std::size_t from = row.offset;
        for (const std::string& value : row.fields) {
            const std::size_t found = file_->source->text().find(value, from);
            // A value with quotes in it is written otherwise.
            if (found == std::string_view::npos) {
                places.push_back(line_span(row.line));
                continue;
            }
            places.push_back({found, found + value.size()});
            from = found + value.size();
        }
        return places;
    }

    // Columns stand in any order; those that the table does not declare are left out.
    bool find_columns(const CsvRow& header) {
        const auto names = column_names();
        bool all_found = true;
        for (const std::string& name : names) {
            const auto found =
                std::find_if(header.fields.begin(), header.fields.end(),
                             [&](const std::string& written) { return to_nfc(written) == name; });
            if (found != header.fields.end()) {
                places_in_row_.push_back(static_cast<std::size_t>(found - header.fields.begin()));
                continue;
            }
            all_found = false;
            report(code::table_column_missing, line_span(header.line),
                   "the file has no column `{}`"_say(name), "its first row names the columns"_say);
        }
        const auto key = std::find(names.begin(), names.end(), table_.key);
        if (key == names.end()) return false;
        key_column_ = static_cast<std::size_t>(key - names.begin());
        width_ = header.fields.size();
        return all_found;
    }

    void read_row(const CsvRow& row) {
        if (row.fields.size() != width_) {
            report(code::wrong_table_row, line_span(row.line),
                   "this row has {} values, and the first row names {} columns"_say(
                       row.fields.size(), width_),
                   "a value with a comma in it goes in quotes"_say);
            return;
        }
        const auto places = places_of(row);
        std::vector<std::string> values;
        bool good = true;
        for (std::size_t i = 0; i < table_.columns.size(); ++i) {
            const std::size_t at = places_in_row_[i];
            auto value = read_value(table_.columns[i], row.fields[at], i == key_column_);
            if (!value) {
                report_value(table_.columns[i], row.fields[at], places[at]);
                good = false;
                continue;
            }
            values.push_back(std::move(*value));
        }
        if (!good) return;
        const SourceSpan key_place = places[places_in_row_[key_column_]];
        const auto [first, added] = keys_.emplace(values[key_column_], key_place);
        if (!added) {
            report(code::table_key_twice, key_place,
                   "two rows have the key `{}`"_say(values[key_column_]))
                .related.push_back({first->second, "first here"_say, file_->source.get()});
            return;
        }
        table_.rows.push_back(std::move(values));
    }

    // An empty one has no value, which a key must have.
    std::optional<std::string> read_value(const Table::Column& column, const std::string& written,
                                          bool is_key) const {
        if (written.empty()) return is_key ? std::nullopt : std::optional(std::string());
        const Type& type = column.type;
        if (type.value == ValueType::money && !type.of.empty()) {
            const bool has_currency = written.find(' ') != std::string::npos;
            if (has_currency && !written.ends_with(" " + type.of)) return std::nullopt;
            return canonical_value(type.value, has_currency ? written : written + " " + type.of);
        }
        auto value = canonical_value(type.value, written);
        if (type.value == ValueType::content && value &&
            !context_.symbols.contents.contains(*value))
            return std::nullopt;
        return value;
    }

    void report_value(const Table::Column& column, const std::string& written, SourceSpan place) {
        if (written.empty()) {
            report(code::wrong_table_value, place, "this row has no key"_say,
                   "`{}` is empty"_say(column.name));
            return;
        }
        report(code::wrong_table_value, place, "`{}` is no {}"_say(written, type_text(column.type)),
               "in the column `{}`"_say(column.name));
    }

    const ast::TableDeclaration& declaration_;
    Table& table_;
    const ResolveContext& context_;
    NamedFile* file_ = nullptr;
    std::vector<std::size_t> places_in_row_{};  // of each column
    std::size_t key_column_ = 0;
    std::size_t width_ = 0;
    std::map<std::string, SourceSpan> keys_{};
};

}  // namespace

Table resolve_table(const ast::TableDeclaration& declaration, std::vector<Table::Column> columns,
                    const ResolveContext& context) {
    Table table{declaration.name.text,
                ast::plain_text(declaration.file),
                declaration.key.text,
                std::move(columns),
                {}};
    std::vector<std::string> names;
    for (const auto& column : declaration.columns) names.push_back(column.name.text);
    if (std::find(names.begin(), names.end(), table.key) == names.end()) {
        auto& diagnostic =
            context.report(code::unknown_field, declaration.key.span,
                           "the table `{}` has no column `{}`"_say(table.name, table.key));
        suggest(diagnostic, table.key, names);
        return table;
    }
    if (table.columns.size() == names.size()) TableReader(declaration, table, context).read();
    return table;
}

}  // namespace sop::lang
