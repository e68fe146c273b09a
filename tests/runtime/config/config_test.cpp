#include "runtime/config/config.h"

#include "tests/support/temporary_folder.h"

#include <catch2/catch.hpp>

#include <cstdlib>

namespace sop::tests {
namespace {

using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using runtime::Config;
using runtime::ConfigError;
using runtime::load_config;
using runtime::read_secret;
using runtime::SecretReference;

Config config_of(const std::string& text) {
    const TemporaryFolder folder;
    folder.write("sop.toml", text);
    return load_config(folder.path());
}

// The message without the folder it begins with.
std::string error_of(const std::string& text) {
    const TemporaryFolder folder;
    folder.write("sop.toml", text);
    try {
        load_config(folder.path());
    } catch (const ConfigError& error) {
        const std::string message = error.what();
        const std::string beginning = folder.path().string() + "/";
        REQUIRE_THAT(message, Catch::StartsWith(beginning));
        return message.substr(beginning.size());
    }
    return "";
}

std::string secret_error(const SecretReference& secret) {
    try {
        read_secret(secret, "the URL of channel shop_hook");
    } catch (const ConfigError& error) {
        return error.what();
    }
    return "";
}

TEST_CASE("without a file everything has its default", "[config]") {
    const TemporaryFolder folder;
    const Config config = load_config(folder.path());
    CHECK(config.store == folder / "sop.db");
    CHECK(!config.groups);
    CHECK(!config.members);
    CHECK(config.channels.empty());
}

TEST_CASE("an empty file is as good as none", "[config]") {
    const TemporaryFolder folder;
    folder.write("sop.toml", "# nothing yet\n");
    CHECK(load_config(folder.path()).store == folder / "sop.db");
}

TEST_CASE("all that can be configured is read, with paths from the file's folder", "[config]") {
    const TemporaryFolder folder;
    folder.write("sop.toml", R"(
store = "data/state.db"

[directory]
groups = "groups.csv"
members = "../members.csv"

[channels.shop_hook]
url_env = "SHOP_HOOK_URL"
timeout = "10s"
in_flight = 16
unknown = "resend"

[channels.other_hook]
url_file = "secrets/url"

[channels.open_hook]
url = "https://example.org/hook"

[channels.asked_hook]
url = "https://example.org/hook"
unknown = "reconcile"
ask_url_env = "ASK_URL"

[channels.log]
path = "posts.ndjson"

[channels.out]
path = "-"
)");
    const Config config = load_config(folder.path() / ".");
    CHECK(config.store == folder / "data/state.db");
    CHECK(config.groups == folder / "groups.csv");
    CHECK(config.members == folder.path().parent_path() / "members.csv");
    REQUIRE(config.channels.size() == 6);
    const auto& hook = config.channels.at("shop_hook");
    CHECK(hook.url == SecretReference{SecretReference::Kind::environment, "SHOP_HOOK_URL"});
    CHECK(hook.timeout == 10s);
    CHECK(hook.in_flight == 16);
    CHECK(hook.unknown == runtime::UnknownPolicy::resend);
    CHECK(!hook.path);
    CHECK(config.channels.at("other_hook").url ==
          SecretReference{SecretReference::Kind::file, folder / "secrets/url"});
    CHECK(config.channels.at("open_hook").url ==
          SecretReference{SecretReference::Kind::literal, "https://example.org/hook"});
    const auto& asked = config.channels.at("asked_hook");
    CHECK(asked.unknown == runtime::UnknownPolicy::reconcile);
    CHECK(asked.unknown_at == (folder.path() / "." / "sop.toml").string() + ":22");
    CHECK(asked.ask_url == SecretReference{SecretReference::Kind::environment, "ASK_URL"});
    CHECK(!hook.ask_url);
    CHECK(config.channels.at("log").path == (folder / "posts.ndjson").string());
    CHECK(config.channels.at("out").path == "-");
}

TEST_CASE("where a platform is asked is written as where it is posted to", "[config]") {
    const TemporaryFolder folder;
    const auto ask_url = [&](const std::string& setting) {
        folder.write("sop.toml", "[channels.x]\nunknown = \"reconcile\"\n" + setting);
        return load_config(folder.path()).channels.at("x").ask_url.value();
    };
    using Kind = SecretReference::Kind;
    CHECK(ask_url("ask_url = \"https://h/\"") == SecretReference{Kind::literal, "https://h/"});
    CHECK(ask_url("ask_url_env = \"X\"") == SecretReference{Kind::environment, "X"});
    CHECK(ask_url("ask_url_file = \"f\"") == SecretReference{Kind::file, folder / "f"});
}

TEST_CASE("absolute paths stay as they are, and a relative folder is made absolute", "[config]") {
    CHECK(config_of("store = \"/var/lib/sop/sop.db\"").store == "/var/lib/sop/sop.db");
    CHECK(load_config(".").store == std::filesystem::current_path() / "sop.db");
}

TEST_CASE("a timeout is a number and a unit", "[config]") {
    struct Row {
        const char* text;
        std::chrono::milliseconds timeout;
    };
    const Row rows[] = {{"10s", 10s},       {"500ms", 500ms}, {"2m", 2min}, {"100ms", 100ms},
                        {"300000ms", 5min}, {"300s", 5min},   {"5m", 5min}, {"0010s", 10s}};
    for (const Row& row : rows) {
        const Config config = config_of(std::string("channels.x.timeout = \"") + row.text + "\"");
        CHECK(config.channels.at("x").timeout == row.timeout);
    }
}

TEST_CASE("what is over is kept for days, or for ever", "[config]") {
    const auto defaults = config_of("").retention;
    CHECK(defaults.messages == date::days{90});
    CHECK(defaults.events == date::days{90});
    CHECK(defaults.event_ids == date::days{400});
    CHECK(defaults.zone_changes == date::days{400});
    CHECK(defaults.figures == date::days{1100});
    const auto retention = config_of(
                               "[retention]\nmessages = \"45d\"\nevents = \"1d\"\n"
                               "event_ids = \"forever\"\nzone_changes = \"36500d\"\n"
                               "figures = \"forever\"\n")
                               .retention;
    CHECK(retention.messages == date::days{45});
    CHECK(retention.events == date::days{1});
    CHECK_FALSE(retention.event_ids);
    CHECK(retention.zone_changes == date::days{36500});
    CHECK_FALSE(retention.figures);
}

TEST_CASE("the configuration says which events are taken, and where", "[config]") {
    const Config defaults = config_of("");
    CHECK(defaults.intake.future_max == std::chrono::hours{24});
    CHECK(defaults.intake.past_max == date::days{400});
    CHECK(defaults.intake.line_max == 65536);
    CHECK_FALSE(defaults.http);
    const Config config = config_of(
        "[intake]\nfuture_max = \"90m\"\npast_max = \"forever\"\nline_max = 2048\n"
        "[http]\nlisten = \"[::1]:0\"\ntoken_env = \"SOP_TOKEN\"\nbody_max = 4096\n");
    CHECK(config.intake.future_max == std::chrono::minutes{90});
    CHECK_FALSE(config.intake.past_max);
    CHECK(config.intake.line_max == 2048);
    REQUIRE(config.http);
    CHECK(config.http->listen == "[::1]:0");
    CHECK(config.http->token == SecretReference{SecretReference::Kind::environment, "SOP_TOKEN"});
    CHECK(config.http->body_max == 4096);
}

TEST_CASE("a mistake is told with its line, what was expected and how to mend it", "[config]") {
    struct Row {
        const char* text;
        const char* error;
    };
    const std::string keys =
        "expected url, url_env, url_file, timeout, in_flight, path, unknown, ask_url, ask_url_env, "
        "ask_url_file";
    const std::string duration = "expected a duration such as \"10s\", \"500ms\" or \"2m\"";
    const std::string unknown_channel_key =
        "sop.toml:1: unknown key \"zzzzzz\" in [channels.x]; " + keys;
    const std::string number =
        "sop.toml:1: \"timeout\" in [channels.x] is a whole number; " + duration;
    const std::string no_unit = "sop.toml:1: \"timeout\" in [channels.x] is \"10\"; " + duration;
    const Row rows[] = {
        {"\nstroe = \"x\"", "sop.toml:2: unknown key \"stroe\"; did you mean \"store\"?"},
        {"zzzzzz = 1",
         "sop.toml:1: unknown key \"zzzzzz\"; expected store, directory, channels, "
         "retention, intake, http"},
        {"[directory]\ngruops = \"x\"",
         "sop.toml:2: unknown key \"gruops\" in [directory]; did you mean \"groups\"?"},
        {"[channels.x]\n\nin_fligth = 3",
         "sop.toml:3: unknown key \"in_fligth\" in [channels.x]; did you mean \"in_flight\"?"},
        {"[intake]\nfutur_max = \"1h\"",
         "sop.toml:2: unknown key \"futur_max\" in [intake]; did you mean \"future_max\"?"},
        {"[check]\nfailon = \"note\"",
         "sop.toml:2: unknown key \"failon\" in [check]; did you mean \"fail_on\"?"},
        {"[check]\nfail_on = \"never\"",
         "sop.toml:2: \"fail_on\" in [check] is \"never\"; expected \"error\", \"warning\" or "
         "\"note\""},
        {"[check]\nSOP0731 = \"fine\"",
         "sop.toml:2: \"SOP0731\" in [check] is \"fine\"; expected \"error\", \"warning\", "
         "\"note\" or \"off\""},
        {"[check]\nmood = 1",
         "sop.toml:2: unknown key \"mood\" in [check]; expected fail_on, baseline, the code of a "
         "finding such as SOP0731"},
        {"[intake]\nfuture_max = \"1w\"",
         "sop.toml:2: \"future_max\" in [intake] is \"1w\"; expected a length such as \"24h\", "
         "\"30m\" or \"2d\""},
        {"[intake]\nfuture_max = \"99999d\"",
         "sop.toml:2: \"future_max\" in [intake] is \"99999d\"; expected at most 36500d"},
        {"[intake]\nline_max = 10",
         "sop.toml:2: \"line_max\" in [intake] is 10; expected a number of bytes from 1024 to "
         "16777216"},
        {"[intake]\nline_max = \"64K\"",
         "sop.toml:2: \"line_max\" in [intake] is text; expected a number of bytes from 1024 to "
         "16777216"},
        {"[http]\nbody_max = 4096",
         "sop.toml:1: [http] does not say where to listen: add listen = \"127.0.0.1:8080\""},
        {"[http]\nlisten = \"127.0.0.1:0\"\ntoken_env = \"A\"\ntoken_file = \"b\"",
         "sop.toml:4: the token stands there twice in [http]; keep one of token_env, token_file"},
        {"[http]\ntoken = \"s3cret\"",
         "sop.toml:2: unknown key \"token\" in [http]; expected listen, token_env, token_file, "
         "body_max"},
        {"channels.x.zzzzzz = 1", unknown_channel_key.c_str()},
        {"store = 1", "sop.toml:1: \"store\" is a whole number; expected a path"},
        {"store = \"\"", "sop.toml:1: \"store\" is empty; expected a path"},
        {"store = [\"a\"]", "sop.toml:1: \"store\" is a list"},
        {"store = 2026-01-01", "sop.toml:1: \"store\" is a date or time"},
        {"directory = \"groups.csv\"",
         "sop.toml:1: \"directory\" is text; expected a table with groups and members"},
        {"channels = true", "sop.toml:1: \"channels\" is true or false; expected tables such as"},
        {"[channels]\nlog = \"posts\"",
         "sop.toml:2: \"log\" in [channels] is text; expected a table of the channel's settings"},
        {"[[channels.x]]\npath = \"-\"", "\"x\" in [channels] is a list"},
        {"channels.x.timeout = 10", number.c_str()},
        {"channels.x.timeout = \"10\"", no_unit.c_str()},
        {"channels.x.timeout = \"ten s\"", "is \"ten s\"; expected a duration"},
        {"channels.x.timeout = \"10 s\"", "is \"10 s\"; expected a duration"},
        {"channels.x.timeout = \"-1s\"", "is \"-1s\"; expected a duration"},
        {"channels.x.timeout = \"1.5s\"", "is \"1.5s\"; expected a duration"},
        {"channels.x.timeout = \"9223372036854775807m\"", "expected a duration"},
        {"channels.x.timeout = \"99ms\"", "is \"99ms\"; expected from 100ms to 5m"},
        {"channels.x.timeout = \"301s\"", "is \"301s\"; expected from 100ms to 5m"},
        {"channels.x.unknown = \"maybe\"",
         "is \"maybe\"; expected \"hold\", \"resend\" or \"reconcile\""},
        {"channels.x.unknown = true",
         "is true or false; expected \"hold\", \"resend\" or \"reconcile\""},
        {"[channels.x]\nurl = \"http://h/\"\nunknown = \"reconcile\"",
         "sop.toml:3: unknown = \"reconcile\" asks the platform what it took, and [channels.x] "
         "does "
         "not say where: add ask_url_env = \"…\" (the environment variable that holds the "
         "address), "
         "ask_url_file or ask_url"},
        {"[channels.log]\nunknown = \"reconcile\"",
         "sop.toml:2: the channel `log` cannot be asked what it took: write unknown = \"hold\" or "
         "\"resend\" in [channels.log]"},
        {"[channels.log]\nunknown = \"reconcile\"\nask_url = \"http://h/\"",
         "sop.toml:2: the channel `log` cannot be asked what it took"},
        {"[channels.x]\nunknown = \"hold\"\nask_url_env = \"X\"",
         "sop.toml:3: \"ask_url_env\" in [channels.x] is where the platform is asked what it took, "
         "which takes unknown = \"reconcile\": add it, or take the address out"},
        {"channels.x.ask_url = \"http://h/\"", "which takes unknown = \"reconcile\""},
        {"[channels.x]\nask_url = \"http://h/\"\nask_url_env = \"X\"",
         "sop.toml:3: the address to ask at stands there twice in [channels.x]; keep one of "
         "ask_url, ask_url_env, ask_url_file"},
        {"channels.x.ask_url = 3", "is a whole number; expected an address"},
        {"channels.x.ask_ulr = 3", "did you mean \"ask_url\"?"},
        {"channels.x.in_flight = 0", "is 0; expected a whole number from 1 to 1024"},
        {"channels.x.in_flight = 1025", "is 1025; expected a whole number from 1 to 1024"},
        {"channels.x.in_flight = -1", "is -1; expected a whole number from 1 to 1024"},
        {"channels.x.in_flight = 1.5", "is a number; expected a whole number from 1 to 1024"},
        {"channels.x.in_flight = \"8\"", "is text; expected a whole number from 1 to 1024"},
        {"[channels.x]\nurl = \"http://h/\"\nurl_env = \"X\"",
         "sop.toml:3: the URL stands there twice in [channels.x]; keep one of url, url_env, "
         "url_file"},
        {"[channels.x]\nurl_env = \"X\"\nurl_file = \"f\"", "keep one of url, url_env, url_file"},
        {"channels.x.url_env = \"\"", "is empty; expected the name of an environment variable"},
        {"channels.x.url = 3", "is a whole number; expected an address"},
        {"channels.x.path = \"\"", "is empty; expected a path, or \"-\" for standard output"},
        {"retention = \"90d\"", "is text; expected a table such as messages = \"90d\""},
        {"retention.mesages = \"90d\"",
         "unknown key \"mesages\" in [retention]; did you mean \"messages\"?"},
        {"retention.events = 90",
         "\"events\" in [retention] is a whole number; expected days such as \"90d\", or "
         "\"forever\""},
        {"retention.events = \"90\"", "is \"90\"; expected days such as"},
        {"retention.events = \"2w\"", "is \"2w\"; expected days such as"},
        {"retention.events = \"0d\"", "is \"0d\"; expected from 1d to 36500d, or \"forever\""},
        {"retention.messages = \"44d\"", "is \"44d\"; expected from 45d to 36500d"},
        {"retention.event_ids = \"36501d\"", "expected from 1d to 36500d"},
        {"store = \"a\"\nchannels = {", "sop.toml:2:"},
        {"store = \"a", "sop.toml:1:"},
        {"store = \"a\"\nstore = \"b\"", "sop.toml:2:"},
        {"store = \"\xff\"", "sop.toml:1:"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        CHECK_THAT(error_of(row.text), Contains(row.error));
    }
}

TEST_CASE("a mistake in TOML itself is told with line and column on one line", "[config]") {
    const std::string error = error_of("store = \"sop.db\"\ntimeout = = 3\n");
    CHECK_THAT(error, Catch::StartsWith("sop.toml:2:11: "));
    CHECK(error.find('\n') == std::string::npos);
}

TEST_CASE("a file that cannot be read is told as such", "[config]") {
    const TemporaryFolder folder;
    std::filesystem::create_directory(folder / "sop.toml");
    CHECK_THROWS_WITH(load_config(folder.path()),
                      "cannot read " + (folder / "sop.toml").string() + ": Is a directory");
}

TEST_CASE("a secret is read from where it stands", "[config]") {
    const TemporaryFolder folder;
    const std::string file = folder.write("url", "https://example.org/a b\r\n\n");
    ::setenv("SOP_TEST_SECRET", "https://example.org/env", 1);
    CHECK(read_secret({SecretReference::Kind::literal, "https://example.org/"}, "the URL") ==
          "https://example.org/");
    CHECK(read_secret({SecretReference::Kind::environment, "SOP_TEST_SECRET"}, "the URL") ==
          "https://example.org/env");
    CHECK(read_secret({SecretReference::Kind::file, file}, "the URL") == "https://example.org/a b");
    ::unsetenv("SOP_TEST_SECRET");
}

TEST_CASE("a secret that is not there is told with what it is for", "[config]") {
    const TemporaryFolder folder;
    folder.write("empty", "\n");
    folder.write("huge", std::string(2'000'000, 'x'));
    ::setenv("SOP_TEST_SECRET", "", 1);
    ::unsetenv("SOP_TEST_MISSING");
    struct Row {
        SecretReference secret;
        std::string error;
    };
    using Kind = SecretReference::Kind;
    const Row rows[] = {
        {{Kind::environment, "SOP_TEST_MISSING"},
         "the environment variable SOP_TEST_MISSING is not set"},
        {{Kind::environment, "SOP_TEST_SECRET"},
         "the environment variable SOP_TEST_SECRET is empty"},
        {{Kind::file, folder / "missing"}, "missing: No such file or directory"},
        {{Kind::file, folder.path()}, "Is a directory"},
        {{Kind::file, folder / "empty"}, "empty is empty; write the value into it"},
        {{Kind::file, folder / "huge"}, "File too large"},
    };
    for (const Row& row : rows) {
        CHECK_THAT(secret_error(row.secret),
                   Catch::StartsWith("the URL of channel shop_hook: ") && Contains(row.error));
    }
    ::unsetenv("SOP_TEST_SECRET");
}

}  // namespace
}  // namespace sop::tests
