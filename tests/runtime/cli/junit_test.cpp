#include "runtime/cli/junit.h"

#include <catch2/catch.hpp>

namespace sop::runtime::cli {

TEST_CASE("suites of cases are told as JUnit's readers expect", "[cli][junit]") {
    const std::vector<JUnitSuite> suites{
        {.name = "a.sop",
         .cases = {{.name = "passes",
                    .class_name = "a",
                    .file = "a.sop",
                    .line = 3,
                    .time = std::chrono::milliseconds{1020}},
                   {.name = "fails",
                    .class_name = "a",
                    .failures = {{.type = "SOP0101", .message = "m", .text = "one\ntwo"},
                                 {.type = "SOP0102", .message = "n", .text = ""}}},
                   {.name = "waits", .class_name = "a", .skipped = "no zones"}}},
        {.name = "b.sop", .cases = {}}};
    CHECK(junit_xml("sop", suites) == R"(<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="sop" tests="3" failures="1" errors="0" skipped="1">
  <testsuite name="a.sop" tests="3" failures="1" errors="0" skipped="1">
    <testcase name="passes" classname="a" file="a.sop" line="3" time="1.020"/>
    <testcase name="fails" classname="a">
      <failure message="m" type="SOP0101">one&#10;two</failure>
      <failure message="n" type="SOP0102"></failure>
    </testcase>
    <testcase name="waits" classname="a">
      <skipped message="no zones"/>
    </testcase>
  </testsuite>
  <testsuite name="b.sop" tests="0" failures="0" errors="0" skipped="0">
  </testsuite>
</testsuites>
)");
}

TEST_CASE("JUnit's XML is well-formed with every character", "[cli][junit]") {
    using namespace std::string_literals;
    const auto [text, shown] = GENERATE(
        table<std::string, std::string>({{"<a href=\"x\">&'", "&lt;a href=&quot;x&quot;&gt;&amp;'"},
                                         {"]]>", "]]&gt;"},
                                         {"\t\r\n", "&#9;&#13;&#10;"},
                                         {"a\0b\x1b[1m"s, "a\uFFFDb\uFFFD[1m"},
                                         {"\xEF\xBF\xBE\xEF\xBF\xBF", "\uFFFD\uFFFD"},
                                         {"\xED\xA0\x80", "\uFFFD\uFFFD\uFFFD"},
                                         {"a\xFFz\xE4\xBD", "a\uFFFDz\uFFFD\uFFFD"},
                                         {"早上好 🎉", "早上好 🎉"}}));
    const std::string xml = junit_xml(text, {});
    CHECK(xml == "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"" + shown +
                     "\" tests=\"0\" failures=\"0\" errors=\"0\" skipped=\"0\">\n</testsuites>\n");
}

}  // namespace sop::runtime::cli
