#include "runtime/http/event_routes.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

#include "runtime/intake/line_reader.h"

namespace sop::runtime {

namespace {

using nlohmann::json;

constexpr const char* one_event = "application/json";
constexpr const char* events = "application/x-ndjson";

int status_of(Rejection reason) {
    switch (reason) {
        case Rejection::too_long:
            return 413;
        case Rejection::different_content:
            return 409;
        case Rejection::not_utf8:
        case Rejection::not_json:
        case Rejection::too_deep:
            return 400;
        case Rejection::wrong_shape:
        case Rejection::unknown_event:
        case Rejection::wrong_field:
        case Rejection::wrong_id:
        case Rejection::nobody:
        case Rejection::wrong_time:
        case Rejection::future:
        case Rejection::past:
            return 422;
    }
    return 422;  // not reached: the switch names every reason
}

std::string with_dashes(std::string_view words) {
    std::string result(words);
    std::replace(result.begin(), result.end(), ' ', '-');
    return result;
}

HttpAnswer refusal(const Taken& taken) {
    return problem(status_of(*taken.reason), with_dashes(to_text(*taken.reason)),
                   "The event was not taken", taken.message);
}

json result_json(const Taken& taken) {
    json result{{"outcome", std::string(to_text(taken.outcome))}};
    if (!taken.id.empty()) result["id"] = taken.id;
    if (taken.reason) {
        result["reason"] = std::string(to_text(*taken.reason));
        result["detail"] = taken.message;
    }
    return result;
}

HttpAnswer take_one(const TakeLines& take, const std::string& body, std::size_t line_max) {
    const auto taken =
        take({{.text = body.substr(0, line_max), .is_too_long = body.size() > line_max}});
    if (taken.front().reason) return refusal(taken.front());
    return {.status = 202, .body = result_json(taken.front()).dump()};
}

HttpAnswer take_lines(const TakeLines& take, const std::string& body, std::size_t line_max) {
    std::vector<IncomingLine> lines;
    LineReader reader(line_max);
    reader.read(body, lines);
    reader.end(lines);
    json results = json::array();
    std::array<std::int64_t, 3> counts{};
    for (const Taken& taken : take(std::move(lines))) {
        ++counts.at(static_cast<std::size_t>(taken.outcome));
        json result = result_json(taken);
        result["line"] = taken.line;
        results.push_back(std::move(result));
    }
    return {.status = 202,
            .body = json{{"accepted", counts[0]},
                         {"duplicates", counts[1]},
                         {"rejected", counts[2]},
                         {"results", results}}
                        .dump()};
}

}  // namespace

std::vector<HttpRoute> event_routes(TakeLines take, std::size_t line_max) {
    return {{.method = "POST",
             .path = "/v1/events",
             .content_types = {one_event, events},
             .answer = [take = std::move(take), line_max](const HttpRequest& request) {
                 return request.content_type == one_event
                            ? take_one(take, request.body, line_max)
                            : take_lines(take, request.body, line_max);
             }}};
}

}  // namespace sop::runtime
