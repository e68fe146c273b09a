#include "runtime/scheduler/rollback.h"

#include <catch2/catch.hpp>

namespace sop::runtime {

namespace {

PlanSummary version(PlanVersion number, const std::string& hash,
                    std::optional<PlanVersion> rollback_to = std::nullopt) {
    return {.version = number, .hash = hash, .rollback_to = rollback_to};
}

}  // namespace

TEST_CASE("a rollback goes to the plan that was in force before", "[scheduler][rollback]") {
    struct Row {
        const char* what;
        std::vector<PlanSummary> plans;
        std::optional<PlanVersion> before;
    };
    const std::vector<Row> rows{
        {"nothing was deployed", {}, std::nullopt},
        {"one version", {version(1, "a")}, std::nullopt},
        {"two", {version(1, "a"), version(2, "b")}, 1},
        {"an equal one in between", {version(1, "a"), version(2, "b"), version(3, "b")}, 1},
        {"a second rollback goes one further and not back to what was rolled back from",
         {version(1, "a"), version(2, "b"), version(3, "c"), version(4, "b", 2)},
         1},
        {"after a deploy over a rollback",
         {version(1, "a"), version(2, "b"), version(3, "a", 1), version(4, "c")},
         3},
        {"and from there on",
         {version(1, "a"), version(2, "b"), version(3, "c"), version(4, "b", 2), version(5, "d"),
          version(6, "b", 4)},
         1},
        {"what is no longer kept", {version(3, "c"), version(4, "b", 2)}, std::nullopt},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.what) {
            CHECK(version_before(row.plans) == row.before);
        }
    }
}

TEST_CASE("what was rolled back from is held back until the next deploy", "[scheduler][rollback]") {
    const StoredPlan a{.version = 1, .hash = "a"};
    const StoredPlan b{.version = 2, .hash = "b"};
    const StoredPlan c{.version = 3, .hash = "c"};
    CHECK_FALSE(is_held_back(c, "c"));

    StoredPlan fourth{.version = 4, .hash = "b", .rollback = rollback_to(b, c)};
    CHECK(fourth.rollback == Rollback{2, {"c"}});
    CHECK(is_held_back(fourth, "c"));
    CHECK_FALSE(is_held_back(fourth, "b"));
    CHECK_FALSE(is_held_back(fourth, "d"));

    const Rollback further = rollback_to(a, fourth);
    CHECK(further == Rollback{1, {"c", "b"}});
    // Back to one that is held back: it is in force, the others are not.
    CHECK(rollback_to(c, {.version = 5, .hash = "a", .rollback = further}) ==
          Rollback{3, {"b", "a"}});
}

}  // namespace sop::runtime
