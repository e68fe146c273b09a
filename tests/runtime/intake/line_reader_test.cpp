#include "runtime/intake/line_reader.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

namespace sop::runtime {

namespace {

// "1:text" of each line, with "!" behind one that is too long.
std::vector<std::string> read(const std::vector<std::string>& pieces, std::size_t line_max = 10) {
    LineReader reader(line_max);
    std::vector<IncomingLine> lines;
    for (const std::string& piece : pieces) reader.read(piece, lines);
    reader.end(lines);
    std::vector<std::string> texts;
    for (const IncomingLine& line : lines)
        texts.push_back(std::to_string(line.number) + ":" + line.text +
                        (line.is_too_long ? "!" : ""));
    return texts;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("lines are put together however the pieces are cut", "[intake][lines]") {
    CHECK(read({"one\ntwo\n", "three"}) == Texts{"1:one", "2:two", "3:three"});
    CHECK(read({"o", "n", "e\nt", "wo"}) == Texts{"1:one", "2:two"});
    CHECK(read({"one\r\n\n  \ntwo\n"}) == Texts{"1:one\r", "4:two"});
    CHECK(read({"\xEF\xBB", "\xBFone\n\xEF\xBB\xBFtwo"}) == Texts{"1:one", "2:\xEF\xBB\xBFtwo"});
    CHECK(read({}).empty());
    CHECK(read({"\n\n"}).empty());
}

TEST_CASE("of a line that is too long only the beginning is kept", "[intake][lines]") {
    CHECK(read({"0123456789\n0123456789a\nb\n"}) == Texts{"1:0123456789", "2:0123456789!", "3:b"});
    CHECK(read({"01234567", "89abc", "def\nb"}) == Texts{"1:0123456789!", "2:b"});

    LineReader reader(64 * 1024);
    std::vector<IncomingLine> lines;
    const std::string piece(1024 * 1024, 'x');
    for (int i = 0; i < 64; ++i) reader.read(piece, lines);
    reader.read("\n", lines);
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].is_too_long);
    CHECK(lines[0].text.capacity() <= 2048);
}

}  // namespace sop::runtime
