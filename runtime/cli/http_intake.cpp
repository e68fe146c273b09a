#include "runtime/cli/http_intake.h"

#include <fmt/format.h>

#include <utility>

#include "runtime/cli/intake_rules.h"
#include "runtime/cli/seed.h"
#include "runtime/http/event_routes.h"

namespace sop::runtime::cli {

namespace {

HttpOptions http_options(const HttpConfig& config) {
    const auto address = parse_http_address(config.listen);
    if (!address)
        throw ConfigError(
            fmt::format("listen of [http] in sop.toml is \"{}\"; expected an address such as "
                        "\"127.0.0.1:8080\" or \"[::1]:8080\"",
                        config.listen));
    if (!address->is_loopback() && !config.token)
        throw ConfigError(fmt::format(
            "[http] in sop.toml listens at \"{}\", which others can reach, and has no token: add "
            "token_env or token_file, or listen at 127.0.0.1",
            config.listen));
    HttpOptions options{.listen = *address, .body_max = config.body_max};
    if (config.token) options.token = read_secret(*config.token, "[http] in sop.toml");
    return options;
}

}  // namespace

HttpIntake::HttpIntake(const Config& config, const Clock& clock, std::function<void()> committed)
    : queue_(open_existing(config, false), clock,
             {.source = "http", .rules = intake_rules(config.intake)}, std::move(committed)),
      server_(http_options(*config.http),
              event_routes(
                  [this](std::vector<IncomingLine> lines) { return queue_.take(std::move(lines)); },
                  config.intake.line_max),
              clock) {}

}  // namespace sop::runtime::cli
