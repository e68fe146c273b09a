// A source text and where its lines start. Offsets are bytes; lines and columns are derived from
// them for people (code points), so that one offset serves the terminal, JSON and editors alike.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sop::lang {

// Half open: [begin, end), in bytes.
struct SourceSpan {
    std::size_t begin = 0;
    std::size_t end = 0;

    bool operator==(const SourceSpan&) const = default;
};

// 1-based; the column counts code points.
struct LineColumn {
    std::size_t line = 1;
    std::size_t column = 1;

    bool operator==(const LineColumn&) const = default;
};

class Source {
  public:
    // `name` is what messages call the file. A leading byte order mark stays in the text; the
    // grammar skips it.
    Source(std::string name, std::string text);

    const std::string& name() const { return name_; }
    std::string_view text() const { return text_; }
    std::string_view text(SourceSpan span) const {
        return text().substr(span.begin, span.end - span.begin);
    }

    LineColumn line_column(std::size_t offset) const;
    std::size_t line_count() const { return line_starts_.size(); }
    // The text of a 1-based line, without its line end.
    std::string_view line(std::size_t number) const;
    // The offset of the first byte of a 1-based line.
    std::size_t line_start(std::size_t number) const { return line_starts_[number - 1]; }

  private:
    std::string name_;
    std::string text_;
    std::vector<std::size_t> line_starts_;
};

}  // namespace sop::lang
