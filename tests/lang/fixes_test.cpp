#include "lang/fixes.h"

#include "tests/support/mutants.h"
#include "tests/support/sources.h"

#include <catch2/catch.hpp>

#include <string>

namespace {

using namespace sop;

lang::MendedSource mended(const std::string& text) {
    return lang::apply_fixes({{"test.sop", text}}, tests::compile_options()).front();
}

std::size_t findings_in(const std::vector<lang::Source>& sources) {
    return lang::compile(sources, tests::compile_options()).files.front().diagnostics.size();
}

}  // namespace

TEST_CASE("fixes are applied until none is left", "[fix]") {
    struct Row {
        const char* what;
        std::string before;
        std::string after;
        std::size_t fixes;
    };
    const Row rows[] = {
        {"nothing to fix", tests::playbook_with("a: every day at 08:00 { post hello }"),
         tests::playbook_with("a: every day at 08:00 { post hello }"), 0},
        {"several at once", tests::playbook_with("a: evry day at 08:00 { psot helo }"),
         tests::playbook_with("a: every day at 08:00 { post hello }"), 3},
        {"one that another brings to light",
         "sop 1\ntga member\nplaybook p {\ntimezone UTC\nfor groups tagged membr\nvia log\n"
         "a: every day at 08:00 { post \"x\" }\n}\n",
         "sop 1\ntag member\nplaybook p {\ntimezone UTC\nfor groups tagged member\nvia log\n"
         "a: every day at 08:00 { post \"x\" }\n}\n",
         2},
        {"a missing edition behind a byte order mark", "\xEF\xBB\xBFtag member\n",
         "\xEF\xBB\xBFsop 1\ntag member\n", 1},
        {"a note is mended too", "sop 1\ntag a，b\n", "sop 1\ntag a,b\n", 1},
        {"a lost quote", "sop 1\ntag member Members\", reader\n",
         "sop 1\ntag member \"Members\", reader\n", 1},
        {"what has no fix stays", "sop 1\nplaybook p { timezone Nowhere/Land }\n",
         "sop 1\nplaybook p { timezone Nowhere/Land }\n", 0},
    };
    for (const auto& row : rows) {
        DYNAMIC_SECTION(row.what) {
            const auto result = mended(row.before);
            CHECK(result.source.text() == row.after);
            CHECK(result.fixes == row.fixes);
        }
    }
}

TEST_CASE("a fix is left out when there would be more to say with it", "[fix]") {
    // Read as a tag, `member` would be declared twice and `reader` as well.
    const std::string text = "sop 1\ntag member, reader\ntga member, reader\n";
    REQUIRE(findings_in({{"test.sop", text}}) == 1);
    CHECK(mended(text).source.text() == text);
}

TEST_CASE("fixes never leave more diagnostics than there were", "[fix][mutation]") {
    constexpr std::uint32_t mutants_each = 10;
    std::size_t tried = 0;
    std::size_t right_again = 0;
    for (const auto& playbook : tests::right_playbooks()) {
        for (const tests::Fault fault : tests::faults) {
            tests::Breaker breaker(playbook.text, static_cast<std::uint32_t>(fault) + 100);
            for (std::uint32_t i = 0; i < mutants_each; ++i) {
                const std::vector<lang::Source> broken{{playbook.name, breaker.broken(fault)}};
                const auto result = lang::apply_fixes(broken, tests::compile_options());
                if (result.front().fixes == 0) continue;
                ++tried;
                const std::size_t left = findings_in({result.front().source});
                if (left == 0) ++right_again;
                INFO(name_of(fault) << " in " << playbook.name);
                INFO(result.front().source.text());
                CHECK(left <= findings_in(broken));
                // What can be mended is, in one go.
                const auto again =
                    lang::apply_fixes({result.front().source}, tests::compile_options());
                CHECK(again.front().fixes == 0);
            }
        }
    }
    CHECK(tried > 100);
    CHECK(right_again > tried / 2);
}
