// clang-format off
// `sop.toml` beside the playbooks. Everything in it has a default; without the file the store is
// `sop.db` and the only channel that can be used is `log`.
//
//   store = "sop.db"                  # relative to the file's folder
//
//   [directory]                       # what a new store starts with, and what a rehearsal uses
//   groups = "groups.csv"
//   members = "members.csv"
//
//   [channels.shop_hook]              # declared in a playbook as `channel shop_hook { kind webhook }`
//   url_env = "SHOP_HOOK_URL"         # or url_file = "…", or url = "…" where it is no secret
//   timeout = "10s"
//   in_flight = 16
//   unknown = "hold"                  # when nobody can tell whether a message was taken; or "resend", or
//                                     # "reconcile", which asks the platform at the ask_url. hold: nobody gets it
//                                     # twice, someone may go without. resend: nobody goes without, someone may
//                                     # get it twice. reconcile: neither, as long as the platform can be asked
//   ask_url_env = "SHOP_HOOK_ASK_URL" # or ask_url_file, or ask_url; for "reconcile" alone. A GET with the header
//                                     # Idempotency-Key of the post: 2xx = it was taken, 404 = it certainly was not,
//                                     # and will not be; anything else = ask again
//
//   [retention]                            # how long is kept what is over, or "forever"
//   messages = "90d"                       # and their texts, runs and firings; at least 45d
//   events = "90d"
//   event_ids = "400d"                     # a second event of the same id is ignored so long
//   zone_changes = "400d"
//   figures = "1100d"                      # counts by the day, and who was in which group
//
//   [intake]                               # events from outside
//   future_max = "24h"                     # one that is to happen later than that from now is refused
//   past_max = "400d"                      # one that happened before that is refused; or "forever"
//   line_max = 65536                       # bytes of one event
//
//   [http]                                 # `sop serve` takes events at POST /v1/events; without it, it listens nowhere
//   listen = "127.0.0.1:8080"              # port 0 takes a free one; any other host than this machine's own takes a token
//   token_env = "SOP_HTTP_TOKEN"           # or token_file; requests bring it as `Authorization: Bearer …`
//   body_max = 8388608                     # bytes of one request
//
//   [check]                                # of `sop check`
//   fail_on = "warning"                    # the least that fails it: "error" (the default), "warning" or "note"
//   baseline = "sop-baseline.json"         # findings that were there already and are not told
//   SOP0735 = "off"                        # a kind of finding: "error", "warning", "note" or "off"; errors stay errors
//
//   [channels.log]
//   path = "posts.ndjson"             # "-" (the default) is standard output
// clang-format on
#pragma once

#include <date/date.h>
#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "lang/diagnostic.h"
#include "runtime/delivery/unknown_policy.h"
#include "runtime/error.h"

namespace sop::runtime {

// A value that must not appear in logs: named where it stands, read when it is needed.
struct SecretReference {
    enum class Kind { literal, environment, file };
    Kind kind = Kind::literal;
    std::string value;  // the text, the variable's name, or the file's path (absolute)

    bool operator==(const SecretReference&) const = default;
};

struct ChannelConfig {
    std::optional<SecretReference> url;
    std::optional<SecretReference> ask_url;  // there when `unknown` is reconcile, and only then
    std::optional<std::chrono::milliseconds> timeout;
    std::optional<std::size_t> in_flight;
    std::optional<std::string> path;  // "-" or absolute
    UnknownPolicy unknown = UnknownPolicy::hold;
    std::string unknown_at;  // where in the file it is set, "…/sop.toml:7"; empty where it is not
};

// Nothing: for ever.
struct RetentionConfig {
    std::optional<date::days> messages{90};
    std::optional<date::days> events{90};
    std::optional<date::days> event_ids{400};
    std::optional<date::days> zone_changes{400};
    std::optional<date::days> figures{1100};
};

struct IntakeConfig {
    std::chrono::milliseconds future_max = std::chrono::hours{24};
    std::optional<date::days> past_max{400};  // nothing: however old
    std::size_t line_max = std::size_t{64} * 1024;
};

struct HttpConfig {
    std::string listen;  // "host:port"
    std::optional<SecretReference> token;
    std::size_t body_max = std::size_t{8} * 1024 * 1024;
};

struct CheckConfig {
    lang::Severity fail_on = lang::Severity::error;
    std::optional<std::filesystem::path> baseline{};  // absolute
    // By code; nothing: it is not told.
    std::map<std::string, std::optional<lang::Severity>> severities{};
};

struct Config {
    std::filesystem::path store;                   // absolute
    std::optional<std::filesystem::path> groups;   // absolute
    std::optional<std::filesystem::path> members;  // absolute
    std::map<std::string, ChannelConfig> channels;
    RetentionConfig retention{};
    IntakeConfig intake{};
    std::optional<HttpConfig> http{};
    CheckConfig check{};
};

// The file, the line where known, what is wrong and how to mend it.
class ConfigError : public Error {
  public:
    using Error::Error;
};

// Reads `folder`/sop.toml, or gives the defaults when there is none. Throws ConfigError; unknown
// keys are errors with a suggestion.
Config load_config(const std::filesystem::path& folder);

// Throws ConfigError when the variable is not set or empty, or the file cannot be read. Trailing
// line ends are cut.
std::string read_secret(const SecretReference& secret, const std::string& what_for);

}  // namespace sop::runtime
