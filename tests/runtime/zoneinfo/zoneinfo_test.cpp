#include "runtime/zoneinfo/zoneinfo.h"

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/support/temporary_folder.h"

namespace sop::runtime {

using lang::calendar::ZoneDatabase;
using lang::calendar::ZoneDataError;

TEST_CASE("every zone that this machine lists can be used", "[zoneinfo]") {
    const ZoneDatabase zones(zoneinfo_folder());
    CHECK(zones.release() != "unknown");
    CHECK(zones.names().size() > 400);
    for (const std::string& name : zones.names()) {
        CAPTURE(name);
        CHECK_NOTHROW(zones.find(name));
    }
}

TEST_CASE("a folder without a list of zones is refused with what to do", "[zoneinfo][error]") {
    const tests::TemporaryFolder folder;
    const std::string path = folder.path().string();
    CHECK_THROWS_WITH(zoneinfo_folder(folder.path()),
                      path +
                          " holds no tzdata.zi, the list of time zones; reinstall the tzdata "
                          "package, or name the folder of another with --zoneinfo");
    CHECK_THROWS_WITH(zoneinfo_folder(folder.path() / "none"),
                      "there is no folder " + path +
                          "/none to read time zones from; install the tzdata package, or name the "
                          "folder with --zoneinfo");
    std::filesystem::create_directory(folder.path() / "tzdata.zi");
    CHECK_THROWS_AS(zoneinfo_folder(folder.path()), ZoneDataError);
}

TEST_CASE("only regular files inside the folder are zones", "[zoneinfo][error]") {
    const tests::TemporaryFolder folder;
    folder.write("secret", "not for you");
    folder.write("zones/tzdata.zi", "# version 2026f\nZ Asia/Tokyo 9 - JST\n");
    folder.write("zones/Asia/Tokyo", "TZif");
    const lang::calendar::ZoneSource source = zoneinfo_folder(folder.path() / "zones");
    CHECK(source.tzdata_zi == "# version 2026f\nZ Asia/Tokyo 9 - JST\n");
    CHECK(source.read("Asia/Tokyo") == "TZif");
    CHECK(source.read("Asia") == std::nullopt);
    CHECK(source.read("Asia/Osaka") == std::nullopt);
    CHECK(source.read("") == std::nullopt);
    CHECK(source.read("../secret") == std::nullopt);
    CHECK(source.read((folder.path() / "secret").string()) == std::nullopt);
}

TEST_CASE("a file far too large to be zone data is not read", "[zoneinfo][error]") {
    const tests::TemporaryFolder folder;
    folder.write("tzdata.zi", "Z Asia/Tokyo 9 - JST\n");
    folder.write("Asia/Tokyo", "");
    std::filesystem::resize_file(folder.path() / "Asia/Tokyo", 2U << 20U);
    CHECK_THROWS_AS(zoneinfo_folder(folder.path()).read("Asia/Tokyo"), ZoneDataError);
}

}  // namespace sop::runtime
