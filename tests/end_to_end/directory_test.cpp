// The directory through the real binary: imports and what they change, lists, export and erasure.
#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>

#include "tests/support/project.h"

namespace {

using namespace sop::tests;
using nlohmann::json;

struct Community {
    Project project{1};

    Community() {
        project.folder.write("groups.csv",
                             "id,name,owner,tags,created,attribute.city,staff.admin\n"
                             "g1,One,li,vip,2026-01-05,Hangzhou,m1\n"
                             "g2,,wu,,2026-02-01,Shanghai,\n"
                             "g3,Three,li,vip;new,,,\n");
        project.folder.write(
            "members.ndjson",
            R"({"id": "m1", "name": "Anna", "groups": ["g1", "g2"], "tags": ["vip"], "zone": "Asia/Tokyo", "attributes": {"age": 31}})"
            "\n"
            R"({"id": "m2", "name": "Bo", "groups": "g1", "joined": "2026-03-01", "attributes": {"age": 5}})"
            "\n");
        REQUIRE(sop({"groups", "import", file("groups.csv")}).exit_code == 0);
        REQUIRE(sop({"members", "import", file("members.ndjson")}).exit_code == 0);
    }

    std::string file(const std::string& name) const { return project.path() + "/" + name; }
    ProcessResult sop(std::vector<std::string> arguments) const {
        arguments.insert(arguments.end(), {"--dir", project.path()});
        return project.sop(std::move(arguments));
    }
    std::vector<std::string> ids(std::vector<std::string> arguments) const {
        arguments.insert(arguments.end(), {"--format", "json"});
        const std::string kind = arguments.front();
        std::vector<std::string> found;
        const auto result = sop(std::move(arguments));
        INFO(result.err);
        REQUIRE(result.exit_code == 0);
        const json told = json::parse(result.out);
        for (const json& each : told[kind]) found.push_back(each["id"]);
        return found;
    }
};

using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE("groups and members are found by what rules ask", "[directory]") {
    const Community community;
    const auto groups = [&](const char* where) {
        return community.ids({"groups", "--where", where});
    };
    CHECK(groups("name exists") == Ids{"g1", "g3"});
    CHECK(groups("not name exists") == Ids{"g2"});
    CHECK(groups("owner == \"li\" and size >= 2") == Ids{"g1"});
    CHECK(groups("created >= 2026-02-01") == Ids{"g2"});
    CHECK(groups("city == \"Hangzhou\"") == Ids{"g1"});
    CHECK(groups("group tagged vip") == Ids{"g1", "g3"});
    CHECK(groups("群.人数 > 1") == Ids{"g1"});
    CHECK(community.ids({"groups", "--tag", "new,vip", "--sort", "size", "--desc"}) ==
          Ids{"g1", "g3"});
    CHECK(community.ids({"groups", "--limit", "1", "--after", "g1"}) == Ids{"g2"});
    CHECK(community.ids({"groups", "--name", "ＯＮ"}) == Ids{"g1"});
    CHECK(community.ids({"groups", "--name", "on", "--where", "size > 100"}).empty());
    CHECK(community.ids({"members", "--where", "age > 9"}) == Ids{"m1"});
    CHECK(community.ids({"members", "--where", "joined < 2026-04-01"}) == Ids{"m2"});
    const auto wrong = community.sop({"groups", "--where", "nmae exists"});
    CHECK(wrong.exit_code == 1);
    CHECK(wrong.err.find("did you mean `name`") != std::string::npos);
    CHECK(wrong.err.find("--where:1:1") != std::string::npos);
    CHECK(community.sop({"groups", "--tag", "vip"}).out.find("2 groups") != std::string::npos);
}

TEST_CASE("a list is imported as it was exported", "[directory]") {
    const Community community;
    for (const char* kind : {"groups", "members"}) {
        const std::string csv = community.sop({kind, "--format", "csv"}).out;
        community.project.folder.write("again.csv", csv);
        const auto result = community.sop({kind, "import", community.file("again.csv")});
        INFO(csv << result.err);
        CHECK(result.exit_code == 0);
        CHECK(result.out.find(" 0 added, 0 changed") != std::string::npos);
    }
    const json shown = json::parse(community.sop({"groups", "show", "g1", "--format", "json"}).out);
    CHECK(shown["staff"]["admin"] == json{"m1"});
    CHECK(shown["import"]["file"] == "groups.csv");
    CHECK(shown["size"] == 2);
}

TEST_CASE("a list for spreadsheets has its mark, and no formulas", "[directory]") {
    const Community community;
    community.project.folder.write("odd.csv", "id,name,attribute.age\nm7,=1+1,-5\n");
    REQUIRE(community.sop({"members", "import", community.file("odd.csv")}).exit_code == 0);
    const std::string excel = community.sop({"members", "--name", "=", "--format", "excel"}).out;
    CHECK(excel.starts_with("\xEF\xBB\xBFid,"));
    CHECK(excel.find("\nm7,'=1+1,") != std::string::npos);
    CHECK(excel.find(",-5\r\n") != std::string::npos);
    const std::string csv = community.sop({"members", "--name", "=", "--format", "csv"}).out;
    CHECK(csv.starts_with("id,"));
    CHECK(csv.find("\nm7,=1+1,") != std::string::npos);
}

TEST_CASE("an import says first what it would change", "[directory]") {
    const Community community;
    community.project.folder.write("next.csv",
                                   "id,name,owner,colour\ng1,Uno,li,red\ng9,Nine,li,\n");
    const std::string file = community.file("next.csv");
    const auto refused = community.sop({"groups", "import", file});
    CHECK(refused.exit_code == 1);
    CHECK(refused.err.find("next.csv:1: unknown column \"colour\"") != std::string::npos);
    const auto dry = community.sop(
        {"groups", "import", file, "--ignore-unknown", "--missing", "mark", "--dry-run"});
    CHECK(dry.exit_code == 0);
    CHECK(dry.out.find("  g1  name: \"One\" -> \"Uno\"\n") == 0);
    CHECK(dry.out.find("1 of them were last changed by import 1 of groups.csv") !=
          std::string::npos);
    CHECK(dry.out.find("left out, as there is no such column: colour\n") != std::string::npos);
    CHECK(dry.out.find("nothing was imported; it would be 2 groups: 1 added, 1 changed, 0 as they "
                       "were, 2 not in the file and marked as dissolved\n") != std::string::npos);
    CHECK(community.ids({"groups"}).size() == 3);
    const json done = json::parse(community
                                      .sop({"groups", "import", file, "--ignore-unknown",
                                            "--missing", "mark", "--format", "json"})
                                      .out);
    CHECK(done["imported"] == true);
    CHECK(done["changes"][0] ==
          json{{"id", "g1"}, {"field", "name"}, {"before", "One"}, {"after", "Uno"}});
    CHECK(done["marked"] == 2);
    CHECK(community.ids({"groups"}) == Ids{"g1", "g9"});
    CHECK(community.ids({"groups", "--all"}).size() == 4);
    community.project.folder.write("bad.csv", "id,zone\nm1,Asia/Tokio\n");
    const auto bad = community.sop({"members", "import", community.file("bad.csv")});
    CHECK(bad.exit_code == 1);
    CHECK(bad.err.find("bad.csv:2: there is no time zone \"Asia/Tokio\"") != std::string::npos);
}

TEST_CASE("a store that an import makes begins with the directory of its folder", "[directory]") {
    const Project project(3);
    project.folder.write("more.csv", "id\ng9\n");
    project.folder.write("codes.csv", "code\nA1\n");
    const auto dry = project.sop({"groups", "import", "more.csv", "--dry-run"});
    CHECK(dry.out ==
          "nothing was imported; it would be 1 group: 1 added, 0 changed, 0 as they "
          "were\n");
    CHECK_FALSE(std::filesystem::exists(project.folder / "sop.db"));
    SECTION("codes") {
        CHECK(project.sop({"pools", "import", "coupons", "codes.csv"}).out ==
              "1 code: 1 added, 0 there before\n");
        CHECK(project.status()["groups"] == 3);
    }
    SECTION("other groups") {
        CHECK(project.sop({"groups", "import", "more.csv"}).exit_code == 0);
        CHECK(project.status()["groups"] == 4);
    }
    SECTION("nothing, where the directory is bad") {
        project.folder.write("groups.csv", "id\ng1\ng1\n");
        const auto refused = project.sop({"pools", "import", "coupons", "codes.csv"});
        CHECK(refused.exit_code == 2);
        CHECK(refused.err.find("groups.csv:3") != std::string::npos);
        CHECK_FALSE(std::filesystem::exists(project.folder / "sop.db"));
    }
}

TEST_CASE("a member is exported and erased", "[directory][privacy]") {
    const Community community;
    const json exported = json::parse(community.sop({"members", "export", "m1"}).out);
    CHECK(exported["name"] == "Anna");
    CHECK(exported["attributes"]["age"] == "31");
    CHECK(exported["memberships"].size() == 2);
    const auto unasked = community.sop({"forget", "m1"});
    CHECK(unasked.exit_code == 2);
    CHECK(unasked.err.find("--yes") != std::string::npos);
    const auto result = community.sop({"forget", "m1", "--yes"});
    CHECK(result.exit_code == 0);
    CHECK(result.out.find("m1 was erased at ") == 0);
    CHECK(community.sop({"emit", "order", "--member", "m1"}).err ==
          "sop: there is no member `m1`; it was erased\n");
    CHECK(community.ids({"members"}) == Ids{"m2"});
    const auto again = community.sop({"forget", "m1", "--yes"});
    CHECK(again.exit_code == 2);
    CHECK(again.err.find("it was erased before") != std::string::npos);
    const auto import = community.sop({"members", "import", community.file("members.ndjson")});
    CHECK(import.exit_code == 1);
    CHECK(import.err.find("members.ndjson:1: member \"m1\" was erased") != std::string::npos);
    std::ifstream in(community.file("sop.db"), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    CHECK(bytes.find("Anna") == std::string::npos);
}

TEST_CASE("an executor sees an import and an opt-out at once", "[serve][directory]") {
    const Community community;
    community.project.folder.write("p.sop", R"(sop 1
tag vip, member
playbook p {
  timezone Asia/Shanghai
  for members
  via log
  vips: when member tagged vip { send "welcome {member.name}" }
  hello: on message { send "hello" }
}
)");
    Process serve(community.project.serve());
    REQUIRE(serve.wait_for_line("event=serving"));
    community.project.folder.write("more.csv", "id,tags\nm2,vip\n");
    CHECK(community.sop({"members", "import", community.file("more.csv"), "--yes"}).exit_code == 0);
    REQUIRE(serve.wait_for_line("\"text\":\"welcome Bo\""));
    CHECK(community.sop({"emit", "opt_out", "--member", "m2"}).exit_code == 0);
    CHECK(community.sop({"emit", "message", "text=hi", "--member", "m2"}).exit_code == 0);
    CHECK(community.sop({"emit", "message", "text=hi", "--member", "m1"}).exit_code == 0);
    REQUIRE(serve.wait_for_line("\"text\":\"hello\""));
    CHECK(community.project.outcomes()["skipped"] == 1);
    serve.terminate();
    CHECK(serve.wait() == 0);
}
