#include "runtime/scheduler/member_clock.h"

#include <catch2/catch.hpp>

#include "runtime/scheduler/timeline.h"
#include "tests/support/draft.h"

namespace sop::runtime {

using namespace sop::tests;

TEST_CASE("a firing for the members of a zone is named by its wall time and the zone",
          "[scheduler][member_clock]") {
    Draft draft;
    lang::Rule& rule = draft.rule("daily", daily({20h}), lang::SubjectKind::member);
    rule.steps.push_back({"start", at_start(), {draft.post("x")}});
    const auto firing = next_firing(rule, zone("Asia/Tokyo"), instant("2026-11-19 12:00"));
    const std::string key = member_firing_key(rule, firing.value().occurrence, zone("Asia/Tokyo"));
    CHECK(key == "2026-11-19T20:00:00 Asia/Tokyo of members");
    CHECK(zone_of_members(key) == "Asia/Tokyo");
    // Moved to another version.
    CHECK(zone_of_members(key + " (version 5)") == "Asia/Tokyo");
    CHECK_FALSE(zone_of_members("2026-11-19T20:00:00 Asia/Tokyo"));
    CHECK_FALSE(zone_of_members("event:o1"));
}

TEST_CASE("wall times are compared whatever their zones", "[scheduler][member_clock]") {
    const auto wall = [](const std::string& key) { return wall_time_of(key); };
    const auto noon = wall("2026-11-19T12:00:00 Asia/Tokyo of members");
    REQUIRE(noon);
    CHECK(noon == wall("2026-11-19T12:00:00 Asia/Shanghai"));
    CHECK(noon < wall("2026-11-19T12:00:00 Europe/Berlin second of members"));
    CHECK(noon < wall("2026-11-19T12:00:01 America/New_York of members"));
    CHECK(noon == wall("2026-11-19T12:00:00Z Asia/Tokyo of members"));
    CHECK_FALSE(wall("event:o1"));
}

}  // namespace sop::runtime
