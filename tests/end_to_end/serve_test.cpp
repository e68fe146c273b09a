// `sop serve` as a process: real SQLite file, real HTTP on loopback, real signals.
#include "tests/support/http_sink.h"
#include "tests/support/project.h"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <atomic>
#include <csignal>
#include <future>
#include <mutex>
#include <numeric>

namespace {

using namespace sop::tests;

// How often each group was posted to for each planned time.
std::map<std::string, int> posts_by_group_and_time(const HttpSink& sink) {
    std::map<std::string, int> posts;
    for (const auto& request : sink.requests()) {
        const auto body = nlohmann::json::parse(request.body);
        ++posts[body["planned_for"].get<std::string>() + " " + body["group"].get<std::string>()];
    }
    return posts;
}

int most_posts(const HttpSink& sink) {
    int most = 0;
    for (const auto& [key, count] : posts_by_group_and_time(sink)) most = std::max(most, count);
    return most;
}

std::int64_t total(const std::map<std::string, std::int64_t>& outcomes) {
    return std::accumulate(outcomes.begin(), outcomes.end(), std::int64_t{0},
                           [](std::int64_t sum, const auto& entry) { return sum + entry.second; });
}

}  // namespace

TEST_CASE(
    "kill -9 in the middle of 900 posts leaves no group posted twice, and in doubt only what was "
    "in flight",
    "[serve][kill]") {
    constexpr std::size_t groups = 900;
    constexpr std::size_t answered = 400;
    constexpr std::size_t in_flight = 16;
    HttpSink sink;
    std::promise<void> killed;
    const auto after_kill = killed.get_future().share();
    sink.answer_with([&](const SinkRequest& request) {
        if (request.number > answered && request.number <= answered + in_flight) after_kill.wait();
        return SinkAnswer{};
    });
    Project project(groups);
    project.configure(sink.url(), in_flight);
    project.post_each_minute("hook");
    {
        Process serve(project.serve());
        REQUIRE(serve.wait_for_line("event=serving"));
        REQUIRE(sink.wait_for_requests(answered + in_flight));
        serve.kill();
        REQUIRE(serve.wait() == 128 + SIGKILL);
    }
    killed.set_value();

    Process serve(project.serve());
    REQUIRE(sink.wait_for_requests(groups));
    REQUIRE(serve.wait_for_line("outcome=sent"));
    serve.terminate();
    REQUIRE(serve.wait() == 0);

    CHECK(most_posts(sink) == 1);
    CHECK(sink.concurrent_max() <= in_flight);
    const auto status = project.status();
    REQUIRE(status["unknown"].size() == in_flight);
    // The groups in doubt are those whose requests were written and not answered.
    std::vector<std::string> in_doubt;
    std::vector<std::string> hanging;
    for (const auto& entry : status["unknown"])
        in_doubt.push_back(entry["group"].get<std::string>());
    for (const auto& request : sink.requests()) {
        if (request.number <= answered || request.number > answered + in_flight) continue;
        hanging.push_back(nlohmann::json::parse(request.body)["group"].get<std::string>());
    }
    std::sort(in_doubt.begin(), in_doubt.end());
    std::sort(hanging.begin(), hanging.end());
    CHECK(in_doubt == hanging);

    const auto text = project.sop({"status", project.path()});
    CHECK(text.out.find("16 unknown") != std::string::npos);
    CHECK(text.out.find(in_doubt.front()) != std::string::npos);
}

TEST_CASE("what is in doubt is settled by hand, and goes out again only when told",
          "[serve][kill][doubt]") {
    constexpr std::size_t groups = 3;
    HttpSink sink;
    std::promise<void> killed;
    const auto after_kill = killed.get_future().share();
    sink.answer_with([&](const SinkRequest& request) {
        if (request.number <= groups) after_kill.wait();
        return SinkAnswer{};
    });
    Project project(groups);
    project.configure(sink.url());
    project.post_each_minute("hook");
    {
        Process serve(project.serve());
        REQUIRE(sink.wait_for_requests(groups));
        serve.kill();
        REQUIRE(serve.wait() == 128 + SIGKILL);
    }
    killed.set_value();
    {
        Process serve(project.serve());
        REQUIRE(serve.wait_for_line("event=serving"));
        serve.terminate();
        REQUIRE(serve.wait() == 0);
    }

    const auto doubt = [&](std::vector<std::string> more) {
        more.insert(more.begin(), {"doubt", "--dir", project.path()});
        return project.sop(more);
    };
    const auto listed = nlohmann::json::parse(doubt({"--format", "json"}).out)["unknown"];
    REQUIRE(listed.size() == groups);
    CHECK(doubt({}).out.find("g0002") != std::string::npos);
    const auto number_of = [&](const std::string& group) {
        for (const auto& entry : listed) {
            if (entry["group"] == group) return std::to_string(entry["message"].get<int>());
        }
        return std::string();
    };
    const std::string planned_for = listed[0]["planned_for"];
    CHECK(doubt({number_of("g0001"), "999", "--as", "sent"}).exit_code == 2);
    CHECK(project.outcomes()["unknown"] == groups);
    CHECK(doubt({number_of("g0001"), "--as", "sent"}).exit_code == 0);
    CHECK(doubt({number_of("g0002"), "--as", "failed"}).exit_code == 0);
    CHECK(doubt({number_of("g0003"), "--as", "again"}).exit_code == 0);
    CHECK(doubt({}).out == "no message is in doubt\n");
    const auto why = [&](const std::string& group) {
        const auto answer = project.sop({"why", "--group", group, "--at", planned_for, "--dir",
                                         project.path(), "--format", "json"});
        return nlohmann::json::parse(answer.out)["messages"][0];
    };
    CHECK(why("g0001")["outcome"] == "sent");
    CHECK(why("g0002")["outcome"] == "failed");
    CHECK(why("g0002")["reason"] == "settled by hand");
    CHECK(why("g0003")["outcome"] == "pending");

    Process serve(project.serve());
    REQUIRE(sink.wait_for_requests(groups + 1));
    const auto copy = project.folder / "copy.db";
    CHECK(project.sop({"backup", copy.string(), "--dir", project.path()}).exit_code == 0);
    CHECK(std::filesystem::exists(copy));
    CHECK(project.sop({"backup", copy.string(), "--dir", project.path()}).exit_code == 2);
    REQUIRE(serve.wait_for_line("outcome=sent"));
    serve.terminate();
    REQUIRE(serve.wait() == 0);
    const auto posts = posts_by_group_and_time(sink);
    CHECK(posts.at(planned_for + " g0001") == 1);
    CHECK(posts.at(planned_for + " g0002") == 1);
    CHECK(posts.at(planned_for + " g0003") == 2);
    CHECK(why("g0003")["outcome"] == "sent");
    CHECK(why("g0003")["attempts"] == 2);
}

TEST_CASE("what a platform may have taken is asked about, and shown meanwhile",
          "[serve][kill][doubt][reconcile]") {
    constexpr std::size_t groups = 3;
    HttpSink sink;
    std::promise<void> killed;
    const auto after_kill = killed.get_future().share();
    std::atomic<bool> can_tell = false;
    std::mutex mutex;
    std::string taken_key;  // of the only post that was taken before the kill
    sink.answer_with([&](const SinkRequest& request) {
        const std::lock_guard lock(mutex);
        if (request.method == "POST") {
            if (request.body.find("\"g0001\"") != std::string::npos) taken_key = request.key;
            return SinkAnswer{};
        }
        if (!can_tell) return SinkAnswer{.status = 503, .body = "not now, try /ask-secret later"};
        return SinkAnswer{.status = request.key == taken_key ? 200 : 404};
    });
    Project project(groups);
    project.configure(sink.url());
    project.folder.write("sop.toml", project.folder.read("sop.toml") +
                                         "unknown = \"reconcile\"\nask_url = \"" +
                                         sink.url("/ask-secret") + "\"\n");
    project.post_each_minute("hook");
    sink.hold();
    {
        Process serve(project.serve());
        REQUIRE(sink.wait_for_held(groups));
        serve.kill();
        REQUIRE(serve.wait() == 128 + SIGKILL);
    }
    sink.release();

    Process serve(project.serve());
    REQUIRE(sink.wait_for_requests(2 * groups));
    const auto doubt = [&](std::vector<std::string> more) {
        more.insert(more.begin(), {"doubt", "--dir", project.path()});
        return project.sop(more);
    };
    auto listed = nlohmann::json::parse(doubt({"--format", "json"}).out);
    while (listed["asked_about"].size() != groups || listed["asked_about"][0]["asks"] == 0)
        listed = nlohmann::json::parse(doubt({"--format", "json"}).out);
    CHECK(listed["unknown"].empty());
    CHECK_THAT(doubt({}).out,
               Catch::StartsWith("no message is in doubt\n") &&
                   Catch::Contains("asked whether it was taken: HTTP 503: not now") &&
                   !Catch::Contains("secret"));
    const auto id = std::to_string(listed["asked_about"][0]["message"].get<int>());
    const auto refused = doubt({id, "--as", "sent"});
    CHECK(refused.exit_code == 2);
    CHECK(refused.err.find("channel `hook` is being asked whether it took message " + id) !=
          std::string::npos);
    CHECK(project.status()["asked_about"].size() == groups);
    CHECK(project.sop({"status", project.path()}).out.find("3 of those pending may have arrived") !=
          std::string::npos);
    const std::string planned_for = listed["asked_about"][0]["planned_for"];
    const auto why = [&](const std::string& group) {
        const auto answer = project.sop({"why", "--group", group, "--at", planned_for, "--dir",
                                         project.path(), "--format", "json"});
        return nlohmann::json::parse(answer.out)["messages"][0]["explanation"].get<std::string>();
    };
    CHECK_THAT(why("g0002"),
               Catch::StartsWith("it may have arrived: `hook` is asked whether it took it"));

    can_tell = true;
    const auto is_over = [](const std::string& log) {
        const std::string_view mark = "outcome=sent count=";
        std::size_t sent = 0;
        for (auto at = log.find(mark); at != std::string::npos; at = log.find(mark, at + 1))
            sent += std::stoul(log.substr(at + mark.size()));
        return sent == groups;
    };
    REQUIRE(serve.wait_for_errors(is_over));
    serve.terminate();
    REQUIRE(serve.wait() == 0);
    CHECK_THAT(serve.err(), !Catch::Contains("secret"));
    CHECK_THAT(why("g0001"), Catch::EndsWith("through `hook` (taken, says the platform)"));
    CHECK_THAT(why("g0002"), Catch::EndsWith("through `hook`"));
}

TEST_CASE("what a folder would change is told before it is served", "[plan]") {
    Project project(2);
    project.configure();
    // Half a day away, so that no time of a rule passes meanwhile.
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto hour = (std::chrono::duration_cast<std::chrono::hours>(now).count() + 8 + 12) % 24;
    const auto daily = [hour](const char* name, int minute, const char* text) {
        return fmt::format("  {}: every day at {:02}:{:02} {{ post \"{}\" }}\n", name, hour, minute,
                           text);
    };
    const auto playbook = [&](const std::string& rules) {
        project.folder.write("members.sop", std::string("sop 1\ntag member\nplaybook members {\n"
                                                        "  timezone Asia/Shanghai\n"
                                                        "  for groups tagged member\n  via log\n") +
                                                rules + "}\n");
    };
    const auto plan = [&](const std::vector<std::string>& more = {}) {
        std::vector<std::string> arguments{"plan", project.path()};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return project.sop(arguments);
    };
    playbook(daily("a", 0, "A") + daily("b", 10, "B"));
    CHECK(plan().out.find("in force     no plan yet") == 0);
    {
        Process serve(project.serve());
        REQUIRE(serve.wait_for_line("event=serving"));
        serve.terminate();
        REQUIRE(serve.wait() == 0);
    }
    CHECK(plan().out.find("nothing changes") != std::string::npos);
    playbook(daily("a", 30, "A") + daily("b", 10, "Bee") + daily("c", 20, "C"));
    const auto told = nlohmann::json::parse(plan({"--horizon", "48h", "--format", "json"}).out);
    CHECK(told["rules"]["added"] == nlohmann::json::array({"members.c"}));
    CHECK(told["rules"]["changed"] == nlohmann::json::array({"members.a", "members.b"}));
    CHECK(told["rules"]["removed"].empty());
    CHECK(told["firings_kept"] == 2);
    CHECK(told["in_force"]["version"] == 1);
    std::map<std::string, int> changes;
    for (const auto& change : told["firings"])
        ++changes[change["rule"].get<std::string>() + (change.contains("before") ? " -" : "") +
                  (change.contains("after") ? " +" : "")];
    CHECK(changes == std::map<std::string, int>{{"members.a - +", 2}, {"members.c +", 2}});
    const std::string text = plan().out;
    CHECK(text.find("14 added, 0 removed, 14 moved, 14 as they are") != std::string::npos);
    CHECK(text.find("~ members.b") != std::string::npos);

    playbook("  a: every day at 25:00 { post \"A\" }\n");
    CHECK(plan().exit_code == 1);
    CHECK(plan({"--horizon", "soon"}).exit_code == 2);
}

TEST_CASE("that a store is upgraded is told before it is", "[serve][versions]") {
    HttpSink sink;
    Project project(2);
    project.configure(sink.url());
    project.post_each_minute("hook");
    std::filesystem::copy_file(SOP_SOURCE_DIR "/tests/testdata/stores/version_4.db",
                               project.folder / "sop.db");
    {
        Process serve(project.serve());
        REQUIRE(serve.wait_for_line("event=upgrading"));
        REQUIRE(serve.wait_for_line("event=serving"));
        serve.terminate();
        CHECK(serve.wait() == 0);
        CHECK(serve.err().find(" from=4 to=") != std::string::npos);
    }
    // Once.
    Process serve(project.serve());
    REQUIRE(serve.wait_for_line("event=serving"));
    CHECK(serve.err().find("event=upgrading") == std::string::npos);
}

TEST_CASE("a rule is paused and goes on while the executor runs", "[serve][pause]") {
    HttpSink sink;
    Project project(2);
    project.configure(sink.url());
    project.post_each_minute("hook");
    const auto sop = [&](std::vector<std::string> arguments) {
        arguments.insert(arguments.end(), {"--dir", project.path()});
        return project.sop(std::move(arguments));
    };
    CHECK(sop({"pause"}).exit_code == 2);  // no store yet

    Process serve(project.serve());
    REQUIRE(serve.wait_for_line("event=serving"));
    const auto unknown = sop({"pause", "p.minut"});
    CHECK(unknown.exit_code == 2);
    CHECK(unknown.err.find("did you mean `p.minute`?") != std::string::npos);
    CHECK(sop({"resume", "p.minute"}).err.find("is not paused") != std::string::npos);
    CHECK(sop({"pause"}).out == "nothing is paused\n");

    REQUIRE(sop({"pause", "p.minute", "--skip"}).exit_code == 0);
    REQUIRE(serve.wait_for_line("event=paused rule=p.minute mode=skip"));
    CHECK(sop({"pause"}).out.find("p.minute is paused since ") == 0);
    const auto listed = nlohmann::json::parse(sop({"pause", "--format", "json"}).out)["paused"];
    REQUIRE(listed.size() == 1);
    CHECK(listed[0]["name"] == "p.minute");
    CHECK(listed[0]["mode"] == "skip");
    CHECK(project.status()["paused"] == listed);
    REQUIRE(serve.wait_for_line("outcome=skipped count=2 reason=\"paused\""));
    CHECK(sink.requests().empty());

    // As its playbook is not paused, and the rule itself is.
    CHECK(sop({"resume", "p"}).exit_code == 2);
    REQUIRE(sop({"resume", "p.minute"}).exit_code == 0);
    REQUIRE(serve.wait_for_line("event=resumed rule=p.minute"));
    CHECK(project.status()["paused"].empty());

    // What was skipped meanwhile is made up for.
    const std::vector<std::string> backfill{"backfill", "p", "--from", "2026-01-01"};
    const auto with = [&](std::vector<std::string> more) {
        more.insert(more.begin(), backfill.begin(), backfill.end());
        return sop(std::move(more));
    };
    CHECK(with({"--to", "2025-12-31"}).err.find("--from 2026-01-01 is not before --to") !=
          std::string::npos);
    CHECK(with({"--to", "2999-01-01"}).err.find("still to come") != std::string::npos);
    CHECK(with({"--reason", "condition"}).exit_code == 2);
    CHECK(with({"--reason", "late"}).out == "none of these messages was skipped as late\n");
    const auto counted =
        nlohmann::json::parse(with({"--dry-run", "--format", "json"}).out)["messages"];
    REQUIRE(counted.size() == 1);
    CHECK(counted[0]["rule"] == "p.minute");
    CHECK(counted[0]["skipped"] == "paused");
    const std::int64_t skipped = counted[0]["count"];
    const auto asked = with({});
    CHECK(asked.exit_code == 0);
    CHECK(asked.out.find("p.minute  skipped: paused\nto be made up for now") != std::string::npos);
    REQUIRE(serve.wait_for_line(
        fmt::format("event=backfilled rule=p.minute count={} left=0", skipped)));
    REQUIRE(sink.wait_for_requests(static_cast<std::size_t>(skipped)));
    CHECK(most_posts(sink) == 1);
    CHECK(with({"--dry-run"}).out == "none of these messages was skipped as late, paused\n");
    serve.terminate();
    REQUIRE(serve.wait() == 0);
    CHECK(sop({"pause", "p"}).out.find("no executor runs") != std::string::npos);
}

TEST_CASE("killed at five points of one firing, every group has one outcome and none two posts",
          "[serve][kill]") {
    constexpr std::size_t groups = 900;
    constexpr std::size_t in_flight = 8;
    HttpSink sink;
    Project project(groups);
    project.configure(sink.url(), in_flight);
    project.post_each_minute("hook");
    for (const std::size_t requests : {1u, 170u, 333u, 512u, 745u}) {
        Process serve(project.serve());
        REQUIRE(sink.wait_for_requests(requests));
        serve.kill();
        REQUIRE(serve.wait() == 128 + SIGKILL);
    }
    Process serve(project.serve());
    REQUIRE(serve.wait_for_line("event=serving"));
    REQUIRE(sink.wait_for_requests(groups - 5 * in_flight));
    serve.terminate();
    REQUIRE(serve.wait() == 0);

    CHECK(most_posts(sink) == 1);
    const auto outcomes = project.outcomes();
    const auto unknown = outcomes.contains("unknown") ? outcomes.at("unknown") : 0;
    CHECK(unknown <= static_cast<std::int64_t>(5 * in_flight));
    CHECK(total(outcomes) % static_cast<std::int64_t>(groups) == 0);
}

TEST_CASE("SIGTERM lets what is in flight finish and records it", "[serve][stop]") {
    HttpSink sink;
    sink.hold();
    Project project(40);
    project.configure(sink.url(), 4);
    project.post_each_minute("hook");
    Process serve(project.serve());
    REQUIRE(sink.wait_for_held(4));
    serve.terminate();
    sink.release();
    REQUIRE(serve.wait() == 0);
    const auto outcomes = project.outcomes();
    CHECK(outcomes.count("unknown") == 0);
    CHECK(outcomes.at("sent") == 4);
    CHECK(outcomes.at("pending") == 36);
    CHECK(sink.requests().size() == 4);
}

TEST_CASE("a request that hangs when the service is stopped is unknown, within five seconds",
          "[serve][stop]") {
    HttpSink sink;
    sink.hold();
    Project project(10);
    project.configure(sink.url(), 4);
    project.post_each_minute("hook");
    Process serve(project.serve());
    REQUIRE(sink.wait_for_held(4));
    serve.terminate();
    REQUIRE(serve.wait(std::chrono::seconds(10)) == 0);
    sink.release();
    const auto outcomes = project.outcomes();
    CHECK(outcomes.at("unknown") == 4);
    CHECK(outcomes.at("pending") == 6);
}

TEST_CASE("an event from another process wakes the idle executor", "[serve][emit]") {
    HttpSink sink;
    Project project(1);
    project.configure(sink.url());
    project.folder.write("members.csv", "id,name,tags\nm1,王芳,reader\n");
    project.folder.write(
        "drip.sop",
        "sop 1\ntag reader, met\nevent opened { what: text }\nchannel hook { kind webhook }\n"
        "playbook p {\n  timezone Asia/Shanghai\n  for members tagged reader\n  via hook\n"
        "  hello: on opened { tag met; send \"{member.name} {event.what}\" }\n}\n");
    Process serve(project.serve());
    REQUIRE(serve.wait_for_line("event=serving"));
    REQUIRE(project.sop({"members", "import", "members.csv", "--dir", "."}).exit_code == 0);
    const auto emitted =
        project.sop({"emit", "opened", "what=article", "--member", "m1", "--id", "e1"});
    CHECK(emitted.exit_code == 0);
    CHECK(emitted.out == "e1\n");
    REQUIRE(sink.wait_for_requests(1));
    const auto body = nlohmann::json::parse(sink.requests().front().body);
    CHECK(body["text"] == "王芳 article");
    CHECK(body["member"] == "m1");

    const auto again =
        project.sop({"emit", "opened", "what=article", "--member", "m1", "--id", "e1"});
    CHECK(again.out == "e1 was there already\n");
    serve.terminate();
    REQUIRE(serve.wait() == 0);
    CHECK(sink.requests().size() == 1);
    CHECK(project.outcomes() == std::map<std::string, std::int64_t>{{"sent", 1}});
}

TEST_CASE("a run that waits for an event says so, also after a kill, and takes its answer at once",
          "[serve][why][flow]") {
    HttpSink sink;
    Project project(1);
    project.configure(sink.url());
    project.folder.write(
        "wait.sop",
        "sop 1\ntag member\nevent opened { what: text }\nevent order { amount: money }\n"
        "channel hook { kind webhook }\n"
        "playbook p {\n  timezone Asia/Shanghai\n  for groups tagged member\n  via hook\n"
        "  hello: on opened {\n    post \"one\"\n"
        "    wait for order where amount > 10 CNY within 1h { yes: post \"thanks\" }\n  }\n}\n");
    const auto emit = [&](const std::string& event, const std::string& field) {
        CHECK(project.sop({"emit", event, field, "--group", "g0001"}).exit_code == 0);
    };
    const auto runs = [&] {
        const auto answer = project.sop(
            {"why", "--group", "g0001", "--at", "2026-11-16 08:00", "--format", "json"});
        INFO(answer.err);
        REQUIRE(answer.exit_code == 0);
        return nlohmann::json::parse(answer.out)["runs"];
    };
    {
        Process serve(project.serve());
        REQUIRE(serve.wait_for_line("event=serving"));
        emit("opened", "what=article");
        REQUIRE(serve.wait_for_line("outcome=sent"));
        REQUIRE(runs().size() == 1);
        CHECK(runs()[0]["state"] == "waiting");
        CHECK(runs()[0]["step"] == "start");
        CHECK(runs()[0]["event"] == "order where …");
        CHECK(runs()[0].contains("due_at"));
        serve.signal(SIGKILL);
        serve.wait();
    }
    Process serve(project.serve());
    REQUIRE(serve.wait_for_line("event=serving"));
    emit("order", "amount=10 CNY");
    emit("order", "amount=10.01 CNY");
    REQUIRE(sink.wait_for_requests(2));
    REQUIRE(serve.wait_for_line("outcome=sent"));
    CHECK(nlohmann::json::parse(sink.requests().back().body)["step"] == "start / yes");
    CHECK(runs().empty());
    serve.terminate();
    REQUIRE(serve.wait() == 0);
    CHECK(project.outcomes() == std::map<std::string, std::int64_t>{{"sent", 2}});
}

TEST_CASE("a second executor on one store is refused", "[serve][lock]") {
    Project project(1);
    project.post_each_minute("log");
    Process first(project.serve());
    REQUIRE(first.wait_for_line("event=serving"));
    CHECK(project.status()["executor_running"] == true);
    const auto second = project.sop({"serve", project.path()});
    CHECK(second.exit_code == 2);
    CHECK(second.err.find(fmt::format("another executor runs on this store (process {})",
                                      first.pid())) != std::string::npos);
    first.signal(SIGINT);
    REQUIRE(first.wait() == 0);
    CHECK(project.status()["executor_running"] == false);
}

TEST_CASE("without a configuration the store is sop.db and messages go to standard output",
          "[serve][log]") {
    Project project(3);
    std::filesystem::remove(project.folder / "sop.toml");
    REQUIRE(project.sop({"groups", "import", "groups.csv"}).out ==
            "3 groups: 3 added, 0 changed, 0 as they were\n");
    project.post_each_minute("log");
    Process serve(project.serve());
    REQUIRE(serve.wait_for_line("\"group\":\"g0003\""));
    serve.terminate();
    REQUIRE(serve.wait() == 0);
    CHECK(std::filesystem::exists(project.folder / "sop.db"));
    CHECK(project.outcomes() == std::map<std::string, std::int64_t>{{"sent", 3}});
}
