#include "lang/source.h"

#include <algorithm>
#include <utility>

namespace sop::lang {

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

// Every byte of UTF-8 that is not a continuation begins a code point, so bytes that are no UTF-8
// still get some column.
bool begins_code_point(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
}

}  // namespace

Source::Source(std::string name, std::string text)
    : name_(std::move(name)), text_(std::move(text)) {
    line_starts_.push_back(0);
    for (std::size_t at = text_.find('\n'); at != std::string::npos;
         at = text_.find('\n', at + 1)) {
        line_starts_.push_back(at + 1);
    }
}

LineColumn Source::line_column(std::size_t offset) const {
    offset = std::min(offset, text_.size());
    const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
    const auto line = static_cast<std::size_t>(after - line_starts_.begin());

    std::string_view before = text().substr(line_start(line), offset - line_start(line));
    // Editors do not count the mark, so a column would be one off on the first line if we did.
    if (line == 1 && before.starts_with(byte_order_mark)) {
        before.remove_prefix(byte_order_mark.size());
    }
    const auto code_points = std::count_if(before.begin(), before.end(), begins_code_point);
    return {line, static_cast<std::size_t>(code_points) + 1};
}

std::string_view Source::line(std::size_t number) const {
    const std::size_t begin = line_start(number);
    if (number == line_count()) {
        return text().substr(begin);
    }
    std::string_view line = text().substr(begin, line_start(number + 1) - 1 - begin);
    if (line.ends_with('\r')) {
        line.remove_suffix(1);
    }
    return line;
}

}  // namespace sop::lang
