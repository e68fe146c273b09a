#include "tests/support/http_sink.h"

#include <arpa/inet.h>
#include <httplib.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace sop::tests {
namespace {

constexpr std::size_t server_threads = 128;

[[noreturn]] void fail(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

std::string address(const std::string& scheme, int port, const std::string& path) {
    return scheme + "://127.0.0.1:" + std::to_string(port) + path;
}

}  // namespace

HttpSink::HttpSink() : server_(std::make_unique<httplib::Server>()) {
    server_->new_task_queue = [] { return new httplib::ThreadPool(server_threads); };
    server_->set_tcp_nodelay(true);
    // By default a server of this library ends a connection after five requests.
    server_->set_keep_alive_max_count(100'000);
    const auto handle = [this](const httplib::Request& request, httplib::Response& response) {
        const SinkAnswer answer =
            serve({.number = 0,
                   .method = request.method,
                   .path = request.path,
                   .key = request.get_header_value("Idempotency-Key"),
                   .content_type = request.get_header_value("Content-Type"),
                   .body = request.body,
                   .cache_control = request.get_header_value("Cache-Control")});
        response.status = answer.status;
        for (const auto& [name, value] : answer.headers) response.set_header(name.c_str(), value);
        response.set_content(answer.body, "text/plain");
    };
    server_->Post(".*", handle);
    server_->Get(".*", handle);
    int listener = -1;
    server_->set_socket_options([&](socket_t fd) { listener = fd; });
    port_ = server_->bind_to_any_port("127.0.0.1");
    if (port_ < 0) throw std::runtime_error("the sink found no free port");
    // The library queues five connections; of more that come at once, some would wait a second for
    // TCP to try again.
    if (::listen(listener, SOMAXCONN) != 0) fail("listen");
    thread_ = std::thread([this] { server_->listen_after_bind(); });
    // Until it runs, `stop` would do nothing and the thread would never end.
    while (!server_->is_running()) std::this_thread::yield();
}

HttpSink::~HttpSink() {
    release();
    server_->stop();
    thread_.join();
}

std::string HttpSink::url(const std::string& path) const {
    return address("http", port_, path);
}

void HttpSink::answer_with(std::function<SinkAnswer(const SinkRequest&)> answer) {
    const std::lock_guard lock(mutex_);
    answer_ = std::move(answer);
}

void HttpSink::answer_with(SinkAnswer answer) {
    answer_with([answer = std::move(answer)](const SinkRequest&) { return answer; });
}

void HttpSink::hold() {
    const std::lock_guard lock(mutex_);
    holding_ = true;
}

void HttpSink::release() {
    const std::lock_guard lock(mutex_);
    holding_ = false;
    changed_.notify_all();
}

SinkAnswer HttpSink::serve(SinkRequest request) {
    std::unique_lock lock(mutex_);
    request.number = requests_.size() + 1;
    requests_.push_back(request);
    concurrent_max_ = std::max(concurrent_max_, ++concurrent_);
    ++held_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !holding_; });
    --held_;
    const auto answer = answer_;
    lock.unlock();
    SinkAnswer result = answer ? answer(request) : SinkAnswer{};
    lock.lock();
    --concurrent_;
    return result;
}

bool HttpSink::wait_for_requests(std::size_t count, std::chrono::milliseconds deadline) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, deadline, [&] { return requests_.size() >= count; });
}

bool HttpSink::wait_for_held(std::size_t count, std::chrono::milliseconds deadline) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, deadline, [&] { return holding_ && held_ >= count; });
}

std::vector<SinkRequest> HttpSink::requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
}

std::size_t HttpSink::concurrent_max() const {
    const std::lock_guard lock(mutex_);
    return concurrent_max_;
}

std::optional<std::string> RawConnection::read_request() {
    constexpr std::string_view length_header = "Content-Length: ";
    std::array<char, 65536> block{};
    for (;;) {
        if (const auto header_end = buffered_.find("\r\n\r\n"); header_end != std::string::npos) {
            const auto at = buffered_.find(length_header);
            const std::size_t length =
                at < header_end ? std::stoul(buffered_.substr(at + length_header.size(), 20)) : 0;
            const std::size_t size = header_end + 4 + length;
            if (buffered_.size() >= size) {
                std::string request = buffered_.substr(0, size);
                buffered_.erase(0, size);
                return request;
            }
        }
        const ssize_t count = ::recv(fd_, block.data(), block.size(), 0);
        if (count <= 0) return std::nullopt;
        buffered_.append(block.data(), static_cast<std::size_t>(count));
    }
}

void RawConnection::write(const std::string& bytes) {
    for (std::size_t done = 0; done < bytes.size();) {
        const ssize_t count = ::send(fd_, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
        if (count < 0) return;  // the client has had enough
        done += static_cast<std::size_t>(count);
    }
}

void RawConnection::reset() {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

void RawConnection::wait_for_close() {
    while (read_request()) {
    }
}

RawSink::RawSink(Script script) : script_(std::move(script)) {
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd_ < 0) fail("socket");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(fd_, generic, size) != 0) fail("bind");
    if (::listen(fd_, SOMAXCONN) != 0) fail("listen");
    if (::getsockname(fd_, generic, &size) != 0) fail("getsockname");
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { accept_all(); });
}

RawSink::~RawSink() {
    ::shutdown(fd_, SHUT_RDWR);  // ends accept
    thread_.join();
    {
        const std::lock_guard lock(mutex_);
        for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
    }
    for (std::thread& script : scripts_) script.join();
    ::close(fd_);
}

std::string RawSink::url(const std::string& path, const std::string& scheme) const {
    return address(scheme, port_, path);
}

void RawSink::accept_all() {
    for (;;) {
        const int fd = ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
        if (fd < 0) return;
        const std::lock_guard lock(mutex_);
        open_.push_back(fd);
        ++connections_;
        scripts_.emplace_back([this, fd, connection = connections_] { serve(fd, connection); });
        changed_.notify_all();
    }
}

void RawSink::serve(int fd, std::size_t connection) {
    RawConnection client(fd);
    script_(client, connection);
    const std::lock_guard lock(mutex_);
    std::erase(open_, fd);
    ::close(fd);
    ++closed_;
    changed_.notify_all();
}

bool RawSink::wait_for_connections(std::size_t count, std::chrono::milliseconds deadline) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, deadline, [&] { return connections_ >= count; });
}

bool RawSink::wait_for_closed(std::size_t count, std::chrono::milliseconds deadline) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, deadline, [&] { return closed_ >= count; });
}

std::size_t RawSink::connections() const {
    const std::lock_guard lock(mutex_);
    return connections_;
}

}  // namespace sop::tests
