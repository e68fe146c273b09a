// The channels of plans, set up from their declarations and sop.toml.
#pragma once

#include <map>
#include <set>
#include <string>

#include "lang/plan.h"
#include "runtime/config/config.h"
#include "runtime/executor/executor.h"

namespace sop::runtime::cli {

// Throws CommandError for a channel of the plan that sop.toml does not set up. Reads no secret: in
// the service's environment there may be others than here.
void check_channels(const lang::Plan& plan, const Config& config);

// Makes an executor's channels, at its start and for plans that are deployed later. A channel keeps
// the settings it was made with.
class ProjectChannels {
  public:
    // The channels notify `wakeup`, which must outlive them.
    explicit ProjectChannels(Wakeup& wakeup) : wakeup_(wakeup) {}

    // Those the plan's rules use and that are not `known`. Throws ConfigError or CommandError for
    // one that is not set up, or is of another kind than the known one of its name.
    Channels make(const lang::Plan& plan, const Config& config, const std::set<std::string>& known);
    // Adds those that can be set up, for runs under way by another plan than the one in force.
    void add_usable(Channels& channels, const lang::Plan& plan, const Config& config);

  private:
    Wakeup& wakeup_;
    std::map<std::string, std::string> kinds_{};  // of those made
};

}  // namespace sop::runtime::cli
