#include "runtime/cli/csv_text.h"

namespace sop::runtime::cli {

namespace {

std::string quoted(const std::string& value) {
    if (value.find_first_of("\",\r\n") == std::string::npos) return value;
    std::string text = "\"";
    for (const char c : value) {
        if (c == '"') text += '"';
        text += c;
    }
    return text + '"';
}

}  // namespace

std::string csv_line(const std::vector<std::string>& values) {
    std::string line;
    for (const std::string& value : values) {
        if (!line.empty() || &value != &values.front()) line += ',';
        line += quoted(value);
    }
    return line + "\r\n";
}

}  // namespace sop::runtime::cli
