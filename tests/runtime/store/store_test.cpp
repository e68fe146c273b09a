// What every store promises, asked of each one we have.
#include "runtime/store/store.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/support/stores.h"

namespace sop::runtime {
namespace {

using lang::Audience;
using Ids = std::vector<std::string>;

using tests::FileStore;
using tests::MemoryStore;

Instant at(int minute) {
    return Instant(std::chrono::minutes(minute));
}

RuleId add_rule(Store& store, const std::string& name = "check_in") {
    return store.find_or_add_rule("members", name, at(0)).id;
}

PlanVersion add_plan(Store& store) {
    return store.add_plan(at(0), "hash", "{}");
}

Firing a_firing(RuleId rule, PlanVersion plan, const std::string& key, int start = 0) {
    return {.rule = rule, .key = key, .plan = plan, .start_at = at(start), .end_at = at(start)};
}

FiringId add_firing(Store& store, RuleId rule, const std::string& key = "2026-01-01T08:00",
                    SubjectKind kind = SubjectKind::group) {
    Firing firing = a_firing(rule, add_plan(store), key);
    firing.subject_kind = kind;
    return store.add_firing(firing).value();
}

Run a_run(RuleId rule, FiringId firing, const std::string& subject, std::optional<Instant> due) {
    return {.firing = firing, .rule = rule, .subject = subject, .due_at = due};
}

// One pending delivery for one run of its own.
struct Outboxed {
    RunId run = 0;
    DeliveryId delivery = 0;
};

Outboxed add_pending(Store& store, const std::string& subject, int due,
                     const std::string& channel = "robot") {
    const RuleId rule = add_rule(store);
    const FiringId firing = add_firing(store, rule, "key of " + subject);
    const RunId run = store.add_run(a_run(rule, firing, subject, std::nullopt)).value();
    const MessageId message = store.intern_message({"Good morning", {}});
    return {.run = run,
            .delivery = store.add_delivery({.run = run,
                                            .channel = channel,
                                            .message = message,
                                            .planned_for = at(due),
                                            .due_at = at(due)})};
}

std::vector<RunId> ids_of(const std::vector<Run>& runs) {
    std::vector<RunId> ids;
    for (const Run& run : runs) {
        ids.push_back(run.id);
    }
    return ids;
}

std::vector<DeliveryId> ids_of(const std::vector<DueDelivery>& deliveries) {
    std::vector<DeliveryId> ids;
    for (const DueDelivery& due : deliveries) {
        ids.push_back(due.delivery.id);
    }
    return ids;
}

Ids ids_of(const std::vector<Event>& events) {
    Ids ids;
    for (const Event& event : events) {
        ids.push_back(event.id);
    }
    return ids;
}

// The only delivery of that id, as it stands now.
Delivery delivery_now(Store& store, DeliveryId id) {
    return store.list_deliveries({.limit = 1, .after = id - 1}).at(0).delivery;
}

// ---- plans and rules ----------------------------------------------------------------------------

TEMPLATE_TEST_CASE("a deployed plan is found by version, the newest is the latest", "[store]",
                   MemoryStore, FileStore) {
    TestType store;
    CHECK_FALSE((*store).latest_plan());

    const PlanVersion first = (*store).add_plan(at(1), "aaa", R"({"format":1})");
    const PlanVersion second = (*store).add_plan(at(2), "bbb", "{}");

    CHECK(first < second);
    CHECK((*store).find_plan(first)->json == R"({"format":1})");
    CHECK((*store).find_plan(first)->hash == "aaa");
    CHECK((*store).find_plan(first)->deployed_at == at(1));
    CHECK((*store).latest_plan()->version == second);
    CHECK_FALSE((*store).find_plan(second + 1));
}

TEMPLATE_TEST_CASE("plans are listed with what goes by them", "[store]", MemoryStore, FileStore) {
    TestType store;
    const RuleId rule = add_rule(*store);
    const PlanVersion first = (*store).add_plan(at(1), "aaa", "{}");
    const PlanVersion second = (*store).add_plan(at(2), "bbb", "{}");
    const PlanVersion third = (*store).add_plan(at(3), "aaa", "{}");
    CHECK_FALSE((*store).latest_plan()->rollback);
    (*store).set_rollback(third, {first, {"bbb", "ccc"}});
    CHECK((*store).find_plan(third)->rollback == Rollback{first, {"bbb", "ccc"}});
    const FiringId firing = (*store).add_firing(a_firing(rule, first, "one")).value();
    const std::pair<const char*, RunState> runs[] = {
        {"g1", RunState::running}, {"g2", RunState::held},    {"g3", RunState::queued},
        {"g4", RunState::arrived}, {"g5", RunState::skipped}, {"g6", RunState::done}};
    for (const auto& [subject, state] : runs) {
        const bool is_over = state == RunState::skipped || state == RunState::done;
        Run run = a_run(rule, firing, subject, is_over ? std::nullopt : std::optional(at(5)));
        run.state = state;
        (*store).add_run(run);
    }
    const auto plans = (*store).list_plans();
    REQUIRE(plans.size() == 3);
    CHECK(plans[0].open_runs == 4);
    CHECK(plans[0].has_firings);
    CHECK(plans[1].version == second);
    CHECK(plans[1].hash == "bbb");
    CHECK(plans[1].deployed_at == at(2));
    CHECK(plans[1].open_runs == 0);
    CHECK_FALSE(plans[1].has_firings);
    CHECK_FALSE(plans[1].rollback_to);
    CHECK(plans[2].rollback_to == first);

    Run last;
    std::vector<std::string> subjects;
    for (;;) {
        const auto page = (*store).unfinished_runs(rule, last, 3);
        for (const Run& run : page) subjects.push_back(run.subject);
        if (page.size() < 3) break;
        last = page.back();
    }
    CHECK(subjects == std::vector<std::string>{"g1", "g2", "g3", "g4"});
}

TEMPLATE_TEST_CASE("a request for a version waits, is answered once and can be withdrawn",
                   "[store]", MemoryStore, FileStore) {
    TestType store;
    const VersionRequest migration{.kind = VersionRequestKind::migrate,
                                   .asked_at = at(1),
                                   .version = 3,
                                   .mapping = {"a.b.c=d", "a.b.\"e\"=f"},
                                   .dry_run = true};
    const VersionRequest deploy{.asked_at = at(2), .plan = "{}"};
    const auto first = (*store).add_version_request(migration);
    const auto second = (*store).add_version_request(deploy);
    const auto waiting = (*store).version_requests();
    REQUIRE(waiting.size() == 2);
    VersionRequest expected = migration;
    expected.id = first;
    CHECK(waiting[0] == expected);
    CHECK(waiting[1].plan == "{}");
    CHECK_FALSE((*store).find_version_answer(first));

    const VersionAnswer answer{VersionOutcome::refused, 4, 0, "no"};
    (*store).answer_version_request(first, at(3), answer);
    (*store).answer_version_request(first, at(3), {VersionOutcome::changed, 5, 1, ""});
    CHECK((*store).find_version_answer(first) == answer);
    (*store).remove_version_request(second);
    (*store).answer_version_request(second, at(3), answer);
    CHECK((*store).version_requests().empty());
    CHECK_FALSE((*store).find_version_answer(second));

    // What nobody read is let go with time.
    (*store).add_version_request({.asked_at = at(63)});
    CHECK((*store).find_version_answer(first));
    (*store).add_version_request({.asked_at = at(64)});
    CHECK_FALSE((*store).find_version_answer(first));
    CHECK((*store).version_requests().size() == 2);
}

TEMPLATE_TEST_CASE("a rule keeps its id and what it has fired through", "[store]", MemoryStore,
                   FileStore) {
    TestType store;
    const StoredRule made = (*store).find_or_add_rule("members", "lottery", at(5));
    CHECK(made.fired_through == at(5));
    CHECK(made.playbook == "members");
    CHECK(made.name == "lottery");

    (*store).set_fired_through(made.id, at(9));
    const StoredRule found = (*store).find_or_add_rule("members", "lottery", at(1));
    CHECK(found.id == made.id);
    CHECK(found.fired_through == at(9));
    CHECK((*store).find_or_add_rule("visitors", "lottery", at(1)).id != made.id);
    CHECK_THROWS_AS((*store).set_fired_through(999, at(1)), StoreError);
}

// ---- firings and runs ---------------------------------------------------------------------------

TEMPLATE_TEST_CASE("a rule fires once for a key", "[store]", MemoryStore, FileStore) {
    TestType store;
    const RuleId rule = add_rule(*store);
    const RuleId other = add_rule(*store, "lottery");
    const PlanVersion plan = add_plan(*store);

    CHECK((*store).add_firing(a_firing(rule, plan, "2026-03-01T20:00")));
    CHECK_FALSE((*store).add_firing(a_firing(rule, plan, "2026-03-01T20:00", 60)));
    CHECK((*store).add_firing(a_firing(rule, plan, "2026-03-02T20:00")));
    CHECK((*store).add_firing(a_firing(other, plan, "2026-03-01T20:00")));
}

TEMPLATE_TEST_CASE("a firing comes back as it was put", "[store]", MemoryStore, FileStore) {
    TestType store;
    const RuleId rule = add_rule(*store);
    const PlanVersion plan = add_plan(*store);
    const FiringId id = (*store)
                            .add_firing({.rule = rule,
                                         .key = "event e1",
                                         .plan = plan,
                                         .subject_kind = SubjectKind::member,
                                         .start_at = at(3),
                                         .end_at = at(4),
                                         .event = "e1"})
                            .value();

    const Firing firing = (*store).find_firing(id).value();
    CHECK(firing.id == id);
    CHECK(firing.rule == rule);
    CHECK(firing.key == "event e1");
    CHECK(firing.plan == plan);
    CHECK(firing.subject_kind == SubjectKind::member);
    CHECK(firing.start_at == at(3));
    CHECK(firing.end_at == at(4));
    CHECK(firing.event == "e1");
    CHECK_FALSE(firing.expanded);
    CHECK(firing.expanded_through.empty());
    CHECK_FALSE((*store).find_firing(id + 1));
}

TEMPLATE_TEST_CASE("firings wait to be expanded in the order of their start", "[store]",
                   MemoryStore, FileStore) {
    TestType store;
    const RuleId rule = add_rule(*store);
    const PlanVersion plan = add_plan(*store);
    const FiringId late = (*store).add_firing(a_firing(rule, plan, "late", 20)).value();
    const FiringId early = (*store).add_firing(a_firing(rule, plan, "early", 10)).value();

    REQUIRE((*store).firings_to_expand(10).size() == 2);
    CHECK((*store).firings_to_expand(10)[0].id == early);
    CHECK((*store).firings_to_expand(10)[1].id == late);
    CHECK((*store).firings_to_expand(1).size() == 1);

    (*store).set_expanded(early, "g0500", false);
    CHECK((*store).firings_to_expand(1).at(0).expanded_through == "g0500");
    (*store).set_expanded(early, "g0900", true);
    CHECK((*store).firings_to_expand(10).at(0).id == late);
    CHECK((*store).find_firing(early)->expanded);
}

TEMPLATE_TEST_CASE("a firing has one run for a subject", "[store]", MemoryStore, FileStore) {
    TestType store;
    const RuleId rule = add_rule(*store);
    const FiringId firing = add_firing(*store, rule, "monday");
    const FiringId next = add_firing(*store, rule, "tuesday");

    CHECK((*store).add_run(a_run(rule, firing, "g1", at(1))));
    CHECK_FALSE((*store).add_run(a_run(rule, firing, "g1", at(2))));
    CHECK((*store).add_run(a_run(rule, firing, "g2", at(1))));
    CHECK((*store).add_run(a_run(rule, next, "g1", at(1))));
}

TEMPLATE_TEST_CASE("due runs come by due time, then by id", "[store]", MemoryStore, FileStore) {
    TestType store;
    const RuleId rule = add_rule(*store);
    const FiringId firing = add_firing(*store, rule);
    const RunId third = (*store).add_run(a_run(rule, firing, "g1", at(7))).value();
    const RunId first = (*store).add_run(a_run(rule, firing, "g2", at(5))).value();
    const RunId second = (*store).add_run(a_run(rule, firing, "g3", at(5))).value();
    (*store).add_run(a_run(rule, firing, "g4", at(8)));
    Run over = a_run(rule, firing, "g5", std::nullopt);
    over.state = RunState::done;
    (*store).add_run(over);

    CHECK(ids_of((*store).due_runs(at(7), 10)) == std::vector<RunId>{first, second, third});
    CHECK(ids_of((*store).due_runs(at(7), 2)) == std::vector<RunId>{first, second});
    CHECK((*store).due_runs(at(4), 10).empty());
    CHECK((*store).next_run_due() == at(5));
}

TEMPLATE_TEST_CASE("a run that is over is neither due nor open", "[store]", MemoryStore,
                   FileStore) {
    TestType store;
    const RuleId rule = add_rule(*store);
    const FiringId firing = add_firing(*store, rule);
    Run run = a_run(rule, firing, "g1", at(1));
    run.id = (*store).add_run(run).value();
    CHECK((*store).has_open_run(rule, "g1"));
    CHECK_FALSE((*store).has_open_run(rule, "g2"));

    run.next_step = 2;
    run.due_at = at(30);
    (*store).update_run(run);
    const Run moved = (*store).due_runs(at(30), 1).at(0);
    CHECK(moved.next_step == 2);
    CHECK(moved.due_at == at(30));
    CHECK(moved.subject == "g1");
    CHECK(moved.firing == firing);
    CHECK(moved.rule == rule);
    CHECK(moved.state == RunState::running);

    run.state = RunState::done;
    run.due_at.reset();
    (*store).update_run(run);
    CHECK_FALSE((*store).has_open_run(rule, "g1"));
    CHECK_FALSE((*store).next_run_due());
    CHECK((*store).due_runs(at(1000), 10).empty());

    run.id = 999;
    CHECK_THROWS_AS((*store).update_run(run), StoreError);
}

TEMPLATE_TEST_CASE("the open runs of a rule come page by page, whatever becomes of them", "[store]",
                   MemoryStore, FileStore) {
    TestType store;
    const RuleId rule = add_rule(*store);
    const FiringId monday = add_firing(*store, rule, "monday");
    const FiringId tuesday = add_firing(*store, rule, "tuesday");
    const RunId second = (*store).add_run(a_run(rule, tuesday, "g1", at(9))).value();
    const RunId first = (*store).add_run(a_run(rule, monday, "g1", at(7))).value();
    const RunId third = (*store).add_run(a_run(rule, monday, "g2", at(1))).value();
    Run over = a_run(rule, monday, "g3", std::nullopt);
    over.state = RunState::done;
    (*store).add_run(over);
    const RuleId other = add_rule(*store, "other");
    (*store).add_run(a_run(other, add_firing(*store, other), "g1", at(1)));

    auto page = (*store).open_runs(rule, {}, 2);
    CHECK(ids_of(page) == std::vector<RunId>{second, first});
    for (Run& run : page) {
        run.due_at = at(100);
        (*store).update_run(run);
    }
    CHECK(ids_of((*store).open_runs(rule, page.back(), 2)) == std::vector<RunId>{third});
    CHECK((*store).open_runs(rule, {}, 10).at(0).due_at == at(100));
}

TEMPLATE_TEST_CASE("a firing's window can be moved, and rules can be listed", "[store]",
                   MemoryStore, FileStore) {
    TestType store;
    const RuleId rule = add_rule(*store);
    const RuleId lottery = add_rule(*store, "lottery");
    const FiringId firing = add_firing(*store, rule);
    (*store).set_window(firing, at(60), at(90));
    CHECK((*store).find_firing(firing)->start_at == at(60));
    CHECK((*store).find_firing(firing)->end_at == at(90));
    CHECK_THROWS_AS((*store).set_window(999, at(1), at(2)), StoreError);

    const auto rules = (*store).list_rules();
    REQUIRE(rules.size() == 2);
    CHECK(rules[0].id == rule);
    CHECK(rules[1].id == lottery);
    CHECK(rules[1].name == "lottery");
}

// ---- zone data ----------------------------------------------------------------------------------

TEMPLATE_TEST_CASE("zones are kept by the byte", "[store][zones]", MemoryStore, FileStore) {
    TestType store;
    const std::string bytes("TZif\0\xff\0 not UTF-8", 17);
    (*store).put_zone({.name = "Asia/Tokyo", .data = bytes});
    (*store).put_zone({.name = "Asia/Shanghai", .data = "old"});
    (*store).put_zone({.name = "Asia/Shanghai", .data = "new"});
    const auto zones = (*store).stored_zones();
    REQUIRE(zones.size() == 2);
    CHECK(zones[0].name == "Asia/Shanghai");
    CHECK(zones[0].data == "new");
    CHECK(zones[1].data == bytes);
}

TEMPLATE_TEST_CASE("of changes of zone data the latest is told, with what it moved",
                   "[store][zones]", MemoryStore, FileStore) {
    TestType store;
    const RuleId rule = add_rule(*store);
    const auto moved = [&](int minute) {
        return MovedTime{.rule_id = rule,
                         .step = "start - 10m",
                         .subject = "g1",
                         .count = 1,
                         .local = "2026-11-19T20:00:00 Asia/Tokyo",
                         .before = at(1),
                         .after = at(minute)};
    };
    CHECK_FALSE((*store).latest_zone_change());
    (*store).add_zone_change({.release = "2026f", .changed_at = at(1)}, {});
    (*store).add_zone_change(
        {.release = "2026g", .release_before = "2026f", .changed_at = at(2), .moved = 7},
        {moved(9)});
    (*store).add_zone_change(
        {.release = "2026h", .release_before = "2026g", .changed_at = at(3), .moved = 2},
        {moved(8), moved(5)});

    const ZoneChange change = (*store).latest_zone_change().value();
    CHECK(change.release == "2026h");
    CHECK(change.release_before == "2026g");
    CHECK(change.changed_at == at(3));
    CHECK(change.moved == 2);
    const auto times = (*store).moved_times();
    REQUIRE(times.size() == 2);
    CHECK(times[0].after == at(5));
    CHECK(times[0].before == at(1));
    CHECK(times[0].playbook == "members");
    CHECK(times[0].rule == "check_in");
    CHECK(times[0].step == "start - 10m");
    CHECK(times[0].subject == "g1");
    CHECK(times[0].local == "2026-11-19T20:00:00 Asia/Tokyo");
    CHECK(times[1].after == at(8));
}

// ---- outbox -------------------------------------------------------------------------------------

TEMPLATE_TEST_CASE("equal texts share a message, different ones do not", "[store]", MemoryStore,
                   FileStore) {
    TestType store;
    const MessageId morning = (*store).intern_message({"Good morning", {}});
    CHECK(morning != 0);
    CHECK((*store).intern_message({"Good morning", {}}) == morning);
    CHECK((*store).intern_message({"Good morning ", {}}) != morning);
    CHECK((*store).intern_message({"", {}}) == (*store).intern_message({"", {}}));
}

TEMPLATE_TEST_CASE("memory that is given back costs no rows", "[store]", MemoryStore, FileStore) {
    TestType store;
    (*store).put_group({.id = "g1", .tags = {"member"}});
    const MessageId morning = (*store).intern_message({.text = "Good morning"});
    (*store).release_memory();
    CHECK((*store).find_group("g1")->tags == Ids{"member"});
    CHECK((*store).intern_message({.text = "Good morning"}) == morning);
}

TEMPLATE_TEST_CASE("a message whose transaction was undone is stored anew", "[store]", MemoryStore,
                   FileStore) {
    TestType store;
    {
        const auto undone = (*store).begin();
        (*store).intern_message({.text = "Good morning"});
        CHECK((*store).intern_message({.text = "Good morning"}) ==
              (*store).intern_message({.text = "Good morning"}));
    }
    const auto transaction = (*store).begin();
    const MessageId morning = (*store).intern_message({.text = "Good morning"});
    CHECK((*store).intern_message({.text = "Good evening"}) != morning);
    CHECK((*store).intern_message({.text = "Good morning"}) == morning);
}

TEMPLATE_TEST_CASE("tags and ids of any characters come back as they were put", "[store]",
                   MemoryStore, FileStore) {
    TestType store;
    const Ids odd{"", "\"", "\",\"", "[\"a\"]", "\\", "a b", "ä\n", "新人"};
    (*store).put_group({.id = "g\"1", .name = "[\"x\"]", .tags = odd});
    const auto group = (*store).find_group("g\"1");
    REQUIRE(group);
    CHECK(group->name == "[\"x\"]");
    Ids sorted = odd;
    std::sort(sorted.begin(), sorted.end());
    CHECK(group->tags == sorted);
}

TEMPLATE_TEST_CASE("a step's action has one delivery in a run", "[store]", MemoryStore, FileStore) {
    TestType store;
    const Outboxed first = add_pending(*store, "g1", 5);
    const auto add = [&](std::size_t step, std::size_t action) {
        (*store).add_delivery({.run = first.run,
                               .step = step,
                               .action = action,
                               .channel = "robot",
                               .planned_for = at(5),
                               .due_at = at(5)});
    };
    CHECK_THROWS_AS(add(0, 0), StoreError);
    CHECK_NOTHROW(add(0, 1));
    CHECK_NOTHROW(add(1, 0));
    CHECK_THROWS_AS(add(1, 0), StoreError);
}

TEMPLATE_TEST_CASE("one text said in two ways is two messages", "[store]", MemoryStore, FileStore) {
    TestType store;
    MessageForm reply{.verb = lang::Verb::reply, .mentions = {"m1"}, .reply_to = "e1"};
    const MessageId posted = (*store).intern_message({"Hello", {}});
    const MessageId replied = (*store).intern_message({"Hello", reply});
    CHECK(replied != posted);
    CHECK((*store).intern_message({"Hello", reply}) == replied);
    reply.mentions = {"m2"};
    CHECK((*store).intern_message({"Hello", reply}) != replied);
}

TEMPLATE_TEST_CASE("how a message is said comes back with it", "[store]", MemoryStore, FileStore) {
    TestType store;
    MessageForm card{.verb = lang::Verb::announce, .mentions_all = true, .pictures = {"a.png"}};
    card.card = MessageCard{"Sale", "Tonight", "sale.png", "https://shop.example/", "pages/sale"};
    const MessageForm plain;
    const MessageForm sent{.verb = lang::Verb::send};
    const MessageForm reply{.verb = lang::Verb::reply, .mentions = {"m1", "m2"}, .reply_to = "e1"};
    int number = 0;
    for (const auto& [form, kind] : {std::pair{card, SubjectKind::group},
                                     {plain, SubjectKind::group},
                                     {sent, SubjectKind::member},
                                     {reply, SubjectKind::group}}) {
        const RuleId rule = add_rule(*store);
        const FiringId firing = add_firing(*store, rule, "key " + std::to_string(++number), kind);
        const RunId run = (*store).add_run(a_run(rule, firing, "g1", std::nullopt)).value();
        const DeliveryId id = (*store).add_delivery({.run = run,
                                                     .channel = "robot",
                                                     .message = (*store).intern_message({"", form}),
                                                     .planned_for = at(4),
                                                     .due_at = at(5)});
        CHECK((*store).find_delivery(id)->form == form);
    }
}

TEMPLATE_TEST_CASE("an action has one delivery for each of its targets", "[store]", MemoryStore,
                   FileStore) {
    TestType store;
    (*store).put_group({"g2", "Two", "", {}});
    (*store).put_member({"m1", "Ann", {}, {}});
    const RuleId rule = add_rule(*store);
    const RunId run =
        (*store).add_run(a_run(rule, add_firing(*store, rule), "g1", std::nullopt)).value();
    Delivery delivery{.run = run, .channel = "robot", .planned_for = at(4), .due_at = at(5)};
    delivery.variant = "short";
    const DeliveryId own = (*store).add_delivery(delivery);
    delivery.target = Target{SubjectKind::group, "g2"};
    const DeliveryId other = (*store).add_delivery(delivery);
    CHECK_THROWS_AS((*store).add_delivery(delivery), StoreError);
    delivery.target = Target{SubjectKind::member, "m1"};
    delivery.variant.clear();
    const DeliveryId member = (*store).add_delivery(delivery);

    for (const char* target : {"", "g2", "m1"})
        CHECK((*store).has_delivery({run, delivery.step, delivery.action}, target));
    CHECK_FALSE((*store).has_delivery({run, delivery.step, delivery.action}, "g3"));
    CHECK_FALSE((*store).has_delivery({run, delivery.step, delivery.action + 1}, "g2"));

    const auto of_own = (*store).find_delivery(own).value();
    CHECK_FALSE(of_own.delivery.target);
    CHECK(of_own.subject == "g1");
    CHECK(of_own.delivery.variant == "short");
    const auto of_other = (*store).find_delivery(other).value();
    CHECK(of_other.delivery.target == Target{SubjectKind::group, "g2"});
    CHECK(of_other.subject_kind == SubjectKind::group);
    CHECK(of_other.subject == "g2");
    CHECK(of_other.subject_name == "Two");
    CHECK(of_other.run_subject == "g1");
    const auto of_member = (*store).find_delivery(member).value();
    CHECK(of_member.subject_kind == SubjectKind::member);
    CHECK(of_member.subject_name == "Ann");
    CHECK(of_member.firing.subject_kind == SubjectKind::group);
    CHECK(of_member.delivery.variant.empty());
    CHECK(ids_of((*store).list_deliveries({.subject_kind = SubjectKind::group, .subject = "g2"})) ==
          std::vector<DeliveryId>{other});

    // Whom they went to is who got them.
    (*store).rebuild_contacts(at(0));
    CHECK((*store).count_contacts_waiting(SubjectKind::group, "g2", at(0), at(9),
                                          lang::Priority::low) == 1);
    CHECK((*store).count_contacts_waiting(SubjectKind::member, "m1", at(0), at(9),
                                          lang::Priority::low) == 1);
}

TEMPLATE_TEST_CASE("a message to many is told until it has reached all of them", "[store]",
                   MemoryStore, FileStore) {
    TestType store;
    CHECK_FALSE((*store).next_mailing());
    const RuleId rule = add_rule(*store);
    const RunId run =
        (*store).add_run(a_run(rule, add_firing(*store, rule), "g1", std::nullopt)).value();
    Mailing first{
        .run = run, .step = 2, .action = 1, .planned_for = at(4), .decided_at = at(5), .newer = 3};
    Mailing second = first;
    second.action = 2;
    second.withheld = DeliveryState::skipped;
    second.reason = "condition";
    (*store).add_mailing(first);
    (*store).add_mailing(second);
    CHECK_THROWS_AS((*store).add_mailing(first), StoreError);

    first.id = (*store).next_mailing()->id;
    CHECK((*store).next_mailing() == first);
    (*store).set_mailed_through(first.id, "g17");
    first.through = "g17";
    CHECK((*store).next_mailing() == first);
    (*store).remove_mailing(first.id);
    second.id = (*store).next_mailing()->id;
    CHECK((*store).next_mailing() == second);
    (*store).remove_mailing(second.id);
    CHECK_FALSE((*store).next_mailing());
}

TEMPLATE_TEST_CASE("turns of a content are counted for each target", "[store]", MemoryStore,
                   FileStore) {
    TestType store;
    const Target group{SubjectKind::group, "x"};
    const Target member{SubjectKind::member, "x"};
    CHECK((*store).turns_of("morning", group) == 0);
    (*store).add_turn("morning", group);
    (*store).add_turn("morning", group);
    (*store).add_turn("evening", group);
    (*store).add_turn("morning", member);
    CHECK((*store).turns_of("morning", group) == 2);
    CHECK((*store).turns_of("evening", group) == 1);
    CHECK((*store).turns_of("morning", member) == 1);
    CHECK((*store).turns_of("morning", {SubjectKind::group, "y"}) == 0);
}

TEMPLATE_TEST_CASE("names are found by kind and id", "[store]", MemoryStore, FileStore) {
    TestType store;
    (*store).put_group({"x", "One", "", {}});
    (*store).put_member({"x", "Ann", {}, {}});
    CHECK((*store).find_name(SubjectKind::group, "x") == "One");
    CHECK((*store).find_name(SubjectKind::member, "x") == "Ann");
    CHECK_FALSE((*store).find_name(SubjectKind::member, "y"));
}

TEMPLATE_TEST_CASE("for nobody in particular the events of all count", "[store]", MemoryStore,
                   FileStore) {
    TestType store;
    const auto add = [&](const std::string& id, const std::string& type, int minute) {
        (*store).add_event({.id = id, .type = type, .member = "m" + id, .at = at(minute)});
    };
    add("b", "order", 2);
    add("a", "order", 2);
    add("c", "refund", 2);
    add("d", "order", 5);
    CHECK(ids_of((*store).events_of(SubjectKind::playbook, "", "order", at(2), at(5))) ==
          Ids{"a", "b"});
}

TEMPLATE_TEST_CASE("a run may be for nobody in particular", "[store]", MemoryStore, FileStore) {
    TestType store;
    const RuleId rule = add_rule(*store);
    const FiringId firing = add_firing(*store, rule, "key", SubjectKind::playbook);
    CHECK((*store).find_firing(firing)->subject_kind == SubjectKind::playbook);
    const RunId run = (*store).add_run(a_run(rule, firing, "", at(1))).value();
    CHECK_FALSE((*store).add_run(a_run(rule, firing, "", at(1))));
    CHECK(ids_of((*store).open_runs_of("")) == std::vector<RunId>{run});
    CHECK(ids_of((*store).open_runs(rule, {}, 10)) == std::vector<RunId>{run});
}

TEMPLATE_TEST_CASE(
    "a delivery points at a run and a message that are there, and is due while "
    "it is pending",
    "[store]", MemoryStore, FileStore) {
    TestType store;
    const Outboxed first = add_pending(*store, "g1", 5);
    const Delivery fine{
        .run = first.run, .step = 1, .channel = "robot", .planned_for = at(5), .due_at = at(5)};
    Delivery without_run = fine;
    without_run.run = 999;
    Delivery without_message = fine;
    without_message.message = 999;
    Delivery never_due = fine;
    never_due.due_at.reset();

    CHECK_THROWS_AS((*store).add_delivery(without_run), StoreError);
    CHECK_THROWS_AS((*store).add_delivery(without_message), StoreError);
    CHECK_THROWS_AS((*store).add_delivery(never_due), StoreError);
    CHECK_NOTHROW((*store).add_delivery(fine));
}

TEMPLATE_TEST_CASE("due deliveries of a channel come by due time, then by id", "[store]",
                   MemoryStore, FileStore) {
    TestType store;
    const DeliveryId third = add_pending(*store, "g1", 7).delivery;
    const DeliveryId first = add_pending(*store, "g2", 5).delivery;
    const DeliveryId second = add_pending(*store, "g3", 5).delivery;
    const DeliveryId other = add_pending(*store, "g4", 1, "webhook").delivery;
    add_pending(*store, "g5", 8);

    CHECK(ids_of((*store).due_deliveries("robot", at(7), 10)) ==
          std::vector<DeliveryId>{first, second, third});
    CHECK(ids_of((*store).due_deliveries("robot", at(7), 1)) == std::vector<DeliveryId>{first});
    CHECK(ids_of((*store).due_deliveries("webhook", at(7), 10)) == std::vector<DeliveryId>{other});
    CHECK((*store).due_deliveries("log", at(7), 10).empty());
    CHECK((*store).next_delivery_due("robot") == at(5));
    CHECK_FALSE((*store).next_delivery_due("log"));
}

TEMPLATE_TEST_CASE("a due delivery carries all that an attempt needs", "[store]", MemoryStore,
                   FileStore) {
    TestType store;
    (*store).put_group({.id = "x1", .name = "Group one"});
    (*store).put_member({.id = "x1", .name = "Member one"});
    const RuleId rule = add_rule(*store);
    const auto row = GENERATE(table<SubjectKind, std::string, std::string>({
        {SubjectKind::group, "x1", "Group one"},
        {SubjectKind::member, "x1", "Member one"},
        {SubjectKind::group, "gone", ""},
    }));
    const auto& [kind, subject, name] = row;
    const FiringId firing = add_firing(*store, rule, "key", kind);
    const RunId run = (*store).add_run(a_run(rule, firing, subject, std::nullopt)).value();
    const MessageId message = (*store).intern_message({"早上好", {}});
    (*store).add_delivery({.run = run,
                           .step = 2,
                           .action = 1,
                           .channel = "robot",
                           .message = message,
                           .planned_for = at(4),
                           .due_at = at(5)});

    const DueDelivery due = (*store).due_deliveries("robot", at(5), 1).at(0);
    CHECK(due.delivery.run == run);
    CHECK(due.delivery.step == 2);
    CHECK(due.delivery.action == 1);
    CHECK(due.delivery.channel == "robot");
    CHECK(due.delivery.message == message);
    CHECK(due.delivery.planned_for == at(4));
    CHECK(due.delivery.due_at == at(5));
    CHECK(due.delivery.state == DeliveryState::pending);
    CHECK(due.delivery.attempts == 0);
    CHECK_FALSE(due.delivery.settled_at);
    CHECK(due.firing.id == firing);
    CHECK(due.firing.rule == rule);
    CHECK(due.firing.key == "key");
    CHECK(due.playbook == "members");
    CHECK(due.rule == "check_in");
    CHECK(due.subject == subject);
    CHECK(due.subject_name == name);
    CHECK(due.subject_kind == kind);
    CHECK(due.text == "早上好");
}

TEMPLATE_TEST_CASE("a delivery is attempted, put off, attempted again and settled", "[store]",
                   MemoryStore, FileStore) {
    TestType store;
    const DeliveryId id = add_pending(*store, "g1", 5).delivery;

    (*store).mark_attempting(id);
    CHECK(delivery_now(*store, id).state == DeliveryState::attempting);
    CHECK(delivery_now(*store, id).attempts == 1);
    CHECK((*store).due_deliveries("robot", at(99), 10).empty());

    (*store).reschedule(id, at(6), "HTTP 503");
    CHECK(delivery_now(*store, id).state == DeliveryState::pending);
    CHECK(delivery_now(*store, id).reason == "HTTP 503");
    CHECK((*store).next_delivery_due("robot") == at(6));

    (*store).mark_attempting(id);
    (*store).settle(id, DeliveryState::sent, "", at(7));
    const Delivery sent = delivery_now(*store, id);
    CHECK(sent.state == DeliveryState::sent);
    CHECK(sent.reason.empty());
    CHECK(sent.attempts == 2);
    CHECK(sent.settled_at == at(7));
    CHECK_FALSE(sent.due_at);
    CHECK_FALSE((*store).next_delivery_due("robot"));
}

TEMPLATE_TEST_CASE("what has ended is not attempted, put off or ended once more", "[store]",
                   MemoryStore, FileStore) {
    TestType store;
    const auto end =
        GENERATE(DeliveryState::confirmed, DeliveryState::skipped, DeliveryState::exited,
                 DeliveryState::cancelled, DeliveryState::refused, DeliveryState::failed);
    const DeliveryId id = add_pending(*store, "g1", 5).delivery;
    (*store).settle(id, end, "why", at(7));

    CHECK_THROWS_AS((*store).mark_attempting(id), StoreError);
    CHECK_THROWS_AS((*store).reschedule(id, at(9), ""), StoreError);
    CHECK_THROWS_AS((*store).settle(id, DeliveryState::sent, "", at(9)), StoreError);
    CHECK(delivery_now(*store, id).state == end);
    CHECK(delivery_now(*store, id).reason == "why");
    CHECK(delivery_now(*store, id).settled_at == at(7));
}

TEMPLATE_TEST_CASE("an unknown may be settled later, and a sent one confirmed", "[store]",
                   MemoryStore, FileStore) {
    TestType store;
    const DeliveryId id = add_pending(*store, "g1", 5).delivery;
    (*store).settle(id, DeliveryState::unknown, "no answer", at(7));
    CHECK_THROWS_AS((*store).mark_attempting(id), StoreError);
    (*store).settle(id, DeliveryState::sent, "", at(8));
    (*store).settle(id, DeliveryState::confirmed, "", at(9));
    CHECK(delivery_now(*store, id).state == DeliveryState::confirmed);
    CHECK(delivery_now(*store, id).settled_at == at(9));
}

TEMPLATE_TEST_CASE("a delivery is attempted by one only", "[store]", MemoryStore, FileStore) {
    TestType store;
    const DeliveryId id = add_pending(*store, "g1", 5).delivery;
    (*store).mark_attempting(id);
    CHECK_THROWS_AS((*store).mark_attempting(id), StoreError);
    CHECK(delivery_now(*store, id).attempts == 1);
}

TEMPLATE_TEST_CASE("what was being attempted becomes unknown, nothing else does", "[store]",
                   MemoryStore, FileStore) {
    TestType store;
    const DeliveryId attempting = add_pending(*store, "g1", 5).delivery;
    const DeliveryId pending = add_pending(*store, "g2", 5).delivery;
    const DeliveryId sent = add_pending(*store, "g3", 5).delivery;
    (*store).mark_attempting(attempting);
    (*store).mark_attempting(sent);
    (*store).settle(sent, DeliveryState::sent, "", at(6));

    CHECK((*store).settle_attempting_as_unknown(at(10)) == 1);
    CHECK(delivery_now(*store, attempting).state == DeliveryState::unknown);
    CHECK(delivery_now(*store, attempting).settled_at == at(10));
    CHECK_FALSE(delivery_now(*store, attempting).reason.empty());
    CHECK(delivery_now(*store, pending).state == DeliveryState::pending);
    CHECK(delivery_now(*store, sent).state == DeliveryState::sent);
    CHECK((*store).settle_attempting_as_unknown(at(11)) == 0);
}

TEMPLATE_TEST_CASE("what may have been taken is sent again where that is wanted", "[store]",
                   MemoryStore, FileStore) {
    TestType store;
    const DeliveryId one = add_pending(*store, "g1", 5).delivery;
    const DeliveryId other = add_pending(*store, "g2", 5).delivery;
    const DeliveryId waiting = add_pending(*store, "g3", 5).delivery;
    CHECK_THROWS_AS((*store).resend(one, at(9), "no answer"), StoreError);

    (*store).mark_attempting(one);
    (*store).resend(one, at(9), "no answer");
    CHECK(delivery_now(*store, one).state == DeliveryState::pending);
    CHECK(delivery_now(*store, one).due_at == at(9));
    CHECK(delivery_now(*store, one).in_doubt);

    (*store).mark_attempting(other);
    CHECK((*store).resend_attempting("other", at(10)) == 0);
    CHECK((*store).resend_attempting("robot", at(10)) == 1);
    CHECK(delivery_now(*store, other).due_at == at(10));
    CHECK(delivery_now(*store, other).in_doubt);
    CHECK(delivery_now(*store, other).attempts == 0);
    CHECK_FALSE(delivery_now(*store, waiting).in_doubt);

    (*store).settle(waiting, DeliveryState::unknown, "no answer", at(11));
    (*store).send_again(waiting, at(12));
    CHECK(delivery_now(*store, waiting).in_doubt);
}

TEMPLATE_TEST_CASE("what may have been taken is asked about where that is wanted", "[store]",
                   MemoryStore, FileStore) {
    TestType store;
    const DeliveryId one = add_pending(*store, "g1", 5).delivery;
    const DeliveryId other = add_pending(*store, "g2", 5).delivery;
    const DeliveryId elsewhere = add_pending(*store, "g3", 5, "mail").delivery;
    CHECK_THROWS_AS((*store).ask_about(one, at(9), "no answer"), StoreError);
    CHECK((*store).asked_about("robot", 10).empty());

    for (const DeliveryId id : {one, other, elsewhere}) (*store).mark_attempting(id);
    (*store).ask_about(one, at(9), "no answer");
    CHECK((*store).ask_about_attempting("robot", at(8)) == 1);
    CHECK((*store).ask_about_attempting("mail", at(7)) == 1);
    const Delivery asked = delivery_now(*store, one);
    CHECK(asked.state == DeliveryState::pending);
    CHECK(asked.in_doubt);
    CHECK(asked.asks == 0);
    CHECK(asked.due_at == at(9));
    CHECK(asked.reason == "no answer");

    // They wait to be asked about, not to be sent.
    CHECK((*store).due_deliveries("robot", at(20), 10).empty());
    CHECK_FALSE((*store).next_delivery_due("robot"));
    CHECK(ids_of((*store).asked_about("robot", 10)) == std::vector<DeliveryId>{other, one});
    CHECK(ids_of((*store).asked_about("robot", 1)) == std::vector<DeliveryId>{other});
    CHECK(ids_of((*store).asked_about(10)) == std::vector<DeliveryId>{one, other, elsewhere});
    CHECK((*store).unsettled_of_run(asked.run).size() == 1);

    (*store).ask_again(one, at(30), "no answer yet");
    CHECK(delivery_now(*store, one).asks == 1);
    CHECK(delivery_now(*store, one).due_at == at(30));
    CHECK(delivery_now(*store, one).reason == "no answer yet");

    (*store).stop_asking(other, at(12), "not taken");
    const Delivery free = delivery_now(*store, other);
    CHECK_FALSE(free.asks);
    CHECK_FALSE(free.in_doubt);
    CHECK(ids_of((*store).due_deliveries("robot", at(20), 10)) == std::vector<DeliveryId>{other});
    CHECK_THROWS_AS((*store).ask_again(other, at(30), ""), StoreError);
    CHECK_THROWS_AS((*store).stop_asking(other, at(30), ""), StoreError);

    (*store).settle(one, DeliveryState::sent, "", at(40));
    CHECK_FALSE(delivery_now(*store, one).asks);
    (*store).resend(elsewhere, at(41), "asked no more");
    CHECK_FALSE(delivery_now(*store, elsewhere).asks);
    CHECK(delivery_now(*store, elsewhere).in_doubt);
    CHECK((*store).asked_about(10).empty());
}

TEMPLATE_TEST_CASE("what is not to be sent any more is noted of what may have been taken",
                   "[store]", MemoryStore, FileStore) {
    TestType store;
    const DeliveryId waiting = add_pending(*store, "g1", 5).delivery;
    const DeliveryId under_way = add_pending(*store, "g2", 5).delivery;
    (*store).mark_attempting(under_way);
    (*store).end_unless_taken(waiting, DeliveryState::exited, "left");
    CHECK_FALSE(delivery_now(*store, waiting).unless_taken);

    (*store).end_unless_taken(under_way, DeliveryState::exited, "left");
    (*store).end_unless_taken(under_way, DeliveryState::failed, "late");
    CHECK((*store).resend_attempting("robot", at(9)) == 0);
    (*store).ask_about(under_way, at(9), "no answer");
    (*store).ask_again(under_way, at(10), "no answer yet");
    CHECK(delivery_now(*store, under_way).unless_taken == DeliveryState::exited);
    CHECK(delivery_now(*store, under_way).reason == "left");
    (*store).settle(under_way, DeliveryState::exited, "left", at(11));
    CHECK_FALSE(delivery_now(*store, under_way).unless_taken);
    CHECK_FALSE((*store).find_delivery(under_way + 1));
    CHECK((*store).find_delivery(under_way).value().delivery.state == DeliveryState::exited);
}

TEMPLATE_TEST_CASE("of all uses for a delivery it may be known that none was taken", "[store]",
                   MemoryStore, FileStore) {
    TestType store;
    const auto use = [](int second, DeliveryId delivery) {
        return ChannelUse{"robot", at(second), delivery, SubjectKind::group, "g1"};
    };
    const auto taken = [&store] {
        return (*store).count_taken("robot", SubjectKind::group, "g1", at(0), at(9), 0);
    };
    for (const auto& [second, delivery] : {std::pair{1, 7}, {2, 8}, {3, 7}})
        (*store).add_channel_use(use(second, delivery));
    CHECK(taken() == 3);
    (*store).set_none_taken(use(9, 7));
    CHECK(taken() == 1);
    CHECK((*store).count_channel_uses("robot", at(0), at(9)) == 3);
}

TEMPLATE_TEST_CASE("uses of a channel are counted by time and by subject", "[store]", MemoryStore,
                   FileStore) {
    TestType store;
    const auto use = [](const char* channel, int second, DeliveryId delivery, const char* subject) {
        return ChannelUse{channel, at(second), delivery, SubjectKind::group, subject};
    };
    (*store).add_channel_use(use("robot", 1, 1, "g1"));
    (*store).add_channel_use(use("robot", 2, 2, "g2"));
    (*store).add_channel_use(use("robot", 3, 3, "g1"));
    (*store).add_channel_use(use("mail", 3, 4, "g1"));

    CHECK((*store).count_channel_uses("robot", at(0), at(9)) == 3);
    CHECK((*store).count_channel_uses("robot", at(1), at(9)) == 2);
    CHECK((*store).count_channel_uses("robot", at(0), at(2)) == 2);
    CHECK((*store).latest_channel_use("robot", at(9), 0) == at(3));
    CHECK((*store).latest_channel_use("robot", at(9), 2) == at(1));
    CHECK((*store).latest_channel_use("robot", at(2), 0) == at(2));
    CHECK_FALSE((*store).latest_channel_use("robot", at(9), 3));

    const auto taken_by_g1 = [&store](DeliveryId except) {
        return (*store).count_taken("robot", SubjectKind::group, "g1", at(0), at(9), except);
    };
    CHECK(taken_by_g1(0) == 2);
    CHECK(taken_by_g1(3) == 1);
    CHECK((*store).count_taken("robot", SubjectKind::member, "g1", at(0), at(9), 0) == 0);
    (*store).set_not_taken(use("robot", 3, 3, "g1"));
    CHECK(taken_by_g1(0) == 1);
    CHECK((*store).count_channel_uses("robot", at(0), at(9)) == 3);

    (*store).forget_channel_uses_before("robot", at(3));
    CHECK((*store).count_channel_uses("robot", at(0), at(9)) == 1);
    CHECK((*store).count_channel_uses("mail", at(0), at(9)) == 1);
}

TEMPLATE_TEST_CASE("deliveries are listed by id, by state and page by page", "[store]", MemoryStore,
                   FileStore) {
    TestType store;
    const DeliveryId first = add_pending(*store, "g1", 9).delivery;
    const DeliveryId second = add_pending(*store, "g2", 5).delivery;
    const DeliveryId third = add_pending(*store, "g3", 7).delivery;
    (*store).settle(second, DeliveryState::failed, "HTTP 404", at(6));

    CHECK(ids_of((*store).list_deliveries({})) == std::vector<DeliveryId>{first, second, third});
    CHECK(ids_of((*store).list_deliveries({.limit = 1, .after = first})) ==
          std::vector<DeliveryId>{second});
    CHECK(ids_of((*store).list_deliveries({.state = DeliveryState::failed})) ==
          std::vector<DeliveryId>{second});
    CHECK(ids_of((*store).list_deliveries({.state = DeliveryState::pending})) ==
          std::vector<DeliveryId>{first, third});
    CHECK((*store).list_deliveries({.after = third}).empty());
}

TEMPLATE_TEST_CASE("every planned delivery is counted once, by rule, state and reason", "[store]",
                   MemoryStore, FileStore) {
    TestType store;
    CHECK((*store).summarize_deliveries().empty());
    const Outboxed one = add_pending(*store, "g1", 5);
    const DeliveryId two = add_pending(*store, "g2", 5).delivery;
    add_pending(*store, "g3", 5);
    (*store).settle(one.delivery, DeliveryState::skipped, "late", at(6));
    (*store).settle(two, DeliveryState::skipped, "late", at(6));
    // Skipped before its text was made: it has no message.
    (*store).add_delivery({.run = one.run,
                           .step = 1,
                           .channel = "robot",
                           .planned_for = at(5),
                           .state = DeliveryState::skipped,
                           .reason = "before admission"});

    const auto summary = (*store).summarize_deliveries();
    REQUIRE(summary.size() == 3);
    CHECK(summary[0].playbook == "members");
    CHECK(summary[0].rule == "check_in");
    CHECK(summary[0].state == DeliveryState::pending);
    CHECK(summary[0].count == 1);
    CHECK(summary[1].state == DeliveryState::skipped);
    CHECK(summary[1].reason == "before admission");
    CHECK(summary[1].count == 1);
    CHECK(summary[2].reason == "late");
    CHECK(summary[2].count == 2);
    CHECK((*store).list_deliveries({}).back().text.empty());
}

// ---- events -------------------------------------------------------------------------------------

TEMPLATE_TEST_CASE("an event is taken once, comes back whole, and in the order of its time",
                   "[store]", MemoryStore, FileStore) {
    TestType store;
    const Event order{.id = "e2",
                      .type = "order",
                      .group = "g1",
                      .member = "m1",
                      .at = at(5),
                      .received_at = at(6),
                      .fields = {{"amount", "59.00 CNY"}, {"说明", "引号 \" 与 \\ 与\n换行"}}};
    CHECK((*store).add_event(order));
    CHECK_FALSE((*store).add_event({.id = "e2", .type = "join", .at = at(1)}));
    CHECK((*store).add_event({.id = "e3", .type = "join", .at = at(4)}));
    CHECK((*store).add_event({.id = "e1", .type = "join", .at = at(5)}));
    CHECK((*store).add_event({.id = "e0", .type = "join", .at = at(9)}));

    const Event found = (*store).find_event("e2").value();
    CHECK(found.type == "order");
    CHECK(found.group == "g1");
    CHECK(found.member == "m1");
    CHECK(found.at == at(5));
    CHECK(found.received_at == at(6));
    CHECK(found.fields == order.fields);
    CHECK_FALSE((*store).find_event("e3")->group);
    CHECK_FALSE((*store).find_event("e3")->member);
    CHECK_FALSE((*store).find_event("e9"));

    CHECK(ids_of((*store).due_events(at(5), 10)) == Ids{"e3", "e1", "e2"});
    CHECK(ids_of((*store).due_events(at(5), 1)) == Ids{"e3"});
    CHECK((*store).next_event_at() == at(4));

    (*store).mark_processed("e3");
    CHECK(ids_of((*store).due_events(at(5), 10)) == Ids{"e1", "e2"});
    CHECK((*store).next_event_at() == at(5));
    CHECK_FALSE((*store).add_event({.id = "e3", .type = "join", .at = at(4)}));
    CHECK_THROWS_AS((*store).mark_processed("e9"), StoreError);
}

TEMPLATE_TEST_CASE("the fields of an event come back as they were", "[store]", MemoryStore,
                   FileStore) {
    TestType store;
    const auto fields = GENERATE(values<std::map<std::string, std::string>>({
        {},
        {{"a", ""}},
        {{"", "a"}},
        {{"a", "b, {c: d}, [e]"}, {"说明", "，"}, {"z", "1"}},
        {{"a", "b"}, {"c", R"(","d":")"}},
        {{R"(a":"b)", "c"}},
        {{"a", R"(b\)"}},
    }));
    (*store).add_event({.id = "e1", .type = "order", .fields = fields});
    CHECK((*store).find_event("e1")->fields == fields);
}

TEMPLATE_TEST_CASE("what an event says besides comes back as it was", "[store]", MemoryStore,
                   FileStore) {
    TestType store;
    (*store).add_event({.id = "e1", .type = "order", .extra = R"({"shop":{"id":7}})"});
    (*store).add_event({.id = "e2", .type = "order"});
    CHECK((*store).find_event("e1")->extra == R"({"shop":{"id":7}})");
    CHECK((*store).find_event("e2")->extra.empty());
}

TEMPLATE_TEST_CASE("the latest events of a group or member are told, and what waits", "[store]",
                   MemoryStore, FileStore) {
    TestType store;
    CHECK((*store).backlog(at(100)) == EventBacklog{});
    const auto add = [&](const std::string& id, const std::string& type, int minute) {
        (*store).add_event(
            {.id = id, .type = type, .group = "g1", .member = "m1", .at = at(minute)});
    };
    add("e2", "order", 7);
    add("e1", "join", 3);
    add("e3", "leave", 7);
    add("e4", "join", 20);
    (*store).add_event({.id = "e5", .type = "join", .group = "g2", .at = at(8)});

    CHECK(ids_of((*store).latest_events_of(SubjectKind::member, "m1", 3)) == Ids{"e4", "e3", "e2"});
    CHECK(ids_of((*store).latest_events_of(SubjectKind::group, "g1", 10)) ==
          Ids{"e4", "e3", "e2", "e1"});
    CHECK((*store).latest_events_of(SubjectKind::member, "g1", 3).empty());

    CHECK((*store).backlog(at(8)) == EventBacklog{4, at(3)});
    (*store).mark_processed("e1");
    CHECK((*store).backlog(at(8)) == EventBacklog{3, at(7)});
}

TEMPLATE_TEST_CASE("what came in is counted by what became of it", "[store]", MemoryStore,
                   FileStore) {
    TestType store;
    CHECK((*store).intake_counts().empty());
    using enum IntakeOutcome;
    (*store).count_intake({.outcome = rejected, .reason = "future", .count = 2});
    (*store).count_intake({.outcome = accepted, .count = 5});
    (*store).count_intake({.outcome = rejected, .reason = "future", .count = 1});
    (*store).count_intake({.outcome = duplicate, .count = 1});
    (*store).count_intake({.outcome = rejected, .reason = "past", .count = 4});
    CHECK((*store).intake_counts() == std::vector<IntakeCount>{{accepted, "", 5},
                                                               {duplicate, "", 1},
                                                               {rejected, "future", 3},
                                                               {rejected, "past", 4}});
}

TEMPLATE_TEST_CASE("of what was rejected the latest are kept", "[store]", MemoryStore, FileStore) {
    TestType store;
    CHECK((*store).rejected_events(10).empty());
    const auto rejected = [](std::int64_t line) {
        return RejectedEvent{at(5), "events.ndjson", line, "not JSON", "why", "{"};
    };
    {
        const auto transaction = (*store).begin();
        for (std::int64_t line = 1; line <= rejected_events_kept + 3; ++line)
            (*store).add_rejected_event(rejected(line));
        transaction->commit();
    }
    CHECK((*store).rejected_events(2) ==
          std::vector<RejectedEvent>{rejected(rejected_events_kept + 3),
                                     rejected(rejected_events_kept + 2)});
    const auto all = (*store).rejected_events(every_row);
    CHECK(all.size() == static_cast<std::size_t>(rejected_events_kept));
    CHECK(all.back() == rejected(4));
}

TEMPLATE_TEST_CASE("a store knows as of when conditions were looked at last", "[store]",
                   MemoryStore, FileStore) {
    TestType store;
    CHECK_FALSE((*store).looked_through());
    (*store).set_looked_through(at(7));
    (*store).set_looked_through(at(9));
    CHECK((*store).looked_through() == at(9));
}

TEMPLATE_TEST_CASE("an event field that is not UTF-8 is refused", "[store]", MemoryStore,
                   FileStore) {
    TestType store;
    CHECK_THROWS_AS((*store).add_event({.id = "e1", .type = "order", .fields = {{"a", "\xff"}}}),
                    StoreError);
    CHECK_FALSE((*store).find_event("e1"));
}

// ---- directory ----------------------------------------------------------------------------------

TEMPLATE_TEST_CASE("a record is exactly what was put last", "[store]", MemoryStore, FileStore) {
    TestType store;
    const Group group{.id = "g1", .name = "一群", .owner = "Li", .tags = {"a", "b"}};
    const Group changed{.id = "g1", .name = "二群", .owner = "", .tags = {"b", "c"}};
    (*store).put_group(group);
    CHECK((*store).find_group("g1") == group);
    (*store).put_group(changed);
    CHECK((*store).find_group("g1") == changed);
    (*store).put_group({.id = "g2"});

    const Member member{.id = "m1", .name = "王", .groups = {"g1", "g2"}, .tags = {"x", "y"}};
    const Member moved{.id = "m1", .name = "王芳", .groups = {"g2"}, .tags = {}};
    (*store).put_member(member);
    CHECK((*store).find_member("m1") == member);
    (*store).put_member(moved);
    CHECK((*store).find_member("m1") == moved);

    CHECK_FALSE((*store).find_group("m1"));
    CHECK_FALSE((*store).find_member("g1"));
    CHECK((*store).count_directory().groups == 2);
    CHECK((*store).count_directory().members == 1);
}

TEMPLATE_TEST_CASE("tags and groups come back sorted and once", "[store]", MemoryStore, FileStore) {
    TestType store;
    (*store).put_group({.id = "g2", .tags = {"b", "a", "b"}});
    (*store).put_group({.id = "g1"});
    (*store).put_member({.id = "m1", .groups = {"g2", "g1", "g2"}, .tags = {"z", "y"}});
    CHECK((*store).find_group("g2")->tags == Ids{"a", "b"});
    CHECK((*store).find_member("m1")->groups == Ids{"g1", "g2"});
    CHECK((*store).find_member("m1")->tags == Ids{"y", "z"});
}

TEMPLATE_TEST_CASE("a member of a group that is not there is refused whole", "[store]", MemoryStore,
                   FileStore) {
    TestType store;
    CHECK_THROWS_AS((*store).put_member({.id = "m1", .groups = {"nowhere"}}), StoreError);
    CHECK_FALSE((*store).find_member("m1"));
}

TEMPLATE_TEST_CASE("an audience carries a tag of each clause", "[store]", MemoryStore, FileStore) {
    TestType store;
    (*store).put_group({.id = "g1", .tags = {"member", "vip"}});
    (*store).put_group({.id = "g2", .tags = {"member"}});
    (*store).put_group({.id = "g3", .tags = {"visitor", "vip"}});
    (*store).put_group({.id = "g4", .tags = {"member", "visitor", "new"}});
    (*store).put_group({.id = "g5"});
    (*store).put_member({.id = "m1", .tags = {"member"}});
    (*store).put_member({.id = "m2", .tags = {"reader", "vip"}});
    (*store).put_member({.id = "m3", .tags = {"reader"}});

    struct Row {
        SubjectKind kind;
        std::vector<Ids> tagged;
        Ids expected;
    };
    const auto row = GENERATE(values<Row>({
        {SubjectKind::group, {}, {"g1", "g2", "g3", "g4", "g5"}},
        {SubjectKind::group, {{"member"}}, {"g1", "g2", "g4"}},
        {SubjectKind::group, {{"member", "visitor"}}, {"g1", "g2", "g3", "g4"}},
        {SubjectKind::group, {{"member"}, {"vip"}}, {"g1"}},
        {SubjectKind::group, {{"visitor", "member"}, {"vip", "new"}}, {"g1", "g3", "g4"}},
        {SubjectKind::group, {{"member"}, {"visitor"}, {"new"}}, {"g4"}},
        {SubjectKind::group, {{"member"}, {"nothing"}}, {}},
        {SubjectKind::group, {{"nothing"}}, {}},
        {SubjectKind::group, {{}}, {}},
        {SubjectKind::group, {{"member"}, {}}, {}},
        {SubjectKind::member, {}, {"m1", "m2", "m3"}},
        {SubjectKind::member, {{"member"}}, {"m1"}},
        {SubjectKind::member, {{"reader"}, {"vip", "member"}}, {"m2"}},
    }));
    const Audience audience{.kind = row.kind, .tagged = row.tagged};
    CAPTURE(row.tagged);

    CHECK((*store).audience_page(audience, "", 100) == row.expected);

    Ids paged;
    for (Ids page = (*store).audience_page(audience, "", 1); !page.empty();
         page = (*store).audience_page(audience, paged.back(), 1)) {
        REQUIRE(page.size() == 1);
        paged.push_back(page[0]);
    }
    CHECK(paged == row.expected);
    CHECK((*store).count_audience(audience) == row.expected.size());

    for (const std::string id : {"g1", "g2", "g3", "g4", "g5", "m1", "m2", "m3", "nobody"}) {
        const bool expected =
            std::find(row.expected.begin(), row.expected.end(), id) != row.expected.end();
        CAPTURE(id);
        CHECK((*store).is_in_audience(audience, id) == expected);
    }
}

TEMPLATE_TEST_CASE("an audience goes on after an id that has left meanwhile", "[store]",
                   MemoryStore, FileStore) {
    TestType store;
    (*store).put_group({.id = "g1", .tags = {"member"}});
    (*store).put_group({.id = "g3", .tags = {"member"}});
    CHECK((*store).audience_page({.tagged = {{"member"}}}, "g2", 10) == Ids{"g3"});
    CHECK((*store).audience_page({.tagged = {{"member"}}}, "g3", 10).empty());
}

TEMPLATE_TEST_CASE("a tag moves its subject between audiences", "[store]", MemoryStore, FileStore) {
    TestType store;
    (*store).put_group({.id = "x", .tags = {}});
    (*store).put_member({.id = "x", .tags = {}});
    const auto kind = GENERATE(SubjectKind::group, SubjectKind::member);
    const auto other = kind == SubjectKind::group ? SubjectKind::member : SubjectKind::group;
    const auto in = [&](SubjectKind of) {
        return (*store).is_in_audience({.kind = of, .tagged = {{"reader"}}}, "x");
    };

    (*store).add_tag(kind, "x", "reader");
    (*store).add_tag(kind, "x", "reader");
    CHECK(in(kind));
    CHECK_FALSE(in(other));

    (*store).add_tag(kind, "nobody", "reader");
    CHECK((*store).audience_page({.kind = kind, .tagged = {{"reader"}}}, "", 10) == Ids{"x"});

    (*store).remove_tag(kind, "x", "reader");
    (*store).remove_tag(kind, "x", "reader");
    (*store).remove_tag(kind, "nobody", "reader");
    CHECK_FALSE(in(kind));
}

// ---- transactions -------------------------------------------------------------------------------

TEMPLATE_TEST_CASE("what leaves scope without a commit has not happened", "[store]", MemoryStore,
                   FileStore) {
    TestType store;
    {
        const auto transaction = (*store).begin();
        (*store).put_group({.id = "g1", .tags = {"member"}});
        (*store).add_event({.id = "e1", .type = "join"});
        CHECK((*store).find_group("g1"));
    }
    CHECK_FALSE((*store).find_group("g1"));
    CHECK_FALSE((*store).find_event("e1"));
    CHECK((*store).audience_page({.tagged = {{"member"}}}, "", 10).empty());

    const auto transaction = (*store).begin();
    (*store).put_group({.id = "g2"});
    transaction->commit();
    CHECK((*store).find_group("g2"));
}

TEMPLATE_TEST_CASE("an exception undoes the transaction it leaves, and a new one can begin",
                   "[store]", MemoryStore, FileStore) {
    TestType store;
    const auto fail_halfway = [&] {
        const auto transaction = (*store).begin();
        add_pending(*store, "g1", 5);
        (*store).mark_attempting(999);
        transaction->commit();
    };
    CHECK_THROWS_AS(fail_halfway(), StoreError);
    CHECK((*store).list_deliveries({}).empty());
    CHECK_FALSE((*store).latest_plan());

    const auto transaction = (*store).begin();
    add_pending(*store, "g1", 5);
    transaction->commit();
    CHECK((*store).list_deliveries({}).size() == 1);
}

TEMPLATE_TEST_CASE("only one transaction is open at a time", "[store]", MemoryStore, FileStore) {
    TestType store;
    const auto outer = (*store).begin();
    (*store).put_group({.id = "g1"});
    CHECK_THROWS_AS((*store).begin(), StoreError);
    outer->commit();
    CHECK((*store).find_group("g1"));
}

TEST_CASE("all of it survives closing and opening again", "[store]") {
    FileStore store;
    Group group{.id = "g1", .name = "一群", .owner = "Li", .tags = {"member"}};
    const Member member{.id = "m1", .name = "王", .groups = {"g1"}, .tags = {"reader"}};
    (*store).put_group(group);
    (*store).put_member(member);
    (*store).add_event({.id = "e1", .type = "join", .at = at(1)});
    const PlanVersion plan = add_plan(*store);
    const RuleId rule = add_rule(*store);
    (*store).set_fired_through(rule, at(50));
    const FiringId firing = (*store).add_firing(a_firing(rule, plan, "unexpanded")).value();
    const RunId run = (*store).add_run(a_run(rule, firing, "g1", at(60))).value();
    const DeliveryId pending = add_pending(*store, "g1", 5).delivery;
    const DeliveryId attempting = add_pending(*store, "g2", 5).delivery;
    (*store).mark_attempting(attempting);
    const MessageId message = (*store).intern_message({"Good morning", {}});

    store.reopen();

    group.size = 1;
    CHECK((*store).find_group("g1") == group);
    CHECK((*store).find_member("m1") == member);
    CHECK(ids_of((*store).due_events(at(1), 10)) == Ids{"e1"});
    CHECK((*store).find_plan(plan)->json == "{}");
    CHECK((*store).find_or_add_rule("members", "check_in", at(0)).fired_through == at(50));
    CHECK((*store).firings_to_expand(1).at(0).id == firing);
    CHECK_FALSE((*store).add_firing(a_firing(rule, plan, "unexpanded")));
    CHECK(ids_of((*store).due_runs(at(60), 10)) == std::vector<RunId>{run});
    CHECK(ids_of((*store).due_deliveries("robot", at(5), 10)) == std::vector<DeliveryId>{pending});
    CHECK((*store).settle_attempting_as_unknown(at(70)) == 1);
    CHECK(ids_of((*store).list_deliveries({.state = DeliveryState::unknown})) ==
          std::vector<DeliveryId>{attempting});
    CHECK((*store).intern_message({"Good morning", {}}) == message);
}

}  // namespace
}  // namespace sop::runtime
