// `sop doc`, and what a playbook names: other files and tables beside it.
#include "tests/support/project.h"

#include <catch2/catch.hpp>

#include <nlohmann/json.hpp>

#include "tests/support/sources.h"

namespace {

using namespace sop;
using namespace sop::tests;

const std::string brand =
    "sop 1\n\nimport std.events\n\ntag member\n\n"
    "table items from \"data/items.csv\" key date { date: date, name: text, price: money CNY }\n\n"
    "template pick(hour: time) {\n"
    "  post: every day at hour until 2026-01-02 { post \"{items[start.date].name}\" }\n}\n";

const std::string week =
    "sop 1\n\nimport \"shared/brand.sop\"\n\nplaybook week {\n  timezone Asia/Shanghai\n"
    "  for groups tagged member\n  via log\n\n  pick: pick(hour: 08:00)\n}\n";

}  // namespace

TEST_CASE("sop doc lists the standard library, and shows a file of it", "[command][doc]") {
    const auto list = run({SOP_BINARY, "doc"});
    CHECK(list.exit_code == 0);
    CHECK(list.out.find("std.calendar.cn  Mainland China") != std::string::npos);
    CHECK(list.out.find("std.events") != std::string::npos);

    const auto file = run({SOP_BINARY, "doc", "std.events"});
    CHECK(file.exit_code == 0);
    CHECK(file.out == read_text_file(source_folder() / "stdlib/events.sop"));

    const auto json = nlohmann::json::parse(run({SOP_BINARY, "doc", "--format", "json"}).out);
    CHECK(json["library"].size() >= 4);

    const auto unknown = run({SOP_BINARY, "doc", "std.evnts"});
    CHECK(unknown.exit_code == 2);
    CHECK(unknown.err.find("did you mean `std.events`?") != std::string::npos);
}

TEST_CASE("a playbook's imports and tables are found beside it", "[command][check]") {
    const TemporaryFolder folder;
    folder.write("week.sop", week);
    folder.write("shared/brand.sop", brand);
    folder.write("shared/data/items.csv", "date,name,price\n2026-01-01,Tea,5\n2026-01-02,Rice,6\n");
    const std::string path = (folder.path() / "week.sop").string();

    // Given alone, and with its folder.
    for (const auto& given : {path, folder.path().string()}) {
        const auto result = run({SOP_BINARY, "check", given, "--from", "2026-01-01"});
        INFO(result.out + result.err);
        CHECK(result.exit_code == 0);
        CHECK(result.out.find("no findings") != std::string::npos);
    }
    const auto next = run({SOP_BINARY, "next", path, "--after", "2026-01-01T00:00:00Z", "-n", "1"});
    INFO(next.err);
    CHECK(next.out.find("pick.post") != std::string::npos);

    folder.write("shared/data/items.csv", "date,name,price\n2026-01-01,Tea,five\n");
    const auto broken = run({SOP_BINARY, "check", path, "--format", "json"});
    CHECK(broken.exit_code == 1);
    const auto found = nlohmann::json::parse(broken.out)["diagnostics"];
    REQUIRE(found.size() == 1);
    CHECK(found[0]["code"] == "SOP0443");
    CHECK(found[0]["file"] == (folder.path() / "shared/data/items.csv").string());
    CHECK(found[0]["place"]["begin"]["line"] == 2);
    CHECK(found[0]["related"][0]["file"] == (folder.path() / "shared/brand.sop").string());

    std::filesystem::remove(folder.path() / "shared/brand.sop");
    const auto lost = run({SOP_BINARY, "check", path});
    CHECK(lost.exit_code == 1);
    CHECK(lost.out.find("error[SOP0413]: the file `shared/brand.sop` cannot be read") !=
          std::string::npos);
    CHECK(lost.out.find("1 error in 1 file") != std::string::npos);
}
