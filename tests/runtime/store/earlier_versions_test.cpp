// Stores that programs of earlier versions wrote (tests/testdata/stores): the program of now opens
// them and finishes what they began.
#include <catch2/catch.hpp>
#include <filesystem>
#include <map>

#include "runtime/store/sqlite/sqlite_store.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/world.h"

namespace sop::runtime {
namespace {

namespace fs = std::filesystem;
using namespace sop::tests;
using Outcomes = std::map<std::string, int>;

std::unique_ptr<Store> open_copy(const std::string& name, const TemporaryFolder& folder) {
    for (const char* suffix : {"", "-wal"}) {
        const fs::path file = SOP_SOURCE_DIR "/tests/testdata/stores/" + name + ".db" + suffix;
        if (fs::exists(file)) fs::copy_file(file, (folder / "sop.db").string() + suffix);
    }
    return open_sqlite_store((folder / "sop.db").string());
}

struct Case {
    const char* name;
    Outcomes sale;  // three days of it, each four groups at three times
};

}  // namespace

TEST_CASE("a store of an earlier version is opened, and its runs are finished",
          "[store][versions]") {
    const std::string given_up = "unknown: written, but no whole answer came: given up";
    const Outcomes at_rest{{"sent", 34}, {"failed: HTTP 404", 1}, {given_up, 1}};
    const Outcomes killed{{"sent", 34}, {"unknown: stopped while it was being sent", 2}};
    const auto& [name, sale] = GENERATE_COPY(values<Case>({
        {"version_1", at_rest},
        {"version_2", at_rest},
        {"version_3", at_rest},
        {"version_4", at_rest},
        {"version_4_killed", killed},
        {"version_5", at_rest},
        {"version_6", at_rest},
        {"version_7", at_rest},
        {"version_8", at_rest},
        {"version_9", at_rest},
        {"version_10", at_rest},
        {"version_10_killed", killed},
        {"version_11", at_rest},
        {"version_12", at_rest},
        {"version_13", at_rest},
        {"version_13_killed", killed},
    }));
    CAPTURE(name);
    const TemporaryFolder folder;
    auto store = open_copy(name, folder);
    const Instant deployed_at = store->latest_plan().value().deployed_at;
    const auto after = [&](std::chrono::minutes time) {
        return local_text(deployed_at + time, "UTC");
    };

    World world(std::move(store), after(1min), {.zone = "UTC"});
    world.run_until(after(72h - 1min));
    CHECK(world.troubles().empty());
    CHECK(world.outcomes("sale") == sale);
    CHECK(world.outcomes("course") == Outcomes{{"sent", 2}});
    // One was taken before the store was put away.
    const auto delivered = world.delivered();
    CHECK(std::count_if(delivered.begin(), delivered.end(), [](const Delivered& each) {
              return each.rule == "course" && each.text == "The second part";
          }) == 1);
    const auto tagged = world.store().find_member("m1").value();
    CHECK(tagged.tags == std::vector<std::string>{"reader"});
}

}  // namespace sop::runtime
