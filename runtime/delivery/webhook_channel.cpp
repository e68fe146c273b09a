// One thread drives all requests through one libcurl multi handle. Two promises shape it: a message
// is never posted twice behind the caller's back, and `retry` means that certainly nothing was
// taken.
//
// - What tells `retry` from `unknown` is whether any byte of the request was handed to the
//   connection (CURLINFO_REQUEST_SIZE), not which error libcurl names.
// - libcurl repeats a request by itself when a reused connection ends before the first byte of an
//   answer. The server may have taken the first one, so `about_to_write` refuses the repeat once
//   anything was written, and the attempt is `unknown`.
// - A server that closes an idle connection just as it is used again would give such an `unknown`
//   for nothing. Connections are therefore reused only while they are warm (`idle_reuse_max`), far
//   below what servers commonly allow.
// - HTTP/1.1 only: on a shared HTTP/2 connection one broken connection would put every request on
//   it in doubt.
#include "runtime/delivery/webhook_channel.h"

#include "runtime/delivery/delivery_error.h"
#include "runtime/delivery/message.h"
#include "runtime/delivery/webhook_answer.h"

#include <curl/curl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <condition_variable>
#include <csignal>
#include <deque>
#include <iterator>
#include <limits>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>
#include <utility>

namespace sop::runtime {
namespace {

constexpr std::size_t answer_bytes_max = 64 * 1024;
constexpr std::chrono::seconds idle_reuse_max{2};
constexpr std::chrono::hours retry_after_max{24};

template <auto cleanup>
struct Cleanup {
    template <typename Handle>
    void operator()(Handle* handle) const {
        cleanup(handle);
    }
};
using EasyHandle = std::unique_ptr<CURL, Cleanup<curl_easy_cleanup>>;
using MultiHandle = std::unique_ptr<CURLM, Cleanup<curl_multi_cleanup>>;
using HeaderList = std::unique_ptr<curl_slist, Cleanup<curl_slist_free_all>>;
using UrlHandle = std::unique_ptr<CURLU, Cleanup<curl_url_cleanup>>;

// A place for one request under way. The handle is kept from request to request; the rest is the
// present request's.
struct Request {
    EasyHandle easy;
    bool under_way = false;
    DeliveryId delivery = 0;
    std::string body;
    HeaderList headers;
    bool begun = false;  // libcurl was about to write it, or did
    bool header_ended = false;
    std::string answer;  // its body
    bool answer_cut = false;
};

bool anything_written(const Request& request) {
    long bytes = 0;  // over all of libcurl's tries; until the first, of the request before this
    curl_easy_getinfo(request.easy.get(), CURLINFO_REQUEST_SIZE, &bytes);
    return request.begun && bytes > 0;
}

int about_to_write(void* request_pointer, char*, char*, int, int) {
    Request& request = *static_cast<Request*>(request_pointer);
    if (anything_written(request)) return CURL_PREREQFUNC_ABORT;
    request.begun = true;
    return CURL_PREREQFUNC_OK;
}

// libcurl is content with a header that breaks off between two lines. Lines after the header's end
// are a chunked body's trailers, or begin the final answer after an interim one.
std::size_t take_header_line(char* data, std::size_t, std::size_t size, void* request_pointer) {
    const std::string_view line(data, size);
    bool& ended = static_cast<Request*>(request_pointer)->header_ended;
    if (line.starts_with("HTTP/")) ended = false;
    if (line == "\r\n" || line == "\n") ended = true;
    return size;
}

std::size_t take_answer(char* data, std::size_t, std::size_t size, void* request_pointer) {
    Request& request = *static_cast<Request*>(request_pointer);
    const std::size_t room = answer_bytes_max - request.answer.size();
    request.answer.append(data, std::min(size, room));
    request.answer_cut = size > room;
    // 0 ends the request: the status is known, and that is what counts.
    return request.answer_cut ? 0 : size;
}

template <typename Value>
void set(CURL* easy, CURLoption option, Value value) {
    if (const CURLcode code = curl_easy_setopt(easy, option, value); code != CURLE_OK) {
        throw DeliveryError(fmt::format("cannot set up the webhook: {}", curl_easy_strerror(code)));
    }
}

void check_url(const std::string& url) {
    const UrlHandle parsed(curl_url());
    if (!parsed) throw std::bad_alloc();
    std::string problem;
    char* scheme = nullptr;
    if (const CURLUcode code = curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0)) {
        problem = curl_url_strerror(code);
    } else if (curl_url_get(parsed.get(), CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK) {
        const std::unique_ptr<char, Cleanup<curl_free>> owned(scheme);
        const std::string_view name = scheme;
        if (name != "http" && name != "https") problem = "its scheme is neither";
    }
    if (!problem.empty()) {
        throw DeliveryError(fmt::format(
            "the webhook's URL is not an http or https address ({}); it should look like "
            "https://host/path",
            problem));
    }
}

EasyHandle make_easy(const WebhookChannelOptions& options, Request& request) {
    EasyHandle easy(curl_easy_init());
    if (!easy) throw std::bad_alloc();
    CURL* const handle = easy.get();
    set(handle, CURLOPT_URL, options.url.c_str());
    set(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    set(handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(handle, CURLOPT_FOLLOWLOCATION, 0L);
    set(handle, CURLOPT_PROXY, "");
    set(handle, CURLOPT_USERAGENT, "sop");
    set(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()));
    set(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(options.timeout.count()));
    set(handle, CURLOPT_MAXAGE_CONN, static_cast<long>(idle_reuse_max.count()));
    set(handle, CURLOPT_NOSIGNAL, 1L);
    // Without it, giving up a request whose name is still being looked up waits for the look-up,
    // and everything else with it.
    set(handle, CURLOPT_QUICK_EXIT, 1L);
    set(handle, CURLOPT_POST, 1L);
    set(handle, CURLOPT_PREREQFUNCTION, &about_to_write);
    set(handle, CURLOPT_PREREQDATA, &request);
    set(handle, CURLOPT_HEADERFUNCTION, &take_header_line);
    set(handle, CURLOPT_HEADERDATA, &request);
    set(handle, CURLOPT_WRITEFUNCTION, &take_answer);
    set(handle, CURLOPT_WRITEDATA, &request);
    set(handle, CURLOPT_PRIVATE, &request);
    return easy;
}

HeaderList make_headers(const std::string& key) {
    HeaderList headers;
    // An empty Expect keeps libcurl from asking first and writing the body a second later.
    for (const std::string& line : {std::string("Content-Type: application/json"),
                                    std::string("Expect:"), "Idempotency-Key: " + key}) {
        curl_slist* const longer = curl_slist_append(headers.get(), line.c_str());
        if (longer == nullptr) throw std::bad_alloc();
        static_cast<void>(headers.release());
        headers.reset(longer);
    }
    return headers;
}

std::string make_body(const Attempt& attempt) {
    nlohmann::ordered_json message = message_of(attempt);
    message["attempt"] = attempt.number;
    return on_one_line(message);
}

std::optional<std::chrono::milliseconds> retry_after(CURL* easy) {
    // libcurl reads both forms, and takes a date relative to the machine's clock.
    curl_off_t seconds = 0;
    curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &seconds);
    if (seconds <= 0) return std::nullopt;
    return std::chrono::seconds(
        std::min<curl_off_t>(seconds, std::chrono::seconds(retry_after_max).count()));
}

// Never the text of CURLOPT_ERRORBUFFER, which names the host.
std::string detail_of(CURL* easy, CURLcode code) {
    if (code == CURLE_COULDNT_CONNECT) {
        long error = 0;
        curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &error);
        if (error != 0) return std::generic_category().message(static_cast<int>(error));
    }
    if (code == CURLE_OK) return "its header broke off";
    if (code == CURLE_ABORTED_BY_CALLBACK) return "the connection was closed";  // about_to_write
    return curl_easy_strerror(code);
}

AttemptResult without_answer(const Request& request, std::string_view detail) {
    AttemptResult result{.delivery = request.delivery};
    if (anything_written(request)) {
        result.kind = AttemptResult::Kind::unknown;
        result.reason = fmt::format("written, but no whole answer came: {}", detail);
    } else {
        result.kind = AttemptResult::Kind::retry;
        result.reason = fmt::format("no connection: {}", detail);
    }
    return result;
}

// Signals are for the main thread. SIGPIPE, which OpenSSL can raise, would end the process.
void block_signals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, nullptr);
}

class WebhookChannel : public Channel {
  public:
    WebhookChannel(WebhookChannelOptions options, Wakeup& wakeup);
    ~WebhookChannel() override;
    WebhookChannel(const WebhookChannel&) = delete;
    WebhookChannel& operator=(const WebhookChannel&) = delete;

    std::size_t in_flight_max() const override { return options_.in_flight_max; }
    void start(std::vector<Attempt> attempts) override;
    std::vector<AttemptResult> collect() override;
    void abandon() override;

  private:
    struct Orders {
        std::vector<Attempt> attempts;
        bool abandon = false;
        bool stop = false;
    };

    // All of these run on the thread.
    void run();
    Orders take_orders();
    void begin(const Attempt& attempt);
    std::vector<AttemptResult> finish_ended();
    std::vector<AttemptResult> give_up_all(std::string_view detail);
    AttemptResult outcome(const Request& request, CURLcode code) const;
    void release(Request& request);
    bool publish(std::vector<AttemptResult> results, bool abandoned);

    const WebhookChannelOptions options_;
    const std::vector<std::string> secrets_;
    Wakeup& wakeup_;

    // The thread's own. Requests go before the multi handle when all ends, as libcurl wants it.
    MultiHandle multi_;
    std::vector<std::unique_ptr<Request>> requests_;
    std::vector<Request*> free_;

    std::mutex mutex_;  // guards all down to results_
    std::condition_variable abandoned_;
    std::deque<Attempt> waiting_;
    bool abandon_ = false;
    bool stop_ = false;
    std::vector<AttemptResult> results_;

    std::thread thread_;
};

WebhookChannel::WebhookChannel(WebhookChannelOptions options, Wakeup& wakeup)
    : options_(std::move(options)),
      secrets_(secret_parts(options_.url)),
      wakeup_(wakeup),
      multi_(curl_multi_init()) {
    if (!multi_) throw std::bad_alloc();
    curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS,
                      static_cast<long>(options_.in_flight_max));
    for (std::size_t i = 0; i < options_.in_flight_max; ++i) {
        requests_.push_back(std::make_unique<Request>());
        requests_.back()->easy = make_easy(options_, *requests_.back());
        free_.push_back(requests_.back().get());
    }
    thread_ = std::thread([this] { run(); });
}

WebhookChannel::~WebhookChannel() {
    {
        const std::lock_guard lock(mutex_);
        stop_ = true;
    }
    curl_multi_wakeup(multi_.get());
    thread_.join();
}

void WebhookChannel::start(std::vector<Attempt> attempts) {
    {
        const std::lock_guard lock(mutex_);
        for (Attempt& attempt : attempts) waiting_.push_back(std::move(attempt));
    }
    curl_multi_wakeup(multi_.get());
}

std::vector<AttemptResult> WebhookChannel::collect() {
    const std::lock_guard lock(mutex_);
    return std::exchange(results_, {});
}

void WebhookChannel::abandon() {
    std::unique_lock lock(mutex_);
    for (const Attempt& attempt : waiting_) {
        results_.push_back({.delivery = attempt.delivery,
                            .kind = AttemptResult::Kind::retry,
                            .reason = "given up before it was begun"});
    }
    waiting_.clear();
    abandon_ = true;
    curl_multi_wakeup(multi_.get());
    abandoned_.wait(lock, [this] { return !abandon_; });
}

void WebhookChannel::run() {
    block_signals();
    for (;;) {
        const Orders orders = take_orders();
        for (const Attempt& attempt : orders.attempts) begin(attempt);

        int running = 0;
        const CURLMcode code = curl_multi_perform(multi_.get(), &running);
        std::vector<AttemptResult> results = finish_ended();
        if (orders.abandon || orders.stop) {
            std::ranges::move(give_up_all("given up"), std::back_inserter(results));
        } else if (code != CURLM_OK) {
            std::ranges::move(give_up_all(curl_multi_strerror(code)), std::back_inserter(results));
        }
        const bool more_to_begin = publish(std::move(results), orders.abandon);
        if (orders.stop) return;
        if (!more_to_begin) {
            curl_multi_poll(multi_.get(), nullptr, 0, std::numeric_limits<int>::max(), nullptr);
        }
    }
}

WebhookChannel::Orders WebhookChannel::take_orders() {
    const std::lock_guard lock(mutex_);
    Orders orders{.attempts = {}, .abandon = abandon_, .stop = stop_};
    while (!stop_ && orders.attempts.size() < free_.size() && !waiting_.empty()) {
        orders.attempts.push_back(std::move(waiting_.front()));
        waiting_.pop_front();
    }
    return orders;
}

void WebhookChannel::begin(const Attempt& attempt) {
    Request& request = *free_.back();
    free_.pop_back();
    request.under_way = true;
    request.delivery = attempt.delivery;
    request.body = make_body(attempt);
    request.headers = make_headers(attempt.key);
    request.begun = false;
    request.header_ended = false;
    request.answer.clear();
    request.answer_cut = false;
    CURL* const easy = request.easy.get();
    set(easy, CURLOPT_HTTPHEADER, request.headers.get());
    set(easy, CURLOPT_POSTFIELDS, request.body.c_str());
    set(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    curl_multi_add_handle(multi_.get(), easy);
}

std::vector<AttemptResult> WebhookChannel::finish_ended() {
    std::vector<AttemptResult> results;
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
        if (message->msg != CURLMSG_DONE) continue;
        Request* request = nullptr;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &request);
        results.push_back(outcome(*request, message->data.result));
        release(*request);
    }
    return results;
}

std::vector<AttemptResult> WebhookChannel::give_up_all(std::string_view detail) {
    std::vector<AttemptResult> results;
    for (const auto& request : requests_) {
        if (!request->under_way) continue;
        results.push_back(without_answer(*request, detail));
        release(*request);
    }
    return results;
}

AttemptResult WebhookChannel::outcome(const Request& request, CURLcode code) const {
    const bool whole = code == CURLE_OK && request.header_ended;
    if (!whole && !request.answer_cut) {
        return without_answer(request, detail_of(request.easy.get(), code));
    }
    long status = 0;
    curl_easy_getinfo(request.easy.get(), CURLINFO_RESPONSE_CODE, &status);
    AttemptResult result{.delivery = request.delivery, .kind = kind_of_status(status)};
    if (result.kind == AttemptResult::Kind::sent) return result;
    const std::string told = excerpt(request.answer, secrets_);
    result.reason = fmt::format("HTTP {}{}{}", status, told.empty() ? "" : ": ", told);
    if (result.kind == AttemptResult::Kind::retry) {
        result.retry_after = retry_after(request.easy.get());
    }
    return result;
}

void WebhookChannel::release(Request& request) {
    curl_multi_remove_handle(multi_.get(), request.easy.get());
    request.under_way = false;
    free_.push_back(&request);
}

// True when an attempt waits that could begin now.
bool WebhookChannel::publish(std::vector<AttemptResult> results, bool abandoned) {
    bool more_to_begin = false;
    {
        const std::lock_guard lock(mutex_);
        std::ranges::move(results, std::back_inserter(results_));
        if (abandoned) abandon_ = false;
        more_to_begin = !waiting_.empty() && !free_.empty();
    }
    if (abandoned) abandoned_.notify_all();
    if (!results.empty() || abandoned) wakeup_.notify();
    return more_to_begin;
}

}  // namespace

std::unique_ptr<Channel> make_webhook_channel(WebhookChannelOptions options, Wakeup& wakeup) {
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (ready != CURLE_OK) throw DeliveryError("cannot set up libcurl for webhooks");
    check_url(options.url);
    return std::make_unique<WebhookChannel>(std::move(options), wakeup);
}

}  // namespace sop::runtime
