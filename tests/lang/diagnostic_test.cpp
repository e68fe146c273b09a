#include "lang/diagnostic.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

namespace sop::lang {

namespace {

using namespace std::string_literals;

// The span of the first `wanted` in the text.
SourceSpan span_of(const Source& source, std::string_view wanted) {
    const std::size_t begin = source.text().find(wanted);
    REQUIRE(begin != std::string_view::npos);
    return {begin, begin + wanted.size()};
}

Diagnostic finding(SourceSpan span, std::string message, std::string label = "") {
    Diagnostic diagnostic;
    diagnostic.code = "SOP0104";
    diagnostic.span = span;
    diagnostic.message = std::move(message);
    diagnostic.label = std::move(label);
    return diagnostic;
}

const char* const sale = R"(sop 1

playbook flash "Sale" {
  timezone Asia/Shanghai

  every thrusday at 20:00 for 2h {
    start: post "on"
  }
  3h after start: post "last call"
}
)";

}  // namespace

TEST_CASE("a diagnostic shows code, message, place, line, mark, notes and fix", "[diagnostic]") {
    const Source source("flash.sop", sale);
    const SourceSpan span = span_of(source, "thrusday");
    Diagnostic diagnostic = finding(span, "I do not know the weekday `thrusday`",
                                    "not a weekday, date or calendar name");
    diagnostic.notes = {"weekdays are written in full"s};
    diagnostic.fix = Fix{span, "thursday", "write `thursday`"s};
    CHECK(render(diagnostic, source) == R"(error[SOP0104]: I do not know the weekday `thrusday`
  ┌─ flash.sop:6:9
6 │   every thrusday at 20:00 for 2h {
  │         ^^^^^^^^ not a weekday, date or calendar name
  = weekdays are written in full
  = fix: write `thursday`
)");
}

TEST_CASE("places that have a part are shown in line order in the same frame", "[diagnostic]") {
    const Source source("flash.sop", "\n\n" + std::string(sale));
    Diagnostic diagnostic = finding(span_of(source, "3h after start"),
                                    "this reminder would run after the end", "this is 23:00");
    diagnostic.severity = Severity::warning;
    diagnostic.related = {{span_of(source, "for 2h"), "window is 20:00 to 22:00"s},
                          {span_of(source, "20:00"), {}}};
    CHECK(render(diagnostic, source) == R"(warning[SOP0104]: this reminder would run after the end
   ┌─ flash.sop:11:3
 8 │   every thrusday at 20:00 for 2h {
   │                     -----
   │                           ------ window is 20:00 to 22:00
11 │   3h after start: post "last call"
   │   ^^^^^^^^^^^^^^ this is 23:00
)");
}

TEST_CASE("a mark stands under its text whatever the width of what is before", "[diagnostic]") {
    struct Row {
        const char* behaviour;
        std::string line;
        const char* wanted;
        const char* expected;  // the frame under the place
    };
    const Row rows[] = {
        {"Chinese before and inside", "剧本 会员群 { 对象 群 标签 会元 }", "会元",
         "1 │ 剧本 会员群 { 对象 群 标签 会元 }\n  │                            ^^^^\n"},
        {"a full-width colon", "  开始时：发布", "：", "1 │   开始时：发布\n  │         ^^\n"},
        {"tabs become blanks", "\tpost\t\"x\"", "\"x\"",
         "1 │     post    \"x\"\n  │             ^^^\n"},
        {"a tab behind wide characters", "会员\tx", "x", "1 │ 会员    x\n  │         ^\n"},
        {"an emoji of several code points", "👨‍👩‍👧‍👦 x", "x",
         "1 │ 👨‍👩‍👧‍👦 x\n  │    ^\n"},
        {"a combining mark", "e\u0301 x", "x", "1 │ e\u0301 x\n  │   ^\n"},
        {"a byte order mark", "\xEF\xBB\xBFsap 1", "sap", "1 │ sap 1\n  │ ^^^\n"},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.behaviour) {
            const Source source("a.sop", row.line);
            const std::string text = render(finding(span_of(source, row.wanted), "m"), source);
            const std::size_t frame = text.find("\n1 │") + 1;
            CHECK(text.substr(frame) == row.expected);
        }
    }
}

TEST_CASE("odd spans still show a place", "[diagnostic]") {
    struct Row {
        const char* behaviour;
        std::string text;
        SourceSpan span;
        const char* expected;
    };
    const Row rows[] = {
        {"no width", "post x", {4, 4}, "  ┌─ a.sop:1:5\n1 │ post x\n  │     ^ here\n"},
        {"the end of the text", "post", {4, 4}, "  ┌─ a.sop:1:5\n1 │ post\n  │     ^ here\n"},
        {"the empty line at the end", "post\n", {5, 5}, "  ┌─ a.sop:2:1\n2 │\n  │ ^ here\n"},
        {"an empty text", "", {0, 0}, "  ┌─ a.sop:1:1\n1 │\n  │ ^ here\n"},
        {"several lines: the first, to its end",
         "a {\n  b\n}",
         {2, 9},
         "  ┌─ a.sop:1:3\n1 │ a {\n  │   ^ here\n"},
        {"a line end", "ab\ncd", {2, 3}, "  ┌─ a.sop:1:3\n1 │ ab\n  │   ^ here\n"},
        {"a line end of two bytes", "ab\r\ncd", {3, 4}, "  ┌─ a.sop:1:4\n1 │ ab\n  │   ^ here\n"},
        {"beyond the text", "ab", {7, 9}, "  ┌─ a.sop:1:3\n1 │ ab\n  │   ^ here\n"},
        {"a byte that is not UTF-8",
         "ab\xFFz",
         {2, 3},
         "  ┌─ a.sop:1:3\n1 │ ab\uFFFDz\n  │   ^ here\n"},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.behaviour) {
            const std::string text =
                render(finding(row.span, "m", "here"), Source("a.sop", row.text));
            CHECK(text == std::string("error[SOP0104]: m\n") + row.expected);
        }
    }
}

TEST_CASE("nothing an author writes acts on the terminal", "[diagnostic]") {
    const Source source("a\x1b[2J.sop", "x \x1b[31m\u202E\u0085 y");
    const std::string text = render(finding({0, 1}, "odd `\x1b\n`"), source);
    CHECK(text ==
          "error[SOP0104]: odd `␛␊`\n"
          "  ┌─ a␛[2J.sop:1:1\n"
          "1 │ x ␛[31m\uFFFD\uFFFD y\n"
          "  │ ^\n");
}

TEST_CASE("colours are added only when asked for", "[diagnostic]") {
    const Source source("a.sop", "post x");
    const Diagnostic diagnostic = finding({5, 6}, "m", "here");
    CHECK(render(diagnostic, source).find('\x1b') == std::string::npos);
    CHECK(render(diagnostic, source, {true}) ==
          "\x1b[1;31merror[SOP0104]\x1b[0m\x1b[1m: m\x1b[0m\n"
          "  \x1b[34m┌─\x1b[0m a.sop:1:6\n"
          "\x1b[34m1 │\x1b[0m post x\n"
          "  \x1b[34m│\x1b[0m      \x1b[1;31m^ here\x1b[0m\n");
}

TEST_CASE("diagnostics as JSON carry places as offset, line and column", "[diagnostic][json]") {
    const Source source("闪购.sop", "标签 会员\npost x");
    Diagnostic diagnostic = finding(span_of(source, "会员"), "m `会员`", "l");
    diagnostic.severity = Severity::note;
    diagnostic.related = {{span_of(source, "x"), "r"s}};
    diagnostic.notes = {"n"s};
    diagnostic.fix = Fix{span_of(source, "会员"), "member", "write `member`"s};
    const std::string place =
        R"({"begin":{"column":4,"line":1,"offset":7},"end":{"column":6,"line":1,"offset":13}})";
    CHECK(
        render_json(diagnostic, source) ==
        R"({"arguments":[],"code":"SOP0104","file":"闪购.sop","fix":{"place":)" + place +
            R"(,"replacement":"member","title":"write `member`"},"label":"l","message":"m `会员`","notes":["n"],"pattern":null,"place":)" +
            place +
            R"(,"related":[{"file":"闪购.sop","label":"r","place":{"begin":{"column":6,"line":2,"offset":19},"end":{"column":7,"line":2,"offset":20}}}],"severity":"note"})");
}

TEST_CASE("JSON of a plain diagnostic has every member, and of a broken text is still JSON",
          "[diagnostic][json]") {
    const Source source("a.sop", "\xFF");
    CHECK(
        render_json(finding({0, 1}, "not UTF-8: `\xFF`"), source) ==
        R"({"arguments":[],"code":"SOP0104","file":"a.sop","fix":null,"label":"","message":"not UTF-8: `)"
        "\uFFFD"
        R"(`","notes":[],"pattern":null,"place":{"begin":{"column":1,"line":1,"offset":0},"end":{"column":2,"line":1,"offset":1}},"related":[],"severity":"error"})");
}

TEST_CASE("JSON carries what a message is made of, so that others can say it in their language",
          "[diagnostic][json][message]") {
    const Source source("a.sop", "tag");
    Diagnostic diagnostic = finding({0, 3}, "");
    diagnostic.message = "expected {}, found {}"_say("a tag"_say, "`;`"s);
    const std::string made_of =
        R"({"arguments":[{"arguments":[],"pattern":"a tag"},"`;`"],"code":"SOP0104",)";
    CHECK(render_json(diagnostic, source).starts_with(made_of));
    const std::string chinese = render_json(diagnostic, source, Language::zh_cn);
    CHECK(chinese.starts_with(made_of));
    CHECK(chinese.find(R"("message":"此处应为标签，实际是 `;`","notes":[],)"
                       R"("pattern":"expected {}, found {}",)") != std::string::npos);
}

TEST_CASE("a diagnostic can be shown in Chinese", "[diagnostic][message]") {
    const Source source("a.sop", "tag ;");
    Diagnostic diagnostic = finding({4, 5}, "");
    diagnostic.message = "expected {}, found {}"_say("a tag"_say, "`;`"s);
    diagnostic.label = "{} stands here"_say("a tag"_say);
    diagnostic.notes = {"did you mean `{}`?"_say("x"s)};
    diagnostic.fix = Fix{{4, 5}, "x", "write `{}`"_say("x"s)};
    CHECK(render(diagnostic, source, {.language = Language::zh_cn}) ==
          "错误[SOP0104]：此处应为标签，实际是 `;`\n"
          "  ┌─ a.sop:1:5\n"
          "1 │ tag ;\n"
          "  │     ^ 此处应为标签\n"
          "  = 是不是 `x`？\n"
          "  = 修正：写成 `x`\n");
}

TEST_CASE("diagnostics are ordered by place and repeats are dropped", "[diagnostic]") {
    const auto made = [](std::size_t begin, std::size_t end, const char* code, Severity severity,
                         const char* message) {
        Diagnostic diagnostic = finding({begin, end}, message);
        diagnostic.code = code;
        diagnostic.severity = severity;
        return diagnostic;
    };
    std::vector<Diagnostic> diagnostics{
        made(9, 10, "SOP0002", Severity::error, "late"),
        made(3, 4, "SOP0001", Severity::warning, "warning"),
        made(3, 4, "SOP0005", Severity::error, "error"),
        made(3, 4, "SOP0001", Severity::warning, "repeated"),
        made(3, 5, "SOP0001", Severity::warning, "longer"),
        made(0, 1, "SOP0001", Severity::note, "first"),
    };
    sort_and_deduplicate(diagnostics);
    std::vector<std::string> messages;
    for (const Diagnostic& diagnostic : diagnostics) {
        messages.push_back(diagnostic.message.text());
    }
    CHECK(messages == std::vector<std::string>{"first", "error", "warning", "longer", "late"});
}

TEST_CASE("only errors are errors", "[diagnostic]") {
    Diagnostic diagnostic = finding({0, 0}, "m");
    CHECK(has_errors({diagnostic}));
    diagnostic.severity = Severity::warning;
    CHECK_FALSE(has_errors({diagnostic}));
    CHECK_FALSE(has_errors({}));
}

}  // namespace sop::lang
