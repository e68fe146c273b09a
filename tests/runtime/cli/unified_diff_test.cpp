#include "runtime/cli/unified_diff.h"

#include <catch2/catch.hpp>

#include <string>

using sop::runtime::cli::unified_diff;

namespace {

std::string lines(int first, int last) {
    std::string text;
    for (int line = first; line <= last; ++line) text += std::to_string(line) + "\n";
    return text;
}

std::string hunks(const std::string& old_text, const std::string& new_text) {
    const std::string text = unified_diff(old_text, new_text, "a", "b");
    const std::string names = "--- a\n+++ b\n";
    if (text.empty()) return text;
    REQUIRE(text.starts_with(names));
    return text.substr(names.size());
}

}  // namespace

TEST_CASE("two texts differ by hunks with three lines of context", "[diff]") {
    struct Row {
        const char* what;
        std::string old_text;
        std::string new_text;
        std::string expected;
    };
    const Row rows[] = {
        {"equal texts", "a\n", "a\n", ""},
        {"a line changed", lines(1, 9), lines(1, 4) + "x\n" + lines(6, 9),
         "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n"},
        {"a line added at the top", "a\n", "x\na\n", "@@ -1 +1,2 @@\n+x\n a\n"},
        {"a line removed at the end", "a\nb\n", "a\n", "@@ -1,2 +1 @@\n a\n-b\n"},
        {"all of it added", "", "a\nb\n", "@@ -0,0 +1,2 @@\n+a\n+b\n"},
        {"all of it removed", "a\n", "", "@@ -1 +0,0 @@\n-a\n"},
        {"contexts that touch", lines(1, 9), "x\n" + lines(2, 7) + "y\n9\n",
         "@@ -1,9 +1,9 @@\n-1\n+x\n 2\n 3\n 4\n 5\n 6\n 7\n-8\n+y\n 9\n"},
        {"contexts that do not", lines(1, 9), "x\n" + lines(2, 8) + "y\n",
         "@@ -1,4 +1,4 @@\n-1\n+x\n 2\n 3\n 4\n@@ -6,4 +6,4 @@\n 6\n 7\n 8\n-9\n+y\n"},
        {"a last line without its end", "a\nb", "a\nb\n",
         "@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n"},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.what) {
            CHECK(hunks(row.old_text, row.new_text) == row.expected);
        }
    }
}

TEST_CASE("the fewest lines are shown as changed", "[diff]") {
    CHECK(hunks("a\nb\nc\na\nb\nb\na\n", "c\nb\na\nb\na\nc\n") ==
          "@@ -1,7 +1,6 @@\n-a\n-b\n c\n+b\n a\n b\n-b\n a\n+c\n");
}

TEST_CASE("texts with little in common are one change", "[diff]") {
    const std::string text = hunks(lines(1, 3000) + "same\n", lines(4001, 7000) + "same\n");
    CHECK(text.starts_with("@@ -1,3001 +1,3001 @@\n-1\n-2\n"));
    CHECK(text.ends_with("+7000\n+same\n"));
}
