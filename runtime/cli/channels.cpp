#include "runtime/cli/channels.h"

#include "runtime/cli/exit_code.h"
#include "runtime/delivery/log_channel.h"
#include "runtime/delivery/webhook_channel.h"
#include "runtime/scheduler/plan_channels.h"

#include <fmt/format.h>

#include <set>

namespace sop::runtime::cli {

namespace {

std::string kind_of(const lang::Plan& plan, const std::string& name) {
    for (const auto& channel : plan.channels) {
        if (channel.name == name) return channel.kind;
    }
    return name;  // the built-in channel is called by its kind
}

ChannelConfig settings_of(const Config& config, const std::string& name) {
    const auto found = config.channels.find(name);
    return found == config.channels.end() ? ChannelConfig{} : found->second;
}

void require_url(const std::string& name, const ChannelConfig& config) {
    if (config.url) return;
    throw CommandError(
        fmt::format("the channel `{0}` has no URL: add to sop.toml\n  [channels.{0}]\n  "
                    "url_env = \"…\"   # "
                    "the environment variable that holds it",
                    name));
}

// That a webhook has an address to ask at is the configuration's to see.
void require_askable(const std::string& name, const std::string& kind,
                     const ChannelConfig& config) {
    if (config.unknown != UnknownPolicy::reconcile || kind == "webhook") return;
    throw CommandError(
        fmt::format("{0}: the channel `{1}` is of kind {2} and cannot be asked what it took: write "
                    "unknown = \"hold\" or \"resend\" in [channels.{1}]",
                    config.unknown_at, name, kind));
}

void require_usable(const std::string& name, const std::string& kind, const ChannelConfig& config) {
    if (kind == "webhook") require_url(name, config);
    require_askable(name, kind, config);
}

std::unique_ptr<Channel> make_webhook(const std::string& name, const ChannelConfig& config,
                                      Wakeup& wakeup) {
    WebhookChannelOptions options;
    options.url = read_secret(*config.url, fmt::format("the URL of channel `{}`", name));
    if (config.ask_url)
        options.ask_url =
            read_secret(*config.ask_url, fmt::format("the address to ask channel `{}` at", name));
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

ChannelSetup make_channel(const std::string& name, const std::string& kind, const Config& config,
                          Wakeup& wakeup) {
    const ChannelConfig settings = settings_of(config, name);
    require_usable(name, kind, settings);
    return {kind == "webhook" ? make_webhook(name, settings, wakeup) : make_log(settings, wakeup),
            settings.unknown};
}

}  // namespace

void check_channels(const lang::Plan& plan, const Config& config) {
    for (const std::string& name : channels_used_by(plan)) {
        require_usable(name, kind_of(plan, name), settings_of(config, name));
    }
}

Channels ProjectChannels::make(const lang::Plan& plan, const Config& config,
                               const std::set<std::string>& known) {
    Channels channels;
    std::map<std::string, std::string> kinds;
    for (const std::string& name : channels_used_by(plan)) {
        const std::string kind = kind_of(plan, name);
        if (known.contains(name)) {
            if (const auto made = kinds_.find(name); made != kinds_.end() && made->second != kind)
                throw CommandError(fmt::format(
                    "the channel `{}` is of kind {} in the running executor and {} in the plan: "
                    "stop `sop serve`, deploy, and start it again",
                    name, made->second, kind));
            continue;
        }
        channels[name] = make_channel(name, kind, config, wakeup_);
        kinds.emplace(name, kind);
    }
    kinds_.merge(kinds);
    return channels;
}

void ProjectChannels::add_usable(Channels& channels, const lang::Plan& plan, const Config& config) {
    for (const std::string& name : channels_used_by(plan)) {
        if (channels.contains(name)) continue;
        const std::string kind = kind_of(plan, name);
        try {
            channels[name] = make_channel(name, kind, config, wakeup_);
            kinds_.emplace(name, kind);
        } catch (const Error&) {
            // A message that needs it says so when it has its turn.
            channels.erase(name);
        }
    }
}

}  // namespace sop::runtime::cli
