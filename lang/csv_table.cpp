#include "lang/csv_table.h"

#include <csv.h>

#include <algorithm>
#include <new>
#include <utility>

namespace sop::lang {

namespace {

// The next line with its end, which may be LF, CR LF or CR.
std::string_view take_line(std::string_view& text) {
    std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
    if (text.substr(end).starts_with("\r\n")) {
        ++end;
    }
    const std::string_view line = text.substr(0, end + 1);
    text.remove_prefix(line.size());
    return line;
}

bool is_blank(std::string_view line) {
    return line.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

// libcsv knows nothing of lines, so it is handed one at a time. A row that has not ended with its
// line goes on within a quoted value.
class CsvReader {
  public:
    CsvReader() { csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI); }
    ~CsvReader() { csv_free(&parser_); }
    CsvReader(const CsvReader&) = delete;
    CsvReader& operator=(const CsvReader&) = delete;

    CsvTable read(std::string_view text) {
        const char* begin = text.data();
        constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
        if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
        for (std::size_t line = 1; !text.empty(); ++line) {
            const auto offset = static_cast<std::size_t>(text.data() - begin);
            read_line(take_line(text), line, offset);
        }
        if (csv_fini(&parser_, add_field, end_row, this) != 0) {
            report(
                "a quoted value is never closed: everything after the quote was read as one value"_say);
        }
        return std::move(table_);
    }

  private:
    void read_line(std::string_view line, std::size_t number, std::size_t offset) {
        if (!is_in_row_) {
            if (is_blank(line)) {
                return;
            }
            row_ = {.line = number, .offset = offset, .fields = {}};
            is_in_row_ = true;
        }
        if (csv_parse(&parser_, line.data(), line.size(), add_field, end_row, this) ==
            line.size()) {
            return;
        }
        if (csv_error(&parser_) != CSV_EPARSE) {
            throw std::bad_alloc();
        }
        report(
            "a quote stands inside a value; put the whole value in quotes and write each quote in "
            "it twice"_say);
        // Begin afresh with the next line, so that later rows are still looked at.
        csv_free(&parser_);
        csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI);
        is_in_row_ = false;
    }

    void report(Message message) {
        table_.problems.push_back(
            {.line = row_.line, .offset = row_.offset, .message = std::move(message)});
    }

    // Called through C, which no exception may cross: when memory ends here, so does the program.
    static void add_field(void* data, std::size_t length, void* self) noexcept {
        static_cast<CsvReader*>(self)->row_.fields.emplace_back(static_cast<const char*>(data),
                                                                length);
    }

    static void end_row(int, void* self) noexcept {
        auto& reader = *static_cast<CsvReader*>(self);
        reader.table_.rows.push_back(std::move(reader.row_));
        reader.is_in_row_ = false;
    }

    csv_parser parser_{};
    CsvTable table_;
    CsvRow row_;
    bool is_in_row_ = false;
};

}  // namespace

CsvTable read_csv(std::string_view text) {
    return CsvReader().read(text);
}

}  // namespace sop::lang
