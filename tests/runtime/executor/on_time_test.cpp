// What happens when nothing goes wrong: each post at its time, in its zone, once.
#include <catch2/catch.hpp>

#include "runtime/executor/executor.h"
#include "tests/support/world.h"

namespace sop::runtime {

using namespace sop::tests;
using Owner = lang::FieldReference::Owner;
using Outcomes = std::map<std::string, int>;

namespace {

lang::Plan daily_greeting(const std::string& zone_name = "Asia/Shanghai",
                          std::chrono::seconds time = 8h) {
    Draft draft{zone_name};
    draft.rule("morning", daily({time})).steps = {
        {"start", at_start(), {draft.post("Good morning")}}};
    return draft.plan;
}

std::vector<std::string> times_of(const std::vector<Delivered>& delivered) {
    std::vector<std::string> times;
    for (const Delivered& each : delivered) times.push_back(each.at);
    return times;
}

}  // namespace

TEST_CASE("a daily post goes to every group of the audience at its time", "[executor]") {
    World world{daily_greeting(), "2026-11-16 00:00"};
    world.group("g1");
    world.group("g2", {"other"});
    world.group("g3", {"member", "other"});
    world.run_until("2026-11-16 07:59:59.999");
    CHECK(world.delivered().empty());
    world.run_until("2026-11-18 00:00");
    CHECK(world.delivered() ==
          std::vector<Delivered>{{"2026-11-16 08:00", "morning", "start", "g1", "Good morning"},
                                 {"2026-11-16 08:00", "morning", "start", "g3", "Good morning"},
                                 {"2026-11-17 08:00", "morning", "start", "g1", "Good morning"},
                                 {"2026-11-17 08:00", "morning", "start", "g3", "Good morning"}});
    CHECK(world.outcomes() == Outcomes{{"sent", 4}});
    CHECK(world.troubles().empty());
}

TEST_CASE("a flash sale keeps its shape", "[executor]") {
    Draft draft;
    lang::Rule& sale = draft.rule("flash_sale", weekly(3, 20h, 2h));
    sale.steps = {
        {"start - 1 day at 12:00",
         days_from_start(-1, 12h),
         {draft.post({{"Tomorrow ", field(Owner::start, "", lang::ValueType::instant)}})}},
        {"start - 10m", at_start(-10min), {draft.post("10 minutes to go")}},
        {"start", at_start(), {draft.post({{"Open, ", field(Owner::group, "name")}})}},
        {"end - 10m", at_end(-10min), {draft.post("Last 10 minutes")}},
        {"end", at_end(), {draft.post("Closed")}}};
    World world{draft.plan, "2026-11-16 00:00"};
    world.group("g1");
    world.run_until("2026-11-23 00:00");
    const std::vector<Delivered> expected{
        {"2026-11-18 12:00", "flash_sale", "start - 1 day at 12:00", "g1",
         "Tomorrow 2026-11-19 20:00"},
        {"2026-11-19 19:50", "flash_sale", "start - 10m", "g1", "10 minutes to go"},
        {"2026-11-19 20:00", "flash_sale", "start", "g1", "Open, Group g1"},
        {"2026-11-19 21:50", "flash_sale", "end - 10m", "g1", "Last 10 minutes"},
        {"2026-11-19 22:00", "flash_sale", "end", "g1", "Closed"}};
    CHECK(world.delivered() == expected);

    SECTION("and its audience is the one at its beginning") {
        world.run_until("2026-11-25 12:00");
        world.group("late_comer");
        world.run_until("2026-11-27 00:00");
        CHECK(world.delivered().size() == 10);
    }
    SECTION("and so does one with a kill between any two of its steps") {
        World killed{draft.plan, "2026-11-16 00:00"};
        killed.group("g1");
        for (const char* at : {"2026-11-17 00:00", "2026-11-18 12:00", "2026-11-19 19:55",
                               "2026-11-19 20:00", "2026-11-19 21:50", "2026-11-19 22:00"}) {
            killed.run_until(at);
            killed.crash();
        }
        killed.run_until("2026-11-23 00:00");
        CHECK(killed.delivered() == expected);
    }
}

TEST_CASE("a fixed local time is kept through a clock change, once a day", "[executor][dst]") {
    // New York skips 02:00 to 03:00 on 2026-03-08 and repeats 01:00 to 02:00 on 2026-11-01.
    WorldOptions options;
    options.zone = "America/New_York";
    SECTION("a skipped time moves by the length of the gap") {
        World world{daily_greeting(options.zone, 2h + 30min), "2026-03-07 00:00", options};
        world.group("g1");
        world.run_until("2026-03-10 00:00");
        CHECK(times_of(world.delivered()) ==
              std::vector<std::string>{"2026-03-07 02:30", "2026-03-08 03:30", "2026-03-09 02:30"});
    }
    SECTION("a repeated time is its first") {
        World world{daily_greeting(options.zone, 1h + 30min), "2026-10-31 00:00", options};
        world.group("g1");
        world.run_until("2026-11-03 00:00");
        CHECK(times_of(world.delivered()) ==
              std::vector<std::string>{"2026-10-31 01:30", "2026-11-01 01:30", "2026-11-02 01:30"});
        CHECK(world.platform().attempted_at[2] - world.platform().attempted_at[1] == 25h);
    }
    SECTION("also when it is killed inside the repeated hour") {
        World world{daily_greeting(options.zone, 1h + 30min), "2026-11-01 00:00", options};
        world.group("g1");
        world.run_until("2026-11-01 01:40");
        world.crash();
        world.tick(1h);
        world.crash();
        world.run_until("2026-11-02 00:00");
        CHECK(times_of(world.delivered()) == std::vector<std::string>{"2026-11-01 01:30"});
    }
}

TEST_CASE("a clock that is set back fires nothing twice", "[executor]") {
    World world{daily_greeting(), "2026-11-16 00:00"};
    world.group("g1");
    world.run_until("2026-11-16 08:10");
    world.clock().set(instant("2026-11-15 07:00"));
    world.crash();
    world.run_until("2026-11-16 09:00");
    CHECK(world.delivered().size() == 1);
    world.run_until("2026-11-17 09:00");
    CHECK(world.delivered().size() == 2);
}

TEST_CASE("a drip waits from when the step before was done", "[executor]") {
    Draft draft;
    draft.plan.events = {{"opened", {{"what", lang::ValueType::content, false, std::nullopt}}}};
    lang::Rule& funnel =
        draft.rule("funnel", on_event("opened", "article_1"), lang::SubjectKind::member);
    funnel.steps = {
        {"start", at_start(), {lang::ChangeTag{true, "read_1"}}},
        {"next day at 09:00",
         next_day(9h),
         {draft.post({{"Next, ", field(Owner::member, "name")}})}},
        {"after 90m", after(90min), {draft.post("Offer"), lang::ChangeTag{false, "read_1"}}}};
    World world{draft.plan, "2026-11-16 00:00"};
    world.member("m1");
    world.member("m2", {});
    world.run_until("2026-11-16 21:30");
    world.event("e1", "opened", std::nullopt, "m1", {{"what", "article_1"}});
    world.event("e2", "opened", std::nullopt, "m2", {{"what", "article_1"}});
    world.event("e3", "opened", std::nullopt, "m1", {{"what", "article_2"}});
    world.event("e4", "opened", "g1", std::nullopt, {{"what", "article_1"}});
    world.tick(0ms);
    CHECK(world.store().find_member("m1")->tags == std::vector<std::string>{"member", "read_1"});
    CHECK(world.store().find_member("m2")->tags.empty());

    SECTION("a new event for somebody whose run still goes is turned away") {
        world.event("e5", "opened", std::nullopt, "m1", {{"what", "article_1"}});
        world.run_until("2026-11-18 00:00");
        CHECK(world.delivered() ==
              std::vector<Delivered>{
                  {"2026-11-17 09:00", "funnel", "next day at 09:00", "m1", "Next, Member m1"},
                  {"2026-11-17 10:30", "funnel", "after 90m", "m1", "Offer"}});
        CHECK(world.store().find_member("m1")->tags == std::vector<std::string>{"member"});
    }
    SECTION("one that comes after it has ended starts another") {
        world.run_until("2026-11-17 12:00");
        world.event("e5", "opened", std::nullopt, "m1", {{"what", "article_1"}});
        world.run_until("2026-11-19 00:00");
        CHECK(world.delivered().size() == 4);
    }
    SECTION("the same event is taken once") {
        world.event("e1", "opened", std::nullopt, "m1", {{"what", "article_1"}});
        world.run_until("2026-11-19 00:00");
        CHECK(world.delivered().size() == 2);
    }
    SECTION("a kill on the way changes nothing") {
        for (int i = 0; i < 20; ++i) {
            world.tick(1h);
            world.crash();
        }
        CHECK(times_of(world.delivered()) ==
              std::vector<std::string>{"2026-11-17 09:00", "2026-11-17 10:30"});
    }
    SECTION("losing the audience's tag on the way is not leaving") {
        world.member("m1", {});
        world.run_until("2026-11-18 00:00");
        CHECK(world.delivered().size() == 2);
    }
}

TEST_CASE("two events of one instant are taken in the order of their ids, each for its own rule",
          "[executor]") {
    Draft draft;
    draft.plan.events = {{"order", {}}};
    draft.rule("thanks", on_event("order")).steps = {
        {"start", at_start(), {draft.post({{"Order ", field(Owner::event, "id")}})}}};
    World world{draft.plan, "2026-11-16 00:00"};
    world.group("g1");
    world.event("o2", "order", "g1");
    world.event("o1", "order", "g1");
    world.event("o3", "order", "g1", std::nullopt, {}, "2026-11-16 10:00");
    world.run_until("2026-11-16 09:00");
    CHECK(world.delivered() ==
          std::vector<Delivered>{{"2026-11-16 00:00", "thanks", "start", "g1", "Order o1"},
                                 {"2026-11-16 00:00", "thanks", "start", "g1", "Order o2"}});
    world.run_until("2026-11-16 10:00");
    CHECK(world.delivered().back().text == "Order o3");
}

TEST_CASE("an event is seen before what is planned for its instant", "[executor]") {
    Draft draft;
    draft.plan.events = {{"approved", {}}};
    lang::Rule& admission = draft.rule("admission", on_event("approved"));
    admission.audience.edit().tagged = {{"candidate"}};
    admission.steps = {{"start", at_start(), {lang::ChangeTag{true, "member"}}}};
    draft.rule("morning", daily({8h})).steps = {
        {"start", at_start(), {draft.post("Good morning")}}};

    const auto run = [&](const char* approved_at, const char* look_at) {
        World world{draft.plan, "2026-11-16 07:00"};
        world.group("g1", {"candidate"});
        world.event("e0", "unheard", "g1", std::nullopt, {}, "2026-11-16 07:30");
        world.event("e1", "approved", "g1", std::nullopt, {}, approved_at);
        world.sleep_until(look_at);
        world.tick(0ms);
        return world.delivered().size();
    };
    // Whether it is looked at on time or after a stop.
    for (const char* look_at : {"2026-11-16 08:00", "2026-11-16 08:04"}) {
        CHECK(run("2026-11-16 07:59:59.999", look_at) == 1);
        CHECK(run("2026-11-16 08:00", look_at) == 1);
        CHECK(run("2026-11-16 08:00:00.001", look_at) == 0);
    }
}

TEST_CASE("the executor says when it has something to do", "[executor]") {
    World world{daily_greeting(), "2026-11-16 00:00"};
    world.group("g1");
    CHECK_FALSE(world.turn());
    CHECK(local_text(world.executor().next_due().value()) == "2026-11-16 08:00");
    world.event("e1", "unheard", "g1", std::nullopt, {}, "2026-11-16 03:00");
    CHECK(local_text(world.executor().next_due().value()) == "2026-11-16 03:00");
    world.run_until("2026-11-16 08:00");
    CHECK(local_text(world.executor().next_due().value()) == "2026-11-17 08:00");

    World idle{Draft{}.plan, "2026-11-16 00:00"};
    CHECK_FALSE(idle.turn());
    CHECK_FALSE(idle.executor().next_due());
}

TEST_CASE("an executor rests when nothing is to be done for a minute", "[executor]") {
    struct Listener : Observer {
        explicit Listener(const Clock& the_clock) : clock(the_clock) {}
        void resting() override { rested_at.push_back(local_text(clock.now())); }
        const Clock& clock;
        std::vector<std::string> rested_at;
    };
    Draft draft;
    draft.rule("post", daily({8h, 8h + 30s})).steps = {
        {"start", at_start(), {draft.post("Good morning")}}};
    World world{Draft{}.plan, "2026-11-16 07:00"};
    world.group("g1");
    Listener listener{world.clock()};
    Executor executor{world.store(), world.clock(), world.wakeup(), zones(), {}, {}, &listener};
    executor.recover();
    executor.deploy(draft.plan);
    executor.run([] { return false; }, instant("2026-11-16 09:00"));
    CHECK(listener.rested_at ==
          std::vector<std::string>{"2026-11-16 07:00", "2026-11-16 08:00:30"});
}

TEST_CASE("the loop runs from due instant to due instant and leaves the last one", "[executor]") {
    World world{daily_greeting(), "2026-11-16 08:00"};
    world.group("g1");
    world.executor().run([] { return false; }, instant("2026-11-18 08:00"));
    CHECK(local_text(world.clock().now()) == "2026-11-18 08:00");
    CHECK(times_of(world.delivered()) ==
          std::vector<std::string>{"2026-11-16 08:00", "2026-11-17 08:00"});

    SECTION("and stops when it is told to") {
        int rounds = 0;
        world.executor().run([&rounds] { return ++rounds > 3; });
        CHECK(rounds == 4);
    }
}

}  // namespace sop::runtime
