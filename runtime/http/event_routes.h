// Events by HTTP: POST /v1/events with one JSON object, or with NDJSON.
#pragma once

#include <functional>
#include <vector>

#include "runtime/http/http_server.h"
#include "runtime/intake/intake.h"

namespace sop::runtime {

// Keeps lines durably and says what became of each. Called from several threads at once.
using TakeLines = std::function<std::vector<Taken>(std::vector<IncomingLine> lines)>;

std::vector<HttpRoute> event_routes(TakeLines take, std::size_t line_max);

}  // namespace sop::runtime
