#include "runtime/intake/line_reader.h"

#include <utility>

namespace sop::runtime {

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

// Of one that is too long: what an excerpt takes.
constexpr std::size_t beginning_max = 1024;

}  // namespace

void LineReader::append(std::string_view part) {
    if (is_too_long_) return;
    is_too_long_ = line_.size() + part.size() > line_max_;
    line_ += part.substr(0, is_too_long_ ? line_max_ - line_.size() : part.size());
    if (is_too_long_ && line_.size() > beginning_max) {
        line_.resize(beginning_max);
        line_.shrink_to_fit();
    }
}

void LineReader::finish(std::vector<IncomingLine>& lines) {
    ++count_;
    if (count_ == 1 && line_.starts_with(byte_order_mark)) line_.erase(0, byte_order_mark.size());
    if (line_.find_first_not_of(" \t\r") != std::string::npos)
        lines.push_back({std::move(line_), count_, is_too_long_});
    line_.clear();
    is_too_long_ = false;
}

void LineReader::read(std::string_view piece, std::vector<IncomingLine>& lines) {
    for (;;) {
        const std::size_t end = piece.find('\n');
        append(piece.substr(0, end));
        if (end == std::string_view::npos) return;
        finish(lines);
        piece.remove_prefix(end + 1);
    }
}

void LineReader::end(std::vector<IncomingLine>& lines) {
    if (!line_.empty()) finish(lines);
}

}  // namespace sop::runtime
