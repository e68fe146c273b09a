// Receivers of webhooks on 127.0.0.1: a real HTTP server that remembers what it was sent, and one
// that misbehaves. Both listen from construction on a free port. Methods may be called from any
// thread; every wait has a deadline.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace httplib {
class Server;
}

namespace sop::tests {

inline constexpr std::chrono::seconds sink_deadline{20};

struct SinkRequest {
    std::size_t number = 0;  // 1 for the first to arrive
    std::string method;      // POST or GET
    std::string path;
    std::string key;  // of the Idempotency-Key header
    std::string content_type;
    std::string body;
    std::string cache_control{};
};

struct SinkAnswer {
    int status = 200;
    std::string body = "ok";
    std::vector<std::pair<std::string, std::string>> headers{};
};

// Answers 200 until told otherwise.
//
//   HttpSink sink;
//   sink.hold();                          // requests arrive and get no answer yet
//   …start posts to sink.url()…
//   REQUIRE(sink.wait_for_held(16));
//   sink.release();
//   REQUIRE(sink.wait_for_requests(900));
class HttpSink {
  public:
    HttpSink();
    // Releases what is held and stops. Clients should be gone by then: an idle connection delays it
    // by seconds.
    ~HttpSink();
    HttpSink(const HttpSink&) = delete;
    HttpSink& operator=(const HttpSink&) = delete;

    std::string url(const std::string& path = "/hook") const;

    // Called for each request once it is released, on the server's threads.
    void answer_with(std::function<SinkAnswer(const SinkRequest&)> answer);
    void answer_with(SinkAnswer answer);

    void hold();
    void release();

    // Until at least so many have arrived, or stand held, at once; false at the deadline.
    bool wait_for_requests(std::size_t count, std::chrono::milliseconds deadline = sink_deadline);
    bool wait_for_held(std::size_t count, std::chrono::milliseconds deadline = sink_deadline);

    std::vector<SinkRequest> requests() const;  // in the order of arrival
    std::size_t concurrent_max() const;  // the most requests that were without an answer at once

  private:
    SinkAnswer serve(SinkRequest request);

    std::unique_ptr<httplib::Server> server_;
    int port_ = 0;

    mutable std::mutex mutex_;  // guards all down to concurrent_max_
    std::condition_variable changed_;
    std::function<SinkAnswer(const SinkRequest&)> answer_;
    bool holding_ = false;
    std::size_t held_ = 0;
    std::vector<SinkRequest> requests_;
    std::size_t concurrent_ = 0;
    std::size_t concurrent_max_ = 0;

    std::thread thread_;
};

// One connection to a RawSink, as its script sees it.
class RawConnection {
  public:
    explicit RawConnection(int fd) : fd_(fd) {}

    // Header and body of the next request, or nothing when the client has closed.
    std::optional<std::string> read_request();
    void write(const std::string& bytes);
    // Ends the connection with a reset instead of an orderly close.
    void reset();
    // Returns when the client closes, or the sink goes away.
    void wait_for_close();

  private:
    int fd_;
    std::string buffered_;
};

// A server that does as `script` says on each connection, which is closed when the script returns.
// `connection` counts from 1.
class RawSink {
  public:
    using Script = std::function<void(RawConnection&, std::size_t connection)>;

    explicit RawSink(Script script);
    // Cuts all connections and waits for the scripts.
    ~RawSink();
    RawSink(const RawSink&) = delete;
    RawSink& operator=(const RawSink&) = delete;

    std::string url(const std::string& path = "/hook", const std::string& scheme = "http") const;

    // Until so many connections were made, or closed by their script; false at the deadline.
    bool wait_for_connections(std::size_t count,
                              std::chrono::milliseconds deadline = sink_deadline);
    bool wait_for_closed(std::size_t count, std::chrono::milliseconds deadline = sink_deadline);
    std::size_t connections() const;

  private:
    void accept_all();
    void serve(int fd, std::size_t connection);

    Script script_;
    int fd_ = -1;
    int port_ = 0;

    mutable std::mutex mutex_;  // guards all down to closed_
    std::condition_variable changed_;
    std::vector<std::thread> scripts_;
    std::vector<int> open_;
    std::size_t connections_ = 0;
    std::size_t closed_ = 0;

    std::thread thread_;
};

}  // namespace sop::tests
