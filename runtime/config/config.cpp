#include "runtime/config/config.h"

#include "lang/explanation.h"
#include "lang/suggestion.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace sop::runtime {
namespace {

constexpr std::chrono::milliseconds timeout_min{100};
constexpr std::chrono::milliseconds timeout_max = std::chrono::minutes{5};
constexpr std::int64_t in_flight_most = 1024;
// Caps and spacing look back 40 days, at messages that must still be there.
constexpr std::int64_t message_days_min = 45;
constexpr std::int64_t days_max = 36500;
constexpr std::size_t file_bytes_max = 1024 * 1024;
constexpr std::int64_t line_bytes_min = 1024;
constexpr std::int64_t line_bytes_max = 16 * 1024 * 1024;
constexpr std::int64_t body_bytes_min = 1024;
constexpr std::int64_t body_bytes_max = 1024 * 1024 * 1024;

// A value of the file together with all a message about it needs.
struct Entry {
    const std::filesystem::path& file;
    std::string key;
    std::string place;  // " in [channels.shop_hook]", empty at the top
    const toml::node& value;

    std::filesystem::path folder() const { return std::filesystem::absolute(file).parent_path(); }
};

[[noreturn]] void fail(const std::filesystem::path& file, const toml::source_region& where,
                       const std::string& message) {
    throw ConfigError(fmt::format("{}:{}: {}", file.string(), where.begin.line, message));
}

[[noreturn]] void fail(const Entry& entry, const std::string& message) {
    fail(entry.file, entry.value.source(), message);
}

std::string_view type_name(const toml::node& value) {
    switch (value.type()) {
        case toml::node_type::string:
            return "text";
        case toml::node_type::integer:
            return "a whole number";
        case toml::node_type::floating_point:
            return "a number";
        case toml::node_type::boolean:
            return "true or false";
        case toml::node_type::array:
            return "a list";
        case toml::node_type::table:
            return "a table";
        default:
            return "a date or time";
    }
}

[[noreturn]] void fail_type(const Entry& entry, std::string_view expected) {
    fail(entry, fmt::format("\"{}\"{} is {}; expected {}", entry.key, entry.place,
                            type_name(entry.value), expected));
}

std::string text_of(const Entry& entry, std::string_view expected) {
    const auto text = entry.value.value_exact<std::string>();
    if (!text) fail_type(entry, expected);
    if (text->empty()) {
        fail(entry,
             fmt::format("\"{}\"{} is empty; expected {}", entry.key, entry.place, expected));
    }
    return *text;
}

std::filesystem::path path_of(const Entry& entry) {
    const std::string text = text_of(entry, "a path such as \"data/file\"");
    return (entry.folder() / std::filesystem::path(text)).lexically_normal();
}

const toml::table& table_of(const Entry& entry, std::string_view expected) {
    const toml::table* table = entry.value.as_table();
    if (table == nullptr) fail_type(entry, expected);
    return *table;
}

// "10s", "500ms", "2m"; nothing when it is written otherwise or no 64-bit number of milliseconds.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
    std::int64_t count = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc() || count < 0) return std::nullopt;
    const std::string_view unit = text.substr(static_cast<std::size_t>(rest - text.data()));
    constexpr std::array<std::pair<std::string_view, std::int64_t>, 3> units{
        {{"ms", 1}, {"s", 1000}, {"m", 60'000}}};
    for (const auto& [name, milliseconds] : units) {
        std::int64_t total = 0;
        if (unit == name && !__builtin_mul_overflow(count, milliseconds, &total)) {
            return std::chrono::milliseconds(total);
        }
    }
    return std::nullopt;
}

std::chrono::milliseconds timeout_of(const Entry& entry) {
    constexpr std::string_view expected = "a duration such as \"10s\", \"500ms\" or \"2m\"";
    const std::string text = text_of(entry, expected);
    const auto timeout = parse_duration(text);
    if (!timeout) {
        fail(entry, fmt::format("\"{}\"{} is \"{}\"; expected {}", entry.key, entry.place, text,
                                expected));
    }
    if (*timeout < timeout_min || *timeout > timeout_max) {
        fail(entry, fmt::format("\"{}\"{} is \"{}\"; expected from 100ms to 5m", entry.key,
                                entry.place, text));
    }
    return *timeout;
}

std::size_t in_flight_of(const Entry& entry) {
    const auto count = entry.value.value_exact<std::int64_t>();
    if (!count) fail_type(entry, "a whole number from 1 to 1024");
    if (*count < 1 || *count > in_flight_most) {
        fail(entry, fmt::format("\"{}\"{} is {}; expected a whole number from 1 to {}", entry.key,
                                entry.place, *count, in_flight_most));
    }
    return static_cast<std::size_t>(*count);
}

UnknownPolicy unknown_policy_of(const Entry& entry) {
    constexpr std::string_view expected = "\"hold\", \"resend\" or \"reconcile\"";
    const std::string text = text_of(entry, expected);
    if (text == "hold") return UnknownPolicy::hold;
    if (text == "resend") return UnknownPolicy::resend;
    if (text == "reconcile") return UnknownPolicy::reconcile;
    fail(entry,
         fmt::format("\"{}\"{} is \"{}\"; expected {}", entry.key, entry.place, text, expected));
}

[[noreturn]] void fail_unknown(const std::filesystem::path& file, const toml::key& key,
                               const std::string& place, const std::vector<std::string>& known) {
    std::string message = fmt::format("unknown key \"{}\"{}; ", key.str(), place);
    if (const auto suggestion = lang::closest(key.str(), known)) {
        message += fmt::format("did you mean \"{}\"?", *suggestion);
    } else {
        message += fmt::format("expected {}", fmt::join(known, ", "));
    }
    fail(file, key.source(), message);
}

// Of an address that may be a secret, whose settings are `name`, `name`_env and `name`_file.
void set_address(std::optional<SecretReference>& address, SecretReference::Kind kind,
                 std::string_view name, const Entry& entry) {
    if (address) {
        fail(entry, fmt::format("the {0} stands there twice{1}; keep one of {2}, {2}_env, {2}_file",
                                name == "url" ? "URL" : "address to ask at", entry.place, name));
    }
    switch (kind) {
        case SecretReference::Kind::literal:
            address = {kind, text_of(entry, "an address such as \"https://host/path\"")};
            break;
        case SecretReference::Kind::environment:
            address = {kind, text_of(entry, "the name of an environment variable")};
            break;
        case SecretReference::Kind::file:
            address = {kind, path_of(entry).string()};
            break;
    }
}

// True when it is one of an address.
bool read_address(ChannelConfig& channel, const Entry& setting) {
    using enum SecretReference::Kind;
    for (const auto& [suffix, kind] :
         {std::pair{"", literal}, {"_env", environment}, {"_file", file}}) {
        if (setting.key == std::string("url") + suffix) {
            set_address(channel.url, kind, "url", setting);
            return true;
        }
        if (setting.key == std::string("ask_url") + suffix) {
            set_address(channel.ask_url, kind, "ask_url", setting);
            return true;
        }
    }
    return false;
}

// To ask takes the policy and the address.
void check_reconcile(const ChannelConfig& channel, const Entry& entry,
                     const toml::table& settings) {
    const bool reconciles = channel.unknown == UnknownPolicy::reconcile;
    if (reconciles == channel.ask_url.has_value() && entry.key != "log") return;
    if (reconciles) {
        const Entry unknown{entry.file, "unknown", "", *settings.get("unknown")};
        if (entry.key == "log")
            fail(unknown,
                 "the channel `log` cannot be asked what it took: write unknown = \"hold\" "
                 "or \"resend\" in [channels.log]");
        fail(unknown,
             fmt::format(
                 "unknown = \"reconcile\" asks the platform what it took, and [channels.{}] "
                 "does not say where: add ask_url_env = \"…\" (the environment variable that "
                 "holds the address), ask_url_file or ask_url",
                 entry.key));
    }
    for (const auto& [key, value] : settings) {
        if (!key.str().starts_with("ask_url")) continue;
        fail(Entry{entry.file, std::string(key.str()), "", value},
             fmt::format(
                 "\"{}\" in [channels.{}] is where the platform is asked what it took, which "
                 "takes unknown = \"reconcile\": add it, or take the address out",
                 key.str(), entry.key));
    }
}

ChannelConfig channel_of(const Entry& entry) {
    ChannelConfig channel;
    const std::string place = fmt::format(" in [channels.{}]", entry.key);
    const toml::table& settings = table_of(entry, "a table of the channel's settings");
    for (const auto& [key, value] : settings) {
        const Entry setting{entry.file, std::string(key.str()), place, value};
        if (read_address(channel, setting)) continue;
        if (key == "timeout") {
            channel.timeout = timeout_of(setting);
        } else if (key == "in_flight") {
            channel.in_flight = in_flight_of(setting);
        } else if (key == "path") {
            const std::string text = text_of(setting, "a path, or \"-\" for standard output");
            channel.path = text == "-" ? text : path_of(setting).string();
        } else if (key == "unknown") {
            channel.unknown = unknown_policy_of(setting);
            channel.unknown_at =
                fmt::format("{}:{}", entry.file.string(), value.source().begin.line);
        } else {
            fail_unknown(entry.file, key, place,
                         {"url", "url_env", "url_file", "timeout", "in_flight", "path", "unknown",
                          "ask_url", "ask_url_env", "ask_url_file"});
        }
    }
    check_reconcile(channel, entry, settings);
    return channel;
}

void read_directory(Config& config, const Entry& entry) {
    const std::string place = " in [directory]";
    for (const auto& [key, value] : table_of(entry, "a table with groups and members")) {
        const Entry setting{entry.file, std::string(key.str()), place, value};
        if (key == "groups") {
            config.groups = path_of(setting);
        } else if (key == "members") {
            config.members = path_of(setting);
        } else {
            fail_unknown(entry.file, key, place, {"groups", "members"});
        }
    }
}

std::size_t size_of(const Entry& entry, std::int64_t least, std::int64_t most) {
    const std::string expected = fmt::format("a number of bytes from {} to {}", least, most);
    const auto count = entry.value.value_exact<std::int64_t>();
    if (!count) fail_type(entry, expected);
    if (*count < least || *count > most) {
        fail(entry,
             fmt::format("\"{}\"{} is {}; expected {}", entry.key, entry.place, *count, expected));
    }
    return static_cast<std::size_t>(*count);
}

// "90d"; nothing for "forever".
std::optional<date::days> days_of(const Entry& entry, std::int64_t least) {
    constexpr std::string_view expected = "days such as \"90d\", or \"forever\"";
    const std::string text = text_of(entry, expected);
    if (text == "forever") return std::nullopt;
    std::int64_t count = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc() || std::string_view(rest) != "d") {
        fail(entry, fmt::format("\"{}\"{} is \"{}\"; expected {}", entry.key, entry.place, text,
                                expected));
    }
    if (count < least || count > days_max) {
        fail(entry, fmt::format("\"{}\"{} is \"{}\"; expected from {}d to {}d, or \"forever\"",
                                entry.key, entry.place, text, least, days_max));
    }
    return date::days(count);
}

void read_retention(RetentionConfig& retention, const Entry& entry) {
    const std::string place = " in [retention]";
    for (const auto& [key, value] : table_of(entry, "a table such as messages = \"90d\"")) {
        const Entry setting{entry.file, std::string(key.str()), place, value};
        if (key == "messages") {
            retention.messages = days_of(setting, message_days_min);
        } else if (key == "events") {
            retention.events = days_of(setting, 1);
        } else if (key == "event_ids") {
            retention.event_ids = days_of(setting, 1);
        } else if (key == "zone_changes") {
            retention.zone_changes = days_of(setting, 1);
        } else if (key == "figures") {
            retention.figures = days_of(setting, 1);
        } else {
            fail_unknown(entry.file, key, place,
                         {"messages", "events", "event_ids", "zone_changes", "figures"});
        }
    }
}

// "24h", "90m" or "2d".
std::chrono::milliseconds ahead_of(const Entry& entry) {
    constexpr std::string_view expected = "a length such as \"24h\", \"30m\" or \"2d\"";
    const std::string text = text_of(entry, expected);
    constexpr std::array<std::pair<std::string_view, std::chrono::minutes>, 3> units{
        {{"m", std::chrono::minutes{1}}, {"h", std::chrono::hours{1}}, {"d", date::days{1}}}};
    std::int64_t count = 0;
    const auto number = std::from_chars(text.data(), text.data() + text.size(), count);
    const auto unit = std::find_if(units.begin(), units.end(), [&](const auto& each) {
        return each.first == std::string_view(number.ptr);
    });
    if (number.ec != std::errc() || count < 0 || unit == units.end()) {
        fail(entry, fmt::format("\"{}\"{} is \"{}\"; expected {}", entry.key, entry.place, text,
                                expected));
    }
    if (count > date::days{days_max} / unit->second) {
        fail(entry, fmt::format("\"{}\"{} is \"{}\"; expected at most {}d", entry.key, entry.place,
                                text, days_max));
    }
    return count * unit->second;
}

void read_intake(IntakeConfig& intake, const Entry& entry) {
    const std::string place = " in [intake]";
    for (const auto& [key, value] : table_of(entry, "a table such as future_max = \"24h\"")) {
        const Entry setting{entry.file, std::string(key.str()), place, value};
        if (key == "future_max") {
            intake.future_max = ahead_of(setting);
        } else if (key == "past_max") {
            intake.past_max = days_of(setting, 1);
        } else if (key == "line_max") {
            intake.line_max = size_of(setting, line_bytes_min, line_bytes_max);
        } else {
            fail_unknown(entry.file, key, place, {"future_max", "past_max", "line_max"});
        }
    }
}

void set_token(HttpConfig& http, SecretReference token, const Entry& entry) {
    if (http.token) {
        fail(entry, "the token stands there twice in [http]; keep one of token_env, token_file");
    }
    http.token = std::move(token);
}

HttpConfig http_of(const Entry& entry) {
    using enum SecretReference::Kind;
    const std::string place = " in [http]";
    HttpConfig http;
    for (const auto& [key, value] :
         table_of(entry, "a table such as listen = \"127.0.0.1:8080\"")) {
        const Entry setting{entry.file, std::string(key.str()), place, value};
        if (key == "listen") {
            http.listen = text_of(setting, "an address such as \"127.0.0.1:8080\"");
        } else if (key == "token_env") {
            set_token(http, {environment, text_of(setting, "the name of an environment variable")},
                      setting);
        } else if (key == "token_file") {
            set_token(http, {file, path_of(setting).string()}, setting);
        } else if (key == "body_max") {
            http.body_max = size_of(setting, body_bytes_min, body_bytes_max);
        } else {
            fail_unknown(entry.file, key, place, {"listen", "token_env", "token_file", "body_max"});
        }
    }
    if (http.listen.empty())
        fail(entry, "[http] does not say where to listen: add listen = \"127.0.0.1:8080\"");
    return http;
}

lang::Severity severity_of(const Entry& entry, std::string_view expected) {
    const std::string text = text_of(entry, expected);
    if (text == "error") return lang::Severity::error;
    if (text == "warning") return lang::Severity::warning;
    if (text == "note") return lang::Severity::note;
    fail(entry,
         fmt::format("\"{}\"{} is \"{}\"; expected {}", entry.key, entry.place, text, expected));
}

void read_check(CheckConfig& check, const Entry& entry) {
    const std::string place = " in [check]";
    for (const auto& [key, value] : table_of(entry, "a table such as fail_on = \"warning\"")) {
        const Entry setting{entry.file, std::string(key.str()), place, value};
        if (key == "fail_on") {
            check.fail_on = severity_of(setting, "\"error\", \"warning\" or \"note\"");
        } else if (key == "baseline") {
            check.baseline = path_of(setting);
        } else if (lang::find_explanation(setting.key) != nullptr) {
            constexpr std::string_view expected = "\"error\", \"warning\", \"note\" or \"off\"";
            check.severities[setting.key] = text_of(setting, expected) == "off"
                                                ? std::nullopt
                                                : std::optional(severity_of(setting, expected));
        } else {
            std::vector<std::string> known{"fail_on", "baseline"};
            for (const auto& explanation : lang::explanations()) known.push_back(explanation.code);
            if (!lang::closest(setting.key, known))
                known = {"fail_on", "baseline", "the code of a finding such as SOP0731"};
            fail_unknown(entry.file, key, place, known);
        }
    }
}

Config read_config(const std::filesystem::path& file, const toml::table& table, Config config) {
    for (const auto& [key, value] : table) {
        const Entry entry{file, std::string(key.str()), "", value};
        if (key == "store") {
            config.store = path_of(entry);
        } else if (key == "directory") {
            read_directory(config, entry);
        } else if (key == "retention") {
            read_retention(config.retention, entry);
        } else if (key == "intake") {
            read_intake(config.intake, entry);
        } else if (key == "http") {
            config.http = http_of(entry);
        } else if (key == "check") {
            read_check(config.check, entry);
        } else if (key == "channels") {
            for (const auto& [name, settings] :
                 table_of(entry, "tables such as [channels.shop_hook]")) {
                const std::string channel(name.str());
                config.channels[channel] = channel_of({file, channel, " in [channels]", settings});
            }
        } else {
            fail_unknown(
                file, key, "",
                {"store", "directory", "channels", "retention", "intake", "http", "check"});
        }
    }
    return config;
}

struct FileText {
    std::string text;
    int error = 0;  // of the system; EFBIG for a file that is surely not what was meant
};

FileText read_file(const std::filesystem::path& path) {
    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    const std::unique_ptr<std::FILE, Close> file(std::fopen(path.c_str(), "rbe"));
    if (!file) return {{}, errno};
    FileText result;
    std::array<char, 4096> block{};
    while (const std::size_t count = std::fread(block.data(), 1, block.size(), file.get())) {
        result.text.append(block.data(), count);
        if (result.text.size() > file_bytes_max) return {{}, EFBIG};
    }
    // Where a folder stands in the place of the file, it opens and only reading it fails.
    if (std::ferror(file.get()) != 0) return {{}, errno};
    return result;
}

std::string error_text(int error) {
    return std::generic_category().message(error);
}

std::string secret_from_environment(const std::string& name, const std::string& what_for) {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr || *value == '\0') {
        throw ConfigError(
            fmt::format("{}: the environment variable {} is {}; set it before sop starts", what_for,
                        name, value == nullptr ? "not set" : "empty"));
    }
    return value;
}

std::string secret_from_file(const std::string& path, const std::string& what_for) {
    FileText file = read_file(path);
    if (file.error != 0) {
        throw ConfigError(
            fmt::format("{}: cannot read {}: {}", what_for, path, error_text(file.error)));
    }
    const auto last = file.text.find_last_not_of("\r\n");
    if (last == std::string::npos) {
        throw ConfigError(fmt::format("{}: {} is empty; write the value into it", what_for, path));
    }
    file.text.erase(last + 1);
    return std::move(file.text);
}

}  // namespace

Config load_config(const std::filesystem::path& folder) {
    const std::filesystem::path path = folder / "sop.toml";
    Config defaults;
    defaults.store = (std::filesystem::absolute(folder) / "sop.db").lexically_normal();

    const FileText file = read_file(path);
    if (file.error == ENOENT) return defaults;
    if (file.error != 0) {
        throw ConfigError(fmt::format("cannot read {}: {}", path.string(), error_text(file.error)));
    }
    try {
        return read_config(path, toml::parse(file.text), std::move(defaults));
    } catch (const toml::parse_error& error) {
        const toml::source_position where = error.source().begin;
        throw ConfigError(fmt::format("{}:{}:{}: {}", path.string(), where.line, where.column,
                                      error.description()));
    }
}

std::string read_secret(const SecretReference& secret, const std::string& what_for) {
    switch (secret.kind) {
        case SecretReference::Kind::literal:
            return secret.value;
        case SecretReference::Kind::environment:
            return secret_from_environment(secret.value, what_for);
        case SecretReference::Kind::file:
            return secret_from_file(secret.value, what_for);
    }
    return {};
}

}  // namespace sop::runtime
