// Zone data from a folder, through the real binary: damaged, missing, and changed under a running
// executor.
#include <catch2/catch.hpp>
#include <csignal>

#include <filesystem>

#include "tests/support/project.h"
#include "tests/support/sources.h"

namespace {

using namespace sop::tests;
namespace fs = std::filesystem;

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

std::string playbook(const std::string& name, const std::string& zone) {
    return "sop 1\ntag member\n\nplaybook " + name + " {\n  timezone " + zone +
           "\n  for groups tagged member\n  via log\n"
           "  hello: every day at 08:00 { post \"Hello {group.name}\" }\n}\n";
}

// A copy of the frozen zones, to be damaged.
struct ZoneFolder {
    TemporaryFolder folder;

    ZoneFolder() {
        fs::copy(source_folder() / "tests/testdata/zoneinfo", folder.path(),
                 fs::copy_options::recursive);
    }
    std::string path() const { return folder.path().string(); }
    // The next release, in which `zone` has the clocks of `other`.
    void update(const std::string& release, const std::string& zone,
                const std::string& other) const {
        fs::copy_file(folder / other, folder / zone, fs::copy_options::overwrite_existing);
        const std::string list = folder.read("tzdata.zi");
        folder.write("tzdata.zi", "# version " + release + list.substr(list.find('\n')));
    }
};

}  // namespace

TEST_CASE("every command that counts times takes them from --zoneinfo", "[command][zones]") {
    Project project(1);
    project.folder.write("p.sop", playbook("p", "America/New_York"));
    const ZoneFolder zones;
    zones.update("2026z", "America/New_York", "America/Caracas");
    const auto with_zones = [&](std::vector<std::string> arguments) {
        arguments.insert(arguments.end(), {"--zoneinfo", zones.path()});
        return project.sop(std::move(arguments));
    };
    CHECK(with_zones({"check", "."}).exit_code == 0);
    CHECK(contains(with_zones({"next", ".", "-n", "1", "--after", "2026-12-31"}).out,
                   "2026-12-31T12:00:00Z"));
    const auto rehearsal = nlohmann::json::parse(
        with_zones({"rehearse", ".", "--from", "2026-11-16", "--for", "1d", "--format", "json"})
            .out);
    CHECK(rehearsal["zone_data"] == "2026z");
    CHECK(rehearsal["from"] == "2026-11-16T04:00:00Z");
    for (const char* command : {"check", "next", "rehearse", "serve"}) {
        CAPTURE(command);
        CHECK(contains(project.sop({command, "--help"}).out, "--zoneinfo DIR"));
    }
}

TEST_CASE("a folder without zone data is one clear answer", "[command][zones][errors]") {
    Project project(1);
    project.folder.write("p.sop", playbook("p", "UTC"));
    project.folder.write("empty/readme.txt", "nothing");
    project.folder.write("list/tzdata.zi", "# version 2026f\n");
    struct Row {
        const char* folder;
        const char* message;
    };
    const Row rows[] = {
        {"nowhere",
         "sop: there is no folder nowhere to read time zones from; install the tzdata package, or "
         "name the folder with --zoneinfo\n"},
        {"empty",
         "sop: empty holds no tzdata.zi, the list of time zones; reinstall the tzdata package, or "
         "name the folder of another with --zoneinfo\n"},
        {"list", "sop: the tzdata.zi of list lists no time zone; reinstall the tzdata package\n"},
    };
    const std::vector<std::vector<std::string>> commands = {
        {"check", "."}, {"next", "."}, {"rehearse", ".", "--from", "2026-11-16"}, {"serve", "."}};
    for (const Row& row : rows) {
        for (auto command : commands) {
            CAPTURE(row.folder, command.front());
            command.insert(command.end(), {"--zoneinfo", row.folder});
            const auto result = project.sop(command);
            CHECK(result.exit_code == 2);
            CHECK(result.out.empty());
            CHECK(result.err == row.message);
        }
    }
}

TEST_CASE("one damaged zone is the trouble of the playbooks that use it alone",
          "[command][zones][errors]") {
    Project project(1);
    project.folder.write("tokyo/p.sop", playbook("p", "Asia/Tokyo"));
    project.folder.write("others/a.sop", playbook("a", "Asia/Shanghai"));
    project.folder.write("others/b.sop", playbook("b", "America/New_York"));
    const ZoneFolder zones;
    const std::string whole = zones.folder.read("Asia/Tokyo");
    struct Row {
        const char* what;
        std::function<void()> damage;
        const char* note;
    };
    const Row rows[] = {
        {"truncated", [&] { zones.folder.write("Asia/Tokyo", whole.substr(0, whole.size() / 2)); },
         "the data of time zone Asia/Tokyo cannot be used: the file ends too early"},
        {"empty", [&] { zones.folder.write("Asia/Tokyo", ""); },
         "the data of time zone Asia/Tokyo cannot be used: there is no TZif header"},
        {"not a zone file", [&] { zones.folder.write("Asia/Tokyo", "<html>404 Not Found</html>"); },
         "the data of time zone Asia/Tokyo cannot be used: there is no TZif header"},
        {"missing", [&] { fs::remove(zones.folder / "Asia/Tokyo"); },
         "time zone Asia/Tokyo is listed but its file Asia/Tokyo is missing"},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.what) {
            row.damage();
            const auto all = project.sop({"check", ".", "--zoneinfo", zones.path()});
            CHECK(all.exit_code == 1);
            CHECK(contains(all.out, "SOP0202"));
            CHECK(contains(all.out, row.note));
            CHECK(contains(all.out, "tokyo/p.sop:5:12"));
            CHECK(contains(all.out, "1 error in 3 files"));

            const auto tokyo = project.sop({"next", "tokyo", "--zoneinfo", zones.path()});
            CHECK(tokyo.exit_code == 1);
            CHECK(contains(tokyo.err, "SOP0202"));
            CHECK(project.sop({"serve", "tokyo", "--zoneinfo", zones.path()}).exit_code == 1);

            CHECK(project.sop({"check", "others", "--zoneinfo", zones.path()}).exit_code == 0);
            CHECK(project.sop({"next", "others", "--zoneinfo", zones.path()}).exit_code == 0);
            CHECK(project
                      .sop({"rehearse", "others", "--from", "2026-11-16", "--for", "1d", "--groups",
                            "groups.csv", "--zoneinfo", zones.path()})
                      .exit_code == 0);
        }
    }
}

TEST_CASE("SIGHUP reads the zone data again and says what they moved", "[serve][zones]") {
    Project project(1);
    project.folder.write("p.sop", playbook("p", "America/New_York"));
    const ZoneFolder zones;
    Process serve({SOP_BINARY, "serve", project.path(), "--zoneinfo", zones.path()});
    REQUIRE(serve.wait_for_line("event=serving"));
    CHECK_FALSE(project.status()["zone_data"].contains("moved"));
    const std::string release = project.status()["zone_data"]["release"];

    serve.signal(SIGHUP);
    REQUIRE(serve.wait_for_line("event=zone_data release=" + release + " unchanged"));

    // Caracas is at UTC-4 all the year round, so some day in summer nothing would move; Cairo is
    // not near.
    zones.update("2099z", "America/New_York", "Africa/Cairo");
    serve.signal(SIGHUP);
    REQUIRE(serve.wait_for_line("event=zone_data release=2099z before=" + release + " moved=1"));
    REQUIRE(serve.wait_for_line("event=moved rule=p.hello local="));
    const auto data = project.status()["zone_data"];
    CHECK(data["release"] == "2099z");
    CHECK(data["release_before"] == release);
    CHECK(data["moved"] == 1);
    REQUIRE(data["moved_times"].size() == 1);
    CHECK(data["moved_times"][0]["rule"] == "hello");
    CHECK(contains(data["moved_times"][0]["local"], "T08:00:00 America/New_York"));
    const auto text = project.sop({"status", project.path(), "--all"}).out;
    CHECK(contains(text, "zone data  2099z since "));
    CHECK(contains(text, ", " + release + " before; 1 planned time moved"));
    CHECK(contains(text, "T08:00:00 America/New_York"));

    SECTION("what cannot be used changes nothing") {
        zones.folder.write("America/New_York", "TZif");
        serve.signal(SIGHUP);
        REQUIRE(
            serve.wait_for_line("the zone data in use stay those of 2099z: rule `p.hello`: the "
                                "data of time zone America/New_York cannot be used"));
        fs::remove_all(zones.folder.path());
        serve.signal(SIGHUP);
        REQUIRE(serve.wait_for_line(
            "the zone data in use stay those of 2099z: there is no folder " + zones.path()));
        CHECK(project.status()["zone_data"]["release"] == "2099z");
        CHECK(project.status()["executor_running"] == true);
    }
    SECTION("what changes while nothing runs is found at the next start") {
        serve.terminate();
        REQUIRE(serve.wait() == 0);
        zones.update("2099z", "America/New_York", "Asia/Tokyo");
        Process again({SOP_BINARY, "serve", project.path(), "--zoneinfo", zones.path()});
        REQUIRE(again.wait_for_line("event=zone_data release=2099z before=2099z moved=1"));
        again.terminate();
        REQUIRE(again.wait() == 0);
    }
    serve.terminate();
    REQUIRE(serve.wait() == 0);
}

TEST_CASE("of many moved times the log shows the first twenty", "[serve][zones]") {
    Project project(1);
    std::string rules;
    for (int i = 0; i < 30; ++i) {
        rules += "  r" + std::to_string(i) + ": every day at 08:00 { post \"x\" }\n";
    }
    project.folder.write("p.sop",
                         "sop 1\ntag member\nplaybook p {\n  timezone America/New_York\n"
                         "  for groups tagged member\n  via log\n" +
                             rules + "}\n");
    const ZoneFolder zones;
    Process serve({SOP_BINARY, "serve", project.path(), "--zoneinfo", zones.path()});
    REQUIRE(serve.wait_for_line("event=serving"));
    zones.update("2099z", "America/New_York", "Africa/Cairo");
    serve.signal(SIGHUP);
    REQUIRE(serve.wait_for_line("event=moved more="));
    serve.terminate();
    REQUIRE(serve.wait() == 0);
    std::size_t shown = 0;
    const std::string log = serve.err();
    for (std::size_t at = log.find("event=moved rule="); at != std::string::npos;
         at = log.find("event=moved rule=", at + 1)) {
        ++shown;
    }
    CHECK(shown == 20);
    CHECK(contains(log, "moved=30"));
    CHECK(project.status()["zone_data"]["moved_times"].size() == 30);
}
