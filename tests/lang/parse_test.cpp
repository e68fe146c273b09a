#include "lang/parse.h"

#include "lang/codes.h"
#include "tests/support/sources.h"

#include <fmt/format.h>
#include <catch2/catch.hpp>

namespace {

using namespace sop;
using namespace sop::lang;

ParsedDocument parse_text(const std::string& text) {
    static std::vector<std::unique_ptr<Source>> kept;
    kept.push_back(std::make_unique<Source>("test.sop", text));
    return parse(*kept.back());
}

std::string texts_of(const ast::Text& text) {
    std::string result;
    for (const auto& part : text.parts) {
        if (const auto* hole = std::get_if<ast::Hole>(&part)) {
            result += "<";
            for (const auto& name : hole->value->names)
                result += (result.back() == '<' ? "" : ".") + name.text;
            result += ">";
        } else {
            result += std::get<std::string>(part);
        }
    }
    return result;
}

std::string content_text(const std::string& literal) {
    const auto parsed = parse_text("sop 1\ncontent c { text " + literal + " }\n");
    INFO(literal);
    REQUIRE(parsed.diagnostics.empty());
    return texts_of(*std::get<ast::ContentDeclaration>(parsed.document.items[1]).parts[0].text);
}

}  // namespace

TEST_CASE("texts are cut into text and holes", "[parse][text]") {
    struct Row {
        const char* literal;
        const char* expected;
    };
    const Row rows[] = {
        {R"("plain")", "plain"},
        {R"("")", ""},
        {R"("a {group.name} b{start}")", "a <group.name> b<start>"},
        {R"("{{ is a brace, } too")", "{ is a brace, } too"},
        {R"("{ group.name }")", "<group.name>"},
        {"“弯引号 \"直引号\"”", "弯引号 \"直引号\""},
        {"「角引号」", "角引号"},
        {R"("# no comment")", "# no comment"},
        {"\"\"\"one line\"\"\"", "one line"},
        {"\"\"\"\n    a\n      b\n\n    c\n    \"\"\"", "a\n  b\n\nc"},
        {"\"\"\"\r\n    a\r\n    b\r\n    \"\"\"", "a\nb"},
        {"\"\"\"\n    {group.name}\n      x\n    \"\"\"", "<group.name>\n  x"},
        {"\"\"\"a \"quoted\" word\"\"\"", "a \"quoted\" word"},
    };
    for (const auto& row : rows) {
        DYNAMIC_SECTION(row.literal) {
            CHECK(content_text(row.literal) == row.expected);
        }
    }
}

TEST_CASE("a broken text costs one report and nothing round it", "[parse][recovery]") {
    struct Row {
        const char* what;
        std::string text;
        std::vector<std::string> codes;
    };
    const std::vector<Row> rows{
        {"an open quote before a brace",
         tests::playbook_with("a: every day at 08:00 { post \"x }"),
         {"SOP0004 at 9:30"}},
        {"an open quote in a title",
         tests::playbook_with("a \"title: every day at 08:00 {\npost \"x\"\n}"),
         {"SOP0004 at 9:3"}},
        {"an open hole",
         tests::playbook_with("a: every day at 08:00 { post \"x {group.name\" }"),
         {"SOP0005 at 9:33"}},
        {"an open hole at the end of the line",
         tests::playbook_with("a: every day at 08:00 { post \"x {\" }"),
         {"SOP0005 at 9:33"}},
        {"an empty hole",
         tests::playbook_with("a: every day at 08:00 { post \"x {}\" }"),
         {"SOP0107 at 9:34"}},
        {"a sign in a hole",
         tests::playbook_with("a: every day at 08:00 { post \"x {group.name + 1}\" }"),
         {"SOP0414 at 9:45"}},
        {"an unknown character",
         tests::playbook_with("a: every day at 08:00 § { post \"x\" }"),
         {"SOP0003 at 9:23"}},
        {"an open parenthesis",
         tests::playbook_with("a: on opened(hello { post \"x\" }"),
         {"SOP0006 at 9:13"}},
        {"a lonely parenthesis",
         tests::playbook_with("a: on opened) { post \"x\" }"),
         {"SOP0007 at 9:13"}},
        {"a lonely brace", "sop 1\ntag a\n}\n", {"SOP0007 at 3:1"}},
        {"a file that ends early",
         "sop 1\ntag member\nplaybook p {\ntimezone UTC",
         {"SOP0006 at 3:12"}},
    };
    for (const auto& row : rows) {
        DYNAMIC_SECTION(row.what) {
            INFO(row.text);
            CHECK(tests::codes_of(row.text) == row.codes);
        }
    }
}

TEST_CASE("a hole without its brace is suspected, however it is spaced", "[parse][text]") {
    struct Row {
        const char* text;
        std::vector<std::string> codes;
    };
    const Row rows[] = {
        {"to group.name}", {"SOP0116 at 9:34"}},
        {"to group . name }", {"SOP0116 at 9:34"}},
        {"to  group .name  }", {"SOP0116 at 9:35"}},
        {"at start }", {"SOP0116 at 9:34"}},
        {"for count (opened) }", {"SOP0116 at 9:35"}},
        {"for gmv( last 7 days)}", {"SOP0116 at 9:35"}},
        {"for gmv(sales)}", {}},
        {"nobody knows }", {}},
        {"nobody. knows }", {}},
        {" }", {}},
        {"}", {}},
    };
    for (const auto& row : rows) {
        const auto text =
            tests::playbook_with(fmt::format("a: every day at 08:00 {{ post \"{}\" }}", row.text));
        INFO(text);
        CHECK(tests::codes_of(text) == row.codes);
    }
}

TEST_CASE("a branch on the line of the one before it is told, with what is missing",
          "[parse][recovery]") {
    const auto parsed = parse_text(
        "sop 1\nplaybook p {\n  a: on order { points -5 { yes: reply \"x {a: 0}\" no: reply \"y\" "
        "} }\n"
        "}\n");
    REQUIRE(parsed.diagnostics.size() == 1);
    const Diagnostic& diagnostic = parsed.diagnostics[0];
    CHECK(diagnostic.code == code::syntax);
    CHECK(diagnostic.message.text() == "`no` does not belong after an action");
    CHECK(diagnostic.label.text() == "a new line or `;` goes before the next item");
    REQUIRE(diagnostic.fix);
    CHECK(diagnostic.fix->replacement == "; no");
}

TEST_CASE("what is expected is told in the words of the file", "[parse][dialect]") {
    const auto parsed = parse_text("sop 1\nlanguage zh-CN\n渠道 钩子 { 种类 webhook }\n");
    REQUIRE(parsed.diagnostics.size() == 1);
    CHECK(parsed.diagnostics[0].label.text() == "`类型`, `限速`, `配额` stands here");
}

TEST_CASE("what is no text at all is refused with one report", "[parse][limits]") {
    CHECK(tests::codes_of("sop 1\ntag \xff\xfe\n") == std::vector<std::string>{"SOP0001 at 2:5"});
    CHECK(tests::codes_of("sop 1\n" + std::string(source_bytes_max, '#')) ==
          std::vector<std::string>{"SOP0008 at 1:1"});
    CHECK(tests::codes_of("") == std::vector<std::string>{"SOP0100 at 1:1"});
}

TEST_CASE("a text is bounded, and what follows is read", "[parse][limits]") {
    const auto tag_called = [](std::size_t bytes) {
        return tests::codes_of("sop 1\ntag a \"" + std::string(bytes, 'x') + "\"\ntag 1\n");
    };
    CHECK(tag_called(text_bytes_max).size() == 1);
    CHECK(tag_called(text_bytes_max + 1) ==
          std::vector<std::string>{"SOP0010 at 2:7", "SOP0107 at 3:5"});
}

TEST_CASE("nesting is bounded", "[parse][limits]") {
    const std::string deep(nesting_depth_max + 1, '(');
    const auto codes = tests::codes_of("sop 1\n" + deep);
    REQUIRE(codes.size() == 1);
    CHECK(codes.front().substr(0, 7) == code::nested_too_deep);
    const auto parsed = parse_text("sop 1\n" + std::string(100000, '{'));
    REQUIRE(parsed.diagnostics.size() == 1);
    CHECK(parsed.diagnostics.front().code == code::nested_too_deep);
}

TEST_CASE("a byte order mark and CRLF line ends are read", "[parse]") {
    const auto parsed = parse_text("\xEF\xBB\xBFsop 1\r\ntag a\r\ntag b # comment\r\n");
    CHECK(parsed.diagnostics.empty());
    CHECK(parsed.document.items.size() == 3);
}

TEST_CASE("every cut of a playbook is read without a crash and with a place for each report",
          "[parse][robust]") {
    const std::string text = tests::read_text_file(tests::source_folder() / "tests" / "golden" /
                                                   "format" / "comments.sop");
    for (std::size_t length = 0; length < text.size(); ++length) {
        const Source source("cut.sop", text.substr(0, length));
        for (const auto& diagnostic : parse(source).diagnostics) {
            REQUIRE(diagnostic.span.begin <= diagnostic.span.end);
            REQUIRE(diagnostic.span.end <= length + 1);
        }
    }
}

TEST_CASE("dropping any one character never crashes, and a syntax error is one or two reports",
          "[parse][robust]") {
    const std::string text =
        tests::read_text_file(tests::source_folder() / "tests" / "golden" / "plan" / "members.sop");
    std::size_t faults = 0;
    std::size_t reports = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        std::string broken = text;
        broken.erase(at, 1);
        const auto codes = tests::codes_of(broken);
        INFO(broken);
        CHECK(codes.size() <= 4);
        if (codes.empty()) continue;
        ++faults;
        reports += codes.size();
    }
    CHECK(static_cast<double>(reports) / static_cast<double>(faults) <= 1.3);
}
