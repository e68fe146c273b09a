// A small HTTP server for programs beside sop: a table of routes, each a function from a request to
// an answer. It decides nothing itself.
//
// Threads of its own read, answer and wait for slow clients, so that the executor never does. A
// connection carries one request: what is left unread of a body that is too large can never be
// taken for the next request.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "runtime/clock/clock.h"
#include "runtime/error.h"

namespace httplib {
class Server;
struct Request;
struct Response;
}  // namespace httplib

namespace sop::runtime {

// It cannot listen, or the address is none.
class HttpError : public Error {
  public:
    using Error::Error;
};

struct HttpAddress {
    std::string host{};
    int port = 0;  // 0: a free one

    bool is_loopback() const;
};
// "127.0.0.1:8080", "localhost:0", "[::1]:8080"; nothing for what is written otherwise.
std::optional<HttpAddress> parse_http_address(std::string_view text);

struct HttpOptions {
    HttpAddress listen{};
    std::optional<std::string> token{};  // a request has to bring it: `Authorization: Bearer …`
    std::size_t body_max = std::size_t{8} * 1024 * 1024;
    std::chrono::milliseconds body_time_max = std::chrono::seconds{60};
};

struct HttpRequest {
    std::string content_type{};  // without parameters, in lower case
    std::string body{};
};

struct HttpAnswer {
    int status = 200;
    std::string body{};  // JSON
    std::string content_type = "application/json";
};

struct HttpRoute {
    std::string method{};  // GET or POST
    std::string path{};
    std::vector<std::string> content_types{};  // of the body; empty for a method without one
    std::function<HttpAnswer(const HttpRequest&)> answer{};
};

// RFC 9457: `kind` is one word or a few with "-" between them, for programs to go by.
HttpAnswer problem(int status, std::string_view kind, const std::string& title,
                   const std::string& detail);

class HttpServer {
  public:
    // Listens when it returns. Throws HttpError.
    HttpServer(HttpOptions options, std::vector<HttpRoute> routes, const Clock& clock);
    // Cuts what is under way.
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    // "127.0.0.1:41234"
    std::string address() const;

  private:
    using Reader = std::function<bool(const std::function<bool(const char*, std::size_t)>&)>;

    void answer(const httplib::Request& request, const Reader* read_body,
                httplib::Response& response);
    HttpAnswer decide(const httplib::Request& request, const Reader* read_body);
    // Nothing, when it is to be answered with `failure`.
    std::optional<std::string> read(const Reader& read_body, HttpAnswer& failure) const;
    void cut_connections() const;

    HttpOptions options_;
    std::vector<HttpRoute> routes_;
    const Clock& clock_;
    std::unique_ptr<httplib::Server> server_;
    std::atomic<bool> is_stopping_{false};
    std::thread thread_;
};

}  // namespace sop::runtime
