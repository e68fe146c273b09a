// Every playbook in the documentation compiles and is written as the formatter would.
#include "lang/compile.h"

#include <catch2/catch.hpp>

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

}  // namespace

TEST_CASE("every playbook in the documentation compiles and is formatted", "[documentation]") {
    for (const char* page : {"README.md", "README.zh-CN.md", "lang/README.md"}) {
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
