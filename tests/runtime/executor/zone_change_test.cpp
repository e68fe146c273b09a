// Zone data that change: found by a running executor and by one that starts.
#include "runtime/executor/zone_change.h"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "runtime/zoneinfo/zoneinfo.h"
#include "tests/support/world.h"

namespace sop::runtime {

using namespace sop::tests;
using lang::calendar::ZoneDatabase;
using lang::calendar::ZoneDataError;
using Lines = std::vector<std::string>;
using Outcomes = std::map<std::string, int>;
using Zones = std::shared_ptr<const ZoneDatabase>;

namespace {

const std::string new_york = "America/New_York";
// In November 2026 New York is at UTC-5. Its clocks would show the same wall times …
const std::string an_hour_later = "America/Ojinaga";       // UTC-6
const std::string an_hour_earlier = "America/Caracas";     // UTC-4
const std::string four_hours_later = "America/Anchorage";  // UTC-9

// The frozen zones, one of which is read from `bytes_of`'s answer.
Zones frozen_zones(const std::string& release = "2026f",
                   const std::function<std::optional<std::string>(const lang::calendar::ZoneSource&,
                                                                  std::string_view)>& read = {}) {
    const auto frozen = zoneinfo_folder(SOP_SOURCE_DIR "/tests/testdata/zoneinfo");
    lang::calendar::ZoneSource source = frozen;
    source.tzdata_zi = fmt::format("# version {}\n{}", release,
                                   frozen.tzdata_zi.substr(frozen.tzdata_zi.find('\n')));
    if (read) source.read = [=](std::string_view name) { return read(frozen, name); };
    return std::make_shared<ZoneDatabase>(std::move(source));
}

// A release in which `zone` has the clocks of `other`.
Zones with_clocks_of(const std::string& other, const std::string& zone = new_york,
                     const std::string& release = "2026g") {
    return frozen_zones(release, [=](const auto& frozen, std::string_view name) {
        return frozen.read(name == zone ? std::string_view(other) : name);
    });
}

// A release whose file for `zone` is cut short.
Zones with_damaged(const std::string& zone) {
    return frozen_zones("2026g", [=](const auto& frozen, std::string_view name) {
        auto bytes = frozen.read(name);
        if (name == zone) bytes->resize(100);
        return bytes;
    });
}

WorldOptions in_utc(std::size_t page_rows = 500) {
    return {.zone = "UTC", .page_rows = page_rows, .zones = frozen_zones()};
}

lang::Plan posting(std::vector<std::chrono::seconds> times, const std::string& text = "hello") {
    Draft draft(new_york);
    draft.rule("post", daily(std::move(times))).steps = {{"start", at_start(), {draft.post(text)}}};
    return draft.plan;
}

// Announced the day before at noon, open from 20:00 to 22:00.
lang::Plan sale() {
    Draft draft(new_york);
    draft.rule("sale", weekly(3, 20h, 2h)).steps = {
        {"start - 1 day at 12:00", days_from_start(-1, 12h), {draft.post("teaser")}},
        {"start - 10m", at_start(-10min), {draft.post("soon")}},
        {"start",
         at_start(),
         {draft.post(lang::TextTemplate{
             {std::string("from "), field(lang::FieldReference::Owner::start, "")}})}},
        {"end", at_end(), {draft.post("closed")}}};
    return draft.plan;
}

Lines times_of(const World& world) {
    Lines lines;
    for (const Delivered& each : world.delivered()) lines.push_back(each.at + " " + each.text);
    return lines;
}

// The data come while the executor runs, or while it does not; the outcome is the same.
enum class Way { reload, restart };

void change(World& world, Way way, const Zones& zones) {
    if (way == Way::reload) {
        CHECK(world.change_zones(zones));
    } else {
        world.install_zones(zones);
        world.crash();
    }
}

}  // namespace

TEST_CASE("other zone data move what comes next", "[executor][zones]") {
    const Way way = GENERATE(Way::reload, Way::restart);
    World world{posting({20h}), "2026-11-18 12:00", in_utc()};
    world.group("g1");
    world.run_until("2026-11-19 02:00");
    change(world, way, with_clocks_of(an_hour_later));
    CHECK(world.moved() ==
          Lines{"2026-11-20 01:00 > 2026-11-20 02:00, 2026-11-19T20:00:00 America/New_York, post"});
    world.run_until("2026-11-21 12:00");
    CHECK(times_of(world) ==
          Lines{"2026-11-19 01:00 hello", "2026-11-20 02:00 hello", "2026-11-21 02:00 hello"});

    REQUIRE(world.zone_changes().size() == 1);
    const ZoneChange& change = world.zone_changes().front();
    CHECK(change.release == "2026g");
    CHECK(change.release_before == "2026f");
    CHECK(change.moved == 1);
    CHECK(world.store().latest_zone_change()->moved == 1);
    CHECK(world.store().moved_times().at(0).rule == "post");
    CHECK(world.store().moved_times().at(0).playbook == "members");
}

TEST_CASE("what has fired does not fire again when the new data place it later",
          "[executor][zones]") {
    const Way way = GENERATE(Way::reload, Way::restart);
    World world{posting({8h, 9h}), "2026-11-18 12:00", in_utc()};
    world.group("g1");
    world.run_until("2026-11-18 13:30");
    REQUIRE(times_of(world) == Lines{"2026-11-18 13:00 hello"});
    // 08:00 is 14:00 UTC now, half an hour ahead.
    change(world, way, with_clocks_of(an_hour_later));
    world.run_until("2026-11-19 14:30");
    CHECK(times_of(world) ==
          Lines{"2026-11-18 13:00 hello", "2026-11-18 15:00 hello", "2026-11-19 14:00 hello"});
    CHECK(world.outcomes() == Outcomes{{"sent", 3}});
}

TEST_CASE("what the new data place in the past goes the way of what is late", "[executor][zones]") {
    const Way way = GENERATE(Way::reload, Way::restart);
    World world{posting({8h, 9h}), "2026-11-18 12:00", in_utc()};
    world.group("g1");
    SECTION("by less than five minutes it is sent") {
        world.run_until("2026-11-18 13:05");
        change(world, way, with_clocks_of(an_hour_earlier));
        world.tick(1s);
        CHECK(times_of(world) == Lines{"2026-11-18 13:00 hello", "2026-11-18 13:05 hello"});
        CHECK(world.outcomes() == Outcomes{{"sent", 2}});
    }
    SECTION("by more it is on record as late") {
        world.run_until("2026-11-18 13:05:00.001");
        change(world, way, with_clocks_of(an_hour_earlier));
        CHECK(world.moved() == Lines{"2026-11-18 14:00 > 2026-11-18 13:00, 2026-11-18T09:00:00 "
                                     "America/New_York, post"});
        world.tick(1s);
        CHECK(world.outcomes() == Outcomes{{"sent", 1}, {"skipped: late", 1}});
        world.run_until("2026-11-19 12:30");
        CHECK(times_of(world) == Lines{"2026-11-18 13:00 hello", "2026-11-19 12:00 hello"});
    }
    CHECK(world.troubles().empty());
}

TEST_CASE("a rule that was deployed before a time of its own moves into the past keeps it",
          "[executor][zones]") {
    // Nothing of it has fired, so its cursor is the deploy.
    World world{posting({9h}), "2026-11-18 13:30", in_utc()};
    world.group("g1");
    world.run_until("2026-11-18 13:40");
    world.change_zones(with_clocks_of(an_hour_earlier));
    world.tick(1s);
    CHECK(world.outcomes() == Outcomes{{"skipped: before admission", 1}});
}

TEST_CASE("a change that moves only the first step of what comes next is told",
          "[executor][zones]") {
    // New York goes to summer time in the night between the teaser and the start, Caracas is there
    // already.
    Draft draft(new_york);
    draft.rule("sale", weekly(6, 20h)).steps = {
        {"start - 1 day at 12:00", days_from_start(-1, 12h), {draft.post("teaser")}},
        {"start", at_start(), {draft.post("open")}}};
    World world{draft.plan, "2027-03-10 00:00", in_utc()};
    world.group("g1");
    world.change_zones(with_clocks_of(an_hour_earlier));
    CHECK(world.moved() == Lines{"2027-03-13 17:00 > 2027-03-13 16:00, 2027-03-13T12:00:00 "
                                 "America/New_York, sale, start - 1 day at 12:00"});
    world.run_until("2027-03-16 00:00");
    CHECK(times_of(world) == Lines{"2027-03-13 16:00 teaser", "2027-03-15 00:00 open"});
}

TEST_CASE("a run under way goes on at the new times", "[executor][zones]") {
    const Way way = GENERATE(Way::reload, Way::restart);
    const std::size_t page_rows = GENERATE(2U, 500U);
    World world{sale(), "2026-11-16 00:00", in_utc(page_rows)};
    for (const char* id : {"g1", "g2", "g3", "g4", "g5"}) world.group(id);
    world.run_until("2026-11-18 18:00");
    REQUIRE(world.outcomes() == Outcomes{{"sent", 5}});
    change(world, way, with_clocks_of(four_hours_later));
    CHECK(world.moved() ==
          Lines{"2026-11-20 00:50 > 2026-11-20 04:50, 2026-11-19T19:50:00 America/New_York, sale, "
                "start - 10m, 5 of them",
                "2026-11-27 01:00 > 2026-11-27 05:00, 2026-11-26T20:00:00 America/New_York, sale"});
    CHECK(world.zone_changes().at(0).moved == 6);
    world.run_until("2026-11-21 00:00");
    const Lines lines = times_of(world);
    REQUIRE(lines.size() == 20);
    CHECK(lines[0] == "2026-11-18 17:00 teaser");
    CHECK(lines[5] == "2026-11-20 04:50 soon");
    CHECK(lines[10] == "2026-11-20 05:00 from 2026-11-19 20:00");
    CHECK(lines[15] == "2026-11-20 07:00 closed");
    CHECK(world.outcomes() == Outcomes{{"sent", 20}});
}

TEST_CASE("steps of a run that the new data place in the past are late, the others go on",
          "[executor][zones]") {
    const Way way = GENERATE(Way::reload, Way::restart);
    World world{sale(), "2026-11-16 00:00", in_utc()};
    world.group("g1");
    world.run_until("2026-11-20 00:20");
    // The wall showed 19:20 and shows 20:20 now: "soon" was due at 19:50.
    change(world, way, with_clocks_of(an_hour_earlier));
    world.run_until("2026-11-21 00:00");
    CHECK(times_of(world) == Lines{"2026-11-18 17:00 teaser", "2026-11-20 02:00 closed"});
    CHECK(world.outcomes() == Outcomes{{"sent", 2}, {"skipped: late", 2}});
}

TEST_CASE("wall times of an event's run move and elapsed ones stay", "[executor][zones]") {
    Draft draft(new_york);
    draft.plan.events = {{"opened", {}}};
    draft.rule("hours", on_event("opened"), lang::SubjectKind::member).steps = {
        {"start", at_start(), {draft.post("one")}}, {"after 20h", after(20h), {draft.post("two")}}};
    draft.rule("days", on_event("opened"), lang::SubjectKind::member).steps = {
        {"start", at_start(), {draft.post("one")}},
        {"next day at 09:00", next_day(9h), {draft.post("two")}}};
    World world{draft.plan, "2026-11-18 12:00", in_utc()};
    world.member("m1");
    world.member("m2");
    world.event("e1", "opened", std::nullopt, "m1");
    world.event("e2", "opened", std::nullopt, "m2");
    world.run_until("2026-11-18 13:00");
    world.change_zones(with_clocks_of(an_hour_later));
    CHECK(world.moved() == Lines{"2026-11-19 14:00 > 2026-11-19 15:00, 2026-11-19T09:00:00 "
                                 "America/New_York, days, next day at 09:00, m1",
                                 "2026-11-19 14:00 > 2026-11-19 15:00, 2026-11-19T09:00:00 "
                                 "America/New_York, days, next day at 09:00, m2"});
    world.run_until("2026-11-19 18:00");
    const Lines lines = times_of(world);
    CHECK(Lines(lines.begin() + 4, lines.end()) ==
          Lines{"2026-11-19 08:00 two", "2026-11-19 08:00 two", "2026-11-19 15:00 two",
                "2026-11-19 15:00 two"});
}

TEST_CASE("a firing half of whose groups have their run is finished by the new data",
          "[executor][zones]") {
    const Way way = GENERATE(Way::reload, Way::restart);
    World world{sale(), "2026-11-16 00:00", in_utc(3)};
    for (const char* id : {"g1", "g2", "g3", "g4", "g5"}) world.group(id);
    world.sleep_until("2026-11-18 17:00");
    REQUIRE(world.turn());
    REQUIRE(world.store().firings_to_expand(1).size() == 1);
    change(world, way, with_clocks_of(four_hours_later));
    world.run_until("2026-11-21 00:00");
    // The three that were not reached are not teased twice or too late: their noon is still to
    // come.
    std::map<std::string, int> posts;
    for (const Delivered& each : world.delivered()) ++posts[each.target + " " + each.text];
    CHECK(posts.size() == 20);
    CHECK(
        std::all_of(posts.begin(), posts.end(), [](const auto& post) { return post.second == 1; }));
}

TEST_CASE("the same data change nothing, a new name of the same data is kept",
          "[executor][zones]") {
    World world{posting({20h}), "2026-11-18 12:00", in_utc()};
    CHECK_FALSE(world.change_zones(frozen_zones()));
    world.crash();
    CHECK(world.zone_changes().empty());
    CHECK(world.store().latest_zone_change()->release == "2026f");
    CHECK(world.store().latest_zone_change()->release_before.empty());

    CHECK(world.change_zones(frozen_zones("2026g")));
    CHECK(world.moved().empty());
    CHECK(world.store().latest_zone_change()->release == "2026g");
    CHECK(local_text(world.store().latest_zone_change()->changed_at, "UTC") == "2026-11-18 12:00");
    // Nor is the name what counts.
    CHECK(world.change_zones(with_clocks_of(an_hour_later, new_york, "2026g")));
    CHECK(world.moved().size() == 1);
}

TEST_CASE("data that lack a zone in use are refused and those before stay", "[executor][zones]") {
    World world{posting({20h}), "2026-11-18 12:00", in_utc()};
    world.group("g1");
    SECTION("a damaged file") {
        CHECK_THROWS_WITH(world.change_zones(with_damaged(new_york)),
                          "rule `members.post`: the data of time zone America/New_York cannot be "
                          "used: the file ends too early (byte 100)");
    }
    SECTION("a missing file") {
        CHECK_THROWS_AS(
            world.change_zones(frozen_zones("2026g",
                                            [](const auto& frozen, std::string_view name) {
                                                return name == new_york ? std::nullopt
                                                                        : frozen.read(name);
                                            })),
            ZoneDataError);
    }
    CHECK(world.zone_changes().empty());
    CHECK(world.store().latest_zone_change()->release == "2026f");
    world.run_until("2026-11-19 12:00");
    CHECK(times_of(world) == Lines{"2026-11-19 01:00 hello"});
}

TEST_CASE("a damaged zone that nothing uses is no obstacle", "[executor][zones]") {
    Draft draft("Asia/Tokyo");
    draft.rule("post", daily({8h})).steps = {{"start", at_start(), {draft.post("hello")}}};
    World world{draft.plan, "2026-11-18 12:00", in_utc()};
    world.deploy(posting({20h}));
    CHECK(world.store().stored_zones().size() == 2);
    CHECK(world.change_zones(with_damaged("Asia/Tokyo")));
    CHECK(world.troubles().empty());
}

TEST_CASE("a rule whose zone could not be read begins when it can", "[executor][zones]") {
    World world{
        posting({20h}), "2026-11-18 12:00", {.zone = "UTC", .zones = with_damaged(new_york)}};
    world.group("g1");
    REQUIRE_FALSE(world.troubles().empty());
    world.change_zones(frozen_zones("2026g"));
    world.run_until("2026-11-19 12:00");
    CHECK(times_of(world) == Lines{"2026-11-19 01:00 hello"});
}

TEST_CASE("a start on data that lack a zone keeps what was planned until they have it",
          "[executor][zones]") {
    World world{posting({20h}), "2026-11-18 12:00", in_utc()};
    world.group("g1");
    world.install_zones(with_damaged(new_york));
    world.crash();
    CHECK_FALSE(world.troubles().empty());
    world.install_zones(with_clocks_of(an_hour_later, new_york, "2026g"));
    world.crash();
    CHECK(world.moved() ==
          Lines{"2026-11-19 01:00 > 2026-11-19 02:00, 2026-11-18T20:00:00 America/New_York, post"});
    world.run_until("2026-11-19 12:00");
    CHECK(times_of(world) == Lines{"2026-11-19 02:00 hello"});
}

TEST_CASE("a deploy at the start that finds other data loses nothing", "[executor][zones]") {
    World world{posting({8h, 9h}, "one"), "2026-11-18 12:00", in_utc()};
    world.group("g1");
    world.run_until("2026-11-18 13:30");
    world.install_zones(with_clocks_of(an_hour_earlier));
    world.crash();
    world.deploy(posting({8h, 9h, 10h}, "two"));
    world.run_until("2026-11-18 15:00");
    CHECK(times_of(world) == Lines{"2026-11-18 13:00 one", "2026-11-18 14:00 two"});
    CHECK(world.outcomes() == Outcomes{{"sent", 2}, {"skipped: late", 1}});
}

TEST_CASE("of many moved times the store keeps the first and counts all", "[executor][zones]") {
    Draft draft(new_york);
    draft.plan.events = {{"opened", {}}};
    draft.rule("days", on_event("opened"), lang::SubjectKind::member).steps = {
        {"next day at 09:00", next_day(9h), {draft.post("text")}}};
    World world{draft.plan, "2026-11-18 12:00", in_utc()};
    constexpr int members = 1100;
    {
        const auto transaction = world.store().begin();
        for (int i = 0; i < members; ++i) {
            const std::string id = fmt::format("m{:04}", i);
            world.member(id);
            world.event("e" + id, "opened", std::nullopt, id);
        }
        transaction->commit();
    }
    world.tick(1s);
    world.change_zones(with_clocks_of(an_hour_later));
    CHECK(world.store().latest_zone_change()->moved == members);
    CHECK(world.store().moved_times().size() == moved_times_kept_max);
    world.change_zones(frozen_zones("2026h"));
    CHECK(world.store().moved_times().size() == moved_times_kept_max);
    world.run_until("2026-11-19 14:00");
    CHECK(world.outcomes() == Outcomes{{"sent", members}});
}

TEST_CASE("through any change at any time each wall time fires once", "[executor][zones]") {
    // Every second hour, so that every change moves some across others.
    std::vector<std::chrono::seconds> times;
    for (int hour = 0; hour < 24; hour += 2) times.push_back(std::chrono::hours{hour});
    const std::string other =
        GENERATE(values<std::string>({"America/Ojinaga", "America/Caracas", "America/Anchorage",
                                      "America/St_Johns", "Pacific/Kiritimati", "Etc/GMT+12"}));
    const Way way = GENERATE(Way::reload, Way::restart);
    const bool and_back = GENERATE(false, true);
    CAPTURE(other, way == Way::reload, and_back);
    for (int step = 0; step < 8; ++step) {
        CAPTURE(step);
        World world{posting(times), "2026-11-10 00:00", in_utc()};
        world.group("g1");
        world.run_until("2026-11-14 00:00");
        world.tick(step * 17min);
        change(world, way, with_clocks_of(other));
        world.tick(3h);
        if (and_back) change(world, way, frozen_zones());
        world.run_until("2026-11-19 00:00");

        std::map<std::string, int> fired;
        for (const DueDelivery& each : world.store().list_deliveries({})) ++fired[each.firing.key];
        // Two days from the ends, the first and last are the business of whichever data.
        for (auto date = date::local_days{date::year{2026} / 11 / 12};
             date < date::local_days{date::year{2026} / 11 / 17}; date += date::days{1}) {
            for (const auto time : times) {
                const std::string key = date::format("%FT%T ", date + time) + new_york;
                CAPTURE(key);
                CHECK(fired[key] == 1);
            }
        }
        CHECK(std::all_of(fired.begin(), fired.end(),
                          [](const auto& each) { return each.second == 1; }));
    }
}

}  // namespace sop::runtime
