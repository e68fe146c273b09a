#include "runtime/http/http_server.h"

#include <fmt/format.h>
#include <httplib.h>
#include <nlohmann/json.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

namespace sop::runtime {

namespace {

// Between two pieces of a request.
constexpr std::chrono::seconds silence_max{5};

// Of a body that is too large so much more is read, in units of what is allowed, for its sender to
// come to the answer.
constexpr std::size_t overread_max = 4;

constexpr int port_max = 65535;

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

// "application/json; charset=utf-8" is application/json.
std::string media_type(const std::string& content_type) {
    std::string type = lower(content_type.substr(0, content_type.find(';')));
    type.erase(type.find_last_not_of(" \t") + 1);
    return type;
}

// In a time that does not tell how much of it is right.
bool equals_secret(std::string_view given, std::string_view secret) {
    unsigned char differs = given.size() == secret.size() ? 0 : 1;
    for (std::size_t i = 0; i < given.size(); ++i) {
        const char other = secret.empty() ? '\0' : secret[i % secret.size()];
        differs = static_cast<unsigned char>(differs | (given[i] ^ other));
    }
    return differs == 0;
}

bool is_authorized(const httplib::Request& request, const std::optional<std::string>& token) {
    constexpr std::string_view scheme = "bearer ";
    if (!token) return true;
    const std::string given = request.get_header_value("Authorization");
    return lower(given.substr(0, scheme.size())) == scheme &&
           equals_secret(std::string_view(given).substr(scheme.size()), *token);
}

int port_of(int socket) {
    sockaddr_storage address{};
    socklen_t length = sizeof address;
    if (getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length) != 0) return -1;
    if (address.ss_family == AF_INET)
        return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
    if (address.ss_family == AF_INET6)
        return ntohs(reinterpret_cast<const sockaddr_in6&>(address).sin6_port);
    return -1;
}

}  // namespace

bool HttpAddress::is_loopback() const {
    // A name may begin with digits too.
    in_addr address{};
    const bool is_ipv4 = inet_pton(AF_INET, host.c_str(), &address) == 1;
    return host == "localhost" || host == "::1" || (is_ipv4 && host.starts_with("127."));
}

std::optional<HttpAddress> parse_http_address(std::string_view text) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0) return std::nullopt;
    std::string_view host = text.substr(0, colon);
    const std::string_view port = text.substr(colon + 1);
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
    } else if (host.find(':') != std::string_view::npos) {
        return std::nullopt;
    }
    HttpAddress address{.host = std::string(host)};
    const auto [rest, error] =
        std::from_chars(port.data(), port.data() + port.size(), address.port);
    const bool is_port = error == std::errc() && rest == port.data() + port.size() &&
                         address.port >= 0 && address.port <= port_max;
    return is_port && !host.empty() ? std::optional(address) : std::nullopt;
}

HttpAnswer problem(int status, std::string_view kind, const std::string& title,
                   const std::string& detail) {
    return {.status = status,
            .body = nlohmann::json{{"type", fmt::format("urn:sop:problem:{}", kind)},
                                   {"title", title},
                                   {"status", status},
                                   {"detail", detail}}
                        .dump(),
            .content_type = "application/problem+json"};
}

HttpServer::HttpServer(HttpOptions options, std::vector<HttpRoute> routes, const Clock& clock)
    : options_(std::move(options)),
      routes_(std::move(routes)),
      clock_(clock),
      server_(std::make_unique<httplib::Server>()) {
    server_->set_keep_alive_max_count(1);
    server_->set_read_timeout(silence_max);
    server_->set_write_timeout(silence_max);
    server_->set_tcp_nodelay(true);
    // Any path: the table of routes says what is there.
    const auto without_body = [this](const httplib::Request& request, httplib::Response& response) {
        answer(request, nullptr, response);
    };
    server_->Get(".*", without_body);
    server_->Options(".*", without_body);
    const auto with_body = [this](const httplib::Request& request, httplib::Response& response,
                                  const httplib::ContentReader& content) {
        const Reader reader = [&content](const auto& receive) { return content(receive); };
        answer(request, &reader, response);
    };
    server_->Post(".*", with_body);
    server_->Put(".*", with_body);
    server_->Patch(".*", with_body);
    server_->Delete(".*", with_body);

    HttpAddress& listen = options_.listen;
    errno = 0;
    if (listen.port == 0) {
        listen.port = server_->bind_to_any_port(listen.host);
    } else if (!server_->bind_to_port(listen.host, listen.port)) {
        listen.port = -1;
    }
    if (listen.port < 0) {
        throw HttpError(fmt::format(
            "[http] cannot listen on the address in sop.toml: {}; choose one that is this "
            "machine's and free",
            errno != 0 ? std::strerror(errno) : "it is not to be had"));
    }
    thread_ = std::thread([this] { server_->listen_after_bind(); });
    while (!server_->is_running()) std::this_thread::yield();
}

HttpServer::~HttpServer() {
    is_stopping_ = true;
    server_->stop();
    cut_connections();
    thread_.join();
}

std::string HttpServer::address() const {
    const HttpAddress& listen = options_.listen;
    const bool is_ipv6 = listen.host.find(':') != std::string::npos;
    return fmt::format("{}{}{}:{}", is_ipv6 ? "[" : "", listen.host, is_ipv6 ? "]" : "",
                       listen.port);
}

// The library waits for its clients, and one may be silent for long.
void HttpServer::cut_connections() const {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    constexpr rlim_t looked_at_max = 65536;
    for (int fd = 0; fd < static_cast<int>(std::min(limit.rlim_cur, looked_at_max)); ++fd) {
        if (port_of(fd) == options_.listen.port) shutdown(fd, SHUT_RDWR);
    }
}

std::optional<std::string> HttpServer::read(const Reader& read_body, HttpAnswer& failure) const {
    std::string body;
    std::size_t size = 0;
    const auto began = clock_.elapsed();
    bool is_late = false;
    const bool is_whole = read_body([&](const char* data, std::size_t length) {
        size += length;
        if (size <= options_.body_max) body.append(data, length);
        is_late = clock_.elapsed() - began > options_.body_time_max;
        return !is_late && !is_stopping_ && size <= overread_max * options_.body_max;
    });
    if (size > options_.body_max) {
        failure = problem(413, "too-large", "The body is too large",
                          fmt::format("more than {} bytes; send it in several requests, or see to "
                                      "body_max of [http] in sop.toml",
                                      options_.body_max));
        return std::nullopt;
    }
    if (is_late) {
        failure = problem(408, "too-slow", "The body took too long",
                          "it was not there in time, and nothing of it was taken");
        return std::nullopt;
    }
    if (!is_whole) {
        failure = problem(400, "broken", "The body is not whole",
                          "the request ended before it, and nothing of it was taken");
        return std::nullopt;
    }
    return body;
}

HttpAnswer HttpServer::decide(const httplib::Request& request, const Reader* read_body) {
    HttpAnswer failure;
    // Also of a request that is refused: who is still writing does not read the answer.
    const auto body = read_body != nullptr ? read(*read_body, failure) : std::string();
    if (!is_authorized(request, options_.token))
        return problem(401, "unauthorized", "The token is missing or wrong",
                       "send it as `Authorization: Bearer TOKEN`");
    std::vector<std::string> methods;
    const HttpRoute* found = nullptr;
    for (const HttpRoute& route : routes_) {
        if (route.path != request.path) continue;
        methods.push_back(route.method);
        if (route.method == request.method) found = &route;
    }
    if (methods.empty())
        return problem(404, "not-found", "There is no such path",
                       fmt::format("`{}` is not one of sop's", request.path));
    if (found == nullptr)
        return problem(405, "wrong-method", "The path has no such method",
                       fmt::format("it has {}", fmt::join(methods, ", ")));
    HttpRequest taken{.content_type = media_type(request.get_header_value("Content-Type"))};
    const auto& types = found->content_types;
    if (!types.empty() && std::find(types.begin(), types.end(), taken.content_type) == types.end())
        return problem(415, "wrong-content-type", "The content type is another",
                       fmt::format("send {}", fmt::join(types, " or ")));
    if (!body) return failure;
    taken.body = *body;
    return found->answer(taken);
}

void HttpServer::answer(const httplib::Request& request, const Reader* read_body,
                        httplib::Response& response) {
    HttpAnswer answer;
    try {
        answer = decide(request, read_body);
    } catch (const Error& error) {
        answer = problem(503, "unavailable", "It cannot be done now", error.what());
    } catch (const std::exception& error) {
        // The edge around one request.
        answer = problem(500, "internal", "A fault in sop itself", error.what());
    }
    response.status = answer.status;
    if (answer.status == 401) response.set_header("WWW-Authenticate", "Bearer");
    response.set_content(answer.body, answer.content_type);
}

}  // namespace sop::runtime
