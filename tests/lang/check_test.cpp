#include "lang/compile.h"

#include "tests/support/sources.h"

#include <fmt/format.h>
#include <catch2/catch.hpp>

namespace {

using namespace sop;
using Codes = std::vector<std::string>;

}  // namespace

TEST_CASE("seven independent mistakes are seven reports", "[check]") {
    const auto text = tests::read_text_file(tests::source_folder() / "tests" / "golden" /
                                            "diagnostics" / "seven_mistakes.sop");
    CHECK(tests::codes_of(text) == Codes{"SOP0405 at 5:36", "SOP0202 at 8:12", "SOP0401 at 9:21",
                                         "SOP0104 at 12:18", "SOP0203 at 15:22", "SOP0106 at 16:29",
                                         "SOP0402 at 17:34"});
}

TEST_CASE("rules are checked one by one", "[check]") {
    struct Row {
        const char* rule;
        Codes codes;
    };
    const Row rows[] = {
        {"a: every day at 08:00 { post hello }", {}},
        {"a: every day 08:00, 12:00 { post hello }", {}},
        {"a: every monday, sunday at 08:00 for 2h { end: post \"{end.time}\" }", {}},
        {"a: every month on 1, 28 at 08:00 { post hello }", {}},
        {"a: on 2026-11-11 at 20:00 for 4h { end + 1 day at 10:00: post hello }", {}},
        {"a: on opened { post \"{event.what} {event.member}\" }", {}},
        {"a: on opened(hello) { post hello; after 1h: post hello; next day at 09:00: post hello }",
         {}},
        {"a: on opened(hello) {\npost hello\nafter 1h: post hello\nnext day at 09:00: post hello }",
         {}},
        {"a: every day at 08:00 { }", {"SOP0109 at 9:1"}},
        {"a: every day at 08:00", {"SOP0107 at 9:22"}},
        {"a: every day { post hello }", {"SOP0107 at 9:14"}},
        {"a: every month on 31 at 08:00 { post hello }", {"SOP0208 at 9:19"}},
        {"a: every day at 20:00 for 2h { start + 3h: post hello\nend - 1h: post hello }",
         {"SOP0301 at 10:1"}},
        {"a: every day at 20:00 { start + 1 day at 08:00: post hello\nstart + 2h: post hello }",
         {"SOP0301 at 10:1"}},
        {"a: on opened for 2h { post hello }", {"SOP0107 at 9:14"}},
        {"a: on opened { end: post hello }", {"SOP0302 at 9:16"}},
        {"a: on opened { start - 1h: post hello }", {"SOP0303 at 9:16"}},
        {"a: every day at 08:00 for members tagged member { post \"x\" }", {"SOP0503 at 9:51"}},
        {"a: every day at 08:00 { send \"x\" }", {"SOP0504 at 9:25"}},
        {"a: every day at 08:00 { post \"{member.name}\" }", {"SOP0406 at 9:32"}},
        {"a: every day at 08:00 { post \"{event.what}\" }", {"SOP0406 at 9:32"}},
        {"a: every day at 08:00 { post \"{end}\" }", {"SOP0406 at 9:32"}},
        {"a: every day at 08:00 { post \"{gruop.name}\" }", {"SOP0405 at 9:32"}},
        {"a: every day at 08:00 timezone asia/shanghai { post hello }", {"SOP0202 at 9:32"}},
        {"a: every day at 08:00 timezone localtime { post hello }", {"SOP0202 at 9:32"}},
        {"a: every day at 08:00 { tag membr }", {"SOP0401 at 9:29"}},
        {"a: every day at 08:00 via lgo { post hello }", {"SOP0404 at 9:27"}},
        {"start: every day at 08:00 { post hello }", {"SOP0107 at 9:1"}},
        {"a: every day at 08:00 { post hello }\na: every day at 09:00 { post hello }",
         {"SOP0110 at 10:1"}},
    };
    for (const auto& row : rows) {
        DYNAMIC_SECTION(row.rule) {
            const std::string text = tests::playbook_with(row.rule);
            INFO(tests::findings_of(text));
            CHECK(tests::codes_of(text) == row.codes);
        }
    }
}

TEST_CASE("what a broken declaration may have declared is not called unknown",
          "[check][cascades]") {
    CHECK(tests::codes_of("sop 1\ntag member reader\nplaybook p {\n timezone UTC\n for groups "
                          "tagged member\n via log\n"
                          " a: every day at 08:00 { tag reader }\n}\n") ==
          Codes{"SOP0107 at 2:12"});
    CHECK(
        tests::codes_of(
            "sop 1\ntag member\nevnt opened { what: text }\nplaybook p {\n timezone UTC\n"
            " for groups tagged member\n via log\n a: on opened { post \"{event.what}\" }\n}\n") ==
        Codes{"SOP0102 at 3:1"});
    CHECK(tests::codes_of(
              "sop 1\ntag member\nplaybook p {\n timezon UTC\n for groups tagged member\n via log\n"
              " a: every day at 08:00 { post \"x\" }\n}\n") == Codes{"SOP0103 at 4:2"});
}

TEST_CASE("a lost quote or brace hides no other mistake and adds none", "[check][cascades]") {
    struct Row {
        const char* rules;
        Codes codes;
    };
    const Row rows[] = {
        {"a: evry day at 20:00 { post Hello there\" }", {"SOP0107 at 9:4", "SOP0004 at 9:29"}},
        {"a: every day at 08:00 { post \"x\" \nb: evry day at 20:00 { post \"y\" }",
         {"SOP0006 at 9:23", "SOP0107 at 10:4"}},
        {"a: every day at 08:00\n  start: post \"x\"\n  after 1h: post \"y\"\n}",
         {"SOP0107 at 9:22"}},
        {"a: every day at 08:00 {\n  post \"\"\"\n    Good morning, all!\n}", {"SOP0004 at 10:8"}},
        {"a: every day at 08:00 {\n  post\n    Good morning, all!\n    \"\"\"\n}",
         {"SOP0004 at 10:7"}},
        // Nothing is lost here, and all of it is wrong by itself.
        {"a: every day at 8:5 { post hello }\nb: evry day at 20:00 { post helo }",
         {"SOP0203 at 9:17", "SOP0107 at 10:4", "SOP0402 at 10:29"}},
    };
    for (const auto& row : rows) {
        DYNAMIC_SECTION(row.rules) {
            const std::string text = tests::playbook_with(row.rules);
            INFO(tests::findings_of(text));
            CHECK(tests::codes_of(text) == row.codes);
        }
    }
}

TEST_CASE("a missing setting is reported once for its playbook", "[check][cascades]") {
    CHECK(tests::codes_of("sop 1\nplaybook p {\n a: every day at 08:00 { post \"x\" }\n b: every "
                          "day at 09:00 { post \"y\" }\n}\n") ==
          Codes{"SOP0501 at 3:2", "SOP0502 at 3:2", "SOP0201 at 3:18"});
}

TEST_CASE("a content that does not fit where it is used is reported there", "[check][content]") {
    const std::string text =
        "sop 1\ntag member\ncontent c { text \"{member.name}\" }\nplaybook p {\n timezone UTC\n "
        "for groups tagged member\n"
        " via log\n a: every day at 08:00 { post c }\n}\n";
    CHECK(tests::codes_of(text) == Codes{"SOP0406 at 8:31"});
    CHECK(tests::findings_of(text).find("used here") != std::string::npos);
}

TEST_CASE("a fix makes the text right", "[check][fix]") {
    struct Row {
        std::string broken;
        std::string mended;
    };
    const Row rows[] = {
        {"a: every thrusday at 08:00 { post hello }", "a: every thursday at 08:00 { post hello }"},
        {"a: every day at 08:00 for 90min { post hello }",
         "a: every day at 08:00 for 90m { post hello }"},
        {"a: every day at 08:00 for 2d { post hello }",
         "a: every day at 08:00 for 2 days { post hello }"},
        {"a: every day at 08:00 for 1day { post hello }",
         "a: every day at 08:00 for 1 day { post hello }"},
        {"a: every day at 08:00 { psot hello }", "a: every day at 08:00 { post hello }"},
        {"a: every day at 08:00 { send hello }", "a: every day at 08:00 { post hello }"},
        {"a: every day at 08:00 { post helo }", "a: every day at 08:00 { post hello }"},
        {"a: every day at 08：00 { post hello }", "a: every day at 08:00 { post hello }"},
    };
    for (const auto& row : rows) {
        DYNAMIC_SECTION(row.broken) {
            std::string text = tests::playbook_with(row.broken);
            const std::vector<lang::Source> sources{{"test.sop", text}};
            const auto compilation = lang::compile(sources, tests::compile_options());
            const auto& diagnostics = compilation.files.front().diagnostics;
            REQUIRE(diagnostics.size() == 1);
            REQUIRE(diagnostics.front().fix);
            const auto& fix = *diagnostics.front().fix;
            text.replace(fix.span.begin, fix.span.end - fix.span.begin, fix.replacement);
            CHECK(text == tests::playbook_with(row.mended));
            CHECK(tests::codes_of(text).empty());
        }
    }
}

TEST_CASE("files of a project are checked against each other", "[check][project]") {
    const std::string playbook =
        "playbook p { timezone UTC\nfor groups\nvia log\na: every day at 08:00 { post \"x\" } }\n";
    const std::vector<lang::Source> sources{{"a.sop", "sop 1\nevent e { a: text }\n" + playbook},
                                            {"b.sop", "sop 1\nevent e { a: number }\n" + playbook}};
    const auto compilation = lang::compile(sources, tests::compile_options());
    CHECK_FALSE(compilation.plan);
    CHECK(compilation.files[0].diagnostics.empty());
    REQUIRE(compilation.files[1].diagnostics.size() == 2);
    for (const auto& diagnostic : compilation.files[1].diagnostics)
        CHECK(diagnostic.code == "SOP0110");
    const auto& first = compilation.files[1].diagnostics[0].related.front();
    CHECK(first.source == &sources[0]);
    CHECK(sources[0].text(first.span) == "e");
}
