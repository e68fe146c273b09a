#include "runtime/delivery/log_channel.h"

#include "runtime/delivery/delivery_error.h"
#include "tests/runtime/delivery/attempts.h"
#include "tests/support/temporary_folder.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>
#include <catch2/catch.hpp>

#include <csignal>

namespace sop::tests {
namespace {

using runtime::AttemptResult;
using runtime::DeliveryError;
using runtime::make_log_channel;
using runtime::Wakeup;
using Kind = AttemptResult::Kind;
using Catch::Matchers::Contains;

const std::string first_line =
    R"({"key":"sop-1","playbook":"members","rule":"flash_sale","step":"start - 10m","verb":"post","group":"g1",)"
    R"("name":"会员群","text":"还有十分钟","planned_for":"2026-11-19T12:00:00Z"})"
    "\n";

std::vector<Kind> kinds_of(const std::vector<AttemptResult>& results) {
    std::vector<Kind> kinds;
    for (const AttemptResult& result : results) kinds.push_back(result.kind);
    return kinds;
}

std::string opening_error(const std::string& path) {
    Wakeup wakeup;
    try {
        make_log_channel({.path = path}, wakeup);
    } catch (const DeliveryError& error) {
        return error.what();
    }
    return "";
}

// Lets files grow to `bytes` only, so that a write falls short as on a full disk.
class FileSizeLimit {
  public:
    explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit limit{bytes, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }

  private:
    void (*handler_)(int);
    rlimit before_{};
};

TEST_CASE("a logged message is one line of JSON", "[delivery][log]") {
    const TemporaryFolder folder;
    Wakeup wakeup;
    const auto channel = make_log_channel({.path = folder / "posts.ndjson"}, wakeup);

    channel->start({attempt(1)});
    const auto results = results_of(*channel, wakeup, 1);
    CHECK(results[0].delivery == 1);
    CHECK(results[0].kind == Kind::sent);
    CHECK(results[0].reason.empty());
    CHECK(folder.read("posts.ndjson") == first_line);
}

TEST_CASE("a message to a member names the member", "[delivery][log]") {
    const TemporaryFolder folder;
    Wakeup wakeup;
    const auto channel = make_log_channel({.path = folder / "posts.ndjson"}, wakeup);
    runtime::Attempt message = attempt(1);
    message.target_kind = lang::SubjectKind::member;
    message.target = "m7";
    channel->start({message});
    CHECK_THAT(folder.read("posts.ndjson"), Contains(R"("member":"m7")") && !Contains("group"));
}

TEST_CASE("line ends and broken characters in a text do not break its line", "[delivery][log]") {
    const TemporaryFolder folder;
    Wakeup wakeup;
    const auto channel = make_log_channel({.path = folder / "posts.ndjson"}, wakeup);
    runtime::Attempt message = attempt(1);
    message.text = "one\r\ntwo \"quoted\" \xff three";
    channel->start({message});
    CHECK_THAT(folder.read("posts.ndjson"),
               Contains(R"("text":"one\r\ntwo \"quoted\" �)") && Contains(" three"));
    const std::string lines = folder.read("posts.ndjson");
    CHECK(std::count(lines.begin(), lines.end(), '\n') == 1);
}

TEST_CASE("a log is appended to, and each result is collected once", "[delivery][log]") {
    const TemporaryFolder folder;
    folder.write("posts.ndjson", "earlier\n");
    Wakeup wakeup;
    const auto channel = make_log_channel({.path = folder / "posts.ndjson"}, wakeup);
    channel->start({attempt(1)});
    channel->start({attempt(2)});
    channel->abandon();
    CHECK(kinds_of(channel->collect()) == std::vector{Kind::sent, Kind::sent});
    CHECK(channel->collect().empty());
    CHECK_THAT(folder.read("posts.ndjson"), Catch::StartsWith("earlier\n" + first_line));
}

TEST_CASE("the log goes to standard output for the path -", "[delivery][log]") {
    const TemporaryFolder folder;
    const int output = ::dup(STDOUT_FILENO);
    const int file = ::open((folder / "out").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    REQUIRE(file >= 0);
    std::fflush(stdout);
    ::dup2(file, STDOUT_FILENO);
    {
        Wakeup wakeup;
        make_log_channel({.path = "-"}, wakeup)->start({attempt(1)});
    }
    const bool still_open = ::fcntl(STDOUT_FILENO, F_GETFD) >= 0;
    ::dup2(output, STDOUT_FILENO);
    ::close(output);
    ::close(file);
    CHECK(folder.read("out") == first_line);
    CHECK(still_open);
}

TEST_CASE("a log that cannot be opened says why", "[delivery][log]") {
    const TemporaryFolder folder;
    CHECK_THAT(opening_error(folder / "missing/posts.ndjson"),
               Contains("missing/posts.ndjson for appending: No such file or directory") &&
                   Contains("make its folder first"));
    CHECK_THAT(opening_error(folder.path()), Contains("Is a directory"));
    CHECK_THAT(opening_error(""), Contains("No such file or directory"));
}

TEST_CASE("what a full disk does not take is worth another try", "[delivery][log]") {
    Wakeup wakeup;
    const auto channel = make_log_channel({.path = "/dev/full"}, wakeup);
    channel->start(attempts(2));
    for (const AttemptResult& result : results_of(*channel, wakeup, 2)) {
        CHECK(result.kind == Kind::retry);
        CHECK(result.reason == "cannot write to /dev/full: No space left on device");
    }
}

TEST_CASE("a write that falls short leaves whole lines only", "[delivery][log]") {
    const TemporaryFolder folder;
    Wakeup wakeup;
    const auto channel = make_log_channel({.path = folder / "posts.ndjson"}, wakeup);
    {
        const FileSizeLimit limit(first_line.size() * 2 + 20);
        channel->start(attempts(4));
    }
    const auto results = results_of(*channel, wakeup, 4);
    CHECK(kinds_of(results) == std::vector{Kind::sent, Kind::sent, Kind::failed, Kind::failed});
    CHECK_THAT(results[2].reason, Contains("posts.ndjson: File too large"));
    CHECK(folder.read("posts.ndjson").size() == first_line.size() * 2);

    SECTION("and the next message stands right after them") {
        channel->start({attempt(1)});
        CHECK_THAT(folder.read("posts.ndjson"), Catch::EndsWith("}\n" + first_line));
        CHECK(folder.read("posts.ndjson").size() == first_line.size() * 3);
    }
}

TEST_CASE("half a message left by a killed process is cut off", "[delivery][log]") {
    const TemporaryFolder folder;
    const std::size_t length = GENERATE(1, 5, 60);
    const std::string half = first_line.substr(0, length);
    const std::string before = GENERATE(std::string(), first_line);
    folder.write("posts.ndjson", before + half);
    Wakeup wakeup;
    make_log_channel({.path = folder / "posts.ndjson"}, wakeup)->start({attempt(1)});
    CHECK(folder.read("posts.ndjson") == before + first_line);
}

TEST_CASE("a file with half a line of something else is refused and left alone",
          "[delivery][log]") {
    const TemporaryFolder folder;
    const std::string text = GENERATE("id,name\n1,first", "{\"other\":1}", "word");
    folder.write("groups.csv", text);
    CHECK_THAT(opening_error(folder / "groups.csv"), Contains("choose another path"));
    CHECK(folder.read("groups.csv") == text);
}

}  // namespace
}  // namespace sop::tests
