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
        {"version_19", at_rest},
        {"version_19_killed", killed},
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

// What the first thirteen do not have. Before they were put away m2 was given 30 points and spent
// 10, m3's 20 were taken back; m2 won the draw; one of two tasks was done; three of four items were
// ordered; and a rule was paused.
TEST_CASE("points, lists, draws, codes, tasks and tiers of an earlier version go on",
          "[store][versions]") {
    const std::string name = GENERATE("version_19", "version_19_killed");
    CAPTURE(name);
    const TemporaryFolder folder;
    auto store = open_copy(name, folder);
    const Instant deployed_at = store->latest_plan().value().deployed_at;
    const auto after = [&](std::chrono::minutes time) {
        return local_text(deployed_at + time, "UTC");
    };
    World world(std::move(store), after(1min), {.zone = "UTC"});
    world.event("o4", "order", "g1", "m3", {{"items", "1"}}, after(30min));
    world.event("b4", "bought", std::nullopt, "m2", {{"points", "7"}}, after(71h));
    world.event("r2", "returned", std::nullopt, "m3", {{"of", "b2"}}, after(71h));
    world.run_until(after(72h - 1min));
    CHECK(world.troubles().empty());

    std::vector<std::string> told;
    for (const Delivered& each : world.delivered()) {
        const bool is_said = each.rule == "relay" && each.target == "g1";
        if (is_said || each.rule == "handover" || each.rule == "rich") told.push_back(each.text);
    }
    // The answer to the order that was refused was sent before the store was put away, or waited.
    if (name == "version_19_killed") {
        REQUIRE(!told.empty());
        CHECK(told.front() == "1 are left");
        told.erase(told.begin());
    }
    CHECK(told == std::vector<std::string>{"That is all: 1. Li Na ×3\n2. Zhang Wei ×1", "3 orders",
                                           "Call Group 1", "Nobody called", "The second tip",
                                           "0 orders", "0 orders"});
    CHECK(world.outcomes("spend") == Outcomes{{"sent", 2}, {"refused: balance", 1}});
    CHECK(world.outcomes("paused").empty());

    const auto points = [&](const char* member) {
        std::vector<std::string> entries;
        for (const PointEntry& each : world.store().list_points(member, 0, 99))
            entries.push_back(std::to_string(each.amount) + " " + each.reason);
        return entries;
    };
    CHECK(points("m2") ==
          std::vector<std::string>{"30 bought", "-10 spent", "-20 expired", "7 bought"});
    CHECK(points("m3") == std::vector<std::string>{"20 bought", "-20 bought"});
    std::vector<TaskState> tasks;
    for (const Task& task : world.store().list_tasks({})) tasks.push_back(task.state);
    CHECK(tasks == std::vector{TaskState::done, TaskState::late});
    const auto codes = world.store().list_codes("coupons", 0, 99);
    REQUIRE(codes.size() == 2);
    CHECK(codes[0].member == "m2");
    CHECK(!codes[1].member);
    CHECK(world.store().list_draws(99, 99).size() == 12);
    CHECK(world.store().is_erased("m9"));
    // The day of the order is over.
    CHECK(world.store().find_group("g1")->tags == std::vector<std::string>{"member"});
    CHECK(world.store()
              .figures()
              .tier_changes_of(SubjectKind::group, "g1", Instant{}, Instant::max())
              .size() == 2);
}

}  // namespace sop::runtime
