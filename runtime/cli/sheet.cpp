#include "runtime/cli/sheet.h"

#include "runtime/cli/csv_text.h"
#include "runtime/cli/terminal.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

namespace sop::runtime::cli {

namespace {

std::string as_table(const Sheet& sheet) {
    Table table;
    for (const Sheet::Column& column : sheet.columns)
        table.columns.push_back({column.name, column.kind == Sheet::Kind::number
                                                  ? Table::Align::right
                                                  : Table::Align::left});
    for (auto row : sheet.rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (row[i].empty() && sheet.columns[i].kind == Sheet::Kind::number) row[i] = "-";
        }
        table.rows.push_back(std::move(row));
    }
    return render_table(table);
}

std::string as_csv(const Sheet& sheet, OutputFormat format) {
    std::vector<std::string> names;
    for (const Sheet::Column& column : sheet.columns) names.push_back(column.name);
    std::string text = csv_head(names, format);
    for (const auto& row : sheet.rows) text += csv_line(row, format);
    return text;
}

bool is_number(const std::string& text) {
    return !text.empty() && text.find_first_not_of("-.0123456789") == std::string::npos;
}

std::string as_json(const Sheet& sheet, nlohmann::json about) {
    using nlohmann::json;
    json rows = json::array();
    for (const auto& row : sheet.rows) {
        json object = json::object();
        for (std::size_t i = 0; i < row.size(); ++i) {
            const Sheet::Column& column = sheet.columns[i];
            json& value = object[column.name];
            if (row[i].empty()) continue;
            if (column.kind == Sheet::Kind::number && is_number(row[i])) {
                value = json::parse(row[i]);
            } else {
                value = row[i];
            }
        }
        rows.push_back(std::move(object));
    }
    about["format_version"] = 1;
    about["rows"] = std::move(rows);
    return about.dump() + "\n";
}

}  // namespace

std::string render(const Sheet& sheet, OutputFormat format, nlohmann::json about) {
    if (is_csv(format)) return as_csv(sheet, format);
    if (format == OutputFormat::json) return as_json(sheet, std::move(about));
    return as_table(sheet);
}

std::string sparkline(const std::vector<std::string>& values) {
    constexpr std::array levels{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    double largest = 0;
    for (const std::string& value : values)
        largest = std::max(largest, std::strtod(value.c_str(), nullptr));
    std::string line;
    for (const std::string& value : values) {
        if (value.empty()) {
            line += ' ';
            continue;
        }
        const double number = std::max(0.0, std::strtod(value.c_str(), nullptr));
        const double share = largest > 0 ? number / largest : 0;
        line += levels.at(
            static_cast<std::size_t>(std::lround(share * static_cast<double>(levels.size() - 1))));
    }
    return line;
}

std::string bar(double share, std::size_t cells) {
    const auto full = static_cast<std::size_t>(
        std::lround(std::clamp(share, 0.0, 1.0) * static_cast<double>(cells)));
    std::string text;
    for (std::size_t i = 0; i < cells; ++i) text += i < full ? "█" : "░";
    return text;
}

}  // namespace sop::runtime::cli
