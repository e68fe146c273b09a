// Codes and draws, through the real binary.
#include "tests/support/project.h"

#include <date/date.h>
#include <catch2/catch.hpp>

namespace {

using namespace sop::tests;

}  // namespace

TEST_CASE("codes are imported, given once and listed; a draw is counted again", "[serve][games]") {
    Project project(1);
    project.folder.write("sop.toml", "[directory]\ngroups = \"groups.csv\"\nmembers = \"m.csv\"\n");
    project.folder.write("m.csv",
                         "id,name,groups,tags\nm1,Anna,g0001,member\nm2,Ben,g0001,member\n");
    project.folder.write("games.sop", R"(sop 1
tag member
event asked { }
pool coupons
playbook games {
  timezone Asia/Shanghai
  for members tagged member
  via log
  gift: on asked {
    give coupons {
      yes: send "{member.name}: {given.code}"
      no:  send "none left"
    }
  }
}
)");
    const auto sop = [&](std::vector<std::string> arguments) {
        arguments.insert(arguments.end(), {"--dir", project.path()});
        return project.sop(std::move(arguments));
    };
    project.folder.write("codes.csv", "note,code\nfirst,A1\n,\"B,2\"\n");
    project.folder.write("bad.csv", "code\nC3\nC3\n\"\"\n");
    Process serve(project.serve());
    REQUIRE(serve.wait_for_line("event=serving"));
    CHECK(sop({"pools"}).out == "pool     codes  given  left\ncoupons      0      0     0\n");
    const auto refused = sop({"pools", "import", "coupons", project.path() + "/bad.csv"});
    CHECK(refused.exit_code == 1);
    CHECK(refused.err.find("bad.csv:3: the code stands in line 2 already") != std::string::npos);
    const auto imported = sop({"pools", "import", "coupons", project.path() + "/codes.csv"});
    CHECK(imported.out == "2 codes: 2 added, 0 there before\n");
    CHECK(sop({"pools", "import", "coupons", project.path() + "/codes.csv"}).out ==
          "2 codes: 0 added, 2 there before\n");
    CHECK(sop({"emit", "asked", "--member", "m2"}).exit_code == 0);
    REQUIRE(serve.wait_for_line("\"text\":\"Ben: A1\""));
    CHECK(sop({"emit", "asked", "--member", "m1"}).exit_code == 0);
    REQUIRE(serve.wait_for_line("\"text\":\"Anna: B,2\""));
    REQUIRE(serve.wait_for_line("event=pool_low pool=coupons left=0 codes=2"));
    CHECK(sop({"emit", "asked", "--member", "m1"}).exit_code == 0);
    REQUIRE(serve.wait_for_line("\"text\":\"none left\""));

    CHECK(sop({"pools"}).out == "pool     codes  given  left\ncoupons      2      2     0\n");
    const std::string given = sop({"pools", "show", "coupons"}).out;
    CHECK(given.find("code,member,given_at\r\nA1,m2,20") == 0);
    CHECK(given.find("\n\"B,2\",m1,20") != std::string::npos);
    CHECK(sop({"pools", "show", "cupons"}).exit_code == 2);
    CHECK(sop({"draws"}).out == "no draw was held\n");
    CHECK(sop({"draws", "--rule", "games.gift"}).out == "no draw was held\n");
    CHECK(sop({"draws", "--rule", "games.gifts"}).err ==
          "sop: there is no rule `games.gifts`; did you mean `games.gift`?\n");
    CHECK(sop({"draws", "--group", "g9"}).err == "sop: there is no group `g9`\n");
    CHECK(sop({"draws", "7"}).err.find("there is no draw 7") != std::string::npos);
    const auto misspelt = sop({"pools", "import", "cuopons", project.path() + "/codes.csv"});
    CHECK(misspelt.exit_code == 0);
    CHECK(misspelt.err ==
          "no playbook in force declares the pool `cuopons`; did you mean `coupons`?\n");
    serve.terminate();
    CHECK(serve.wait() == 0);
    const auto soon =
        date::floor<std::chrono::seconds>(std::chrono::system_clock::now()) + std::chrono::hours(4);
    // By the clock of the first rule, eight hours ahead of UTC.
    const auto later = sop({"emit", "asked", "--member", "m1", "--at",
                            date::format("%FT%T", soon + std::chrono::hours(8))});
    CHECK(later.err.find(date::format("it happens at %FT%TZ, and waits until then\n", soon)) == 0);
    const auto waits = sop({"emit", "asked", "--member", "m1"});
    CHECK(waits.exit_code == 0);
    CHECK(waits.err == "no executor runs; the event waits until `sop serve` takes it up\n");
}
