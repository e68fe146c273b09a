// Deploys, rollbacks and migrations that another process asks the executor for.
#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "runtime/scheduler/migration.h"
#include "runtime/scheduler/rollback.h"
#include "runtime/store/sqlite/sqlite_store.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/world.h"

namespace sop::runtime {

using namespace sop::tests;
using Outcomes = std::map<std::string, int>;
using Kind = VersionRequestKind;

namespace {

lang::Plan posting(const std::string& text, std::vector<std::chrono::seconds> times = {8h}) {
    Draft draft;
    draft.rule("post", daily(std::move(times))).steps = {{"start", at_start(), {draft.post(text)}}};
    return draft.plan;
}

using Steps = std::vector<std::pair<std::string, lang::StepTime>>;

// On Thursdays from 20:00 to 22:00.
lang::Plan sale(const std::string& version, const Steps& steps) {
    Draft draft;
    lang::Rule& rule = draft.rule("sale", weekly(3, 20h, 2h));
    for (const auto& [name, when] : steps)
        rule.steps.push_back({name, when, {draft.post(name + " " + version)}});
    return draft.plan;
}

const Steps three{{"start - 1h", at_start(-1h)}, {"start", at_start()}, {"end", at_end()}};

VersionRequest deploying(const lang::Plan& plan) {
    return {.kind = Kind::deploy, .plan = lang::to_json(plan)};
}

std::vector<std::string> texts_of(const World& world) {
    std::vector<std::string> texts;
    for (const Delivered& each : world.delivered()) texts.push_back(each.text);
    return texts;
}

using Texts = std::vector<std::string>;

std::vector<Run> open_runs(World& world) {
    std::vector<Run> runs;
    for (const StoredRule& rule : world.store().list_rules()) {
        for (const Run& run : world.store().unfinished_runs(rule.id, {}, every_row))
            runs.push_back(run);
    }
    return runs;
}

}  // namespace

// ---- deploy -------------------------------------------------------------------------------------

TEST_CASE("a deploy that was asked for is in force at once, and answered", "[executor][version]") {
    World world{posting("one"), "2026-11-16 00:00"};
    world.group("g1");
    world.run_until("2026-11-16 09:00");
    const auto answer = world.carry_out(deploying(posting("two")));
    CHECK(answer == VersionAnswer{VersionOutcome::changed, 2, 0, ""});
    CHECK(world.store().version_requests().empty());
    CHECK(local_text(world.store().latest_plan()->deployed_at) == "2026-11-16 09:00");
    CHECK(world.carry_out(deploying(posting("two"))) ==
          VersionAnswer{VersionOutcome::unchanged, 2, 0, ""});
    world.run_until("2026-11-17 09:00");
    CHECK(texts_of(world) == Texts{"one", "two"});
}

TEST_CASE("what was asked for before a kill is done after the restart", "[executor][version]") {
    World world{posting("one"), "2026-11-16 00:00"};
    world.group("g1");
    const auto id = world.ask(deploying(posting("two")));
    world.crash_until("2026-11-16 07:00");
    CHECK(world.store().latest_plan()->version == 1);
    CHECK_FALSE(world.store().find_version_answer(id));
    world.take_requests();
    CHECK(world.store().find_version_answer(id)->in_force == 2);
    // Killed after it: it is not done again.
    world.crash();
    world.take_requests();
    world.run_until("2026-11-16 09:00");
    CHECK(world.store().latest_plan()->version == 2);
    CHECK(texts_of(world) == Texts{"two"});
}

TEST_CASE("a request that was withdrawn is not carried out", "[executor][version]") {
    World world{posting("one"), "2026-11-16 00:00"};
    const auto id = world.ask(deploying(posting("two")));
    const VersionRequest listed = world.store().version_requests().at(0);
    world.store().remove_version_request(id);
    world.take_requests();
    CHECK(world.store().latest_plan()->version == 1);
    // Nor when that comes between being listed and being carried out.
    world.executor().carry_out(listed, [](const auto&, const auto&) { return Channels{}; });
    CHECK(world.store().latest_plan()->version == 1);
}

TEST_CASE("a process that only deploys sends nothing, and what was missed stays the old version's",
          "[executor][version]") {
    World world{posting("one", {8h, 9h}), "2026-11-16 07:00"};
    world.group("g1");
    world.platform().answer = [](const Attempt&) { return Answer{Answer::Kind::never}; };
    world.run_until("2026-11-16 08:00");
    world.sleep_until("2026-11-16 09:01");
    {
        Executor other{world.store(), world.clock(), world.wakeup(), zones(), {}};
        other.take_stock();
        const auto answer = other.carry_out(deploying(posting("two", {9h, 9h + 2min})),
                                            [](const auto&, const auto&) { return Channels{}; });
        CHECK(answer.in_force == 2);
    }
    CHECK(world.outcomes() == Outcomes{{"attempting", 1}});
    world.platform().answer = [](const Attempt&) { return Answer{}; };
    world.crash_until("2026-11-16 09:01:30");
    world.run_until("2026-11-16 10:00");
    CHECK(texts_of(world) == Texts{"one", "two"});
    CHECK(world.outcomes() ==
          Outcomes{{"sent", 2}, {"unknown: stopped while it was being sent", 1}});
}

TEST_CASE("a migration that meets a firing of its name changes nothing",
          "[executor][version][migrate]") {
    World world{sale("one", three), "2026-11-16 00:00"};
    world.groups(2);
    world.run_until("2026-11-19 20:30");
    world.deploy(sale("two", three));
    Firing taken = world.store().find_firing(open_runs(world).at(0).firing).value();
    taken.key = migrated_key(taken.key, 2);
    REQUIRE(world.store().add_firing(taken));
    const VersionAnswer answer = world.carry_out({.kind = Kind::migrate});
    CHECK(answer.outcome == VersionOutcome::refused);
    CHECK(answer.text ==
          "there is a firing \"2026-11-19T20:00:00 Asia/Shanghai (version 2)\" already");
    world.run_until("2026-11-20 00:00");
    CHECK(texts_of(world).back() == "end one");
    CHECK(world.outcomes() == Outcomes{{"sent", 6}});
}

TEST_CASE("each nominal instant belongs to one version, whenever the deploy comes",
          "[executor][version]") {
    const auto when = GENERATE(as<std::string>{}, "2026-11-16 07:59:59.999", "2026-11-16 08:00",
                               "2026-11-16 08:00:00.001");
    CAPTURE(when);
    World world{posting("one"), "2026-11-16 07:00"};
    world.group("g1");
    world.sleep_until(when);
    world.carry_out(deploying(posting("two")));
    world.run_until("2026-11-16 09:00");
    CHECK(texts_of(world) == Texts{when.ends_with(".001") ? "one" : "two"});
    CHECK(world.outcomes() == Outcomes{{"sent", 1}});
}

TEST_CASE("a run under way stays on its version when another is deployed", "[executor][version]") {
    World world{sale("one", three), "2026-11-16 00:00"};
    world.group("g1");
    world.run_until("2026-11-19 20:30");
    world.carry_out(deploying(sale("two", {{"start", at_start()}})));
    world.run_until("2026-11-27 00:00");
    CHECK(texts_of(world) == Texts{"start - 1h one", "start one", "end one", "start two"});
}

TEST_CASE("a plan with a channel that is not set up is refused, and changes nothing",
          "[executor][version]") {
    World world{posting("one"), "2026-11-16 00:00"};
    world.group("g1");
    lang::Plan plan = posting("two");
    plan.playbooks[0].rules[0].via = std::vector<std::string>{"shop"};
    CHECK(world.carry_out(deploying(plan)) ==
          VersionAnswer{VersionOutcome::refused, 1, 0, "the channel `shop` has no URL"});
    world.run_until("2026-11-16 09:00");
    CHECK(texts_of(world) == Texts{"one"});

    world.configure_channel("shop");
    CHECK(world.carry_out(deploying(plan)).outcome == VersionOutcome::changed);
    world.run_until("2026-11-17 09:00");
    CHECK(texts_of(world) == Texts{"one", "two"});
    CHECK(world.outcomes() == Outcomes{{"sent", 2}});
    CHECK(world.troubles().empty());
}

TEST_CASE("a plan that cannot be read or carried out is refused", "[executor][version]") {
    World world{posting("one"), "2026-11-16 00:00"};
    const auto refused = [&](const VersionRequest& request) {
        const VersionAnswer answer = world.carry_out(request);
        CHECK(answer.outcome == VersionOutcome::refused);
        CHECK(answer.in_force == 1);
        return answer.text;
    };
    CHECK_THAT(refused({.kind = Kind::deploy, .plan = "{}"}),
               Catch::StartsWith("the executor cannot read the plan"));
    lang::Plan plan = posting("two");
    plan.playbooks[0].rules[0].steps[0].actions.push_back(
        lang::CreateGroup{{}, {lang::SubjectKind::member}, 0, true});
    CHECK_THAT(refused(deploying(plan)),
               Catch::StartsWith("this executor cannot do what the plan says:\n  members.post: "));
    CHECK(world.store().latest_plan()->version == 1);
}

TEST_CASE("requests are answered in the order in which they came", "[executor][version]") {
    World world{posting("one"), "2026-11-16 00:00"};
    const auto first = world.ask(deploying(posting("two")));
    const auto second = world.ask({.kind = Kind::rollback});
    world.take_requests();
    CHECK(world.store().find_version_answer(first)->in_force == 2);
    CHECK(world.store().find_version_answer(second)->in_force == 3);
    CHECK(world.store().latest_plan()->rollback ==
          Rollback{1, {lang::content_hash(posting("two"))}});
}

// ---- rollback -----------------------------------------------------------------------------------

TEST_CASE("a rollback brings the plan before back as a new version", "[executor][version]") {
    World world{posting("one"), "2026-11-16 00:00"};
    world.group("g1");
    CHECK_THAT(world.carry_out({.kind = Kind::rollback}).text,
               Catch::StartsWith("no plan is kept from before version 1"));
    world.deploy(posting("two"));
    world.run_until("2026-11-16 09:00");
    CHECK(world.carry_out({.kind = Kind::rollback}).in_force == 3);
    world.run_until("2026-11-17 09:00");
    CHECK(texts_of(world) == Texts{"two", "one"});

    CHECK(world.carry_out({.kind = Kind::rollback, .version = 9}).text ==
          "there is no version 9; `sop versions` lists those that are kept");
    CHECK(world.carry_out({.kind = Kind::rollback, .version = 1}).outcome ==
          VersionOutcome::unchanged);
    CHECK(world.carry_out({.kind = Kind::rollback, .version = 2}).in_force == 4);
    world.run_until("2026-11-18 09:00");
    CHECK(texts_of(world) == Texts{"two", "one", "two"});
    // A deploy ends what a rollback holds back.
    world.deploy(posting("three"));
    CHECK_FALSE(world.store().latest_plan()->rollback);
}

TEST_CASE("a plan that runs go by is kept, also when it was rolled back from",
          "[executor][version][retention]") {
    constexpr date::days kept{45};
    const auto course = [](const std::string& text) {
        Draft draft;
        draft.rule("course", on_event("came"), lang::SubjectKind::member).steps = {
            {"start", at_start(), {draft.post("hello " + text)}},
            {"after 4800h", after(4800h), {draft.post("end " + text)}}};
        draft.rule("daily", daily({20h})).steps = {{"start", at_start(), {draft.post(text)}}};
        draft.plan.events = {{"came", {}}};
        return draft.plan;
    };
    World world(course("one"), "2026-01-01 12:00",
                {.retention = RetentionPolicy{
                     .messages = kept, .events = kept, .event_ids = kept, .zone_changes = kept}});
    world.group("g1");
    world.member("m1");
    world.deploy(course("two"));
    world.event("e1", "came", std::nullopt, "m1");
    world.tick(1h);
    world.carry_out({.kind = Kind::rollback});
    world.tick(1h);
    world.deploy(course("three"));
    world.tick(1h);
    world.deploy(course("four"));
    world.run_until("2026-06-01 12:30");
    CHECK_FALSE(world.store().find_plan(1));
    CHECK(world.store().find_plan(2));
    CHECK_FALSE(world.store().find_plan(3));
    world.run_until("2026-07-21 12:30");
    const auto delivered = texts_of(world);
    CHECK(std::count(delivered.begin(), delivered.end(), "end two") == 1);
    CHECK(world.troubles().empty());

    // Its runs being over, it goes in its time.
    world.run_until("2026-10-21 12:30");
    CHECK_FALSE(world.store().find_plan(2));
}

// ---- migrate ------------------------------------------------------------------------------------

TEST_CASE("open runs are moved to the plan in force", "[executor][version][migrate]") {
    World world{sale("one", three), "2026-11-16 00:00"};
    world.groups(3);
    world.run_until("2026-11-19 20:30");
    world.deploy(sale("two", {{"start - 2h", at_start(-2h)},
                              {"start", at_start()},
                              {"end", at_end(30min)},
                              {"end + 1h", at_end(1h)}}));
    const VersionRequest dry{.kind = Kind::migrate, .dry_run = true};
    const VersionAnswer would = world.carry_out(dry);
    CHECK(would ==
          VersionAnswer{VersionOutcome::unchanged, 2, 3, "members.sale of version 1: 3 runs\n"});
    CHECK(world.store().list_plans()[0].open_runs == 3);
    const VersionAnswer moved = world.carry_out({.kind = Kind::migrate});
    CHECK(moved.outcome == VersionOutcome::changed);
    CHECK(moved.moved == 3);
    CHECK(world.store().list_plans()[0].open_runs == 0);
    CHECK(world.store().list_plans()[1].open_runs == 3);
    CHECK(local_text(world.executor().next_due().value()) == "2026-11-19 22:30");
    world.crash();
    world.run_until("2026-11-20 00:00");
    CHECK(world.outcomes() == Outcomes{{"sent", 12}});
    const auto texts = texts_of(world);
    CHECK(Texts(texts.end() - 6, texts.end()) ==
          Texts{"end two", "end two", "end two", "end + 1h two", "end + 1h two", "end + 1h two"});
    CHECK(world.carry_out({.kind = Kind::migrate}).moved == 0);
    // The next time begins by the new plan, and once.
    world.run_until("2026-11-27 00:00");
    CHECK(world.outcomes() == Outcomes{{"sent", 24}});
}

TEST_CASE("a migration is refused whole when a waiting step would vanish",
          "[executor][version][migrate]") {
    Draft before;
    before.rule("sale", weekly(3, 20h, 2h)).steps = {{"start", at_start(), {before.post("a")}},
                                                     {"end", at_end(), {before.post("b")}}};
    before.rule("other", weekly(3, 20h, 2h)).steps = {{"start", at_start(), {before.post("c")}},
                                                      {"end", at_end(), {before.post("d")}}};
    World world{before.plan, "2026-11-16 00:00"};
    world.groups(2);
    world.run_until("2026-11-19 20:30");
    Draft after;
    after.rule("sale", weekly(3, 20h, 2h)).steps = {{"start", at_start(), {after.post("a")}},
                                                    {"end", at_end(), {after.post("e")}}};
    after.rule("other", weekly(3, 20h, 2h)).steps = {{"start", at_start(), {after.post("c")}},
                                                     {"ending", at_end(1h), {after.post("f")}}};
    world.deploy(after.plan);
    const auto runs = open_runs(world);
    const VersionAnswer refused = world.carry_out({.kind = Kind::migrate});
    CHECK(refused.outcome == VersionOutcome::refused);
    CHECK(refused.text ==
          "nothing was moved, as version 2 has no place for what these wait for:\n"
          "  members.other of version 1, waiting for `end`: 2 runs; its steps are `start`, "
          "`ending`: --map 'members.other.end=STEP'");
    const auto same = open_runs(world);
    REQUIRE(same.size() == runs.size());
    for (std::size_t i = 0; i < runs.size(); ++i) CHECK(same[i].id == runs[i].id);
    CHECK(world.carry_out({.kind = Kind::migrate, .mapping = {"members.other.end"}}).text ==
          "--map members.other.end: write PLAYBOOK.RULE.STEP=STEP, as in "
          "'members.sale.end=end + 10m'");

    const VersionAnswer moved =
        world.carry_out({.kind = Kind::migrate, .mapping = {"members.other.end=ending"}});
    CHECK(moved.moved == 4);
    world.run_until("2026-11-20 00:00");
    const auto delivered = world.delivered();
    CHECK(delivered.back().at == "2026-11-19 23:00");
    CHECK(delivered.back().text == "f");
    CHECK(world.outcomes() == Outcomes{{"sent", 8}});
}

TEST_CASE("what is pending keeps its key and its text when its run is moved",
          "[executor][version][migrate]") {
    World world{sale("one", three), "2026-11-16 00:00"};
    world.group("g1");
    world.platform().answer = [](const Attempt& attempt) {
        return attempt.number == 1 && attempt.step == "start"
                   ? Answer{.kind = Answer::Kind::retry, .reason = "busy", .retry_after = 60s}
                   : Answer{};
    };
    world.run_until("2026-11-19 20:00:30");
    world.deploy(sale("two", {{"opening", at_start()}, {"end", at_end()}}));
    CHECK(world.carry_out({.kind = Kind::migrate}).moved == 1);
    world.run_until("2026-11-20 00:00");
    const auto& attempts = world.platform().attempts;
    REQUIRE(attempts.size() == 4);
    CHECK(attempts[1].key == attempts[2].key);
    CHECK(attempts[2].text == "start one");
    CHECK(attempts[2].number == 2);
    CHECK(attempts[3].text == "end two");
    CHECK(world.outcomes() == Outcomes{{"sent", 3}});
}

TEST_CASE("held and queued runs are moved as they are", "[executor][version][migrate]") {
    const auto course = [](const std::string& text) {
        Draft draft;
        lang::Rule& rule = draft.rule("course", on_event("came"), lang::SubjectKind::member);
        rule.steps = {{"start", at_start(), {draft.post("hello " + text)}},
                      {"after 2h", after(2h), {draft.post("end " + text)}}};
        rule.guards.edit().concurrent = lang::Concurrency::queue;
        draft.plan.events = {{"came", {}}};
        return draft.plan;
    };
    World world{course("one"), "2026-11-16 08:00"};
    world.member("m1");
    world.event("e1", "came", std::nullopt, "m1");
    world.tick(10min);
    world.event("e2", "came", std::nullopt, "m1");
    world.tick(10min);
    world.store().put_pause({.playbook = "members", .since = world.clock().now()});
    world.turn();
    world.deploy(course("two"));
    world.event("e3", "came", std::nullopt, "m1");
    world.tick(10min);
    CHECK(world.carry_out({.kind = Kind::migrate}).moved == 2);
    for (const Run& run : open_runs(world)) CHECK(run.state != RunState::running);
    world.store().put_pause(
        {.playbook = "members", .since = world.clock().now(), .resumed_at = world.clock().now()});
    world.run_until("2026-11-16 20:00");
    CHECK(texts_of(world) ==
          Texts{"hello one", "end two", "hello two", "end two", "hello two", "end two"});
    const auto delivered = world.delivered();
    CHECK(delivered[1].at == "2026-11-16 10:00");
    CHECK(open_runs(world).empty());
}

TEST_CASE("a firing that still finds its audience goes on by the plan it is moved to",
          "[executor][version][migrate]") {
    World world{posting("one"), "2026-11-16 07:00", {.page_rows = 2}};
    world.groups(5);
    world.sleep_until("2026-11-16 08:00");
    world.turn();
    REQUIRE(world.store().firings_to_expand(1).size() == 1);
    const auto before = world.outcomes();
    world.deploy(posting("two"));
    CHECK(world.carry_out({.kind = Kind::migrate}).moved == 0);
    world.run_until("2026-11-16 09:00");
    CHECK(world.outcomes() == Outcomes{{"sent", 5}});
    std::map<std::string, int> posts;
    for (const Delivered& each : world.delivered()) ++posts[each.target];
    CHECK(posts.size() == 5);
    CHECK(texts_of(world).back() == "two");
}

TEST_CASE("only runs of the version that is named are moved", "[executor][version][migrate]") {
    const Steps with_end{{"start", at_start()}, {"end", at_end()}};
    World world{sale("one", with_end), "2026-11-16 00:00"};
    world.group("g1");
    world.run_until("2026-11-19 20:30");
    world.deploy(sale("two", with_end));
    world.deploy(sale("three", with_end));
    CHECK(world.carry_out({.kind = Kind::migrate, .version = 2}).moved == 0);
    CHECK(world.carry_out({.kind = Kind::migrate, .version = 7}).text ==
          "there is no version 7; `sop versions` lists those that are kept");
    CHECK(world.carry_out({.kind = Kind::migrate, .version = 1}).moved == 1);
    // Moved again, it is still the same firing.
    world.deploy(sale("four", with_end));
    CHECK(world.carry_out({.kind = Kind::migrate}).moved == 1);
    const auto firing = world.store().find_firing(open_runs(world).at(0).firing).value();
    CHECK(firing.key == "2026-11-19T20:00:00 Asia/Shanghai (version 4)");
    world.run_until("2026-11-20 00:00");
    CHECK(texts_of(world) == Texts{"start one", "end four"});
}

TEST_CASE("a moved run of an event keeps the event for its texts",
          "[executor][version][migrate][retention]") {
    constexpr date::days kept{45};
    const auto course = [](const std::string& text) {
        Draft draft;
        draft.rule("course", on_event("came"), lang::SubjectKind::member).steps = {
            {"start", at_start(), {draft.post("hello")}},
            {"after 4800h",
             after(4800h),
             {draft.post({{text + " ", field(lang::FieldReference::Owner::event, "what")}})}}};
        draft.plan.events = {{"came", {{"what", lang::ValueType::text, false, std::nullopt}}}};
        return draft.plan;
    };
    World world(course("one"), "2026-01-01 12:00",
                {.retention = RetentionPolicy{
                     .messages = kept, .events = kept, .event_ids = kept, .zone_changes = kept}});
    world.member("m1");
    world.event("e1", "came", std::nullopt, "m1", {{"what", "the end"}});
    world.tick(1h);
    world.deploy(course("two"));
    REQUIRE(world.carry_out({.kind = Kind::migrate}).moved == 1);
    for (int day = 0; day < 202; ++day) world.tick(24h);
    CHECK(texts_of(world) == Texts{"hello", "two the end"});
}

TEST_CASE("a run that waits for an event waits on by the plan it is moved to",
          "[executor][version][migrate][flow]") {
    const auto course = [](const std::string& text, const std::string& event,
                           bool with_split = false) {
        Draft draft;
        draft.plan.events = {{"came", {}}, {"bought", {}}};
        lang::Wait wait;
        wait.event.event = event;
        wait.within.elapsed = 2h;
        wait.yes = {{"start", after(0s), {draft.post(text + " yes")}}};
        wait.no = {{"start", after(0s), {draft.post(text + " no")}}};
        lang::Rule& rule = draft.rule("course", on_event("came"), lang::SubjectKind::member);
        rule.steps = {{"start", at_start(), {draft.post(text + " hello"), wait}}};
        if (with_split)
            rule.steps[0].actions.insert(rule.steps[0].actions.begin(),
                                         lang::Split{{{"all", 100, {}}}});
        return draft.plan;
    };
    struct Row {
        const char* what;
        bool answered;
        bool outcome_known;
        Texts texts;
    };
    const Row rows[] = {
        {"answered", true, true, {"one hello", "two yes"}},
        {"not answered", false, true, {"one hello", "two no"}},
        {"the message before it is under way", false, false, {"one hello", "two no"}},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.what) {
            World world(course("one", "bought"), "2026-11-16 12:00");
            world.member("m1");
            if (!row.outcome_known)
                world.platform().answer = [](const Attempt&) {
                    return Answer{Answer::Kind::sent, "", 1h};
                };
            world.event("e1", "came", std::nullopt, "m1");
            world.run_until("2026-11-16 12:30");
            world.platform().answer = [](const Attempt&) { return Answer{}; };
            world.deploy(course("other", "came"));
            CHECK_THAT(world.carry_out({.kind = Kind::migrate}).text,
                       Catch::Contains("it does not wait or branch there as before"));
            world.deploy(course("three", "bought", true));
            CHECK_THAT(world.carry_out({.kind = Kind::migrate}).text,
                       Catch::Contains("it does not wait or branch there as before"));
            world.deploy(course("two", "bought"));
            REQUIRE(world.carry_out({.kind = Kind::migrate}).moved == 1);
            if (row.answered) world.event("e2", "bought", std::nullopt, "m1");
            world.run_until("2026-11-16 20:00");
            CHECK(texts_of(world) == row.texts);
            world.check_accounts();
        }
    }
}

TEST_CASE("a hundred thousand runs are moved in one transaction",
          "[executor][version][migrate][long]") {
    const Steps with_end{{"start", at_start()}, {"end", at_end()}};
    const TemporaryFolder folder;
    World world(open_sqlite_store((folder / "sop.db").string()), "2026-11-16 00:00");
    world.deploy(sale("one", with_end));
    world.groups(100'000);
    world.platform().in_flight_max = 100'000;
    world.run_until("2026-11-19 20:30");
    world.deploy(sale("two", with_end));
    const SystemClock stopwatch;
    const Instant begun = stopwatch.now();
    CHECK(world.carry_out({.kind = Kind::migrate}).moved == 100'000);
    const auto took = stopwatch.now() - begun;
    WARN(fmt::format("100,000 runs moved in {} ms", took.count()));
    CHECK(took < 60s);
}

}  // namespace sop::runtime
