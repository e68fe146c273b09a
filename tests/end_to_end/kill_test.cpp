// `sop serve` killed over and over, at chosen and random points between two effects on the world
// (tests/kill/kill_at_call.cpp), until its work is over. What then counts is what the sink on the
// other side of HTTP took, beside what the store says of it.
#include "runtime/clock/instant_text.h"
#include "runtime/store/sqlite/sqlite.h"
#include "runtime/store/sqlite/sqlite_store.h"
#include "tests/support/http_sink.h"
#include "tests/support/project.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <random>
#include <set>

namespace {

using namespace sop::tests;
using sop::runtime::DeliveryState;

constexpr std::size_t groups = 600;
constexpr std::size_t in_flight = 16;

// Where a process is to be killed: see kill_at_call.cpp.
struct KillPoint {
    int number;
    std::string only_call{};
};

// Chosen from, each as likely as the others. A start passes 26 points of any call, and more when it
// has something to settle or to deploy.
const std::vector<KillPoint> last_points = {{40}, {400}, {60, "send"}, {16, "fdatasync"}};

// What becomes of a message whose request may have been written when the process was killed.
struct UnknownPolicy {
    std::string name;
    std::string setting;  // of the channel, in sop.toml
    bool sends_again = false;
    bool asks = false;  // the platform, which remembers keys

    // It ends as unknown, and at once.
    bool holds() const { return !sends_again && !asks; }
};

ProcessOptions killed_at(const KillPoint& point) {
    return {.environment = {{"LD_PRELOAD", SOP_KILL_AT_CALL},
                            {"KILL_AT_POINT", std::to_string(point.number)},
                            {"KILL_AT_CALL", point.only_call},
                            // It wants to be the first library; it need not be.
                            {"ASAN_OPTIONS", "verify_asan_link_order=0"}}};
}

// A message, as both sides name it: its rule, its group and the time it was planned for.
using MessageName = std::string;

MessageName name_of(const std::string& rule, const std::string& group, const std::string& time) {
    return rule + " " + group + " " + time;
}

struct Taken {
    int times = 0;
    std::string key;
};

// A platform that takes most of what it gets, and asks for another try of the rest. It can be asked
// what it took, and mostly says it.
class Platform {
  public:
    Platform() {
        sink_.answer_with([this](const SinkRequest& request) { return answer(request); });
    }

    std::string url() const { return sink_.url(); }
    std::string ask_url() const { return sink_.url("/ask"); }

    std::map<MessageName, Taken> taken() const {
        const std::lock_guard lock(mutex_);
        return taken_;
    }
    std::vector<std::string> changed_keys() const {
        const std::lock_guard lock(mutex_);
        return changed_keys_;
    }
    int questions() const {
        const std::lock_guard lock(mutex_);
        return questions_;
    }

  private:
    SinkAnswer answer(const SinkRequest& request) {
        if (request.number % 50 == 0) return {.status = 503, .body = "busy"};
        if (request.method == "GET") return answer_question(request.key);
        const auto body = nlohmann::json::parse(request.body);
        const MessageName name = name_of(body["rule"], body["group"], body["planned_for"]);
        const std::lock_guard lock(mutex_);
        Taken& taken = taken_[name];
        if (taken.times++ > 0 && taken.key != request.key) changed_keys_.push_back(name);
        taken.key = request.key;
        keys_.insert(request.key);
        return {};
    }
    SinkAnswer answer_question(const std::string& key) {
        const std::lock_guard lock(mutex_);
        ++questions_;
        return {.status = keys_.contains(key) ? 200 : 404};
    }

    mutable std::mutex mutex_;
    std::map<MessageName, Taken> taken_;
    std::set<std::string> keys_;
    int questions_ = 0;
    std::vector<std::string> changed_keys_;
    HttpSink sink_;  // last: its threads use what is above
};

// What `sop status` says, all rules together.
struct Account {
    std::int64_t planned = 0;
    std::int64_t pending = 0;
    std::int64_t attempting = 0;
    std::int64_t unknown = 0;

    std::int64_t settled() const { return planned - pending - attempting; }
};

// How often it was killed where.
struct Kills {
    int all = 0;
    int at_start = 0;
    std::map<std::string, int> by_point;  // "before send", …
};

// A project whose rules fire one after the other, second by second, soon after the first start.
// `one…` rules post once, `two…` rules a second time one second later.
class World {
  public:
    World(int rules, const UnknownPolicy& policy, std::uint32_t seed)
        : project_(groups), policy_(policy), rules_(rules), random_(seed) {
        project_.configure(platform_.url(), in_flight);
        project_.folder.write("sop.toml", project_.folder.read("sop.toml") + policy.setting + "\n");
        if (policy.asks)
            project_.folder.write("sop.toml", project_.folder.read("sop.toml") + "ask_url = \"" +
                                                  platform_.ask_url() + "\"\n");
        first_ =
            std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now()) +
            std::chrono::seconds(4);
        write_playbook(1);
        deploy();
    }

    // Until the work is over; it is killed as long as `kills` has not come to `kills_wanted`.
    void run_until_over(int kills_wanted, Kills& kills);
    void check_outcomes() const;

  private:
    std::int64_t messages() const {
        const int two = rules_ / 2;
        return static_cast<std::int64_t>(groups) * (rules_ + two);
    }
    void write_playbook(int version) const;
    void deploy() const;
    KillPoint next_point();
    bool live(std::int64_t to_settle, const std::optional<KillPoint>& point, Kills& kills);
    Account account() const;
    std::int64_t planned_by_runs() const;

    Project project_;
    Platform platform_;
    const UnknownPolicy& policy_;
    int rules_;
    std::mt19937 random_;
    std::chrono::sys_seconds first_;
    int kills_ = 0;
};

void World::write_playbook(int version) const {
    std::string text =
        "sop 1\ntag member\nchannel hook { kind webhook }\nplaybook p {\n  timezone UTC\n"
        "  for groups tagged member\n  via hook\n";
    for (int rule = 0; rule < rules_; ++rule) {
        const auto time = date::make_time((first_ + std::chrono::seconds(rule)).time_since_epoch() %
                                          std::chrono::hours(24));
        const bool two = rule % 2 == 1;
        text +=
            fmt::format("  {}_{}: every day at {:02}:{:02}:{:02} {{\n", two ? "two" : "one", rule,
                        time.hours().count(), time.minutes().count(), time.seconds().count());
        text += fmt::format("    start: post \"Version {}\"\n", version);
        if (two) text += "    start + 1s: post \"Second\"\n";
        text += "  }\n";
    }
    project_.folder.write("rules.sop", text + "}\n");
}

// What is planned before the first deploy is nobody's, so it must not come late.
void World::deploy() const {
    Process serve(project_.serve());
    REQUIRE(serve.wait_for_line("event=serving"));
    serve.terminate();
    REQUIRE(serve.wait() == 0);
    REQUIRE(std::chrono::system_clock::now() < first_);
}

KillPoint World::next_point() {
    KillPoint point = last_points[random_() % last_points.size()];
    point.number = static_cast<int>(random_() % static_cast<unsigned>(point.number)) + 1;
    return point;
}

std::int64_t settled_in(const std::string& log) {
    std::int64_t settled = 0;
    const std::string_view mark = " event=settled ";
    for (auto at = log.find(mark); at != std::string::npos; at = log.find(mark, at + 1)) {
        const auto end = log.find('\n', at);
        const auto count = log.find(" count=", at);
        if (end != std::string::npos && count < end) settled += std::stoll(log.substr(count + 7));
    }
    return settled;
}

// From a start to a kill, or to a clean stop once so many messages came to their end: true.
bool World::live(std::int64_t to_settle, const std::optional<KillPoint>& point, Kills& kills) {
    Process serve(project_.serve(), point ? killed_at(*point) : ProcessOptions{});
    const auto is_over = [&](const std::string& log) {
        return log.find("event=serving") != std::string::npos && settled_in(log) >= to_settle;
    };
    if (serve.wait_for_errors(is_over)) serve.terminate();
    const auto code = serve.wait();
    const std::string log = serve.err();
    INFO(log);
    REQUIRE(code.has_value());
    if (*code == 0) return true;
    REQUIRE(*code == 128 + SIGKILL);
    const auto told = log.rfind("killed ");
    REQUIRE(told != std::string::npos);
    ++kills_;
    if (++kills.all % 100 == 0) fmt::print(stderr, "{} kills\n", kills.all);
    if (log.find("event=serving") == std::string::npos) ++kills.at_start;
    ++kills.by_point[log.substr(told + 7, log.find('\n', told) - told - 7)];
    return false;
}

Account World::account() const {
    Account account;
    for (const auto& [outcome, count] : project_.outcomes()) {
        account.planned += count;
        if (outcome == "pending") account.pending = count;
        if (outcome == "attempting") account.attempting = count;
        if (outcome == "unknown") account.unknown = count;
    }
    return account;
}

// As many as the steps that runs have behind them: each has one message.
std::int64_t World::planned_by_runs() const {
    using sop::runtime::SqliteConnection;
    SqliteConnection connection((project_.folder / "sop.db").string(),
                                SqliteConnection::Access::read, std::chrono::seconds(5));
    auto query = connection.query(
        "SELECT coalesce(sum(CASE WHEN run.state = 'running' THEN next_step"
        "                         WHEN rule.name GLOB 'two*' THEN 2 ELSE 1 END), 0) "
        "FROM run JOIN rule ON rule.id = run.rule");
    query.next();
    return query.integer();
}

void World::run_until_over(int kills_wanted, Kills& kills) {
    Account before;
    int version = 1;
    for (bool over = false; !over;) {
        // What was under way is unknown at once, or goes out again, or is asked about.
        const std::int64_t settled_at_start =
            before.settled() + (policy_.holds() ? before.attempting : 0);
        const auto point = kills.all < kills_wanted ? std::optional(next_point()) : std::nullopt;
        over = live(messages() - settled_at_start, point, kills);
        const Account now = account();
        CAPTURE(kills_, now.planned, now.pending, now.attempting, now.unknown);
        REQUIRE(now.planned == planned_by_runs());
        REQUIRE(now.planned >= before.planned);
        REQUIRE(now.settled() >= before.settled());
        // Each life leaves in doubt no more than it had in flight.
        REQUIRE(now.unknown + now.attempting <=
                before.unknown + before.attempting + static_cast<std::int64_t>(in_flight));
        before = now;
        // Now and then the next start finds another text to deploy.
        if (random_() % 8 == 0) write_playbook(++version);
    }
}

void World::check_outcomes() const {
    const auto store =
        sop::runtime::open_sqlite_store((project_.folder / "sop.db").string(),
                                        {.open = sop::runtime::SqliteOptions::Open::read_only});
    auto taken = platform_.taken();
    std::map<std::string, int> outcomes;
    std::vector<MessageName> wrong;
    std::int64_t repeats = 0;
    for (const auto& due : store->list_deliveries({.limit = sop::runtime::every_row})) {
        const auto& delivery = due.delivery;
        const MessageName name =
            name_of(due.rule, due.subject, sop::runtime::instant_text(delivery.planned_for));
        const int times = taken[name].times;
        ++outcomes[std::string(to_text(delivery.state))];
        repeats += std::max(times - 1, 0);
        const bool is_right = [&] {
            switch (delivery.state) {
                case DeliveryState::sent:
                    return policy_.sends_again ? times >= 1 : times == 1;
                case DeliveryState::unknown:
                    return policy_.holds() && times <= 1;
                case DeliveryState::skipped:
                    // The first of two, when both are due at once.
                    return times == 0 && delivery.reason == "late" && delivery.step == 0 &&
                           due.rule.starts_with("two");
                default:
                    return false;
            }
        }();
        if (!is_right)
            wrong.push_back(
                fmt::format("{} is {}, taken {} times", name, to_text(delivery.state), times));
        taken.erase(name);
    }
    std::int64_t all = 0;
    for (const auto& [outcome, count] : outcomes) all += count;
    INFO(fmt::format("{} kills, {}, wrong: {}", kills_, outcomes, wrong));
    CHECK(all == messages());
    CHECK(wrong.empty());
    CHECK(taken.empty());  // of which the store knows nothing
    CHECK(platform_.changed_keys().empty());
    CHECK((platform_.questions() > 0) == policy_.asks);
    if (policy_.sends_again) {
        CHECK(repeats <= kills_ * static_cast<std::int64_t>(in_flight));
    } else {
        CHECK(repeats == 0);
    }
}

void kill_and_check(int kills_wanted, int rules, std::uint32_t seed, const UnknownPolicy& policy) {
    Kills kills;
    for (std::uint32_t world = 0; kills.all < kills_wanted; ++world) {
        World one(rules, policy, seed + world);
        one.run_until_over(kills_wanted, kills);
        one.check_outcomes();
    }
    INFO(fmt::format("{}", kills.by_point));
    CHECK(kills.at_start > 0);
    CHECK(kills.at_start < kills.all);
    for (const char* point : {"pwrite64", "fdatasync", "send"}) {
        CHECK(kills.by_point[fmt::format("before {}", point)] +
                  kills.by_point[fmt::format("after {}", point)] >
              0);
    }
}

const std::vector<UnknownPolicy> policies = {
    {.name = "hold", .setting = ""},
    {.name = "resend", .setting = "unknown = \"resend\"", .sends_again = true},
    {.name = "reconcile", .setting = "unknown = \"reconcile\"", .asks = true},
};

}  // namespace

TEST_CASE("a first start that is killed anywhere leaves the whole directory to the next one",
          "[serve][kill]") {
    bool killed = true;
    for (int point = 1; killed; point += 13) {
        Project project(5);
        project.post_each_minute("log");
        {
            Process first(project.serve(), killed_at({point}));
            killed = !first.wait_for_line("event=serving");
        }
        Process second(project.serve());
        CAPTURE(point);
        REQUIRE(second.wait_for_line("event=serving"));
        CHECK(project.status()["groups"] == 5);
    }
}

TEST_CASE("killed 50 times, each group gets each post once or has another outcome on record",
          "[serve][kill]") {
    for (const auto& policy : policies) {
        DYNAMIC_SECTION(policy.name) {
            kill_and_check(50, 2, 20261119, policy);
        }
    }
}

TEST_CASE("killed 2,000 times, each group gets each post once or has another outcome on record",
          "[serve][kill][long]") {
    for (const auto& policy : policies) {
        DYNAMIC_SECTION(policy.name) {
            kill_and_check(2000, 6, 20261120, policy);
        }
    }
}
