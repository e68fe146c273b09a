#include "lang/source.h"

#include <catch2/catch.hpp>
#include <string>

namespace sop::lang {

TEST_CASE("lines are found without their ends", "[source]") {
    const Source source("a.sop", "one\ntwo\r\n\nfour");
    REQUIRE(source.line_count() == 4);
    CHECK(source.line(1) == "one");
    CHECK(source.line(2) == "two");
    CHECK(source.line(3) == "");
    CHECK(source.line(4) == "four");
    CHECK(source.line_start(4) == 10);
}

TEST_CASE("a text has a last line even when it is empty", "[source]") {
    CHECK(Source("a.sop", "").line_count() == 1);
    CHECK(Source("a.sop", "").line(1) == "");
    const Source ended("a.sop", "one\n");
    CHECK(ended.line_count() == 2);
    CHECK(ended.line(2) == "");
}

TEST_CASE("an offset has a line and a column in code points", "[source]") {
    struct Row {
        const char* behaviour;
        std::string text;
        std::size_t offset;
        LineColumn expected;
    };
    const Row rows[] = {
        {"the beginning", "one\ntwo", 0, {1, 1}},
        {"a line end belongs to its line", "one\ntwo", 3, {1, 4}},
        {"the first of the next line", "one\ntwo", 4, {2, 1}},
        {"the end of the text", "one\ntwo", 7, {2, 4}},
        {"after a last line end", "one\n", 4, {2, 1}},
        {"an empty text", "", 0, {1, 1}},
        {"beyond the text is its end", "one", 99, {1, 4}},
        {"behind Chinese characters", "标签 会员", 7, {1, 4}},
        {"behind an emoji of four bytes", "😀x", 4, {1, 2}},
        {"behind a tab", "\tx", 1, {1, 2}},
        {"a carriage return is a character of its line", "a\r\nb", 2, {1, 3}},
        {"a byte order mark takes no column", "\xEF\xBB\xBFsop", 3, {1, 1}},
        {"nor shifts what follows", "\xEF\xBB\xBFsop", 5, {1, 3}},
        {"bytes that are no UTF-8 count as one each", "\xFF\xFEx", 2, {1, 3}},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.behaviour) {
            const LineColumn found = Source("a.sop", row.text).line_column(row.offset);
            CHECK(found.line == row.expected.line);
            CHECK(found.column == row.expected.column);
        }
    }
}

TEST_CASE("a span gives its text", "[source]") {
    const Source source("a.sop", "every thursday");
    CHECK(source.name() == "a.sop");
    CHECK(source.text({6, 14}) == "thursday");
    CHECK(source.text({6, 6}) == "");
}

}  // namespace sop::lang
