#include "lang/text_lines.h"

#include <algorithm>

namespace sop::lang {

namespace {

// A line that begins with a hole counts by its blanks before it.
std::size_t common_indent(const std::vector<std::string*>& pieces) {
    std::size_t common = std::string::npos;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        if (!pieces[i]) continue;
        const std::string_view text = *pieces[i];
        for (std::size_t at = text.find('\n'); at != std::string_view::npos;
             at = text.find('\n', at + 1)) {
            const std::string_view rest = text.substr(at + 1);
            const std::string_view line = rest.substr(0, rest.find('\n'));
            const bool ends_in_hole = line.size() == rest.size() && i + 1 < pieces.size();
            const std::size_t indent = indent_of(line);
            if (indent < line.size() || ends_in_hole) common = std::min(common, indent);
        }
    }
    return common == std::string::npos ? 0 : common;
}

void remove_indent(std::string& text, std::size_t indent) {
    std::string result;
    std::size_t from = 0;
    for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', from)) {
        result.append(text, from, at + 1 - from);
        const std::string_view rest = std::string_view(text).substr(at + 1);
        from = at + 1 + std::min(indent, indent_of(rest.substr(0, rest.find('\n'))));
    }
    result.append(text, from);
    text = std::move(result);
}

}  // namespace

std::size_t indent_of(std::string_view line) {
    return std::min(line.find_first_not_of(" \t"), line.size());
}

void remove_line_layout(const std::vector<std::string*>& pieces) {
    const std::size_t indent = common_indent(pieces);
    for (std::string* piece : pieces) {
        if (piece) remove_indent(*piece, indent);
    }
    if (pieces.empty()) return;
    if (std::string* first = pieces.front()) {
        const std::size_t line_end = first->find('\n');
        if (line_end != std::string::npos && indent_of(first->substr(0, line_end)) == line_end)
            first->erase(0, line_end + 1);
    }
    if (std::string* last = pieces.back()) {
        const std::size_t line_end = last->rfind('\n');
        if (line_end != std::string::npos &&
            last->find_first_not_of(" \t", line_end + 1) == std::string::npos) {
            last->erase(line_end);
        }
    }
}

}  // namespace sop::lang
