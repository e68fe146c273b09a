// Webhooks that are asked, over real HTTP, whether they took a message.
#include "runtime/delivery/delivery_error.h"
#include "runtime/delivery/webhook_channel.h"
#include "tests/runtime/delivery/attempts.h"
#include "tests/support/http_sink.h"

#include <catch2/catch.hpp>

#include <algorithm>

namespace sop::tests {
namespace {

using namespace std::chrono_literals;
using runtime::AskResult;
using runtime::AttemptResult;
using runtime::DeliveryError;
using runtime::Wakeup;
using runtime::WebhookChannelOptions;
using Kind = AskResult::Kind;
using Catch::Matchers::Contains;

struct Hook {
    explicit Hook(WebhookChannelOptions options)
        : channel(runtime::make_webhook_channel(std::move(options), wakeup)) {}
    // Posts to one path of the server and asks at another.
    explicit Hook(const HttpSink& sink)
        : Hook(WebhookChannelOptions{.url = sink.url(), .ask_url = sink.url("/ask")}) {}

    std::vector<AskResult> answers(std::size_t count) {
        constexpr int patience_milliseconds = 20'000;
        std::vector<AskResult> results;
        while (results.size() < count) {
            pollfd notified{wakeup.fd(), POLLIN, 0};
            REQUIRE(::poll(&notified, 1, patience_milliseconds) == 1);
            wakeup.take();
            for (AskResult& result : channel->collect_answers())
                results.push_back(std::move(result));
        }
        REQUIRE(results.size() == count);
        return results;
    }
    AskResult ask(const runtime::Attempt& message) {
        channel->ask({message});
        return answers(1)[0];
    }

    Wakeup wakeup;
    std::unique_ptr<runtime::Channel> channel;
};

std::string answer(const std::string& status) {
    return "HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n";
}

TEST_CASE("a question is a GET with the key of the posts it is about", "[delivery][webhook]") {
    HttpSink sink;
    Hook hook(WebhookChannelOptions{.url = sink.url(), .ask_url = sink.url("/ask?shop=1")});
    const AskResult result = hook.ask(attempt(7));
    CHECK(result.kind == Kind::taken);
    CHECK(result.delivery == 7);
    CHECK(result.reason.empty());
    const auto requests = sink.requests();
    REQUIRE(requests.size() == 1);
    CHECK(requests[0].method == "GET");
    CHECK(requests[0].path == "/ask");
    CHECK(requests[0].key == "sop-7");
    CHECK(requests[0].content_type.empty());
    CHECK(requests[0].body.empty());
    // What a cache remembers is the answer to a question about another message.
    CHECK(requests[0].cache_control == "no-cache");
}

TEST_CASE("the status of an answer says whether it was taken", "[delivery][webhook]") {
    struct Row {
        int status;
        Kind kind;
    };
    const Row rows[] = {
        {200, Kind::taken},     {204, Kind::taken},     {299, Kind::taken},
        {300, Kind::not_known}, {302, Kind::not_known}, {304, Kind::not_known},
        {400, Kind::not_known}, {401, Kind::not_known}, {403, Kind::not_known},
        {404, Kind::not_taken}, {405, Kind::not_known}, {410, Kind::not_known},
        {425, Kind::not_known}, {429, Kind::not_known}, {500, Kind::not_known},
        {503, Kind::not_known}, {999, Kind::not_known},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.status) {
            HttpSink sink;
            sink.answer_with(
                SinkAnswer{.status = row.status, .body = "b", .headers = {{"Retry-After", "7"}}});
            const AskResult result = Hook(sink).ask(attempt(1));
            CHECK(result.kind == row.kind);
            if (row.kind == Kind::taken) {
                CHECK(result.reason.empty());
            } else {
                CHECK_THAT(result.reason, Catch::StartsWith("HTTP " + std::to_string(row.status)));
            }
            CHECK(result.retry_after.has_value() == (row.kind == Kind::not_known));
        }
    }
}

TEST_CASE("without a whole answer nobody can tell", "[delivery][webhook]") {
    const std::string bytes =
        GENERATE("", "HTTP/1.1 40", "HTTP/1.1 404 Not Found\r\nContent-Le",
                 "HTTP/1.1 404 Not Found\r\nContent-Length: 10\r\n\r\nhalf",
                 "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", "what is this\r\n\r\n");
    RawSink sink([&](RawConnection& client, std::size_t) {
        client.read_request();
        client.write(bytes);
    });
    Hook hook(WebhookChannelOptions{
        .url = "http://127.0.0.1:9/hook", .ask_url = sink.url("/secret-ask"), .timeout = 2s});
    const AskResult result = hook.ask(attempt(1));
    CHECK(result.kind == Kind::not_known);
    CHECK_THAT(result.reason,
               Catch::StartsWith("no answer: ") && !Contains("127.0.0.1") && !Contains("secret"));
}

TEST_CASE("a question gets no answer in time", "[delivery][webhook]") {
    HttpSink sink;
    sink.hold();
    Hook hook(
        WebhookChannelOptions{.url = sink.url(), .ask_url = sink.url("/ask"), .timeout = 200ms});
    CHECK(hook.ask(attempt(1)).kind == Kind::not_known);
    sink.release();
}

TEST_CASE("a question may be repeated when a reused connection ends", "[delivery][webhook]") {
    RawSink sink([&](RawConnection& client, std::size_t connection) {
        client.read_request();
        client.write(answer("404 Not Found"));
        if (connection == 1) client.read_request();
    });
    Hook hook(WebhookChannelOptions{
        .url = "http://127.0.0.1:9/hook", .ask_url = sink.url(), .timeout = 5s});
    CHECK(hook.ask(attempt(1)).kind == Kind::not_taken);
    CHECK(hook.ask(attempt(2)).kind == Kind::not_taken);
}

TEST_CASE("questions have places of their own", "[delivery][webhook]") {
    struct Row {
        std::size_t in_flight_max;
        std::size_t questions_max;
    };
    for (const Row& row : {Row{1, 1}, Row{3, 1}, Row{4, 1}, Row{16, 4}, Row{1024, 256}}) {
        CHECK(Hook(WebhookChannelOptions{.url = "http://h/",
                                         .ask_url = "http://h/",
                                         .in_flight_max = row.in_flight_max})
                  .channel->questions_max() == row.questions_max);
    }
    CHECK(Hook(WebhookChannelOptions{.url = "http://h/"}).channel->questions_max() == 0);

    // Those that hang keep no post waiting.
    HttpSink hanging;
    hanging.hold();
    HttpSink sink;
    Hook hook(WebhookChannelOptions{
        .url = sink.url(), .ask_url = hanging.url("/ask"), .in_flight_max = 4, .timeout = 60s});
    hook.channel->ask({attempt(1)});
    REQUIRE(hanging.wait_for_held(1));
    hook.channel->start(attempts(20));
    CHECK(results_of(*hook.channel, hook.wakeup, 20).size() == 20);
    CHECK(hook.channel->collect_answers().empty());
    hanging.release();
    CHECK(hook.answers(1)[0].kind == Kind::taken);
}

TEST_CASE("giving up ends every question and every post", "[delivery][webhook]") {
    HttpSink sink;
    sink.hold();
    Hook hook(WebhookChannelOptions{
        .url = sink.url(), .ask_url = sink.url("/ask"), .in_flight_max = 4, .timeout = 60s});
    hook.channel->start({attempt(1)});
    hook.channel->ask(attempts(3));
    REQUIRE(sink.wait_for_held(2));
    hook.channel->abandon();
    const auto posts = hook.channel->collect();
    REQUIRE(posts.size() == 1);
    CHECK(posts[0].kind == AttemptResult::Kind::unknown);
    const auto questions = hook.channel->collect_answers();
    CHECK(questions.size() == 3);
    for (const AskResult& result : questions) {
        CHECK(result.kind == Kind::not_known);
        CHECK_THAT(result.reason, Contains("given up"));
    }
    sink.release();
    CHECK(hook.ask(attempt(4)).kind == Kind::taken);
}

TEST_CASE("no part of the address to ask at, nor of the URL, stands in a reason",
          "[delivery][webhook]") {
    HttpSink sink;
    sink.answer_with(
        SinkAnswer{.status = 500, .body = "GET /asking/T0KEN?key=p1ece of POST /hook-id"});
    Hook hook(WebhookChannelOptions{.url = sink.url("/hook-id"),
                                    .ask_url = sink.url("/asking/T0KEN?key=p1ece")});
    CHECK(hook.ask(attempt(1)).reason == "HTTP 500: GET /[…]/[…]?key=[…] of POST /[…]");
    hook.channel->start({attempt(1)});
    CHECK_THAT(results_of(*hook.channel, hook.wakeup, 1)[0].reason, !Contains("T0KEN"));
}

TEST_CASE("an address to ask at that is none is refused without being told",
          "[delivery][webhook]") {
    Wakeup wakeup;
    CHECK_THROWS_WITH(
        runtime::make_webhook_channel({.url = "http://h/", .ask_url = "ftp://s3cret/"}, wakeup),
        Catch::StartsWith("the address at which the webhook is asked is not an http or https "
                          "address (") &&
            !Contains("s3cret"));
}

}  // namespace
}  // namespace sop::tests
