// Deploy, rollback, migration and metrics of a real `sop serve`, asked for by other processes.
#include "tests/support/http_sink.h"
#include "tests/support/project.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>
#include <catch2/catch.hpp>

#include <csignal>
#include <optional>
#include <sstream>

namespace {

using namespace sop::tests;
using nlohmann::json;

struct VersionedProject : Project {
    using Project::Project;

    // Rules by their lines; each posts at a time of day that is far away, or for an event.
    void playbook(const std::string& rules, const std::string& via = "log") const {
        folder.write("members.sop",
                     fmt::format("sop 1\ntag member\nevent came {{ }}\n"
                                 "channel shop {{ kind webhook }}\nplaybook members {{\n"
                                 "  timezone UTC\n  for groups tagged member\n  via {}\n{}}}\n",
                                 via, rules));
    }
    // A post for each event, and another after a long time.
    void course(const std::string& text, const std::string& later = "after 20h") const {
        playbook(
            fmt::format("  course: on came {{\n    start: post \"hello {0}\"\n"
                        "    {1}: post \"bye {0}\"\n  }}\n",
                        text, later));
    }
    ProcessResult on(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin() + 1, path());
        return sop(std::move(arguments));
    }
    json told(std::vector<std::string> arguments) const {
        arguments.insert(arguments.end(), {"--format", "json"});
        const ProcessResult result = on(std::move(arguments));
        INFO(result.out << result.err);
        REQUIRE_FALSE(result.out.empty());
        return json::parse(result.out);
    }
    void come(const std::string& group) const {
        const auto result = sop({"emit", "came", "--group", group, "--dir", path()});
        INFO(result.err);
        REQUIRE(result.exit_code == 0);
    }
};

// Holds the store as an executor does, and hears nothing.
class DeafExecutor {
  public:
    explicit DeafExecutor(const Project& project)
        : fd_(open((project.folder / "sop.db.lock").c_str(), O_RDWR | O_CLOEXEC)) {
        REQUIRE(flock(fd_, LOCK_EX | LOCK_NB) == 0);
    }
    ~DeafExecutor() { close(fd_); }
    DeafExecutor(const DeafExecutor&) = delete;
    DeafExecutor& operator=(const DeafExecutor&) = delete;

  private:
    int fd_;
};

void stop(Process& serve) {
    serve.terminate();
    REQUIRE(serve.wait() == 0);
}

// What a sample of the exposition says; the sum over its labels.
double metric(const std::string& text, const std::string& name) {
    std::istringstream lines(text);
    double sum = 0;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with(name + " ") || line.starts_with(name + "{"))
            sum += std::stod(line.substr(line.rfind(' ') + 1));
    }
    return sum;
}

}  // namespace

TEST_CASE("a running executor takes up a deploy, a migration and a rollback", "[versions]") {
    const VersionedProject project(2);
    project.course("one");
    Process serve(project.serve());
    REQUIRE(serve.wait_for_line("event=serving"));
    project.come("g0001");
    REQUIRE(serve.wait_for_line("outcome=sent count=1"));

    CHECK(project.on({"deploy"}).out.starts_with("nothing changes: version 1, "));
    project.course("two");
    const auto deployed = project.on({"deploy"});
    INFO(deployed.err);
    CHECK(deployed.exit_code == 0);
    CHECK(deployed.out.find("rules: 0 added, 1 changed, 0 removed\n") != std::string::npos);
    CHECK(deployed.out.find("1 run is under way, which keeps the plan") != std::string::npos);
    CHECK(deployed.out.find("\nversion 2, ") != std::string::npos);
    CHECK(deployed.out.find("no executor runs") == std::string::npos);
    REQUIRE(serve.wait_for_line("event=deployed plan=2"));
    project.come("g0002");
    REQUIRE(serve.wait_for_line("\"hello two\""));

    project.course("three", "after 10h");
    CHECK(project.told({"deploy"})["in_force"]["version"] == 3);
    const auto refused = project.on({"migrate"});
    CHECK(refused.exit_code == 2);
    CHECK(
        refused.err.find("members.course of version 1, waiting for `after 20h`: 1 run; its steps "
                         "are `start`, `after 10h`: --map 'members.course.after 20h=after 10h'") !=
        std::string::npos);
    const std::string mapping = "members.course.after 20h=after 10h";
    CHECK(project.on({"migrate", "--map", mapping, "--dry-run"})
              .out.ends_with("2 runs would be moved to version 3\n"));
    CHECK(project.told({"migrate", "--map", mapping, "--from", "2"})["runs"] == 1);
    CHECK(
        project.on({"migrate", "--map", mapping}).out.ends_with("1 run was moved to version 3\n"));
    REQUIRE(serve.wait_for_line("event=answered request=migrate outcome=changed plan=3 runs=1"));

    CHECK(project.on({"rollback"}).out.find("with the plan of version 2\n") != std::string::npos);
    const auto versions = project.told({"versions"})["versions"];
    REQUIRE(versions.size() == 4);
    CHECK(versions[2]["open_runs"] == 2);
    CHECK(versions[3]["rollback_to"] == 2);
    CHECK(versions[3]["in_force"] == true);
    CHECK(versions[3]["hash"] == versions[1]["hash"]);
    const auto listed = project.on({"versions"}).out;
    CHECK(listed.find("rollback to 2") != std::string::npos);
    CHECK(listed.find("in force") != std::string::npos);
    CHECK(project.status()["plan"]["rollback_to"] == 2);
    stop(serve);
}

TEST_CASE("a start keeps a rollback until the files change", "[versions]") {
    const VersionedProject project(1);
    project.course("one");
    CHECK(project.on({"versions"}).exit_code == 2);  // no store yet
    const auto first = project.on({"deploy"});
    INFO(first.err);
    REQUIRE(first.exit_code == 0);
    CHECK(first.out.ends_with("no executor runs on this store; `sop serve` goes on with it\n"));
    project.course("two");
    REQUIRE(project.told({"deploy"})["executor_running"] == false);
    REQUIRE(project.told({"rollback", "--to", "1"})["in_force"]["version"] == 3);
    {
        Process serve(project.serve());
        REQUIRE(serve.wait_for_line("event=kept plan=3"));
        REQUIRE(serve.wait_for_line("event=serving"));
        stop(serve);
    }
    CHECK(project.status()["plan"]["version"] == 3);
    CHECK(project.on({"plan"}).out.find("version 3") != std::string::npos);
    project.course("three");
    {
        Process serve(project.serve());
        REQUIRE(serve.wait_for_line("event=deployed plan=4"));
        stop(serve);
    }
    // Nothing holds it back any more.
    project.course("two");
    Process serve(project.serve());
    REQUIRE(serve.wait_for_line("event=deployed plan=5"));
    stop(serve);
}

TEST_CASE("a plan that is wrong, or whose channel is not set up, is refused and changes nothing",
          "[versions]") {
    HttpSink sink;
    const VersionedProject project(1);
    project.course("one");
    Process serve(project.serve());
    REQUIRE(serve.wait_for_line("event=serving"));

    project.playbook("  course: on cam { start: post \"x\" }\n");
    CHECK(project.on({"deploy"}).exit_code == 1);
    project.playbook("  course: on came { start: post \"through the shop\" }\n", "shop");
    const auto refused = project.on({"deploy"});
    CHECK(refused.exit_code == 2);
    CHECK(refused.err.find("the channel `shop` has no URL: add to sop.toml") != std::string::npos);
    CHECK(project.told({"deploy"})["outcome"] == "refused");
    CHECK(project.told({"versions"})["versions"].size() == 1);
    REQUIRE(serve.wait_for_line("event=answered request=deploy outcome=refused plan=1"));

    project.folder.write("sop.toml", fmt::format("[directory]\ngroups = \"groups.csv\"\n"
                                                 "[channels.shop]\nurl = \"{}\"\n",
                                                 sink.url()));
    REQUIRE(project.told({"deploy"})["outcome"] == "changed");
    project.come("g0001");
    REQUIRE(sink.wait_for_requests(1));
    REQUIRE(serve.wait_for_line("outcome=sent count=1"));
    CHECK(json::parse(sink.requests()[0].body)["text"] == "through the shop");
    stop(serve);

    // Without an executor the same is refused here.
    project.folder.write("sop.toml", "");
    project.playbook("  course: on came { start: post \"x\" }\n", "shop");
    CHECK(project.on({"deploy"}).err.find("has no URL") != std::string::npos);
}

TEST_CASE("a run under way goes on by its channel when the plan in force has it no more",
          "[versions]") {
    HttpSink sink;
    const VersionedProject project(1);
    project.folder.write("sop.toml", fmt::format("[directory]\ngroups = \"groups.csv\"\n"
                                                 "[channels.shop]\nurl = \"{}\"\n",
                                                 sink.url()));
    const std::string rule =
        "  course: on came {\n    start: post \"one\"\n    after 3s: post \"two\"\n  }\n";
    project.playbook(rule, "shop");
    {
        Process serve(project.serve());
        REQUIRE(serve.wait_for_line("event=serving"));
        project.come("g0001");
        REQUIRE(serve.wait_for_line("outcome=sent count=1"));
        stop(serve);
    }
    project.playbook(rule, "log");
    Process serve(project.serve());
    REQUIRE(serve.wait_for_line("event=deployed plan=2"));
    REQUIRE(sink.wait_for_requests(2));
    REQUIRE(serve.wait_for_line("outcome=sent count=1"));
    CHECK(json::parse(sink.requests()[1].body)["text"] == "two");
    stop(serve);
}

TEST_CASE("an executor that does not answer is not waited for for ever", "[versions]") {
    const VersionedProject project(1);
    project.course("one");
    REQUIRE(project.on({"deploy"}).exit_code == 0);
    project.course("two");
    CHECK(project.on({"deploy", "--wait", "soon"}).exit_code == 2);
    {
        const DeafExecutor executor(project);
        const auto given_up = project.on({"deploy", "--wait", "1s"});
        CHECK(given_up.exit_code == 2);
        CHECK(given_up.err.find("did not answer within 1 s") != std::string::npos);
        CHECK(given_up.err.find("the request was withdrawn, and nothing was changed") !=
              std::string::npos);
    }
    // What was taken back is not done later.
    CHECK(project.told({"migrate"})["in_force"]["version"] == 1);
    Process serve(project.serve());
    REQUIRE(serve.wait_for_line("event=deployed plan=2"));
    stop(serve);
}

TEST_CASE("a command whose executor ends meanwhile does it by itself", "[versions]") {
    const VersionedProject project(1);
    project.course("one");
    REQUIRE(project.on({"deploy"}).exit_code == 0);
    project.course("two");
    std::optional<DeafExecutor> executor;
    executor.emplace(project);
    Process deploy({SOP_BINARY, "deploy", project.path()});
    REQUIRE(deploy.wait_for_line("waiting for the executor"));
    CHECK(project.status()["plan"]["version"] == 1);
    executor.reset();
    REQUIRE(deploy.wait() == 0);
    CHECK(deploy.out().find("version 2, ") != std::string::npos);
    CHECK(project.status()["plan"]["version"] == 2);
}

TEST_CASE("an interrupted command takes its request back", "[versions]") {
    const VersionedProject project(1);
    project.course("one");
    REQUIRE(project.on({"deploy"}).exit_code == 0);
    project.course("two");
    {
        const DeafExecutor executor(project);
        Process deploy({SOP_BINARY, "deploy", project.path()});
        REQUIRE(deploy.wait_for_line("waiting for the executor"));
        deploy.signal(SIGINT);
        REQUIRE(deploy.wait() == 2);
        CHECK(deploy.err().find("interrupted; the request was withdrawn") != std::string::npos);
    }
    CHECK(project.told({"migrate"})["in_force"]["version"] == 1);
}

TEST_CASE("a fenced store takes no deploy", "[versions][fence]") {
    const VersionedProject project(1);
    project.course("one");
    REQUIRE(project.on({"deploy"}).exit_code == 0);
    std::filesystem::remove(project.folder / "sop.db.id");
    project.course("two");
    const auto refused = project.on({"deploy"});
    CHECK(refused.exit_code == 2);
    CHECK(refused.err.find("is fenced") != std::string::npos);
    Process serve(project.serve());
    REQUIRE(serve.wait_for_line("event=fenced"));
    CHECK(project.on({"deploy"}).err.find("is fenced") != std::string::npos);
    CHECK(metric(project.on({"status", "--format", "prometheus"}).out, "sop_fenced") == 1);
    stop(serve);
    CHECK(project.status()["plan"]["version"] == 1);
}

TEST_CASE("planned = outcomes + pending, as Prometheus reads it", "[versions][metrics]") {
    HttpSink sink;
    sink.answer_with([](const SinkRequest& request) {
        return request.number % 3 == 0 ? SinkAnswer{.status = 404} : SinkAnswer{};
    });
    Project project(30);
    project.configure(sink.url());
    project.post_each_minute("hook");
    Process serve(project.serve());
    REQUIRE(serve.wait_for_line("event=serving"));
    const auto check = [&](const std::string& text) {
        CAPTURE(text);
        CHECK(metric(text, "sop_deliveries_planned_total") ==
              metric(text, "sop_deliveries") + metric(text, "sop_deliveries_pending"));
        CHECK(metric(text, "sop_plan_version") == 1);
    };
    const auto metrics = [&] {
        const auto result = project.sop({"status", project.path(), "--format", "prometheus"});
        REQUIRE(result.exit_code == 0);
        check(result.out);
        return result.out;
    };
    metrics();
    REQUIRE(sink.wait_for_requests(10));
    metrics();
    REQUIRE(sink.wait_for_requests(30));
    REQUIRE(serve.wait_for_errors([](const std::string& err) {
        int ended = 0;
        std::istringstream lines(err);
        for (std::string line; std::getline(lines, line);) {
            const auto count = line.find(" count=");
            if (line.find("event=settled") != std::string::npos)
                ended += std::stoi(line.substr(count + 7));
        }
        return ended >= 30;
    }));
    const std::string text = metrics();
    CHECK(metric(text, "sop_deliveries{playbook=\"p\",rule=\"minute\",outcome=\"sent\"}") >= 20);
    CHECK(text.find("outcome=\"failed\"} 10") != std::string::npos);
    CHECK(text.find("404") == std::string::npos);
    CHECK(metric(text, "sop_executor_running") == 1);
    stop(serve);
}
