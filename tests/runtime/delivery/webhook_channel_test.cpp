#include "runtime/delivery/webhook_channel.h"

#include "lang/unicode.h"
#include "runtime/delivery/delivery_error.h"
#include "tests/runtime/delivery/attempts.h"
#include "tests/support/http_sink.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <ctime>
#include <set>

namespace sop::tests {
namespace {

using namespace std::chrono_literals;
using runtime::Attempt;
using runtime::AttemptResult;
using runtime::DeliveryError;
using runtime::Wakeup;
using runtime::WebhookChannelOptions;
using Kind = AttemptResult::Kind;
using Catch::Matchers::Contains;

// A channel with the Wakeup it needs.
struct Hook {
    explicit Hook(WebhookChannelOptions options)
        : channel(runtime::make_webhook_channel(std::move(options), wakeup)) {}
    explicit Hook(const std::string& url) : Hook(WebhookChannelOptions{.url = url}) {}

    AttemptResult post(const Attempt& message) {
        channel->start({message});
        return results_of(*channel, wakeup, 1)[0];
    }

    Wakeup wakeup;
    std::unique_ptr<runtime::Channel> channel;
};

// Sets a variable of the environment for one test.
class EnvironmentVariable {
  public:
    EnvironmentVariable(const char* name, const std::string& value) : name_(name) {
        ::setenv(name, value.c_str(), 1);
    }
    ~EnvironmentVariable() { ::unsetenv(name_); }
    EnvironmentVariable(const EnvironmentVariable&) = delete;
    EnvironmentVariable& operator=(const EnvironmentVariable&) = delete;

  private:
    const char* name_;
};

// A listening socket nobody accepts from. With `full`, the queue is taken up, so that further
// connections hang.
class DeafPort {
  public:
    enum class State { closed, full };
    explicit DeafPort(State state) {
        address_.sin_family = AF_INET;
        address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        REQUIRE(::bind(listener_, generic(), size_) == 0);
        REQUIRE(::getsockname(listener_, generic(), &size_) == 0);
        if (state == State::closed) return;  // bound and not listening: connections are refused
        REQUIRE(::listen(listener_, 0) == 0);
        REQUIRE(::connect(client_, generic(), size_) == 0);
    }
    ~DeafPort() {
        ::close(client_);
        ::close(listener_);
    }
    DeafPort(const DeafPort&) = delete;
    DeafPort& operator=(const DeafPort&) = delete;

    std::string url() const {
        return "http://127.0.0.1:" + std::to_string(ntohs(address_.sin_port)) + "/hook";
    }

  private:
    sockaddr* generic() { return reinterpret_cast<sockaddr*>(&address_); }

    int listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int client_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address_{};
    socklen_t size_ = sizeof address_;
};

std::string answer(const std::string& status, const std::string& body = "") {
    return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
}

TEST_CASE("a message is posted as JSON with its key in a header", "[delivery][webhook]") {
    HttpSink sink;
    Hook hook(sink.url("/hook?group=1"));
    Attempt message = attempt(7);
    message.number = 3;
    CHECK(hook.post(message).kind == Kind::sent);

    const auto requests = sink.requests();
    REQUIRE(requests.size() == 1);
    CHECK(requests[0].path == "/hook");
    CHECK(requests[0].key == "sop-7");
    CHECK(requests[0].content_type == "application/json");
    CHECK(requests[0].body ==
          R"({"key":"sop-7","playbook":"members","rule":"flash_sale","step":"start - 10m",)"
          R"("verb":"post","group":"g7","name":"会员群","text":"还有十分钟",)"
          R"("planned_for":"2026-11-19T12:00:00Z","attempt":3})");
}

TEST_CASE("a message with broken characters is still JSON", "[delivery][webhook]") {
    HttpSink sink;
    Hook hook(sink.url());
    Attempt message = attempt(1);
    message.text = "a\xff\"\n";
    message.target_kind = lang::SubjectKind::member;
    REQUIRE(hook.post(message).kind == Kind::sent);
    const auto body = nlohmann::json::parse(sink.requests()[0].body);
    CHECK(body["text"] == "a�\"\n");
    CHECK(body["member"] == "g1");
}

TEST_CASE("the status of an answer decides what becomes of a delivery", "[delivery][webhook]") {
    struct Row {
        int status;
        Kind kind;
    };
    const Row rows[] = {
        {200, Kind::sent},   {201, Kind::sent},   {202, Kind::sent},   {204, Kind::sent},
        {299, Kind::sent},   {300, Kind::failed}, {301, Kind::failed}, {302, Kind::failed},
        {307, Kind::failed}, {308, Kind::failed}, {400, Kind::failed}, {401, Kind::failed},
        {403, Kind::failed}, {404, Kind::failed}, {407, Kind::failed}, {409, Kind::failed},
        {410, Kind::failed}, {413, Kind::failed}, {417, Kind::failed}, {422, Kind::failed},
        {408, Kind::retry},  {425, Kind::retry},  {429, Kind::retry},  {500, Kind::retry},
        {501, Kind::retry},  {502, Kind::retry},  {503, Kind::retry},  {504, Kind::retry},
        {599, Kind::retry},  {600, Kind::failed}, {999, Kind::failed},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.status) {
            RawSink sink([&](RawConnection& client, std::size_t) {
                while (client.read_request()) {
                    client.write(answer(std::to_string(row.status) + " Said",
                                        row.status == 204 ? "" : "the body"));
                }
            });
            Hook hook(sink.url());
            const AttemptResult result = hook.post(attempt(1));
            CHECK(result.kind == row.kind);
            const bool sent = row.kind == Kind::sent;
            CHECK(result.reason ==
                  (sent ? "" : "HTTP " + std::to_string(row.status) + ": the body"));
            CHECK(!result.retry_after);
        }
    }
}

TEST_CASE("the key is the same for every try of a delivery and for no other",
          "[delivery][webhook]") {
    HttpSink sink;
    sink.answer_with(SinkAnswer{.status = 503});
    Hook hook(sink.url());
    for (const int number : {1, 2, 3}) {
        for (const runtime::DeliveryId delivery : {1, 2}) {
            Attempt message = attempt(delivery);
            message.number = number;
            CHECK(hook.post(message).kind == Kind::retry);
        }
    }
    const auto requests = sink.requests();
    REQUIRE(requests.size() == 6);
    for (std::size_t i = 0; i < requests.size(); ++i) {
        CHECK(requests[i].key == (i % 2 == 0 ? "sop-1" : "sop-2"));
        CHECK(nlohmann::json::parse(requests[i].body)["attempt"] == i / 2 + 1);
    }
}

TEST_CASE("a connection that never came about is worth another try", "[delivery][webhook]") {
    SECTION("refused") {
        const DeafPort port(DeafPort::State::closed);
        const AttemptResult result = Hook(port.url()).post(attempt(1));
        CHECK(result.kind == Kind::retry);
        CHECK(result.reason == "no connection: Connection refused");
    }
    SECTION("hanging") {
        const DeafPort port(DeafPort::State::full);
        const AttemptResult result =
            Hook(WebhookChannelOptions{.url = port.url(), .connect_timeout = 200ms})
                .post(attempt(1));
        CHECK(result.kind == Kind::retry);
        CHECK_THAT(result.reason, Catch::StartsWith("no connection: "));
    }
    SECTION("a name that does not exist") {
        const AttemptResult result =
            Hook(WebhookChannelOptions{.url = "http://hooks.secret.invalid/hook",
                                       .connect_timeout = 2000ms})
                .post(attempt(1));
        CHECK(result.kind == Kind::retry);
        CHECK_THAT(result.reason, Catch::StartsWith("no connection: ") && !Contains("secret"));
    }
    SECTION("https where plain http is spoken") {
        RawSink sink([](RawConnection& client, std::size_t) { client.write("HTTP/1.1 400 No"); });
        const AttemptResult result = Hook(sink.url("/hook", "https")).post(attempt(1));
        CHECK(result.kind == Kind::retry);
        CHECK_THAT(result.reason, Catch::StartsWith("no connection: "));
    }
}

TEST_CASE("a request that was written and has no whole answer is unknown", "[delivery][webhook]") {
    struct Row {
        const char* name;
        RawSink::Script script;
    };
    const auto after_request = [](std::string bytes) {
        return [bytes = std::move(bytes)](RawConnection& client, std::size_t) {
            client.read_request();
            client.write(bytes);
        };
    };
    const auto silent_after = [](std::string bytes) {
        return [bytes = std::move(bytes)](RawConnection& client, std::size_t) {
            client.read_request();
            client.write(bytes);
            client.wait_for_close();
        };
    };
    const Row rows[] = {
        {"closed without an answer", after_request("")},
        {"half a status line", after_request("HTTP/1.1 20")},
        {"half a header", after_request("HTTP/1.1 200 OK\r\nContent-Le")},
        {"half a body", after_request("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")},
        {"half a chunk",
         after_request("HTTP/1.1 503 No\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nhalf")},
        {"an interim answer only", after_request("HTTP/1.1 100 Continue\r\n\r\n")},
        {"garbage", after_request("\x01\x02 what is this\r\n\r\n")},
        {"no answer in time", silent_after("")},
        {"no end of the answer in time",
         silent_after("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")},
        {"reset without an answer",
         [](RawConnection& client, std::size_t) {
             client.read_request();
             client.reset();
         }},
        {"reset amid the answer",
         [](RawConnection& client, std::size_t) {
             client.read_request();
             client.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
             client.reset();
         }},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.name) {
            RawSink sink(row.script);
            Hook hook(WebhookChannelOptions{.url = sink.url(), .timeout = 300ms});
            const AttemptResult result = hook.post(attempt(1));
            CHECK(result.kind == Kind::unknown);
            CHECK_THAT(result.reason, Catch::StartsWith("written, but no whole answer came: ") &&
                                          !Contains("127.0.0.1"));
            CHECK(sink.connections() == 1);
        }
    }
}

TEST_CASE("an answer is understood in all the ways HTTP allows", "[delivery][webhook]") {
    const std::string bytes = GENERATE(
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nTrailer: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\nuntil the end", "HTTP/1.0 200 OK\n\n", "HTTP/1.1 204 None\r\n\r\n");
    RawSink sink([&](RawConnection& client, std::size_t) {
        client.read_request();
        client.write(bytes);
    });
    CHECK(Hook(sink.url()).post(attempt(1)).kind == Kind::sent);
}

TEST_CASE("a request is not repeated behind our back when a reused connection ends",
          "[delivery][webhook]") {
    std::mutex mutex;
    std::vector<std::string> taken;
    RawSink sink([&](RawConnection& client, std::size_t connection) {
        for (int number = 1; const auto request = client.read_request(); ++number) {
            {
                const std::lock_guard lock(mutex);
                taken.push_back(*request);
            }
            // The second request of the first connection is taken and gets no answer.
            if (connection == 1 && number == 2) return;
            client.write(answer("200 OK"));
        }
    });
    Hook hook(sink.url());
    CHECK(hook.post(attempt(1)).kind == Kind::sent);
    const AttemptResult result = hook.post(attempt(2));
    CHECK(result.kind == Kind::unknown);
    CHECK_THAT(result.reason, Contains("the connection was closed"));
    CHECK(hook.post(attempt(3)).kind == Kind::sent);

    const std::lock_guard lock(mutex);
    REQUIRE(taken.size() == 3);
    CHECK_THAT(taken[1], Contains("Idempotency-Key: sop-2"));
    CHECK_THAT(taken[2], Contains("Idempotency-Key: sop-3"));
}

TEST_CASE("a connection closed while it was idle does no harm", "[delivery][webhook]") {
    RawSink sink([](RawConnection& client, std::size_t) {
        client.read_request();
        client.write(answer("200 OK"));
    });
    Hook hook(sink.url());
    for (const std::size_t number : {1, 2, 3}) {
        CHECK(hook.post(attempt(1)).kind == Kind::sent);
        REQUIRE(sink.wait_for_closed(number));
    }
}

TEST_CASE("posts one after the other share a connection", "[delivery][webhook]") {
    RawSink sink([](RawConnection& client, std::size_t) {
        while (client.read_request()) client.write(answer("200 OK", "fine"));
    });
    Hook hook(sink.url());
    for (int i = 1; i <= 20; ++i) CHECK(hook.post(attempt(i)).kind == Kind::sent);
    CHECK(sink.connections() == 1);
}

TEST_CASE("a long body is written without asking first", "[delivery][webhook]") {
    std::string taken;
    RawSink sink([&](RawConnection& client, std::size_t) {
        taken = client.read_request().value_or("");
        client.write(answer("200 OK"));
    });
    Attempt message = attempt(1);
    message.text.assign(3'000'000, 'x');
    CHECK(Hook(sink.url()).post(message).kind == Kind::sent);
    REQUIRE(sink.wait_for_closed(1));
    CHECK(taken.size() > message.text.size());
    CHECK(taken.find("Expect") == std::string::npos);
}

TEST_CASE("no more posts are under way at once than allowed", "[delivery][webhook]") {
    HttpSink sink;
    sink.hold();
    Hook hook(WebhookChannelOptions{.url = sink.url(), .in_flight_max = 16});
    CHECK(hook.channel->in_flight_max() == 16);
    hook.channel->start(attempts(500));
    REQUIRE(sink.wait_for_held(16));
    sink.release();

    std::set<runtime::DeliveryId> sent;
    for (const AttemptResult& result : results_of(*hook.channel, hook.wakeup, 500)) {
        CHECK(result.kind == Kind::sent);
        sent.insert(result.delivery);
    }
    CHECK(sent.size() == 500);
    CHECK(sink.concurrent_max() == 16);
    std::set<std::string> keys;
    for (const SinkRequest& request : sink.requests()) keys.insert(request.key);
    CHECK(sink.requests().size() == 500);
    CHECK(keys.size() == 500);
}

TEST_CASE("Retry-After is handed on in both its forms", "[delivery][webhook]") {
    const auto http_date = [](std::chrono::seconds from_now) {
        const std::time_t at = std::time(nullptr) + from_now.count();
        std::tm parts{};
        ::gmtime_r(&at, &parts);
        char text[64];
        std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
        return std::string(text);
    };
    struct Row {
        int status;
        std::string header;
        std::optional<std::chrono::milliseconds> least;
        std::chrono::milliseconds most;
    };
    const Row rows[] = {
        {429, "7", 7s, 7s},
        {503, "1", 1s, 1s},
        {503, http_date(100s), 90s, 100s},
        {503, http_date(-100s), std::nullopt, 0s},
        {503, "0", std::nullopt, 0s},
        {503, "soon", std::nullopt, 0s},
        {503, "", std::nullopt, 0s},
        {503, "-5", std::nullopt, 0s},
        {503, "999999999", 24h, 24h},
        {503, "99999999999999999999", std::nullopt, 0s},
        {400, "7", std::nullopt, 0s},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.status << " " << row.header) {
            HttpSink sink;
            sink.answer_with(
                SinkAnswer{.status = row.status, .headers = {{"Retry-After", row.header}}});
            const AttemptResult result = Hook(sink.url()).post(attempt(1));
            REQUIRE(result.retry_after.has_value() == row.least.has_value());
            if (row.least) {
                CHECK(*result.retry_after >= *row.least);
                CHECK(*result.retry_after <= row.most);
            }
        }
    }
}

TEST_CASE("giving up settles every attempt at once", "[delivery][webhook]") {
    SECTION("unknown what was written, for another try what was not begun") {
        HttpSink sink;
        sink.hold();
        Hook hook(WebhookChannelOptions{.url = sink.url(), .in_flight_max = 4, .timeout = 60s});
        hook.channel->start(attempts(10));
        REQUIRE(sink.wait_for_held(4));
        hook.channel->abandon();
        std::size_t unknown = 0;
        std::size_t retry = 0;
        for (const AttemptResult& result : hook.channel->collect()) {
            if (result.kind == Kind::unknown) ++unknown;
            if (result.kind == Kind::retry) ++retry;
            CHECK_THAT(result.reason, Contains("given up"));
        }
        CHECK(unknown == 4);
        CHECK(retry == 6);

        sink.release();
        CHECK(hook.post(attempt(11)).kind == Kind::sent);
        CHECK(sink.requests().size() == 5);
    }
    SECTION("for another try what had no connection yet") {
        const DeafPort port(DeafPort::State::full);
        Hook hook(WebhookChannelOptions{.url = port.url(), .connect_timeout = 60s, .timeout = 60s});
        hook.channel->start({attempt(1)});
        hook.channel->abandon();
        const auto results = hook.channel->collect();
        REQUIRE(results.size() == 1);
        CHECK(results[0].kind == Kind::retry);
    }
    SECTION("nothing under way") {
        HttpSink sink;
        Hook hook(sink.url());
        hook.channel->start({});
        hook.channel->abandon();
        CHECK(hook.channel->collect().empty());
    }
}

TEST_CASE("a channel with posts under way ends without waiting for them", "[delivery][webhook]") {
    HttpSink sink;
    sink.hold();
    const auto began = std::chrono::steady_clock::now();
    {
        Hook hook(WebhookChannelOptions{.url = sink.url(), .in_flight_max = 4, .timeout = 60s});
        hook.channel->start(attempts(10));
        REQUIRE(sink.wait_for_held(4));
    }
    CHECK(std::chrono::steady_clock::now() - began < 20s);
    CHECK(sink.requests().size() == 4);
}

TEST_CASE("a huge or endless answer is judged by its status", "[delivery][webhook]") {
    const std::string filler(100'000, 'x');
    RawSink sink([&](RawConnection& client, std::size_t connection) {
        client.read_request();
        client.write(connection == 1 ? "HTTP/1.1 200 OK\r\n\r\n" : "HTTP/1.1 500 No\r\n\r\n");
        for (int i = 0; i < 200; ++i) client.write(filler);
        client.wait_for_close();
    });
    Hook hook(sink.url());
    CHECK(hook.post(attempt(1)).kind == Kind::sent);
    const AttemptResult result = hook.post(attempt(2));
    CHECK(result.kind == Kind::retry);
    CHECK(result.reason == "HTTP 500: " + std::string(200, 'x') + "…");
}

TEST_CASE("an answer's body stands in the reason as one printable line", "[delivery][webhook]") {
    struct Row {
        std::string body;
        std::string reason;
    };
    const Row rows[] = {
        {"", "HTTP 400"},
        {" \r\n\t ", "HTTP 400"},
        {"no such group", "HTTP 400: no such group"},
        {"{\n  \"error\": \"群不存在\"\n}\n", "HTTP 400: { \"error\": \"群不存在\" }"},
        {"a\x1b[31mred\x07", "HTTP 400: a [31mred"},
        {"a\xff\xfe\xe7\xbe", "HTTP 400: a����"},
        {"a\xE2\x80\xAE"
         "b\xE2\x80\xA8"
         "c\xC2\x85"
         "d",
         "HTTP 400: a b c d"},
        {std::string("a\0b", 3), "HTTP 400: a b"},
        {std::string(199, 'x') + " yz", "HTTP 400: " + std::string(199, 'x') + "…"},
        {std::string(200, 'x') + " \n", "HTTP 400: " + std::string(200, 'x')},
    };
    for (const Row& row : rows) {
        HttpSink sink;
        sink.answer_with(SinkAnswer{.status = 400, .body = row.body});
        const AttemptResult result = Hook(sink.url()).post(attempt(1));
        CHECK(result.reason == row.reason);
        CHECK(!lang::find_invalid_utf8(result.reason));
    }
}

TEST_CASE("no part of the URL stands in a reason", "[delivery][webhook]") {
    const std::string path = "/hooks/T0KEN/s3cr%65t-piece?key=ab%2Fcdef&x=q9q9#frag-ment";
    const std::vector<std::string> secrets = {
        "127.0.0.1", "hooks", "T0KEN",     "s3cr%65t-piece", "s3cret-piece", "ab%2Fcdef",
        "ab/cdef",   "q9q9",  "user-name", "pass-word",      "frag-ment"};
    std::string body;
    for (const std::string& secret : secrets) body += "<" + secret + ">";
    const auto with_user = [](const std::string& url) {
        return "http://user-name:pass-word@" + url.substr(url.find("//") + 2);
    };

    SECTION("when the answer quotes it") {
        HttpSink sink;
        const std::string url = with_user(sink.url(path));
        const std::string quoted = GENERATE(0, 1) == 0 ? std::string() : std::string(195, '.');
        sink.answer_with(SinkAnswer{.status = 404, .body = quoted + url + " " + body});
        const std::string reason = Hook(url).post(attempt(1)).reason;
        CHECK_THAT(reason, Catch::StartsWith("HTTP 404: "));
        for (const std::string& secret : secrets) CHECK_THAT(reason, !Contains(secret));
        CHECK_THAT(reason, !Contains(url.substr(url.find('@') + 1, 5)));
    }
    SECTION("when there is no connection") {
        const DeafPort port(DeafPort::State::closed);
        const std::string reason = Hook(with_user(port.url())).post(attempt(1)).reason;
        for (const std::string& secret : secrets) CHECK_THAT(reason, !Contains(secret));
    }
}

TEST_CASE("a redirect is not followed", "[delivery][webhook]") {
    HttpSink sink;
    sink.answer_with(SinkAnswer{.status = 307, .headers = {{"Location", sink.url("/other")}}});
    CHECK(Hook(sink.url()).post(attempt(1)).kind == Kind::failed);
    CHECK(sink.requests().size() == 1);
}

TEST_CASE("a proxy named in the environment is not used", "[delivery][webhook]") {
    const DeafPort nowhere(DeafPort::State::closed);
    const EnvironmentVariable http("http_proxy", nowhere.url());
    const EnvironmentVariable all("ALL_PROXY", nowhere.url());
    HttpSink sink;
    CHECK(Hook(sink.url()).post(attempt(1)).kind == Kind::sent);
}

TEST_CASE("a URL that is not http or https is refused without being shown", "[delivery][webhook]") {
    const std::string url =
        GENERATE("", "secret", "ftp://secret.example/hook", "file:///secret", "http://",
                 "//secret.example/hook", "https://secret.example:99999/hook",
                 "https://secret.example/ho ok", "https://secret.example/\n", "javascript:secret",
                 "gopher://secret.example/");
    Wakeup wakeup;
    try {
        runtime::make_webhook_channel(WebhookChannelOptions{.url = url}, wakeup);
        FAIL("accepted: " << url);
    } catch (const DeliveryError& error) {
        CHECK_THAT(error.what(),
                   Contains("should look like https://host/path") && !Contains("secret"));
    }
}

}  // namespace
}  // namespace sop::tests
