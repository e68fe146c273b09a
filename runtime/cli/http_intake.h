// Events by HTTP, as [http] of `sop.toml` has them.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "runtime/config/config.h"
#include "runtime/http/http_server.h"
#include "runtime/intake/intake_queue.h"

namespace sop::runtime::cli {

class HttpIntake {
  public:
    // Takes events from now on, with a connection of its own to the store. `committed` is called on
    // another thread when there are new ones. Throws ConfigError and HttpError.
    HttpIntake(const Config& config, const Clock& clock, std::function<void()> committed);

    std::string address() const { return server_.address(); }

  private:
    IntakeQueue queue_;
    HttpServer server_;  // goes first
};

}  // namespace sop::runtime::cli
