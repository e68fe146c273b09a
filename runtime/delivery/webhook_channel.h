// Posts each message as JSON over HTTP(S), and asks by HTTP(S) whether one was taken.
//
// One thread drives all requests through a libcurl multi handle. Body:
// {"key","playbook","rule","step","group" or "member","name","text","planned_for","attempt"}.
// Header `Idempotency-Key` is the delivery's key, the same for every try. 2xx is sent; 408, 425,
// 429 and 5xx are worth another try (Retry-After is honoured, seconds or HTTP date); any other
// answer is failed. No answer after the request was written is unknown; a connection that never
// came about is worth another try. Redirects are not followed. Proxies named in the environment are
// not used: a message for a local service must not be diverted. The URL is a secret: it stands in
// no reason and no log line.
//
// With an `ask_url` it can be asked. The question is a GET of that address, as it is written, with
// the header `Idempotency-Key` of the posts in question and `Cache-Control: no-cache`, and without
// a body. 2xx: a post with this key was taken. 404: none was, and none of those sent so far will
// be; the message may be posted again. Anything else, and no answer, means that nobody can tell
// now: it is asked again (Retry-After is honoured). A service that may still come to a post it has
// received must not answer 404. The address is a secret too.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "runtime/delivery/channel.h"

namespace sop::runtime {

struct WebhookChannelOptions {
    std::string url;                       // http or https
    std::optional<std::string> ask_url{};  // the same; nothing: it cannot be asked
    // Posts at once. Of questions a quarter as many, at least one, besides them.
    std::size_t in_flight_max = 16;
    std::chrono::milliseconds connect_timeout{5000};
    std::chrono::milliseconds timeout{10000};  // of a whole request
};

// Throws DeliveryError for a URL that is not http(s).
std::unique_ptr<Channel> make_webhook_channel(WebhookChannelOptions options, Wakeup& wakeup);

}  // namespace sop::runtime
