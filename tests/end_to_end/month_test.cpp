// A month of 40 groups (examples/month), rehearsed with each example that reacts to what people do.
#include "tests/support/golden.h"
#include "tests/support/process.h"
#include "tests/support/sources.h"
#include "tests/support/temporary_folder.h"

#include <catch2/catch.hpp>

namespace {

using namespace sop::tests;

ProcessResult rehearse(const std::string& example, const TemporaryFolder& month) {
    return run({SOP_BINARY, "rehearse", (source_folder() / "examples" / example).string(), "--from",
                "2026-11-01", "--for", "30d", "--zoneinfo",
                (source_folder() / "tests/testdata/zoneinfo").string(), "--groups",
                (month / "groups.csv").string(), "--members", (month / "members.csv").string(),
                "--events", (month / "events.ndjson").string()});
}

}  // namespace

TEST_CASE("a month rehearses as the goldens have it, and the same twice", "[month][rehearse]") {
    const TemporaryFolder month;
    const auto made = run({"python3", (source_folder() / "examples/month/generate.py").string(),
                           "--groups", "40", "--folder", month.path().string()});
    INFO(made.err);
    REQUIRE(made.exit_code == 0);
    for (const char* example : {"fission", "flash-group", "funnel", "lottery", "moderation",
                                "points", "relay", "segments", "three-groups", "welcome"}) {
        DYNAMIC_SECTION(example) {
            const auto once = rehearse(example, month);
            INFO(once.err);
            CHECK(once.exit_code == 0);
            compare_with_golden(
                once.out, source_folder() / "tests/golden/month" / (std::string(example) + ".txt"));
            CHECK(rehearse(example, month).out == once.out);
        }
    }
}
