// What of HTTP is decided without a socket; the rest is in end_to_end/ingest_test.cpp.
#include "runtime/http/http_server.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

namespace sop::runtime {

TEST_CASE("an address to listen at is a host and a port", "[http]") {
    struct Row {
        std::string text;
        std::string host;
        int port;
        bool is_loopback;
    };
    for (const Row& row : std::vector<Row>{{"127.0.0.1:8080", "127.0.0.1", 8080, true},
                                           {"127.8.0.1:0", "127.8.0.1", 0, true},
                                           {"localhost:65535", "localhost", 65535, true},
                                           {"[::1]:80", "::1", 80, true},
                                           {"[::]:80", "::", 80, false},
                                           {"0.0.0.0:80", "0.0.0.0", 80, false},
                                           {"127.example:80", "127.example", 80, false},
                                           {"shop.example:80", "shop.example", 80, false}}) {
        CAPTURE(row.text);
        const auto address = parse_http_address(row.text);
        REQUIRE(address);
        CHECK(address->host == row.host);
        CHECK(address->port == row.port);
        CHECK(address->is_loopback() == row.is_loopback);
    }
    for (const char* text : {"", "8080", ":8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536",
                             "127.0.0.1:-1", "127.0.0.1:80x", "::1:80", "[]:80"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_http_address(text));
    }
}

TEST_CASE("an address that cannot be listened at says so", "[http]") {
    const ManualClock clock(Instant{});
    const HttpServer server({.listen = {"127.0.0.1", 0}}, {}, clock);
    const auto taken = parse_http_address(server.address()).value();
    CHECK(taken.port > 0);
    CHECK_THROWS_AS(HttpServer({.listen = {"192.0.2.1", 0}}, {}, clock), HttpError);
}

}  // namespace sop::runtime
