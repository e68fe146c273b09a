// What people do, through the real binary: events from other processes, points, how often.
#include "tests/support/project.h"

#include <catch2/catch.hpp>

namespace {

using namespace sop::tests;

}  // namespace

TEST_CASE("a member's points are earned by events and told", "[serve][points]") {
    Project project(1);
    project.folder.write("sop.toml", "[directory]\ngroups = \"groups.csv\"\nmembers = \"m.csv\"\n");
    project.folder.write("m.csv", "id,name,groups,tags\nm1,Anna,g0001,member\n");
    project.folder.write("points.sop", R"(sop 1
tag member
event order { amount: money }
event refund { of: order }
playbook p {
  timezone Asia/Shanghai
  for members tagged member
  via log
  buy: on order once per member per day { points +10 because "purchase"; send "{member.points} points" }
  refunds: on refund { take back event.of; send "{member.points} left" }
  hello: on message containing "HELLO" { send "hello, {member.name}" }
}
)");
    const auto sop = [&](std::vector<std::string> arguments) {
        arguments.insert(arguments.end(), {"--dir", project.path()});
        return project.sop(std::move(arguments));
    };
    Process serve(project.serve());
    REQUIRE(serve.wait_for_line("event=serving"));
    CHECK(sop({"emit", "order", "amount=9.90 CNY", "--member", "m1", "--id", "o1"}).exit_code == 0);
    REQUIRE(serve.wait_for_line("\"text\":\"10 points\""));
    CHECK(sop({"emit", "order", "amount=1 CNY", "--member", "m1", "--id", "o2"}).exit_code == 0);
    CHECK(sop({"emit", "message", "text=say hello", "--member", "m1"}).exit_code == 0);
    REQUIRE(serve.wait_for_line("\"text\":\"hello, Anna\""));
    CHECK(sop({"emit", "join", "--member", "m1"}).err.find("needs a group and a member") !=
          std::string::npos);

    const std::string text = sop({"points", "m1"}).out;
    CHECK(text.find("m1 has 10 points\n") == 0);
    CHECK(text.find("+10       10  purchase  p.buy  o1") != std::string::npos);
    CHECK(sop({"emit", "refund", "of=o1", "--member", "m1"}).exit_code == 0);
    REQUIRE(serve.wait_for_line("\"text\":\"0 left\""));
    const auto told = nlohmann::json::parse(sop({"points", "m1", "--format", "json"}).out);
    CHECK(told["balance"] == 0);
    REQUIRE(told["entries"].size() == 2);
    CHECK(told["entries"][1]["amount"] == -10);
    CHECK(told["entries"][1]["taken_back"] == true);
    CHECK(sop({"points", "m1", "--at", "2026-01-01"}).out == "m1 has 0 points\n");
    const auto unknown = sop({"points", "m2"});
    CHECK(unknown.exit_code == 2);
    CHECK(unknown.err.find("the directory has no member `m2`") != std::string::npos);
    serve.terminate();
    CHECK(serve.wait() == 0);
}
