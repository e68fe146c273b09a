// Every diagnostic is explained, in both languages, with files that show what the text says.
#include "lang/explanation.h"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

#include "tests/support/golden.h"
#include "tests/support/sources.h"

namespace {

using namespace sop;

// What a file in UTF-8 that people can read does not show: bytes that are no UTF-8, a character
// that cannot be seen, 4 MiB, a conversion to another dialect, a date decades ahead, a thousand
// steps, ten thousand rules, a line that is no playbook.
const std::set<std::string> codes_without_a_file{"SOP0001", "SOP0002", "SOP0008",
                                                 "SOP0010", "SOP0114", "SOP0222",
                                                 "SOP0306", "SOP0453", "SOP0901"};

std::set<std::string> codes_given_by(const std::string& text) {
    std::set<std::string> codes;
    for (const auto& place : tests::codes_of(text)) codes.insert(place.substr(0, place.find(' ')));
    return codes;
}

bool holds_chinese(const std::string& text) {
    // The first byte of most of the characters in use, U+4000 to U+9FFF.
    return std::any_of(text.begin(), text.end(), [](char c) { return c >= '\xE4' && c <= '\xE9'; });
}

std::string first_sentence(const std::string& paragraph) {
    const std::string line = lang::unwrapped(paragraph);
    return line.substr(0, line.find(". ")) + (line.find(". ") == std::string::npos ? "" : ".");
}

std::string index_page() {
    std::string page =
        "# Diagnostics\n\n"
        "What `sop check` can say, by code. A code never changes its meaning. `sop explain CODE` "
        "shows the page behind each link, in\n"
        "English or Chinese. This page is made from them: `SOP_UPDATE_GOLDENS=1 "
        "build/tests/lang_tests '[explanation]'`.\n\n"
        "| code | title | 标题 | meaning |\n| --- | --- | --- | --- |\n";
    for (const auto& explanation : lang::explanations()) {
        page += fmt::format("| [{0}](explanations/{0}.md) | {1} | {2} | {3} |\n", explanation.code,
                            explanation.english.title, explanation.chinese.title,
                            first_sentence(explanation.english.meaning));
    }
    return page;
}

const std::string page_in_form =
    "# SOP0104 unknown weekday\n\nWhat it\nmeans.\n\n```sop fails\nsop 1\n\n# bad\n```\n\n"
    "Mend it.\n\nOr not.\n\n```sop\nsop 1\n```\n\n"
    "# SOP0104 没有这样的星期\n\n意思。\n\n改法。\n";

}  // namespace

TEST_CASE("each diagnostic has an explanation, and each explanation a diagnostic",
          "[explanation]") {
    std::set<std::string> explained;
    for (const auto& explanation : lang::explanations()) explained.insert(explanation.code);
    CHECK(explained == tests::declared_codes());
}

TEST_CASE("explanations are in both languages", "[explanation]") {
    for (const auto& explanation : lang::explanations()) {
        DYNAMIC_SECTION(explanation.code) {
            for (const auto& text : {explanation.chinese.title, explanation.chinese.meaning,
                                     explanation.chinese.mending}) {
                CHECK(holds_chinese(text));
            }
            CHECK_FALSE(holds_chinese(explanation.english.title));
        }
    }
}

TEST_CASE("the file of an explanation fails as it says, and the mended one is fine",
          "[explanation]") {
    for (const auto& explanation : lang::explanations()) {
        DYNAMIC_SECTION(explanation.code) {
            CHECK(explanation.english.fails.empty() ==
                  (codes_without_a_file.count(explanation.code) > 0));
            for (const auto* section : {&explanation.english, &explanation.chinese}) {
                if (section->fails.empty()) continue;
                const auto given = lang::is_found_in_plans(explanation.code)
                                       ? std::set<std::string>{}
                                       : std::set{explanation.code};
                CHECK(codes_given_by(section->fails) == given);
                CHECK(tests::findings_of(section->mended).empty());
                CHECK(lang::format_source({"mended", section->mended}).value == section->mended);
            }
        }
    }
}

TEST_CASE("the index of diagnostics says what their pages say", "[explanation][golden]") {
    tests::compare_with_golden(index_page(), tests::source_folder() / "lang/diagnostics.md");
}

TEST_CASE("an explanation is shown as text with its files indented", "[explanation]") {
    const auto explanation = lang::read_explanation("SOP0104", page_in_form);
    CHECK(lang::render(explanation, lang::Language::en) ==
          "SOP0104 unknown weekday\n\nWhat it\nmeans.\n\n    sop 1\n\n    # bad\n\n"
          "Mend it.\n\nOr not.\n\n    sop 1\n");
    CHECK(lang::render(explanation, lang::Language::zh_cn) ==
          "SOP0104 没有这样的星期\n\n意思。\n\n    sop 1\n\n    # bad\n\n改法。\n\n    sop 1\n");
    CHECK(lang::find_explanation("SOP0000") == nullptr);
}

TEST_CASE("paragraphs are joined as their script wants it", "[explanation]") {
    CHECK(lang::unwrapped("a\nb\n\nc") == "a b\n\nc");
    CHECK(lang::unwrapped("一，\n二\n\n`x`\n三") == "一，二\n\n`x` 三");
}

TEST_CASE("a page that has not the form is refused at its line", "[explanation]") {
    struct Row {
        const char* what;
        std::string from;
        std::string to;
        const char* message;
    };
    const Row rows[] = {
        {"the code of another", "# SOP0104 unknown", "# SOP0105 unknown",
         "1: expected `# SOP0104 ` and the title"},
        {"no title", "# SOP0104 unknown weekday", "# SOP0104 ", "1: expected `# SOP0104 `"},
        {"no meaning", "What it\nmeans.\n\n", "", "3: expected a paragraph: the meaning"},
        {"a file that does not end", "# bad\n```", "# bad", "expected ``` behind the file"},
        {"an empty file", "sop 1\n\n# bad\n", "", "the file is empty"},
        {"no way to mend it", "Mend it.\n\nOr not.\n\n", "",
         "expected a paragraph: how it is mended"},
        {"no mended file", "```sop\nsop 1\n```\n\n", "", "expected ```sop and the mended file"},
        {"no Chinese", "# SOP0104 没有这样的星期\n\n意思。\n\n改法。\n", "",
         "20: expected `# SOP0104 ` and the title"},
        {"a third section", "改法。\n", "改法。\n# SOP0104 more\n",
         "nothing stands behind the second section"},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.what) {
            std::string page = page_in_form;
            REQUIRE(page.find(row.from) != std::string::npos);
            page.replace(page.find(row.from), row.from.size(), row.to);
            CHECK_THROWS_WITH(lang::read_explanation("SOP0104", page),
                              Catch::Contains(row.message));
        }
    }
}
