// Nothing grows without bound, and what is still needed outlives retention.
#include <fmt/format.h>
#include <catch2/catch.hpp>
#include <filesystem>

#include "runtime/store/sqlite/sqlite.h"
#include "runtime/store/sqlite/sqlite_store.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/world.h"

namespace sop::runtime {

using namespace sop::tests;
using date::days;
using Outcomes = std::map<std::string, int>;

namespace {

constexpr days kept{45};
constexpr RetentionPolicy policy{
    .messages = kept, .events = kept, .event_ids = days{200}, .zone_changes = days{200}};

// A post a day whose text is of that day, one with a cap, and one to each member who comes.
lang::Plan busy_plan() {
    Draft draft;
    draft.rule("daily", daily({20h})).steps = {
        {"start",
         at_start(),
         {draft.post({{"It is ", field(lang::FieldReference::Owner::start, "date",
                                       lang::ValueType::date)}})}}};
    lang::Rule& capped = draft.rule("capped", daily({9h, 12h}));
    capped.steps = {{"start", at_start(), {draft.post("Good day")}}};
    capped.guards.edit().limits = {{.count = 1}};
    lang::Rule& welcome = draft.rule("welcome", on_event("came"), lang::SubjectKind::member);
    welcome.steps = {{"start", at_start(), {draft.post("Welcome")}},
                     {"after 12h", after(12h), {draft.post("How was it?")}}};
    draft.plan.events = {{"came", {}}};
    return draft.plan;
}

std::int64_t read_number(const std::filesystem::path& path, const std::string& sql) {
    SqliteConnection connection(path.string(), SqliteConnection::Access::read, 5s);
    SqliteQuery query = connection.query(sql);
    query.next();
    return query.integer();
}

const std::vector<std::string> tables{"delivery", "run",     "firing",         "event",
                                      "message",  "contact", "forgotten_event"};

std::map<std::string, std::int64_t> count_rows(const std::filesystem::path& path) {
    std::map<std::string, std::int64_t> counts;
    for (const std::string& table : tables)
        counts[table] = read_number(path, "SELECT count(*) FROM " + table);
    return counts;
}

// Days go by, with a member who comes each day.
void live(World& world, int& day, int until) {
    for (; day < until; ++day) {
        world.event(fmt::format("e{}", day), "came", std::nullopt, "m1");
        world.tick(24h);
    }
}

void check_three_periods(int groups) {
    const TemporaryFolder folder;
    const auto path = folder / "sop.db";
    World world(open_sqlite_store(path.string(), {.durable = false}), "2026-01-01 00:00",
                {.retention = policy});
    world.deploy(busy_plan());
    world.groups(groups);
    world.member("m1");
    int day = 0;
    const auto period = static_cast<int>(kept.count());
    std::map<std::string, std::int64_t> rows;
    std::int64_t pages = 0;
    std::int64_t planned = 0;
    for (int number = 1; number <= 4; ++number) {
        live(world, day, number * period + 2);
        const auto rows_now = count_rows(path);
        const auto pages_now = read_number(path, "PRAGMA page_count");
        std::int64_t planned_now = 0;
        for (const auto& row : world.store().summarize_deliveries()) planned_now += row.count;
        CAPTURE(number);
        if (number > 2) {
            for (const std::string& table : tables) {
                CAPTURE(table);
                // Ids of events are kept for longer.
                if (table == "forgotten_event") continue;
                CHECK(rows_now.at(table) <= rows.at(table) + rows.at(table) / 40);
            }
            CHECK(pages_now <= pages + pages / 20);
            CHECK(planned_now - planned == period * (3 * groups + 2));
        }
        rows = rows_now;
        pages = pages_now;
        planned = planned_now;
    }
    CHECK(rows.at("delivery") > period * 3 * groups);
    CHECK(rows.at("forgotten_event") > 2 * period);
    CHECK(world.troubles().empty());
}

}  // namespace

TEST_CASE("three periods of retention in a row take no more room than the second",
          "[executor][retention]") {
    check_three_periods(4);
}

TEST_CASE("three periods of retention in a row take no more room, for many groups",
          "[executor][retention][long]") {
    check_three_periods(300);
}

TEST_CASE("what is open or unknown is never let go, the others are counted",
          "[executor][retention]") {
    Draft draft;
    draft.rule("daily", daily({20h})).steps = {{"start", at_start(), {draft.post("Hello")}}};
    lang::Rule& course = draft.rule("course", on_event("came"), lang::SubjectKind::member);
    course.steps = {{"start", at_start(), {draft.post("Day 1")}},
                    {"after 4800h",
                     after(4800h),
                     {draft.post({{field(lang::FieldReference::Owner::event, "what")}})}}};
    draft.plan.events = {{"came", {{"what", lang::ValueType::text, false, std::nullopt}}}};
    World world(draft.plan, "2026-01-01 12:00", {.retention = policy});
    world.group("g1");
    world.member("m1");
    world.event("e1", "came", std::nullopt, "m1", {{"what", "the end"}});
    world.platform().answer = [](const Attempt& attempt) {
        return Answer{attempt.rule == "daily" && attempt.number == 1 &&
                              local_text(attempt.planned_for) == "2026-01-03 20:00"
                          ? Answer::Kind::unknown
                          : Answer::Kind::sent};
    };
    world.run_until("2026-07-19 12:30");
    const Outcomes outcomes = world.outcomes("daily");
    CHECK(outcomes.at("unknown") == 1);
    CHECK(outcomes.at("sent") == 198);
    REQUIRE(world.store().list_deliveries({.state = DeliveryState::unknown}).size() == 1);
    CHECK(world.store().list_deliveries({.limit = every_row}).size() < 50);

    // The course goes on after 200 days, with its event and its plan.
    world.run_until("2026-07-21 12:30");
    const auto delivered = world.delivered();
    CHECK(std::any_of(delivered.begin(), delivered.end(),
                      [](const Delivered& each) { return each.text == "the end"; }));

    // Settled by hand, the unknown one goes too in its time.
    const auto unknown = world.store().list_deliveries({.state = DeliveryState::unknown}).at(0);
    world.store().settle(unknown.delivery.id, DeliveryState::sent, "settled by hand",
                         world.clock().now());
    world.run_until("2026-09-10 12:30");
    CHECK(world.store().list_deliveries({.limit = 1}).at(0).delivery.planned_for >
          world.clock().now() - kept - days{2});
    CHECK(world.outcomes("daily").at("sent: settled by hand") == 1);
}

TEST_CASE("an event let go is not taken once more while its id is kept", "[executor][retention]") {
    World world(busy_plan(), "2026-01-01 12:00", {.retention = policy});
    world.member("m1");
    world.event("e1", "came", std::nullopt, "m1");
    world.run_until("2026-01-03 12:00");
    world.event("e2", "came", std::nullopt, "m1");
    world.run_until("2026-04-01 12:00");
    REQUIRE_FALSE(world.store().find_event("e1"));
    const auto before = world.outcomes("welcome");
    CHECK(before == Outcomes{{"sent", 4}});
    const auto come_again = [&] {
        return world.store().add_event({.id = "e1",
                                        .type = "came",
                                        .member = "m1",
                                        .at = world.clock().now(),
                                        .received_at = world.clock().now()});
    };
    CHECK_FALSE(come_again());
    world.tick(48h);
    CHECK(world.outcomes("welcome") == before);

    world.run_until("2026-09-01 12:00");
    CHECK(come_again());
}

TEST_CASE("a time that has fired and was let go does not fire again after a restart",
          "[executor][retention]") {
    World world(busy_plan(), "2026-01-01 12:00", {.retention = policy});
    world.group("g1");
    world.run_until("2026-04-01 12:30");
    const auto attempts = world.platform().attempts.size();
    world.crash();
    world.turn();
    CHECK(world.platform().attempts.size() == attempts);
    // Nor when the clock is set back to where it was let go.
    world.clock().set(instant("2026-01-10 12:00"));
    world.crash();
    world.tick(24h);
    CHECK(world.platform().attempts.size() == attempts);
}

TEST_CASE("old plans go when nothing is of them, never the last two", "[executor][retention]") {
    World world(busy_plan(), "2026-01-01 12:00", {.retention = policy});
    world.group("g1");
    for (int version = 2; version <= 4; ++version) {
        world.tick(24h);
        lang::Plan plan = busy_plan();
        plan.contents[1].text = plain(fmt::format("Version {}", version));
        world.deploy(plan);
    }
    world.tick(24h);
    CHECK(world.store().find_plan(1));
    world.run_until("2026-04-01 12:30");
    CHECK_FALSE(world.store().find_plan(1));
    CHECK_FALSE(world.store().find_plan(2));
    CHECK(world.store().find_plan(3));
    CHECK(world.store().find_plan(4));
}

TEST_CASE("without a policy everything is kept", "[executor][retention]") {
    World world(busy_plan(), "2026-01-01 12:00");
    world.group("g1");
    world.run_until("2026-06-01 12:30");
    CHECK(world.store().summarize_forgotten().empty());
    CHECK(world.store().list_deliveries({.limit = 1}).at(0).delivery.id == 1);
}

TEST_CASE("an executor that is never idle lets go what is over, too", "[executor][retention]") {
    World world(busy_plan(), "2026-01-01 12:00", {.retention = policy});
    world.member("m1");
    world.event("e", "came", std::nullopt, "m1");
    world.run_until("2026-01-03 12:00");
    world.sleep_until("2026-04-01 12:00");
    world.executor().wake(world.clock().now());
    for (int i = 0; i < 400; ++i) {
        world.store().add_event({.id = fmt::format("e{}", i),
                                 .type = "unheard",
                                 .at = world.clock().now(),
                                 .received_at = world.clock().now()});
        REQUIRE(world.turn());
    }
    CHECK_FALSE(world.store().summarize_forgotten().empty());
}

TEST_CASE("a message that comes due during a sweep waits for one page of it at most",
          "[executor][retention]") {
    constexpr int groups = 2000;
    Draft draft;
    draft.rule("daily", daily({20h})).steps = {{"start", at_start(), {draft.post("Hello")}}};
    World world(draft.plan, "2026-01-01 12:00");
    world.groups(groups);
    world.run_until("2026-01-04 12:00");
    world.deploy(lang::Plan{});
    world.sleep_until("2026-03-01 19:59");
    world.deploy(draft.plan);
    world.keep_for(policy);
    world.crash();
    while (world.store().summarize_forgotten().empty()) REQUIRE(world.turn());
    REQUIRE(world.store().summarize_forgotten().at(0).count < groups);
    const auto attempts = world.platform().attempts.size();
    world.sleep_until("2026-03-01 20:00");
    world.executor().wake(world.clock().now());
    // The firing, its runs in pages, and the first attempts.
    for (int round = 0; round < 2 && world.platform().attempts.size() == attempts; ++round)
        REQUIRE(world.turn());
    CHECK(world.platform().attempts.size() > attempts);
}

}  // namespace sop::runtime
