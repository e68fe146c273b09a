// A database that was copied or restored does not send: the real binary, real files, real HTTP.
#include "tests/support/http_sink.h"
#include "tests/support/project.h"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <chrono>
#include <csignal>
#include <functional>
#include <set>

namespace {

using namespace sop::tests;
namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::size_t groups = 3;

// Posts every two seconds, some seconds from now on.
void post_every_other_second(const Project& project, int times) {
    const auto soon = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()) +
                      std::chrono::seconds(3);
    std::set<std::string> written;
    for (int i = 0; i < times; ++i) {
        const auto second = (soon + std::chrono::seconds(2 * i)).time_since_epoch().count() % 86400;
        written.insert(
            fmt::format("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60));
    }
    project.folder.write(
        "often.sop",
        fmt::format("sop 1\ntag member\nchannel hook {{ kind webhook }}\n"
                    "playbook p {{\n  timezone UTC\n  for groups tagged member\n  via hook\n"
                    "  often: every day at {} {{ post \"{{start}}\" }}\n}}\n",
                    fmt::join(written, ", ")));
}

// "10:00:02 g0001" of each request.
std::vector<std::string> posts(const HttpSink& sink) {
    std::vector<std::string> result;
    for (const auto& request : sink.requests()) {
        const auto body = json::parse(request.body);
        result.push_back(body["planned_for"].get<std::string>().substr(11) + " " +
                         body["group"].get<std::string>());
    }
    return result;
}

std::size_t different(const std::vector<std::string>& posts) {
    return std::set<std::string>(posts.begin(), posts.end()).size();
}

std::string cause(const Project& project) {
    const json fence = project.status()["fence"];
    return fence.is_null() ? "" : fence["cause"].get<std::string>();
}

json list(const Project& project) {
    const auto listed = project.sop({"unfence", project.path(), "--format", "json"});
    REQUIRE(listed.exit_code == 0);
    return json::parse(listed.out);
}

// Serves until it is ready, and stops. What it said.
std::string serve_once(const Project& project) {
    Process serve(project.serve());
    REQUIRE(serve.wait_for_line("event="));
    serve.terminate();
    REQUIRE(serve.wait() == 0);
    return serve.err();
}

bool is_fenced(const std::string& said) {
    return said.find("event=fenced") != std::string::npos;
}

void copy_store(const Project& from, const fs::path& to) {
    fs::copy_file(from.folder / "sop.db", to, fs::copy_options::overwrite_existing);
}

// A project whose store was served and stopped.
struct Served : Project {
    Served() : Project(groups) {
        folder.write("daily.sop",
                     "sop 1\ntag member\nplaybook p {\n  timezone UTC\n  for groups tagged member\n"
                     "  via log\n  daily: every day at 03:00 { post \"hello\" }\n}\n");
        serve_once(*this);
    }
};

}  // namespace

TEST_CASE("a backup that is restored sends nothing that may have been sent since it was made",
          "[fence][serve]") {
    HttpSink sink;
    Project project(groups);
    project.configure(sink.url());
    post_every_other_second(project, 60);
    const fs::path backup = project.folder / "backup.db";
    {
        Process serve(project.serve());
        REQUIRE(sink.wait_for_requests(groups));
        REQUIRE(serve.wait_for_line("outcome=sent"));
        REQUIRE(project.sop({"backup", backup.string(), "--dir", project.path()}).exit_code == 0);
        REQUIRE(sink.wait_for_requests(3 * groups));
        serve.terminate();
        REQUIRE(serve.wait() == 0);
    }
    const std::vector<std::string> before = posts(sink);
    for (const char* file : {"sop.db-wal", "sop.db-shm"}) fs::remove(project.folder / file);
    fs::copy_file(backup, project.folder / "sop.db", fs::copy_options::overwrite_existing);

    Process serve(project.serve());
    REQUIRE(serve.wait_for_line("event=fenced cause=\"backup\""));
    CHECK(cause(project) == "backup");
    CHECK(project.status()["executor_running"] == true);
    CHECK(project.sop({"status", project.path()})
              .out.find("fenced     nothing is sent: it is a "
                        "backup, made at ") != std::string::npos);

    // All that was sent since is among what it lists.
    const json listed = list(project);
    std::set<std::string> may_have_been_sent;
    for (const json& message : listed["messages"]) {
        may_have_been_sent.insert(message["planned_for"].get<std::string>().substr(11) + " " +
                                  message["group"].get<std::string>());
    }
    const json outcomes = project.status()["deliveries"];
    std::size_t known = 0;
    for (const json& outcome : outcomes) known += outcome["count"].get<std::size_t>();
    REQUIRE(known >= groups);
    for (std::size_t i = known; i < before.size(); ++i) {
        CAPTURE(before[i]);
        CHECK(may_have_been_sent.contains(before[i]));
    }
    CHECK(project.sop({"unfence", project.path()}).out.find("may have been sent from elsewhere") !=
          std::string::npos);
    CHECK(posts(sink) == before);

    const auto lifted = project.sop({"unfence", project.path(), "--as", "unknown"});
    CHECK(lifted.exit_code == 0);
    CHECK(lifted.out.find("the executor goes on") != std::string::npos);
    REQUIRE(serve.wait_for_line("event=serving"));
    REQUIRE(sink.wait_for_requests(before.size() + groups));
    serve.terminate();
    REQUIRE(serve.wait() == 0);

    CHECK(different(posts(sink)) == posts(sink).size());
    CHECK(cause(project).empty());
    CHECK(project.outcomes()["unknown"] >= static_cast<std::int64_t>(may_have_been_sent.size()));
    CHECK_FALSE(is_fenced(serve_once(project)));
}

TEST_CASE("what was waiting in a copy is sent when it is told so, what was under way is not",
          "[fence][serve]") {
    constexpr std::size_t many = 8;
    constexpr std::size_t in_flight = 2;
    HttpSink sink;
    sink.hold();
    Project project(many);
    project.configure(sink.url(), in_flight);
    project.post_each_minute("hook");
    {
        Process serve(project.serve());
        REQUIRE(sink.wait_for_held(in_flight));
        serve.kill();
        REQUIRE(serve.wait() == 128 + SIGKILL);
    }
    sink.release();

    Project copy(many);
    copy.configure(sink.url(), in_flight);
    fs::copy_file(project.folder / "minute.sop", copy.folder / "minute.sop");
    for (const char* file : {"sop.db", "sop.db-wal", "sop.db.id"})
        fs::copy_file(project.folder / file, copy.folder / file);
    Process serve(copy.serve());
    REQUIRE(serve.wait_for_line("event=fenced cause=\"copied file\""));
    CHECK(list(copy)["messages"].size() == many);
    CHECK(sink.requests().size() == in_flight);
    CHECK(copy.sop({"unfence", copy.path(), "--as", "send"}).exit_code == 0);
    REQUIRE(sink.wait_for_requests(many));
    REQUIRE(serve.wait_for_line("outcome=sent"));
    serve.terminate();
    REQUIRE(serve.wait() == 0);
    CHECK(different(posts(sink)) == many);
    CHECK(copy.outcomes()["unknown"] == in_flight);
}

TEST_CASE("a fenced executor takes events in and goes on with them when the fence is lifted",
          "[fence][serve][emit]") {
    HttpSink sink;
    Project project(1);
    project.configure(sink.url());
    project.folder.write("members.csv", "id,name,tags\nm1,王芳,reader\n");
    project.folder.write(
        "drip.sop",
        "sop 1\ntag reader\nevent opened { what: text }\nchannel hook { kind webhook }\n"
        "playbook p {\n  timezone Asia/Shanghai\n  for members tagged reader\n  via hook\n"
        "  hello: on opened { send \"{event.what}\" }\n}\n");
    REQUIRE(project.sop({"members", "import", "members.csv"}).exit_code == 0);
    serve_once(project);
    fs::remove(project.folder / "sop.db.id");

    Process serve(project.serve());
    REQUIRE(serve.wait_for_line("event=fenced cause=\"sidecar missing\""));
    REQUIRE(
        project.sop({"emit", "opened", "what=article", "--member", "m1", "--id", "e1"}).exit_code ==
        0);
    CHECK(project.sop({"unfence", project.path(), "--as", "send"}).exit_code == 0);
    REQUIRE(sink.wait_for_requests(1));
    REQUIRE(serve.wait_for_line("outcome=sent"));
    serve.terminate();
    REQUIRE(serve.wait() == 0);
    CHECK(json::parse(sink.requests().front().body)["text"] == "article");
}

TEST_CASE("a fenced executor stops when it is told", "[fence][stop]") {
    const Served project;
    fs::remove(project.folder / "sop.db.id");
    CHECK(is_fenced(serve_once(project)));
    CHECK(cause(project) == "sidecar missing");
}

TEST_CASE("a copy is fenced whichever way it was made, and a move is not", "[fence]") {
    const Served project;
    const auto beside = [&](const char* name) { return project.folder / name; };
    struct Row {
        const char* what;
        std::function<void()> change;
        const char* cause;
    };
    const Row rows[] = {
        {"nothing happened", [] {}, ""},
        {"the file was copied and put back under its name",
         [&] {
             copy_store(project, beside("copy.db"));
             fs::rename(beside("copy.db"), beside("sop.db"));
         },
         "copied file"},
        {"the sidecar was copied and put back under its name",
         [&] {
             fs::copy_file(beside("sop.db.id"), beside("copy.id"));
             fs::rename(beside("copy.id"), beside("sop.db.id"));
         },
         "sidecar copied"},
        {"the file was written over with what it was before the last start",
         [&] {
             copy_store(project, beside("copy.db"));
             serve_once(project);
             fs::copy_file(beside("copy.db"), beside("sop.db"),
                           fs::copy_options::overwrite_existing);
         },
         "older store"},
        {"all files were copied to a folder of the same name",
         [&] {
             const fs::path aside = project.path() + ".aside";
             fs::rename(project.path(), aside);
             fs::copy(aside, project.path());
             fs::remove_all(aside);
         },
         "copied file"},
        {"the folder was moved away and back",
         [&] {
             const fs::path aside = project.path() + ".aside";
             fs::rename(project.path(), aside);
             fs::rename(aside, project.path());
         },
         ""},
        {"the file was moved to another folder and back",
         [&] {
             const TemporaryFolder other;
             fs::rename(beside("sop.db"), other / "sop.db");
             fs::rename(other / "sop.db", beside("sop.db"));
         },
         ""},
        {"the store was deleted to begin anew", [&] { fs::remove(beside("sop.db")); }, ""},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        row.change();
        const std::string said = serve_once(project);
        CHECK(is_fenced(said) == (*row.cause != '\0'));
        CHECK(cause(project) == row.cause);
        if (!is_fenced(said)) continue;
        const auto lifted = project.sop({"unfence", project.path(), "--as", "unknown"});
        CAPTURE(lifted.err);
        CHECK(lifted.exit_code == 0);
        CHECK(lifted.out.find("`sop serve` goes on from it") != std::string::npos);
        CHECK_FALSE(is_fenced(serve_once(project)));
    }
}

TEST_CASE("kill -9 at any moment of a start fences nothing", "[fence][kill]") {
    const Project project(groups);
    project.post_each_minute("log");
    for (int milliseconds = 0; milliseconds < 60; milliseconds += 2) {
        Process serve(project.serve());
        serve.wait_for_line("event=serving", std::chrono::milliseconds(milliseconds));
        serve.kill();
        REQUIRE(serve.wait() == 128 + SIGKILL);
        CHECK_FALSE(is_fenced(serve.err()));
    }
    CHECK_FALSE(is_fenced(serve_once(project)));
    CHECK(cause(project).empty());
}

TEST_CASE("commands that only read do not mind a fence", "[fence]") {
    const Served project;
    fs::remove(project.folder / "sop.db.id");
    const std::string path = project.path();
    CHECK(project.sop({"rehearse", path, "--from", "2026-11-16", "--for", "2d"}).exit_code == 0);
    CHECK(project.sop({"next", path}).exit_code == 0);
    CHECK(project.sop({"doubt", "--dir", path}).exit_code == 0);
    CHECK(project.sop({"why", "--group", "g0001", "--at", "2026-11-16", "--dir", path}).exit_code ==
          0);
    CHECK(cause(project) == "sidecar missing");
}

TEST_CASE("a store without a fence needs no decision", "[fence]") {
    const Served project;
    CHECK(project.sop({"unfence", project.path()}).out ==
          (project.folder / "sop.db").string() + " is not fenced\n");
    CHECK(list(project)["fence"].is_null());
    const auto decided = project.sop({"unfence", project.path(), "--as", "unknown"});
    CHECK(decided.exit_code == 2);
    CHECK(decided.err.find("is not fenced; there is nothing to decide") != std::string::npos);
}
