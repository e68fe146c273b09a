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
//
// Questions do nothing at the other end, so that libcurl may repeat one as it likes.
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
constexpr std::size_t posts_to_a_question = 4;
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

enum class RequestKind { post, question };

// A place for one request under way. The handle is kept from request to request; the rest is the
// present request's.
struct Request {
    RequestKind kind = RequestKind::post;
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

void check_url(const std::string& url, std::string_view what) {
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
            "{} is not an http or https address ({}); it should look like https://host/path", what,
            problem));
    }
}

EasyHandle make_easy(const WebhookChannelOptions& options, Request& request) {
    EasyHandle easy(curl_easy_init());
    if (!easy) throw std::bad_alloc();
    CURL* const handle = easy.get();
    const bool is_post = request.kind == RequestKind::post;
    set(handle, CURLOPT_URL, (is_post ? options.url : options.ask_url.value()).c_str());
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
    if (is_post) {
        set(handle, CURLOPT_POST, 1L);
        set(handle, CURLOPT_PREREQFUNCTION, &about_to_write);
        set(handle, CURLOPT_PREREQDATA, &request);
    } else {
        set(handle, CURLOPT_HTTPGET, 1L);
    }
    set(handle, CURLOPT_HEADERFUNCTION, &take_header_line);
    set(handle, CURLOPT_HEADERDATA, &request);
    set(handle, CURLOPT_WRITEFUNCTION, &take_answer);
    set(handle, CURLOPT_WRITEDATA, &request);
    set(handle, CURLOPT_PRIVATE, &request);
    return easy;
}

// An empty Expect keeps libcurl from asking first and writing the body a second later.
const std::vector<std::string> post_headers{"Content-Type: application/json", "Expect:"};
// All questions go to one address, whose answer of before is that to another question.
const std::vector<std::string> question_headers{"Cache-Control: no-cache"};

HeaderList make_headers(RequestKind kind, const std::string& key) {
    auto lines = kind == RequestKind::post ? post_headers : question_headers;
    lines.push_back("Idempotency-Key: " + key);
    HeaderList headers;
    for (const std::string& line : lines) {
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

// All that ended at once, or since the last look.
struct Ended {
    std::vector<AttemptResult> posts{};
    std::vector<AskResult> questions{};

    bool empty() const { return posts.empty() && questions.empty(); }
    void take(Ended&& other) {
        std::ranges::move(other.posts, std::back_inserter(posts));
        std::ranges::move(other.questions, std::back_inserter(questions));
    }
};

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
    void start(std::vector<Attempt> attempts) override { order(posts_, std::move(attempts)); }
    std::vector<AttemptResult> collect() override;
    void abandon() override;

    std::size_t questions_max() const override {
        if (!options_.ask_url) return 0;
        return std::max<std::size_t>(1, options_.in_flight_max / posts_to_a_question);
    }
    void ask(const std::vector<Attempt>& last_attempts) override {
        order(questions_, last_attempts);
    }
    std::vector<AskResult> collect_answers() override;

  private:
    // The requests of one kind.
    struct Places {
        // The thread's own.
        std::vector<std::unique_ptr<Request>> all;
        std::vector<Request*> free;
        // Guarded by the mutex.
        std::deque<Attempt> waiting;
    };
    struct Orders {
        std::vector<Attempt> posts;
        std::vector<Attempt> questions;
        bool abandon = false;
        bool stop = false;
    };

    void add_places(Places& places, RequestKind kind, std::size_t count);
    void order(Places& places, std::vector<Attempt> attempts);

    // All of these run on the thread.
    void run();
    Orders take_orders();
    static std::vector<Attempt> take_waiting(Places& places);
    void begin(Places& places, const Attempt& attempt);
    Ended finish_ended();
    Ended give_up_all(std::string_view detail);
    Ended without_answer(const Request& request, std::string_view detail) const;
    Ended outcome(const Request& request, CURLcode code) const;
    Ended answer_to_post(const Request& request, long status) const;
    Ended answer_to_question(const Request& request, long status) const;
    std::string told(const Request& request, long status) const;
    void release(Request& request);
    bool publish(Ended ended, bool abandoned);

    const WebhookChannelOptions options_;
    const std::vector<std::string> secrets_;
    Wakeup& wakeup_;

    // Requests go before the multi handle when all ends, as libcurl wants it.
    MultiHandle multi_;
    Places posts_;
    Places questions_;

    std::mutex mutex_;  // guards all down to ended_
    std::condition_variable abandoned_;
    bool abandon_ = false;
    bool stop_ = false;
    Ended ended_;

    std::thread thread_;
};

// Longest first, as each of them is.
std::vector<std::string> all_secrets(const WebhookChannelOptions& options) {
    std::vector<std::string> secrets = secret_parts(options.url);
    if (options.ask_url)
        std::ranges::copy(secret_parts(*options.ask_url), std::back_inserter(secrets));
    std::ranges::stable_sort(secrets, std::ranges::greater{}, &std::string::size);
    return secrets;
}

WebhookChannel::WebhookChannel(WebhookChannelOptions options, Wakeup& wakeup)
    : options_(std::move(options)),
      secrets_(all_secrets(options_)),
      wakeup_(wakeup),
      multi_(curl_multi_init()) {
    if (!multi_) throw std::bad_alloc();
    curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS,
                      static_cast<long>(options_.in_flight_max + questions_max()));
    add_places(posts_, RequestKind::post, options_.in_flight_max);
    add_places(questions_, RequestKind::question, questions_max());
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

void WebhookChannel::add_places(Places& places, RequestKind kind, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        auto request = std::make_unique<Request>();
        request->kind = kind;
        request->easy = make_easy(options_, *request);
        places.free.push_back(request.get());
        places.all.push_back(std::move(request));
    }
}

void WebhookChannel::order(Places& places, std::vector<Attempt> attempts) {
    {
        const std::lock_guard lock(mutex_);
        for (Attempt& attempt : attempts) places.waiting.push_back(std::move(attempt));
    }
    curl_multi_wakeup(multi_.get());
}

std::vector<AttemptResult> WebhookChannel::collect() {
    const std::lock_guard lock(mutex_);
    return std::exchange(ended_.posts, {});
}

std::vector<AskResult> WebhookChannel::collect_answers() {
    const std::lock_guard lock(mutex_);
    return std::exchange(ended_.questions, {});
}

void WebhookChannel::abandon() {
    constexpr const char* reason = "given up before it was begun";
    std::unique_lock lock(mutex_);
    for (const Attempt& attempt : std::exchange(posts_.waiting, {}))
        ended_.posts.push_back({attempt.delivery, AttemptResult::Kind::retry, reason});
    for (const Attempt& attempt : std::exchange(questions_.waiting, {}))
        ended_.questions.push_back({attempt.delivery, AskResult::Kind::not_known, reason});
    abandon_ = true;
    curl_multi_wakeup(multi_.get());
    abandoned_.wait(lock, [this] { return !abandon_; });
}

void WebhookChannel::run() {
    block_signals();
    for (;;) {
        const Orders orders = take_orders();
        for (const Attempt& attempt : orders.posts) begin(posts_, attempt);
        for (const Attempt& attempt : orders.questions) begin(questions_, attempt);

        int running = 0;
        const CURLMcode code = curl_multi_perform(multi_.get(), &running);
        Ended ended = finish_ended();
        if (orders.abandon || orders.stop) {
            ended.take(give_up_all("given up"));
        } else if (code != CURLM_OK) {
            ended.take(give_up_all(curl_multi_strerror(code)));
        }
        const bool more_to_begin = publish(std::move(ended), orders.abandon);
        if (orders.stop) return;
        if (!more_to_begin) {
            curl_multi_poll(multi_.get(), nullptr, 0, std::numeric_limits<int>::max(), nullptr);
        }
    }
}

WebhookChannel::Orders WebhookChannel::take_orders() {
    const std::lock_guard lock(mutex_);
    Orders orders{.posts = {}, .questions = {}, .abandon = abandon_, .stop = stop_};
    if (stop_) return orders;
    orders.posts = take_waiting(posts_);
    orders.questions = take_waiting(questions_);
    return orders;
}

std::vector<Attempt> WebhookChannel::take_waiting(Places& places) {
    std::vector<Attempt> taken;
    while (taken.size() < places.free.size() && !places.waiting.empty()) {
        taken.push_back(std::move(places.waiting.front()));
        places.waiting.pop_front();
    }
    return taken;
}

void WebhookChannel::begin(Places& places, const Attempt& attempt) {
    Request& request = *places.free.back();
    places.free.pop_back();
    request.under_way = true;
    request.delivery = attempt.delivery;
    request.headers = make_headers(request.kind, attempt.key);
    request.begun = false;
    request.header_ended = false;
    request.answer.clear();
    request.answer_cut = false;
    CURL* const easy = request.easy.get();
    set(easy, CURLOPT_HTTPHEADER, request.headers.get());
    if (request.kind == RequestKind::post) {
        request.body = make_body(attempt);
        set(easy, CURLOPT_POSTFIELDS, request.body.c_str());
        set(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    }
    curl_multi_add_handle(multi_.get(), easy);
}

Ended WebhookChannel::finish_ended() {
    Ended ended;
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
        if (message->msg != CURLMSG_DONE) continue;
        Request* request = nullptr;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &request);
        ended.take(outcome(*request, message->data.result));
        release(*request);
    }
    return ended;
}

Ended WebhookChannel::give_up_all(std::string_view detail) {
    Ended ended;
    for (const Places* places : {&posts_, &questions_}) {
        for (const auto& request : places->all) {
            if (!request->under_way) continue;
            ended.take(without_answer(*request, detail));
            release(*request);
        }
    }
    return ended;
}

Ended WebhookChannel::without_answer(const Request& request, std::string_view detail) const {
    if (request.kind == RequestKind::question)
        return {.questions = {{request.delivery, AskResult::Kind::not_known,
                               fmt::format("no answer: {}", detail)}}};
    if (anything_written(request))
        return {.posts = {{request.delivery, AttemptResult::Kind::unknown,
                           fmt::format("written, but no whole answer came: {}", detail)}}};
    return {.posts = {{request.delivery, AttemptResult::Kind::retry,
                       fmt::format("no connection: {}", detail)}}};
}

Ended WebhookChannel::outcome(const Request& request, CURLcode code) const {
    const bool whole = code == CURLE_OK && request.header_ended;
    if (!whole && !request.answer_cut) {
        return without_answer(request, detail_of(request.easy.get(), code));
    }
    long status = 0;
    curl_easy_getinfo(request.easy.get(), CURLINFO_RESPONSE_CODE, &status);
    return request.kind == RequestKind::post ? answer_to_post(request, status)
                                             : answer_to_question(request, status);
}

Ended WebhookChannel::answer_to_post(const Request& request, long status) const {
    AttemptResult result{.delivery = request.delivery, .kind = kind_of_status(status)};
    if (result.kind != AttemptResult::Kind::sent) result.reason = told(request, status);
    if (result.kind == AttemptResult::Kind::retry)
        result.retry_after = retry_after(request.easy.get());
    return {.posts = {std::move(result)}};
}

Ended WebhookChannel::answer_to_question(const Request& request, long status) const {
    AskResult result{.delivery = request.delivery, .kind = kind_of_answer(status)};
    if (result.kind != AskResult::Kind::taken) result.reason = told(request, status);
    if (result.kind == AskResult::Kind::not_known)
        result.retry_after = retry_after(request.easy.get());
    return {.questions = {std::move(result)}};
}

std::string WebhookChannel::told(const Request& request, long status) const {
    const std::string body = excerpt(request.answer, secrets_);
    return fmt::format("HTTP {}{}{}", status, body.empty() ? "" : ": ", body);
}

void WebhookChannel::release(Request& request) {
    curl_multi_remove_handle(multi_.get(), request.easy.get());
    request.under_way = false;
    Places& places = request.kind == RequestKind::post ? posts_ : questions_;
    places.free.push_back(&request);
}

// True when something waits that could begin now.
bool WebhookChannel::publish(Ended ended, bool abandoned) {
    const bool tells = !ended.empty() || abandoned;
    bool more_to_begin = false;
    {
        const std::lock_guard lock(mutex_);
        ended_.take(std::move(ended));
        if (abandoned) abandon_ = false;
        for (const Places* places : {&posts_, &questions_})
            more_to_begin = more_to_begin || (!places->waiting.empty() && !places->free.empty());
    }
    if (abandoned) abandoned_.notify_all();
    if (tells) wakeup_.notify();
    return more_to_begin;
}

}  // namespace

std::unique_ptr<Channel> make_webhook_channel(WebhookChannelOptions options, Wakeup& wakeup) {
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (ready != CURLE_OK) throw DeliveryError("cannot set up libcurl for webhooks");
    check_url(options.url, "the webhook's URL");
    if (options.ask_url) check_url(*options.ask_url, "the address at which the webhook is asked");
    return std::make_unique<WebhookChannel>(std::move(options), wakeup);
}

}  // namespace sop::runtime
