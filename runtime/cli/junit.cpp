#include "runtime/cli/junit.h"

#include "lang/unicode.h"

#include <fmt/format.h>

#include <string_view>

namespace sop::runtime::cli {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

bool has_place_in_xml(char32_t c) {
    if (c < 0x20) return c == '\t' || c == '\n' || c == '\r';
    return c != 0xFFFE && c != 0xFFFF;
}

// The same within quotes and between tags. Tabs and line ends are written as numbers, since a
// reader makes spaces of those in quotes and one line end of "\r\n".
void append_escaped(std::string& xml, std::string_view character) {
    switch (character[0]) {
        case '&':
            xml += "&amp;";
            return;
        case '<':
            xml += "&lt;";
            return;
        case '>':
            xml += "&gt;";
            return;
        case '"':
            xml += "&quot;";
            return;
        case '\t':
            xml += "&#9;";
            return;
        case '\n':
            xml += "&#10;";
            return;
        case '\r':
            xml += "&#13;";
            return;
        default:
            xml += character;
    }
}

std::string escaped(std::string_view text) {
    std::string xml;
    while (!text.empty()) {
        const auto invalid = lang::find_invalid_utf8(text);
        const std::string_view valid = text.substr(0, invalid.value_or(text.size()));
        for (std::size_t at = 0; at < valid.size();) {
            const auto [value, length] = lang::code_point_at(valid, at);
            append_escaped(xml, has_place_in_xml(value) ? valid.substr(at, length) : replacement);
            at += length;
        }
        text.remove_prefix(valid.size());
        if (invalid) {
            xml += replacement;
            text.remove_prefix(1);
        }
    }
    return xml;
}

std::string attribute(std::string_view name, std::string_view value) {
    return fmt::format(" {}=\"{}\"", name, escaped(value));
}

struct Counts {
    std::size_t cases = 0;
    std::size_t failed = 0;
    std::size_t skipped = 0;

    void add(const JUnitSuite& suite) {
        for (const JUnitCase& each : suite.cases) {
            ++cases;
            if (!each.failures.empty()) ++failed;
            if (each.skipped) ++skipped;
        }
    }

    std::string attributes() const {
        return fmt::format(R"( tests="{}" failures="{}" errors="0" skipped="{}")", cases, failed,
                           skipped);
    }
};

std::string case_xml(const JUnitCase& each) {
    std::string xml =
        "    <testcase" + attribute("name", each.name) + attribute("classname", each.class_name);
    if (!each.file.empty()) xml += attribute("file", each.file);
    if (each.line) xml += fmt::format(R"( line="{}")", *each.line);
    if (each.time) {
        const auto milliseconds = each.time->count();
        xml += fmt::format(R"( time="{}.{:03}")", milliseconds / 1000, milliseconds % 1000);
    }
    if (each.failures.empty() && !each.skipped) return xml + "/>\n";
    xml += ">\n";
    for (const JUnitFailure& failure : each.failures) {
        xml += "      <failure" + attribute("message", failure.message) +
               attribute("type", failure.type) + ">" + escaped(failure.text) + "</failure>\n";
    }
    if (each.skipped) xml += "      <skipped" + attribute("message", *each.skipped) + "/>\n";
    return xml + "    </testcase>\n";
}

}  // namespace

std::string junit_xml(const std::string& name, const std::vector<JUnitSuite>& suites) {
    Counts all;
    std::string body;
    for (const JUnitSuite& suite : suites) {
        Counts counts;
        counts.add(suite);
        all.add(suite);
        body += "  <testsuite" + attribute("name", suite.name) + counts.attributes() + ">\n";
        for (const JUnitCase& each : suite.cases) body += case_xml(each);
        body += "  </testsuite>\n";
    }
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" + attribute("name", name) +
           all.attributes() + ">\n" + body + "</testsuites>\n";
}

}  // namespace sop::runtime::cli
