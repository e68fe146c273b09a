// Every playbook in the documentation compiles and is written as the formatter would.
#include "lang/compile.h"
#include "lang/sentence.h"

#include <catch2/catch.hpp>

#include <sstream>

#include "tests/support/sources.h"

namespace {

using namespace sop;

std::vector<std::string> playbooks_in(const std::string& markdown) {
    static const std::string opening = "```sop\n";
    std::vector<std::string> playbooks;
    for (auto at = markdown.find(opening); at != std::string::npos;
         at = markdown.find(opening, at)) {
        at += opening.size();
        const auto end = markdown.find("```", at);
        playbooks.push_back(markdown.substr(at, end - at));
        at = end;
    }
    return playbooks;
}

// The schedules in code spans that begin the rows of tables.
std::vector<std::string> schedules_in(const std::string& markdown) {
    std::vector<std::string> schedules;
    std::istringstream lines(markdown);
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with("| `every ") && !line.starts_with("| `on ")) continue;
        const std::size_t begin = line.find('`') + 1;
        schedules.push_back(line.substr(begin, line.find('`', begin) - begin));
    }
    return schedules;
}

}  // namespace

TEST_CASE("every form of schedule in the reference can be read, and reads back from its sentences",
          "[documentation][schedule]") {
    const auto schedules =
        schedules_in(tests::read_text_file(tests::source_folder() / "lang/schedules.md"));
    REQUIRE(schedules.size() > 30);
    for (const auto& sentence : schedules) {
        DYNAMIC_SECTION(sentence) {
            const lang::Source source("reference", sentence);
            const auto read = lang::parse_schedule(source);
            REQUIRE(read.value);
            CHECK(lang::schedule_text(*read.value) == sentence);
            const lang::Source chinese("chinese",
                                       lang::schedule_text(*read.value, lang::Dialect::zh_cn));
            CHECK(lang::parse_schedule(chinese).value == read.value);
        }
    }
}

TEST_CASE("every file of the standard library compiles and is formatted", "[documentation]") {
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(tests::source_folder() / "stdlib")) {
        if (entry.path().extension() != ".sop") continue;
        DYNAMIC_SECTION(entry.path().filename().string()) {
            const std::string text = tests::read_text_file(entry.path());
            CHECK(tests::findings_of(text).empty());
            CHECK(lang::format_source({"library", text}).value == text);
        }
    }
}

TEST_CASE("every playbook in the documentation compiles and is formatted", "[documentation]") {
    for (const char* page :
         {"README.md", "README.zh-CN.md", "lang/README.md", "lang/schedules.md", "lang/rules.md"}) {
        DYNAMIC_SECTION(page) {
            const auto playbooks =
                playbooks_in(tests::read_text_file(tests::source_folder() / page));
            REQUIRE_FALSE(playbooks.empty());
            for (const auto& text : playbooks) {
                CHECK(tests::findings_of(text).empty());
                CHECK(lang::format_source({page, text}).value == text);
            }
        }
    }
}
