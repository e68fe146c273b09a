#include "runtime/cli/terminal.h"

#include "lang/unicode.h"

#include <fmt/format.h>

#include <unistd.h>
#include <algorithm>
#include <cstdlib>

namespace sop::runtime::cli {

bool is_terminal(std::FILE* stream) {
    return isatty(fileno(stream)) != 0;
}

lang::Language language_of_environment() {
    for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
        const char* value = std::getenv(name);
        if (value == nullptr || *value == '\0') continue;
        return std::string_view(value).starts_with("zh") ? lang::Language::zh_cn
                                                         : lang::Language::en;
    }
    return lang::Language::en;
}

bool uses_colour(std::FILE* stream) {
    const char* no_colour = std::getenv("NO_COLOR");
    return is_terminal(stream) && (!no_colour || !*no_colour);
}

std::string render_table(const Table& table, std::size_t indent) {
    std::vector<std::size_t> widths;
    for (const auto& column : table.columns) widths.push_back(lang::display_width(column.title));
    for (const auto& row : table.rows) {
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], lang::display_width(row[i]));
    }
    std::string text;
    const auto add_row = [&](auto cell_text) {
        std::string line(indent, ' ');
        for (std::size_t i = 0; i < table.columns.size(); ++i) {
            const std::string cell = cell_text(i);
            const std::string padding(widths[i] - lang::display_width(cell), ' ');
            if (i > 0) line += "  ";
            line += table.columns[i].align == Table::Align::right ? padding + cell : cell + padding;
        }
        text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
    };
    add_row([&](std::size_t i) { return table.columns[i].title; });
    for (const auto& row : table.rows)
        add_row([&](std::size_t i) { return i < row.size() ? row[i] : std::string(); });
    return text;
}

std::string shortened(const std::string& text, std::size_t cells) {
    std::string line = text.substr(0, text.find('\n'));
    const bool more_lines = line.size() < text.size();
    if (lang::display_width(line) + (more_lines ? 1 : 0) <= cells)
        return more_lines ? line + "…" : line;
    std::string result;
    std::size_t at = 0;
    while (at < line.size()) {
        const std::string next = line.substr(at, lang::code_point_at(line, at).length);
        if (lang::display_width(result + next) + 1 > cells) break;
        result += next;
        at += next.size();
    }
    return result + "…";
}

std::string local_text(Instant instant, const lang::calendar::Zone& zone) {
    return date::format("%F %T", zone.to_local(date::floor<std::chrono::seconds>(instant)));
}

std::string offset_text(std::chrono::seconds offset) {
    const auto seconds = std::abs(offset.count());
    std::string text = fmt::format("{}{:02}:{:02}", offset.count() < 0 ? '-' : '+', seconds / 3600,
                                   seconds / 60 % 60);
    if (seconds % 60 != 0) text += fmt::format(":{:02}", seconds % 60);
    return text;
}

std::string count_text(std::int64_t count) {
    std::string digits = std::to_string(count);
    for (std::ptrdiff_t at = static_cast<std::ptrdiff_t>(digits.size()) - 3;
         at > (count < 0 ? 1 : 0); at -= 3) {
        digits.insert(static_cast<std::size_t>(at), ",");
    }
    return digits;
}

}  // namespace sop::runtime::cli
