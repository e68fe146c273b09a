// Posts each message as JSON over HTTP(S).
//
// One thread drives all requests through a libcurl multi handle. Body:
// {"key","playbook","rule","step","group" or "member","name","text","planned_for","attempt"}.
// Header `Idempotency-Key` is the delivery's key, the same for every try. 2xx is sent; 408, 425,
// 429 and 5xx are worth another try (Retry-After is honoured, seconds or HTTP date); any other
// answer is failed. No answer after the request was written is unknown; a connection that never
// came about is worth another try. Redirects are not followed. Proxies named in the environment are
// not used: a message for a local service must not be diverted. The URL is a secret: it stands in
// no reason and no log line.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "runtime/delivery/channel.h"

namespace sop::runtime {

struct WebhookChannelOptions {
    std::string url;  // http or https
    std::size_t in_flight_max = 16;
    std::chrono::milliseconds connect_timeout{5000};
    std::chrono::milliseconds timeout{10000};  // of a whole request
};

// Throws DeliveryError for a URL that is not http(s).
std::unique_ptr<Channel> make_webhook_channel(WebhookChannelOptions options, Wakeup& wakeup);

}  // namespace sop::runtime
