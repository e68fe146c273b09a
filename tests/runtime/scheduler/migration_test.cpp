#include "runtime/scheduler/migration.h"

#include <catch2/catch.hpp>

#include "tests/support/draft.h"

namespace sop::runtime {

using namespace sop::tests;

namespace {

using Steps = std::vector<std::pair<std::string, lang::StepTime>>;

lang::Plan plan_of(const Steps& steps, lang::Trigger trigger = weekly(3, 20h, 2h),
                   lang::SubjectKind kind = lang::SubjectKind::group) {
    Draft draft;
    lang::Rule& rule = draft.rule("sale", std::move(trigger), kind);
    for (const auto& [name, when] : steps) rule.steps.push_back({name, when, {draft.post(name)}});
    return draft.plan;
}

const Steps three{{"start - 10m", at_start(-10min)}, {"start", at_start()}, {"end", at_end()}};

std::vector<WaitingRuns> waiting_in(const lang::Plan& plan) {
    const lang::Rule& rule = plan.playbooks[0].rules[0];
    std::vector<WaitingRuns> waiting;
    for (std::size_t i = 0; i < rule.steps.size(); ++i)
        waiting.push_back({3, "members", "sale", &rule, Position{i, 0}, false, 10});
    waiting.push_back({3, "members", "sale", &rule, std::nullopt, false, 10});
    return waiting;
}

std::vector<std::optional<std::size_t>> steps_of(const MigrationPlan& plan) {
    std::vector<std::optional<std::size_t>> steps;
    for (const auto& position : plan.positions)
        steps.push_back(position ? std::optional(position->step) : std::nullopt);
    return steps;
}

using To = std::vector<std::optional<std::size_t>>;

}  // namespace

TEST_CASE("a run goes on at the step of the same name", "[scheduler][migration]") {
    const lang::Plan before = plan_of(three);
    const lang::Plan after = plan_of({{"start - 1h", at_start(-1h)},
                                      {"start - 10m", at_start(-10min)},
                                      {"end", at_end()},
                                      {"start", at_start()}});
    const MigrationPlan plan = plan_migration(waiting_in(before), after, {});
    CHECK(steps_of(plan) == To{1, 3, 2, 0});
    CHECK(plan.obstacles.empty());
}

TEST_CASE("a step that is gone is an obstacle, and says what to write", "[scheduler][migration]") {
    const lang::Plan before = plan_of(three);
    const lang::Plan after = plan_of({{"start", at_start()}, {"end + 5m", at_end(5min)}});
    const auto waiting = waiting_in(before);
    MigrationPlan plan = plan_migration(waiting, after, {});
    CHECK(steps_of(plan) == To{std::nullopt, 0, std::nullopt, 0});
    REQUIRE(plan.obstacles.size() == 2);
    CHECK(plan.obstacles[0].runs.count == 10);
    CHECK(plan.obstacles[0].why ==
          "its steps are `start`, `end + 5m`: --map 'members.sale.start - 10m=STEP'");

    const StepMapping early{"members", "sale", "start - 10m", "start"};
    const StepMapping late{"members", "sale", "end", "end + 5m"};
    CHECK(steps_of(plan_migration(waiting, after, {early, late})) == To{0, 0, 1, 0});
    CHECK(plan_migration(waiting, after, {early}).obstacles.size() == 1);

    plan = plan_migration(waiting, after,
                          {{"members", "sale", "end", "ende"}, {"members", "sales", "x", "y"}});
    CHECK(plan.bad_mappings ==
          std::vector<std::string>{"--map: `members.sale` has no step `ende` in the plan in force; "
                                   "it has `start`, `end + 5m`",
                                   "--map: the plan in force has no rule `members.sales`"});
}

TEST_CASE("runs of a rule that has become another cannot be moved", "[scheduler][migration]") {
    const lang::Plan before = plan_of(three);
    const auto why = [&](const lang::Plan& after) {
        const auto plan = plan_migration(waiting_in(before), after, {});
        REQUIRE(plan.obstacles.size() == 4);
        return plan.obstacles[3].why;
    };
    CHECK(why(Draft{}.plan) == "the plan in force has no such rule");
    CHECK(why(plan_of(three, weekly(3, 20h, 2h), lang::SubjectKind::member)) ==
          "it is for another kind of subject now: groups, members or nobody in particular");
    CHECK(why(plan_of(three, on_event("came"))) ==
          "it began by a calendar and begins by an event now, or the other way round");
}

TEST_CASE("a mapping is read", "[scheduler][migration]") {
    CHECK(parse_step_mapping("members.sale.start - 1 day at 12:00=end + 10m") ==
          StepMapping{"members", "sale", "start - 1 day at 12:00", "end + 10m"});
    CHECK(parse_step_mapping("会员.秒杀.开始=结束") == StepMapping{"会员", "秒杀", "开始", "结束"});
    for (const char* wrong : {"", "a", "a.b", "a.b.c", "a.b=c", "a.b.=d", ".b.c=d", "a.b.c="}) {
        CAPTURE(wrong);
        CHECK_FALSE(parse_step_mapping(wrong));
    }
}

TEST_CASE("a moved run is due when the new rule says", "[scheduler][migration]") {
    const lang::Plan before = plan_of({{"start", at_start()},
                                       {"end", at_end()},
                                       {"after 2h", after(2h)},
                                       {"next day at 09:00", next_day(9h)}});
    const lang::Plan now = plan_of({{"start", at_start()},
                                    {"end", at_end(10min)},
                                    {"after 3h", after(3h)},
                                    {"after 2h", after(2h)},
                                    {"next day at 10:00", next_day(10h)}},
                                   weekly(3, 20h, 3h));
    const lang::Rule& from = before.playbooks[0].rules[0];
    const lang::Rule& to = now.playbooks[0].rules[0];
    const auto& shanghai = zone("Asia/Shanghai");
    const Window window{instant("2026-11-19 20:00"), instant("2026-11-19 22:00")};
    const Window longer = migrated_window(to, shanghai, window);
    CHECK(local_text(longer.start) == "2026-11-19 20:00");
    CHECK(local_text(longer.end) == "2026-11-19 23:00");

    struct Row {
        std::size_t from;
        std::size_t to;
        const char* due;
        const char* due_then;
    };
    const Row rows[] = {
        {1, 1, "2026-11-19 22:00", "2026-11-19 23:10"},
        // The step above was done at 22:01:30.
        {2, 2, "2026-11-20 00:01:30", "2026-11-20 01:01:30"},
        {2, 3, "2026-11-20 00:01:30", "2026-11-20 00:01:30"},
        {3, 4, "2026-11-20 09:00", "2026-11-20 10:00"},
        // From a time of its own to one that counts: from when the step above was planned.
        {1, 2, "2026-11-19 22:00", "2026-11-19 23:00"},
        {2, 1, "2026-11-20 00:01:30", "2026-11-19 23:10"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.from, row.to);
        const Move move{from, Position{row.from, 0}, to, Position{row.to, 0}};
        CHECK(local_text(migrated_time(move, window, longer, shanghai, instant(row.due))) ==
              row.due_then);
    }
}

TEST_CASE("a firing that goes on by another version keeps its name", "[scheduler][migration]") {
    const std::string key = "2026-11-19T20:00:00 Asia/Shanghai";
    CHECK_FALSE(is_migrated(key));
    CHECK(original_key(key) == key);
    const std::string once = migrated_key(key, 5);
    CHECK(once == key + " (version 5)");
    CHECK(is_migrated(once));
    CHECK(migrated_key(once, 17) == key + " (version 17)");
    CHECK(original_key(migrated_key(once, 17)) == key);
    for (const char* other : {"event:a (version 5", "event:a (version )", "event:(version x)"}) {
        CAPTURE(other);
        CHECK_FALSE(is_migrated(other));
    }
}

}  // namespace sop::runtime
