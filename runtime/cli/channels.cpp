#include "runtime/cli/channels.h"

#include "runtime/cli/exit_code.h"
#include "runtime/delivery/log_channel.h"
#include "runtime/delivery/webhook_channel.h"

#include <fmt/format.h>

#include <set>

namespace sop::runtime::cli {

namespace {

std::set<std::string> used_channels(const lang::Plan& plan) {
    std::set<std::string> names;
    for (const auto& playbook : plan.playbooks) {
        for (const auto& rule : playbook.rules) names.insert(rule.via.begin(), rule.via.end());
    }
    return names;
}

std::string kind_of(const lang::Plan& plan, const std::string& name) {
    for (const auto& channel : plan.channels) {
        if (channel.name == name) return channel.kind;
    }
    return name;  // the built-in channel is called by its kind
}

std::unique_ptr<Channel> make_webhook(const std::string& name, const ChannelConfig& config,
                                      Wakeup& wakeup) {
    if (!config.url) {
        throw CommandError(
            fmt::format("the channel `{0}` has no URL: add to sop.toml\n  [channels.{0}]\n  "
                        "url_env = \"…\"   # "
                        "the environment variable that holds it",
                        name));
    }
    WebhookChannelOptions options;
    options.url = read_secret(*config.url, fmt::format("the URL of channel `{}`", name));
    if (config.timeout) options.timeout = *config.timeout;
    if (config.in_flight) options.in_flight_max = *config.in_flight;
    return make_webhook_channel(options, wakeup);
}

std::unique_ptr<Channel> make_log(const ChannelConfig& config, Wakeup& wakeup) {
    LogChannelOptions options;
    options.path = config.path.value_or("-");
    if (config.in_flight) options.in_flight_max = *config.in_flight;
    return make_log_channel(options, wakeup);
}

}  // namespace

Channels make_channels(const lang::Plan& plan, const Config& config, Wakeup& wakeup) {
    Channels channels;
    for (const std::string& name : used_channels(plan)) {
        const auto found = config.channels.find(name);
        const ChannelConfig settings =
            found == config.channels.end() ? ChannelConfig{} : found->second;
        channels[name] = {kind_of(plan, name) == "webhook" ? make_webhook(name, settings, wakeup)
                                                           : make_log(settings, wakeup),
                          settings.unknown};
    }
    return channels;
}

}  // namespace sop::runtime::cli
