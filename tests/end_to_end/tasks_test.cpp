// What staff are asked, through the real binary: told by the log, listed, answered by another
// process.
#include "tests/support/project.h"

#include <catch2/catch.hpp>

namespace {

using namespace sop::tests;

}  // namespace

TEST_CASE("a task is told, listed and answered, and the run goes on", "[serve][task]") {
    Project project(2);
    project.folder.write("tasks.sop", R"(sop 1
tag member
role owner, admin
event order { sku: text }
playbook p {
  timezone Asia/Shanghai
  for groups tagged member
  via log
  handover: on order {
    task "Call about {event.sku}, now" to owner within 4h {
      done: post "{event.sku} was called about"
      late: post "nobody called"
    }
  }
}
)");
    const auto sop = [&](std::vector<std::string> arguments) {
        arguments.insert(arguments.end(), {"--dir", project.path()});
        return project.sop(std::move(arguments));
    };
    {
        Process serve(project.serve());
        REQUIRE(serve.wait_for_line("event=serving"));
        CHECK(sop({"tasks"}).out == "no task\n");
        CHECK(sop({"emit", "order", "sku=tea", "--group", "g0001"}).exit_code == 0);
        REQUIRE(serve.wait_for_line("\"do\":\"task\",\"fields\":{\"due_at\":"));
        CHECK(sop({"emit", "order", "sku=rice", "--group", "g0002"}).exit_code == 0);
        REQUIRE(serve.wait_for_line("Call about rice"));

        const auto listed = nlohmann::json::parse(sop({"tasks", "--format", "json"}).out);
        REQUIRE(listed["tasks"].size() == 2);
        CHECK(listed["tasks"][0]["task"] == 1);
        CHECK(listed["tasks"][0]["text"] == "Call about tea, now");
        CHECK(listed["tasks"][0]["state"] == "open");
        CHECK(listed["tasks"][0]["role"] == "owner");
        CHECK(listed["tasks"][0]["group"] == "g0001");
        CHECK(listed["tasks"][0]["rule"] == "p.handover");
        CHECK(sop({"tasks", "--group", "g0002"}).out.find("Call about rice") != std::string::npos);
        CHECK(sop({"tasks", "--role", "admin"}).out == "no task\n");
        const auto misspelt = sop({"tasks", "--role", "onwer"});
        CHECK(misspelt.exit_code == 2);
        CHECK(misspelt.err ==
              "sop: no playbook declares the role `onwer`; did you mean `owner`?\n");
        CHECK(sop({"tasks", "--group", "g9"}).err == "sop: there is no group `g9`\n");
        CHECK(sop({"tasks", "--overdue"}).out == "no task\n");

        const auto done = sop({"tasks", "done", "1", "--by", "lily", "--note", "a, b"});
        CHECK(done.out == "task 1 done\n");
        REQUIRE(serve.wait_for_line("tea was called about"));
        const std::string csv = sop({"tasks", "--all", "--format", "csv"}).out;
        CHECK(csv.find("task,what,due_at,state,role,group,member,text,rule,made_at,settled_at,by,"
                       "note\r\n1,task,") == 0);
        CHECK(csv.find(",done,owner,g0001,,\"Call about tea, now\",p.handover,") !=
              std::string::npos);
        CHECK(csv.find(",lily,\"a, b\"\r\n2,task,") != std::string::npos);
        serve.terminate();
        CHECK(serve.wait() == 0);
    }
    const auto twice = sop({"tasks", "done", "1"});
    CHECK(twice.exit_code == 2);
    CHECK(twice.err == "sop: task 1 is done already, by lily\n");
    const auto unknown = sop({"tasks", "reject", "7"});
    CHECK(unknown.exit_code == 2);
    CHECK(unknown.err == "sop: there is no task 7; `sop tasks` lists those there are\n");

    // Without an executor the answer waits for one.
    CHECK(sop({"tasks", "reject", "2"}).out == "task 2 rejected\n");
    CHECK(sop({"tasks", "done", "2"}).out == "task 2 was answered already\n");
    Process serve(project.serve());
    REQUIRE(serve.wait_for_line("nobody called"));
    const auto listed = nlohmann::json::parse(sop({"tasks", "--all", "--format", "json"}).out);
    CHECK(listed["tasks"][1]["state"] == "rejected");
    serve.terminate();
    CHECK(serve.wait() == 0);
}
