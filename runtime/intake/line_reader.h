// Lines of a stream that comes in pieces, in bounded memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/intake/intake.h"

namespace sop::runtime {

// Blank lines count and are left out; a byte order mark at the beginning is skipped. Of a line with
// more than `line_max` bytes only the beginning is kept.
class LineReader {
  public:
    explicit LineReader(std::size_t line_max) : line_max_(line_max) {}

    // Appends the lines that end in this piece.
    void read(std::string_view piece, std::vector<IncomingLine>& lines);
    // The last one, when it has no end of its own.
    void end(std::vector<IncomingLine>& lines);

    // Lines so far, blank ones among them.
    std::int64_t count() const { return count_; }

  private:
    void append(std::string_view part);
    void finish(std::vector<IncomingLine>& lines);

    std::size_t line_max_;
    std::int64_t count_ = 0;
    std::string line_{};
    bool is_too_long_ = false;
};

}  // namespace sop::runtime
