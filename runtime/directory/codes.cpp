#include "runtime/directory/codes.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "lang/csv_table.h"
#include "lang/message.h"
#include "lang/unicode.h"

namespace sop::runtime {

namespace {

constexpr const char* columns[] = {"code", "券码"};

std::string find_problem(const std::string& code) {
    if (code.empty()) return "the code is missing";
    if (code.size() > code_length_max)
        return fmt::format("the code is longer than {} bytes", code_length_max);
    if (lang::find_invalid_utf8(code)) return "the code is not valid UTF-8";
    const bool has_control = std::any_of(code.begin(), code.end(), [](char c) {
        return static_cast<unsigned char>(c) < ' ';
    });
    return has_control ? "the code has a control character" : "";
}

}  // namespace

CodesReport import_codes(std::string_view csv, const std::string& pool, Store& store) {
    const lang::CsvTable table = lang::read_csv(csv);
    CodesReport report;
    for (const auto& problem : table.problems)
        report.problems.push_back({problem.line, problem.message.text()});
    if (table.rows.empty()) {
        report.problems.push_back({0, "there is no header row; the first line has to be `code`"});
        return report;
    }
    const auto& header = table.rows.front().fields;
    const auto column = std::find_if(header.begin(), header.end(), [](const std::string& name) {
        return std::find(std::begin(columns), std::end(columns), name) != std::end(columns);
    });
    if (column == header.end()) {
        report.problems.push_back({table.rows.front().line, "there is no column `code`"});
        return report;
    }
    const auto at = static_cast<std::size_t>(column - header.begin());
    std::unordered_map<std::string, std::size_t> lines;
    std::vector<std::string> codes;
    for (auto row = table.rows.begin() + 1; row != table.rows.end(); ++row) {
        const std::string code = at < row->fields.size() ? row->fields[at] : "";
        if (std::string problem = find_problem(code); !problem.empty()) {
            report.problems.push_back({row->line, std::move(problem)});
            continue;
        }
        const auto [first, is_new] = lines.emplace(code, row->line);
        if (!is_new) {
            report.problems.push_back(
                {row->line, fmt::format("the code stands in line {} already", first->second)});
            continue;
        }
        codes.push_back(code);
    }
    if (!report.problems.empty()) return report;
    report.rows = codes.size();
    const auto transaction = store.begin();
    for (const std::string& code : codes) report.added += store.add_code(pool, code) ? 1 : 0;
    transaction->commit();
    return report;
}

}  // namespace sop::runtime
