// `sop ingest` and events over HTTP: the real binary, real files, pipes, kills and sockets.
#include "tests/support/project.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <catch2/catch.hpp>

#include <httplib.h>
#include <csignal>
#include <fstream>
#include <set>

namespace {

using namespace sop::tests;
using nlohmann::json;

struct Shop {
    Project project{1};

    explicit Shop(const std::string& settings = {}) {
        project.folder.write(
            "sop.toml",
            "[directory]\ngroups = \"groups.csv\"\nmembers = \"members.csv\"\n" + settings);
        std::string members = "id,name,groups,tags\n";
        for (int i = 0; i < 10; ++i) members += fmt::format("m{0},Member {0},g0001,member\n", i);
        project.folder.write("members.csv", members);
        project.folder.write("shop.sop", R"(sop 1
tag member
event order { amount: money }
event check_in { }
playbook shop {
  timezone Asia/Shanghai
  for members tagged member
  via log
  buy: on order { points +10 because "purchase" }
  hello: on check_in { send "hello {event.id}" }
}
)");
        project.folder.write("token", "s3cret\n");
        project.sop({"deploy", project.path()});
    }

    std::string path(const std::string& name) const { return (project.folder / name).string(); }

    ProcessResult sop(std::vector<std::string> arguments) const {
        arguments.insert(arguments.end(), {"--dir", project.path()});
        return project.sop(std::move(arguments));
    }
    json sop_json(std::vector<std::string> arguments) const {
        arguments.insert(arguments.end(), {"--format", "json"});
        return json::parse(sop(std::move(arguments)).out);
    }
    std::string write(const std::string& name, const std::vector<std::string>& lines) const {
        std::string text;
        for (const std::string& line : lines) text += line + "\n";
        project.folder.write(name, text);
        return path(name);
    }
    // The points of all members together, when the executor has come to all events.
    std::int64_t points() const {
        std::int64_t sum = 0;
        for (int i = 0; i < 10; ++i)
            sum += sop_json({"points", fmt::format("m{}", i)})["balance"].get<std::int64_t>();
        return sum;
    }
    // Serves until no event waits any more.
    void work_off() const {
        Process serve(project.serve());
        REQUIRE(serve.wait_for_line("event=serving"));
        // The last event of all: everything before it is done when its message is sent.
        REQUIRE(sop({"emit", "check_in", "--member", "m0", "--id", "last"}).exit_code == 0);
        REQUIRE(serve.wait_for_line("hello last"));
        serve.terminate();
        REQUIRE(serve.wait() == 0);
    }
};

std::string order(int number, const std::string& amount = "9.90 CNY") {
    return fmt::format(R"({{"id":"o{}","type":"order","member":"m{}","fields":{{"amount":"{}"}}}})",
                       number, number % 10, amount);
}

std::vector<std::string> orders(int count) {
    std::vector<std::string> lines;
    for (int i = 0; i < count; ++i) lines.push_back(order(i));
    return lines;
}

}  // namespace

TEST_CASE("a file of events is taken, what is wrong in it is told and recorded", "[ingest]") {
    const Shop shop;
    auto lines = orders(5);
    lines[1] = R"({"id":"o1","type":"ordr"})";
    lines[3] = "";
    lines.push_back(order(0));
    lines.push_back(order(2, "1 CNY"));
    lines.push_back(R"({"id":"o7","type":"order","member":"m7","shop":{"id":7},)"
                    R"("fields":{"amount":"1 CNY","colour":"red"}})");
    const std::string file = shop.write("events.ndjson", lines);

    const auto first = shop.sop({"ingest", file});
    CHECK(first.exit_code == 1);
    CHECK(first.out ==
          "7 events: 4 accepted, 1 there already, 2 rejected\n"
          "  1  different content\n"
          "  1  unknown event\n"
          "`sop events rejected` shows the latest of them.\n");
    CHECK(first.err.find(file +
                         ":2: unknown event: no playbook declares the event `ordr`; did you "
                         "mean `order`?\n" +
                         file +
                         ":7: different content: there is an "
                         "event `o2` of ") == 0);

    const auto again = shop.sop_json({"ingest", file});
    CHECK(again == json{{"format_version", 1},
                        {"lines", 7},
                        {"accepted", 0},
                        {"duplicates", 5},
                        {"rejected", 2},
                        {"rejected_by_reason", {{"unknown event", 1}, {"different content", 1}}},
                        {"through_line", 8},
                        {"stopped_by", nullptr}});

    const auto rejected = shop.sop_json({"events", "rejected", "-n", "2"})["rejected"];
    REQUIRE(rejected.size() == 2);
    CHECK(rejected[1]["line"] == 2);
    CHECK(rejected[1]["source"] == file);
    CHECK(rejected[1]["excerpt"] == lines[1]);
    CHECK(shop.sop({"events", "rejected"}).out.find("\n  " + lines[1] + "\n") != std::string::npos);

    const auto shown = shop.sop_json({"events", "--id", "o7"})["events"][0];
    CHECK(shown["fields"] == json{{"amount", "1 CNY"}});
    CHECK(shown["extra"] == json{{"shop", {{"id", 7}}}, {"fields", {{"colour", "red"}}}});
    CHECK(shown["processed"] == false);

    const auto events = shop.project.status()["events"];
    CHECK(events["accepted"] == 4);
    CHECK(events["duplicates"] == 6);
    CHECK(events["rejected"] == 4);
    CHECK(events["waiting"] == 4);
    const auto text = shop.project.sop({"status", shop.project.path()}).out;
    CHECK(text.find("events     4 taken, 6 there already, 4 rejected; 4 wait, the oldest since ") !=
          std::string::npos);
    const auto metrics =
        shop.project.sop({"status", shop.project.path(), "--format", "prometheus"}).out;
    CHECK(metrics.find("sop_events_rejected_total{reason=\"unknown event\"} 2\n") !=
          std::string::npos);
    CHECK(metrics.find("\nsop_events_total 4\n") != std::string::npos);

    shop.work_off();
    CHECK(shop.points() == 40);
    CHECK(shop.sop({"events", "--member", "m7"}).out.find("o7") != std::string::npos);
}

TEST_CASE("strict, it takes what is before the first wrong line, and nothing behind it",
          "[ingest]") {
    const Shop shop;
    auto lines = orders(5);
    lines[2] = "{";
    const auto result =
        shop.sop({"ingest", shop.write("events.ndjson", lines), "--strict", "--ack"});
    CHECK(result.exit_code == 1);
    CHECK(result.out ==
          "committed through line 3\n"
          "3 events: 2 accepted, 0 there already, 1 rejected\n"
          "  1  not JSON\n"
          "`sop events rejected` shows the latest of them.\n"
          "Stopped by a wrong line after line 3; what comes behind it was not taken.\n");
    CHECK(shop.sop({"events", "--id", "o1"}).exit_code == 0);
    CHECK(shop.sop({"events", "--id", "o3"}).exit_code == 2);
}

TEST_CASE("what cannot be ingested says why", "[ingest]") {
    const Shop shop;
    CHECK(shop.sop({"ingest", shop.path("missing")})
              .err.find("cannot read " + shop.path("missing")) != std::string::npos);
    const auto folder = shop.sop({"ingest", shop.project.path()});
    CHECK(folder.exit_code == 2);
    CHECK(folder.err.find("Is a directory") != std::string::npos);
    const TemporaryFolder empty;
    CHECK(run({SOP_BINARY, "ingest", "--dir", empty.path().string()}).exit_code == 2);
}

TEST_CASE("a line that is too long is refused without being held", "[ingest]") {
    const Shop shop("[intake]\nline_max = 1024\n");
    const std::string file = shop.path("long.ndjson");
    {
        std::ofstream out(file);
        out << order(0) << "\n{\"id\":\"" << std::string(20'000'000, 'x') << "\"}\n" << order(1);
    }
    const auto told = shop.sop_json({"ingest", file});
    CHECK(told["accepted"] == 2);
    CHECK(told["rejected_by_reason"] == json{{"too long", 1}});
}

TEST_CASE("a pipe is taken as it comes, and a kill loses and doubles nothing", "[ingest][kill]") {
    constexpr int count = 3000;
    const Shop shop;
    const auto lines = orders(count);
    const std::string fifo = shop.path("fifo");
    REQUIRE(mkfifo(fifo.c_str(), 0600) == 0);
    {
        Process ingest({SOP_BINARY, "ingest", fifo, "--ack", "--dir", shop.project.path()});
        std::ofstream out(fifo);
        for (int i = 0; i < 1700; ++i) out << lines[static_cast<std::size_t>(i)] << '\n';
        out << lines[1700].substr(0, 20) << std::flush;
        // What is there is taken, though the pipe stays open.
        REQUIRE(ingest.wait_for_line("committed through line 1700"));
        ingest.kill();
        REQUIRE(ingest.wait() == 128 + SIGKILL);
    }
    const auto told = shop.sop_json({"ingest", shop.write("events.ndjson", lines)});
    CHECK(told["accepted"] == count - 1700);
    CHECK(told["duplicates"] == 1700);
    CHECK(told["rejected"] == 0);
    shop.work_off();
    CHECK(shop.points() == 10 * count);
}

TEST_CASE("ingest is killed at any time beside an executor, and sent again", "[ingest][kill]") {
    constexpr int count = 20000;
    const Shop shop;
    const std::string file = shop.write("events.ndjson", orders(count));
    Process serve(shop.project.serve());
    REQUIRE(serve.wait_for_line("event=serving"));
    std::int64_t before = 0;
    for (const int through : {1000, 3000, 8000}) {
        Process ingest({SOP_BINARY, "ingest", file, "--ack", "--dir", shop.project.path()});
        REQUIRE(ingest.wait_for_line(fmt::format("committed through line {}", through)));
        ingest.kill();
        ingest.wait();
        const auto accepted = shop.project.status()["events"]["accepted"].get<std::int64_t>();
        CHECK(accepted >= std::max<std::int64_t>(before, through));
        before = accepted;
    }
    const auto told = shop.sop_json({"ingest", file});
    CHECK(told["accepted"].get<std::int64_t>() + told["duplicates"].get<std::int64_t>() == count);
    REQUIRE(shop.sop({"emit", "check_in", "--member", "m0", "--id", "last"}).exit_code == 0);
    REQUIRE(serve.wait_for_line("hello last"));
    serve.terminate();
    REQUIRE(serve.wait() == 0);
    CHECK(shop.points() == 10 * count);
    CHECK(shop.project.status()["events"]["waiting"] == 0);
}

TEST_CASE("a signal ends ingest after what it has read, and says so", "[ingest]") {
    const Shop shop;
    const std::string fifo = shop.path("fifo");
    REQUIRE(mkfifo(fifo.c_str(), 0600) == 0);
    Process ingest({SOP_BINARY, "ingest", fifo, "--ack", "--dir", shop.project.path()});
    std::ofstream out(fifo);
    out << order(0) << '\n' << std::flush;
    REQUIRE(ingest.wait_for_line("committed through line 1"));
    ingest.signal(SIGINT);
    CHECK(ingest.wait() == 2);
    CHECK(ingest.out().find(
              "Stopped by a signal after line 1; what comes behind it was not taken.") !=
          std::string::npos);
}

// ---- HTTP ---------------------------------------------------------------------------------------

namespace {

struct Served {
    Shop shop;
    Process serve;
    std::string host;
    int port = 0;

    explicit Served(const std::string& settings = "listen = \"127.0.0.1:0\"\n")
        : shop("[http]\n" + settings), serve(shop.project.serve()) {
        REQUIRE(serve.wait_for_line("event=serving"));
        const std::string log = serve.err();
        const auto begin = log.find("http=") + 5;
        const auto colon = log.find(':', begin);
        host = log.substr(begin, colon - begin);
        port = std::stoi(log.substr(colon + 1));
    }

    struct Answer {
        int status = 0;
        std::string type;
        json body;
    };
    Answer post(const std::string& body, const std::string& type = "application/json",
                const httplib::Headers& headers = {},
                const std::string& path = "/v1/events") const {
        httplib::Client client(host, port);
        client.set_read_timeout(20);
        const auto answer = client.Post(path, headers, body, type);
        if (!answer) throw std::runtime_error(httplib::to_string(answer.error()));
        return {answer->status, answer->get_header_value("Content-Type"),
                json::parse(answer->body)};
    }
};

}  // namespace

TEST_CASE("an event by HTTP is acknowledged when it is on the disk, and acts at once",
          "[ingest][http]") {
    Served served;
    const auto taken = served.post(R"({"id":"c1","type":"check_in","member":"m1"})");
    CHECK(taken.status == 202);
    CHECK(taken.type == "application/json");
    CHECK(taken.body == json{{"outcome", "accepted"}, {"id", "c1"}});
    CHECK(served.serve.wait_for_line("hello c1"));
    served.serve.kill();
    CHECK(served.serve.wait() == 128 + SIGKILL);
    CHECK(served.shop.sop({"events", "--id", "c1"}).exit_code == 0);
}

TEST_CASE("several events by HTTP are told of one by one", "[ingest][http]") {
    Served served;
    const auto answer = served.post(order(1) + "\n\nnonsense\n" + order(1) + "\r\n" + order(2),
                                    "application/x-ndjson; charset=utf-8");
    CHECK(answer.status == 202);
    CHECK(answer.body["accepted"] == 2);
    CHECK(answer.body["duplicates"] == 1);
    CHECK(answer.body["rejected"] == 1);
    REQUIRE(answer.body["results"].size() == 4);
    CHECK(answer.body["results"][1] ==
          json{{"line", 3},
               {"outcome", "rejected"},
               {"reason", "not JSON"},
               {"detail", "the line is not JSON, from its byte 2 on"}});
    CHECK(answer.body["results"][3] == json{{"line", 5}, {"outcome", "accepted"}, {"id", "o2"}});

    std::string many;
    for (int i = 10; i < 3000; ++i) many += order(i) + "\n";
    CHECK(served.post(many, "application/x-ndjson").body["accepted"] == 2990);
    CHECK(served.shop.sop_json({"events", "rejected"})["rejected"][0]["source"] == "http");
}

TEST_CASE("what HTTP does not take is a problem that says why", "[ingest][http]") {
    Served served("listen = \"127.0.0.1:0\"\nbody_max = 2048\n");
    struct Row {
        int status;
        std::string problem;
        std::string body;
        std::string type = "application/json";
        std::string path = "/v1/events";
    };
    CHECK(served.post(order(1)).status == 202);
    for (const Row& row : std::vector<Row>{
             {400, "not-JSON", "{"},
             {422, "unknown-event", R"({"type":"ordr"})"},
             {422, "wrong-field", R"({"type":"order","member":"m1"})"},
             {409, "different-content", order(1, "1 CNY")},
             {413, "too-large", std::string(3000, ' ')},
             {415, "wrong-content-type", order(2), "text/plain"},
             {404, "not-found", order(2), "application/json", "/v2/events"},
         }) {
        CAPTURE(row.problem);
        const auto answer = served.post(row.body, row.type, {}, row.path);
        CHECK(answer.status == row.status);
        CHECK(answer.type == "application/problem+json");
        CHECK(answer.body["type"] == "urn:sop:problem:" + row.problem);
        CHECK(answer.body["status"] == row.status);
        CHECK_FALSE(answer.body["detail"].get<std::string>().empty());
    }
    httplib::Client client(served.host, served.port);
    CHECK(client.Get("/v1/events")->status == 405);
    CHECK(served.shop.sop({"events", "--id", "o2"}).exit_code == 2);
}

TEST_CASE("a token is asked for where one is set, and needed beyond the machine",
          "[ingest][http]") {
    Served served("listen = \"127.0.0.1:0\"\ntoken_file = \"token\"\n");
    CHECK(served.post(order(1)).status == 401);
    CHECK(served.post(order(1), "application/json", {{"Authorization", "Bearer wrong"}}).status ==
          401);
    CHECK(served.post(order(1), "application/json", {{"Authorization", "Bearer s3cret"}}).status ==
          202);

    const Shop open("[http]\nlisten = \"0.0.0.0:0\"\n");
    const auto refused = open.project.sop({"serve", open.project.path()});
    CHECK(refused.exit_code == 2);
    CHECK(refused.err.find("has no token: add token_env or token_file") != std::string::npos);
}

TEST_CASE("a client that stops in the middle holds up nobody, and not the end", "[ingest][http]") {
    Served served;
    httplib::Client slow(served.host, served.port);
    std::atomic<bool> has_sent{false};
    std::thread sender([&] {
        slow.Post(
            "/v1/events", 1000,
            [&](std::size_t offset, std::size_t, httplib::DataSink& sink) {
                if (offset == 0) {
                    sink.write("{\"type\"", 7);
                    has_sent = true;
                    return true;
                }
                return served.serve.wait(std::chrono::milliseconds{20}) == std::nullopt;
            },
            "application/json");
    });
    while (!has_sent) std::this_thread::yield();
    CHECK(served.post(R"({"id":"c1","type":"check_in","member":"m1"})").status == 202);
    CHECK(served.serve.wait_for_line("hello c1"));
    const auto begin = std::chrono::steady_clock::now();
    served.serve.terminate();
    CHECK(served.serve.wait() == 0);
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds{5});
    sender.join();
}
