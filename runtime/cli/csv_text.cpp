#include "runtime/cli/csv_text.h"

#include <string_view>

namespace sop::runtime::cli {

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

std::string quoted(const std::string& value) {
    if (value.find_first_of("\",\r\n") == std::string::npos) return value;
    std::string text = "\"";
    for (const char c : value) {
        if (c == '"') text += '"';
        text += c;
    }
    return text + '"';
}

bool is_number(std::string_view text) {
    if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
    return !text.empty() && text.find_first_not_of(".0123456789") == std::string_view::npos;
}

bool looks_like_formula(const std::string& value) {
    return !value.empty() && std::string_view("=+-@\t\r").find(value[0]) != std::string::npos &&
           !is_number(value);
}

}  // namespace

bool is_csv(OutputFormat format) {
    return format == OutputFormat::csv || format == OutputFormat::excel;
}

std::string csv_head(const std::vector<std::string>& names, OutputFormat format) {
    const std::string_view mark = format == OutputFormat::excel ? byte_order_mark : "";
    return std::string(mark) + csv_line(names, format);
}

std::string csv_line(const std::vector<std::string>& values, OutputFormat format) {
    std::string line;
    for (const std::string& value : values) {
        if (!line.empty() || &value != &values.front()) line += ',';
        const bool is_guarded = format == OutputFormat::excel && looks_like_formula(value);
        line += quoted(is_guarded ? "'" + value : value);
    }
    return line + "\r\n";
}

}  // namespace sop::runtime::cli
