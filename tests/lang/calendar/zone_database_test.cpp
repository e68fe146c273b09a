#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "lang/calendar/zone.h"
#include "tests/lang/calendar/sample_zones.h"

namespace sop::lang::calendar {

namespace {

using namespace std::chrono_literals;
using tests::sample_zones;
using tests::utc;

ZoneSource listing_only(std::string tzdata_zi) {
    return {.read = [](std::string_view) { return std::nullopt; },
            .tzdata_zi = std::move(tzdata_zi)};
}

}  // namespace

TEST_CASE("a zone is found by its name and by every link to it", "[calendar][zone_database]") {
    const auto zone = sample_zones().find("Asia/Calcutta");
    REQUIRE(zone);
    CHECK(zone->name() == "Asia/Calcutta");
    CHECK(zone->offset_at(utc("2026-01-01 00:00")) == 5h + 30min);
    CHECK(sample_zones().canonical("Asia/Calcutta") == "Asia/Kolkata");
    CHECK(sample_zones().canonical("Asia/Kolkata") == "Asia/Kolkata");
    CHECK(sample_zones().canonical("Nowhere/At_All") == "Nowhere/At_All");
    CHECK(sample_zones().release() == "2026f");
}

TEST_CASE("a zone loads once and stays", "[calendar][zone_database]") {
    CHECK(sample_zones().find("Asia/Tokyo") == sample_zones().find("Asia/Tokyo"));
}

TEST_CASE("names and links are listed in order, each once", "[calendar][zone_database]") {
    const ZoneDatabase zones(
        listing_only("# version 2026f\nZ Europe/Paris 0:9:21 - LMT 1891 Mar 16\n0:9:21 - PMT 1911\n"
                     "Z Asia/Tokyo 9:18:59 - LMT\r\nL Asia/Tokyo Japan\nL Asia/Tokyo Japan\n"));
    CHECK(zones.names() == std::vector<std::string>{"Asia/Tokyo", "Europe/Paris", "Japan"});
}

TEST_CASE("a name that the release does not list is no zone", "[calendar][zone_database][error]") {
    for (const char* name :
         {"", "localtime", "posix/Asia/Tokyo", "right/Asia/Tokyo", "asia/tokyo", "Asia", "Asia/",
          "../zoneinfo/Asia/Tokyo", "/etc/passwd", "tzdata.zi", "CST", "Asia/Beijing"}) {
        CAPTURE(name);
        CHECK(sample_zones().find(name) == nullptr);
    }
}

TEST_CASE("a listed zone without its file is an error that says what to do",
          "[calendar][zone_database][error]") {
    const ZoneDatabase zones(listing_only("Z Asia/Tokyo 9 - JST\nL Asia/Tokyo Japan\n"));
    CHECK_THROWS_WITH(zones.find("Japan"),
                      "time zone Japan is listed but its file Asia/Tokyo is missing from the zone "
                      "data; reinstall the tzdata package");
    CHECK(zones.release() == "unknown");
}

TEST_CASE("the bytes a zone was read from stay with it", "[calendar][zone_database]") {
    ZoneSource source = runtime::zoneinfo_folder(SOP_SOURCE_DIR "/tests/testdata/zoneinfo");
    const std::string tokyo = source.read("Asia/Tokyo").value();
    int reads = 0;
    source.read = [&, read = source.read](std::string_view name) {
        ++reads;
        return read(name);
    };
    const ZoneDatabase zones(std::move(source));
    REQUIRE(zones.find("Asia/Tokyo") != nullptr);
    CHECK(zones.data_of("Asia/Tokyo") == tokyo);
    CHECK(reads == 1);
    CHECK(zones.data_of("Mars/Olympus").empty());
}

TEST_CASE("one malformed file leaves the other zones usable", "[calendar][zone_database][error]") {
    ZoneSource source = runtime::zoneinfo_folder(SOP_SOURCE_DIR "/tests/testdata/zoneinfo");
    const auto read = source.read;
    source.read = [read](std::string_view name) {
        return name == "Asia/Tokyo" ? std::optional<std::string>("TZif") : read(name);
    };
    const ZoneDatabase zones(std::move(source));
    CHECK_THROWS_AS(zones.find("Asia/Tokyo"), ZoneDataError);
    CHECK(zones.find("Asia/Shanghai") != nullptr);
    CHECK_THROWS_AS(zones.find("Asia/Tokyo"), ZoneDataError);
}

TEST_CASE("a list without zones is refused", "[calendar][zone_database][error]") {
    CHECK_THROWS_WITH(ZoneDatabase(listing_only("")),
                      "the tzdata.zi of the zone data lists no time zone; reinstall the tzdata "
                      "package");
    CHECK_THROWS_AS(ZoneDatabase(listing_only(
                        "# version 2026f\nR d 1916 o - Jun 14 23s 1 S\nZ\nL Asia/Tokyo\n")),
                    ZoneDataError);
}

TEST_CASE("links in a circle end in an error, not in a loop", "[calendar][zone_database][error]") {
    const ZoneDatabase zones(listing_only("L A B\nL B A\n"));
    CHECK_THROWS_AS(zones.find("A"), ZoneDataError);
}

TEST_CASE("several threads may look for zones at once", "[calendar][zone_database][thread]") {
    const ZoneDatabase zones(runtime::zoneinfo_folder(SOP_SOURCE_DIR "/tests/testdata/zoneinfo"));
    std::atomic<int> found = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i) {
            threads.emplace_back([&] {
                for (const std::string& name : zones.names()) {
                    found += zones.find(name)->name() == name ? 1 : 0;
                }
            });
        }
    }
    CHECK(found == 4 * static_cast<int>(zones.names().size()));
}

}  // namespace sop::lang::calendar
