// The directory as every store keeps it: what is known of groups and members, who is gone, members
// of groups, imports and erasure.
#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>

#include "runtime/store/directory_change.h"
#include "runtime/store/store.h"
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

Ids all_pages(Store& store, const Audience& audience, std::size_t limit) {
    Ids ids;
    for (std::string after;;) {
        const auto page = store.audience_page(audience, after, limit);
        ids.insert(ids.end(), page.begin(), page.end());
        if (page.size() < limit) return ids;
        after = page.back();
    }
}

}  // namespace

TEMPLATE_TEST_CASE("all that is known of a group or member comes back", "[store][directory]",
                   MemoryStore, FileStore) {
    TestType fixture;
    Store& store = *fixture;
    Group group{.id = "g1",
                .name = "One",
                .owner = "li",
                .tags = {"a"},
                .zone = "Asia/Tokyo",
                .created_at = at(1),
                .dissolved_at = at(2),
                .staff = {{"admin", {"m1", "m2"}}, {"koc", {"m3"}}},
                .attributes = {{"city", "Hangzhou"}, {"floor", "3"}}};
    store.put_group(group);
    CHECK(store.find_group("g1") == group);
    Member member{.id = "m1",
                  .name = "Wang",
                  .groups = {"g1"},
                  .tags = {"b"},
                  .zone = "Europe/Paris",
                  .invited_by = "m2",
                  .opted_out_at = at(3),
                  .gone_at = at(4),
                  .attributes = {{"city", "12"}}};
    store.put_member(member);
    CHECK(store.find_member("m1") == member);
    group.size = 1;
    CHECK(store.find_group("g1") == group);
    CHECK(store.list_attributes(SubjectKind::group) ==
          std::vector<AttributeName>{{"city", false}, {"floor", true}});
    CHECK(store.list_attributes(SubjectKind::member) == std::vector<AttributeName>{{"city", true}});
    store.put_member({.id = "m1", .attributes = {{"city", "x"}}});
    CHECK(store.list_attributes(SubjectKind::member) ==
          std::vector<AttributeName>{{"city", false}});
}

TEMPLATE_TEST_CASE("a group's size is how many members it has now", "[store][directory]",
                   MemoryStore, FileStore) {
    TestType fixture;
    Store& store = *fixture;
    const auto size = [&] { return store.find_group("g1").value().size; };
    store.put_group({.id = "g1"});
    for (const char* id : {"m1", "m2"}) store.put_member({.id = id, .groups = {"g1"}});
    CHECK(size() == 2);
    store.join({"m3", "g1"}, at(1));
    store.join({"m3", "g1"}, at(2));
    CHECK(size() == 3);
    CHECK(store.find_membership({"m3", "g1"}) == Joined{at(1)});
    CHECK(store.find_membership({"m1", "g1"}) == Joined{});
    CHECK_FALSE(store.find_membership({"m4", "g1"}));
    // What nobody knew may be told later.
    store.join({"m1", "g1"}, at(5));
    CHECK(store.find_member("m1")->joined_at == at(5));
    CHECK(store.leave({"m1", "g1"}));
    CHECK_FALSE(store.leave({"m1", "g1"}));
    store.put_member({.id = "m2"});
    CHECK(size() == 1);
}

TEMPLATE_TEST_CASE("who is gone is in no audience, and is known all the same", "[store][directory]",
                   MemoryStore, FileStore) {
    TestType fixture;
    Store& store = *fixture;
    for (const char* id : {"g1", "g2"}) store.put_group({.id = id, .tags = {"t"}});
    for (const char* id : {"m1", "m2", "m3"})
        store.put_member({.id = id, .groups = {"g1", "g2"}, .tags = {"t"}});
    CHECK(store.dissolve("g1", at(1)));
    CHECK_FALSE(store.dissolve("g1", at(2)));
    CHECK_FALSE(store.dissolve("none", at(2)));
    store.put_member({.id = "m2", .groups = {"g1", "g2"}, .tags = {"t"}, .gone_at = at(1)});
    for (const bool tagged : {false, true}) {
        Audience groups{.kind = SubjectKind::group};
        Audience members{.kind = SubjectKind::member};
        if (tagged) groups.tagged = members.tagged = {{"t", "u"}};
        CHECK(all_pages(store, groups, 10) == Ids{"g2"});
        CHECK(all_pages(store, members, 10) == Ids{"m1", "m3"});
        CHECK(store.count_audience(groups) == 1);
        CHECK(store.count_audience(members) == 2);
        CHECK_FALSE(store.is_in_audience(groups, "g1"));
        CHECK_FALSE(store.is_in_audience(members, "m2"));
    }
    CHECK(store.count_audience({.kind = SubjectKind::member, .tagged = {{"t"}}}) == 2);
    CHECK(store.count_audience({.kind = SubjectKind::member, .tagged = {{"t"}, {"u"}}}) == 0);
    CHECK(store.directory_page(SubjectKind::member, "", 10) == Ids{"m1", "m2", "m3"});
    CHECK(store.directory_page(SubjectKind::group, "g1", 10) == Ids{"g2"});
    store.join({"m2", "g2"}, at(3));
    CHECK(store.is_in_audience({.kind = SubjectKind::member}, "m2"));
}

TEMPLATE_TEST_CASE("as many carry any of some tags as are found by them", "[store][directory]",
                   MemoryStore, FileStore) {
    TestType fixture;
    Store& store = *fixture;
    const Ids names{"a", "b", "c"};
    // One more carries each set than the one before it, and the last of them is gone.
    for (unsigned set = 0; set < 8; ++set) {
        Ids tags;
        for (std::size_t i = 0; i < names.size(); ++i) {
            if ((set >> i & 1U) != 0) tags.push_back(names[i]);
        }
        for (unsigned i = 0; i <= set; ++i) {
            const std::string id = "x" + std::to_string(10 * set + i);
            store.put_group({.id = id, .tags = tags});
            if (i == set) store.dissolve(id, at(1));
            Member member{.id = id, .tags = tags};
            if (i == set) member.gone_at = at(1);
            store.put_member(member);
        }
    }
    for (const SubjectKind kind : {SubjectKind::group, SubjectKind::member}) {
        for (const Ids& clause : {Ids{"a"},
                                  {"a", "b"},
                                  {"b", "a"},
                                  {"c", "a", "b"},
                                  {"b", "b"},
                                  {"none", "c"},
                                  {"none"},
                                  {}}) {
            CAPTURE(clause);
            const Audience audience{.kind = kind, .tagged = {clause}};
            CHECK(store.count_audience(audience) == all_pages(store, audience, 100).size());
        }
    }
}

TEMPLATE_TEST_CASE("members of groups come group by group, each as one of its group",
                   "[store][directory]", MemoryStore, FileStore) {
    TestType fixture;
    Store& store = *fixture;
    for (const char* id : {"g1", "g10", "g2", "g3", "g4"})
        store.put_group({.id = id, .tags = {"t"}});
    store.put_group({.id = "g5"});
    store.put_member({.id = "m1", .groups = {"g1", "g10", "g2", "g5"}});
    store.put_member({.id = "m2", .groups = {"g1", "g2"}});
    store.put_member({.id = "m3", .groups = {"g4"}, .gone_at = at(1)});
    const auto subject = [](const char* member, const char* group) {
        return to_subject({member, group});
    };
    const Ids expected{subject("m1", "g1"), subject("m2", "g1"), subject("m1", "g10"),
                       subject("m1", "g2"), subject("m2", "g2")};
    Audience audience{.kind = SubjectKind::member, .tagged = {{"t"}}, .of_groups = true};
    for (const std::size_t limit : {1U, 2U, 3U, 10U})
        CHECK(all_pages(store, audience, limit) == expected);
    CHECK(store.is_in_audience(audience, subject("m1", "g1")));
    CHECK_FALSE(store.is_in_audience(audience, subject("m1", "g5")));
    CHECK_FALSE(store.is_in_audience(audience, subject("m2", "g10")));
    CHECK_FALSE(store.is_in_audience(audience, "m1"));
    CHECK_FALSE(store.is_in_audience({.kind = SubjectKind::member}, subject("m1", "g1")));
    CHECK_FALSE(store.count_audience(audience));
    store.dissolve("g1", at(1));
    CHECK(all_pages(store, audience, 2) == Ids(expected.begin() + 2, expected.end()));
    audience.ids = {"g2", "g1"};
    CHECK(all_pages(store, audience, 1) == Ids(expected.begin() + 3, expected.end()));
}

TEST_CASE("a member in a group has an id that no group or member has", "[store][directory]") {
    const Membership membership{"m 1", "g/1"};
    CHECK(membership_from(to_subject(membership)) == membership);
    CHECK_FALSE(membership_from("m1"));
    CHECK(is_usable_id("m 1/é"));
    CHECK_FALSE(is_usable_id(""));
    CHECK_FALSE(is_usable_id(to_subject(membership)));
}

TEMPLATE_TEST_CASE("opting out and in, zones, and talk", "[store][directory]", MemoryStore,
                   FileStore) {
    TestType fixture;
    Store& store = *fixture;
    store.put_group({.id = "g1"});
    for (const auto& [id, zone] : std::vector<std::pair<std::string, std::string>>{
             {"m1", "Europe/Paris"}, {"m2", "Asia/Tokyo"}, {"m3", ""}, {"m4", "Asia/Tokyo"}})
        store.put_member({.id = id, .zone = zone});
    CHECK(store.member_zones() == Ids{"Asia/Tokyo", "Europe/Paris"});
    CHECK(store.members_in_zone("Asia/Tokyo", "", 1) == Ids{"m2"});
    CHECK(store.members_in_zone("Asia/Tokyo", "m2", 5) == Ids{"m4"});
    CHECK(store.opt_out("m1", at(1)));
    CHECK_FALSE(store.opt_out("m1", at(2)));
    CHECK(store.find_member("m1")->opted_out_at == at(1));
    CHECK(store.opt_in("m1"));
    CHECK_FALSE(store.opt_in("m1"));
    CHECK_FALSE(store.find_member("m1")->opted_out_at);
    store.note_talk("g1", at(5));
    store.note_talk("g1", at(3));
    CHECK(store.find_group("g1")->talked_at == at(5));
    const RuleId rule = store.find_or_add_rule("p", "r", at(0)).id;
    CHECK_FALSE(store.zone_fired_through(rule, "Asia/Tokyo"));
    store.set_zone_fired_through(rule, "Asia/Tokyo", at(1));
    store.set_zone_fired_through(rule, "Asia/Tokyo", at(2));
    CHECK(store.zone_fired_through(rule, "Asia/Tokyo") == at(2));
}

TEMPLATE_TEST_CASE("an import is kept with its counts, and by the records it changed",
                   "[store][directory]", MemoryStore, FileStore) {
    TestType fixture;
    Store& store = *fixture;
    store.put_group({.id = "g1"});
    ImportEntry first{.kind = SubjectKind::group, .source = "a.csv", .by = "li", .at = at(1)};
    first.id = store.add_import(first);
    ImportEntry second{.kind = SubjectKind::member, .source = "b.csv", .by = "wu", .at = at(2)};
    second.id = store.add_import(second);
    first.added = 1;
    first.changed = 2;
    first.unchanged = 3;
    first.marked = 4;
    first.finished = true;
    store.update_import(first);
    CHECK(store.list_imports(10) == std::vector<ImportEntry>{second, first});
    CHECK(store.list_imports(1) == std::vector<ImportEntry>{second});
    CHECK_FALSE(store.import_of(SubjectKind::group, "g1"));
    store.set_import(SubjectKind::group, "g1", first.id);
    CHECK(store.import_of(SubjectKind::group, "g1") == first.id);
}

TEST_CASE("what an import changed can be told in an event", "[store][directory]") {
    const DirectoryChange change{
        SubjectKind::member, {"m1", "m2", "m3"}, {"m1"}, {"m2"}, {{"m3", "g1"}, {"m3", "g2"}}};
    const Event event = event_of(change, "import:1/1", at(1));
    CHECK(read_directory_change(event) == change);
    CHECK_FALSE(read_directory_change({.id = "x", .type = "order"}));
}

TEMPLATE_TEST_CASE("runs and messages of a subject are found, whatever they wait for",
                   "[store][directory]", MemoryStore, FileStore) {
    TestType fixture;
    Store& store = *fixture;
    const PlanVersion plan = store.add_plan(at(0), "hash", "{}");
    const RuleId rule = store.find_or_add_rule("p", "r", at(0)).id;
    const auto add = [&](const std::string& key, SubjectKind kind, const std::string& subject,
                         RunState state) {
        const FiringId firing =
            store.add_firing({.rule = rule, .key = key, .plan = plan, .subject_kind = kind})
                .value();
        const RunId run = store
                              .add_run({.firing = firing,
                                        .rule = rule,
                                        .subject = subject,
                                        .state = state,
                                        .due_at = at(1)})
                              .value();
        return store.add_delivery({.run = run,
                                   .channel = "hook",
                                   .message = store.intern_message({.text = "to " + subject}),
                                   .planned_for = at(1),
                                   .due_at = at(1)});
    };
    store.put_group({.id = "x", .name = "Group x"});
    store.put_member({.id = "x", .name = "Member x", .groups = {"x"}});
    const auto of_group = add("1", SubjectKind::group, "x", RunState::running);
    const auto of_member = add("2", SubjectKind::member, "x", RunState::queued);
    const auto of_both = add("3", SubjectKind::member, to_subject({"x", "x"}), RunState::waiting);
    const auto of_other = add("4", SubjectKind::member, to_subject({"y", "x"}), RunState::running);
    const auto runs = [&](SubjectKind kind, const std::string& subject) {
        return store.unfinished_runs_of(kind, subject).size();
    };
    CHECK(runs(SubjectKind::group, "x") == 3);
    CHECK(runs(SubjectKind::member, "x") == 1);
    CHECK(runs(SubjectKind::member, to_subject({"x", "x"})) == 1);
    const auto messages = [&](SubjectKind kind, const Ids& ids) {
        std::vector<DeliveryId> found;
        for (const DueDelivery& due : store.unsettled_of(kind, ids))
            found.push_back(due.delivery.id);
        return found;
    };
    using Found = std::vector<DeliveryId>;
    CHECK(messages(SubjectKind::group, {"x"}) == Found{of_group, of_both, of_other});
    CHECK(messages(SubjectKind::member, {"x"}) == Found{of_member, of_both});
    store.mark_attempting(of_both);
    CHECK(messages(SubjectKind::member, {"x", "y"}) == Found{of_member, of_both, of_other});
    store.settle(of_both, DeliveryState::sent, "", at(2));
    CHECK(messages(SubjectKind::member, {"x"}) == Found{of_member});
    const DueDelivery due = store.find_delivery(of_both).value();
    CHECK(due.subject == "x");
    CHECK(due.in_group == "x");
    CHECK(due.subject_name == "Member x");
    CHECK(store.list_deliveries({.subject_kind = SubjectKind::member, .subject = "x"}).size() == 2);
}

TEMPLATE_TEST_CASE("events of a member in a group are those of both", "[store][directory]",
                   MemoryStore, FileStore) {
    TestType fixture;
    Store& store = *fixture;
    const auto add = [&](const char* id, std::optional<std::string> group, const char* member) {
        REQUIRE(store.add_event(
            {.id = id, .type = "order", .group = std::move(group), .member = member, .at = at(1)}));
    };
    add("e1", "g1", "m1");
    add("e2", "g2", "m1");
    add("e3", std::nullopt, "m1");
    add("e4", "g1", "m2");
    const auto events =
        store.events_of(SubjectKind::member, to_subject({"m1", "g1"}), "order", at(0), at(9));
    REQUIRE(events.size() == 1);
    CHECK(events.front().id == "e1");
    CHECK(store.events_about("m1", {Instant::min(), ""}, 2).size() == 2);
    CHECK(store.events_about("m1", {at(1), "e2"}, 2).front().id == "e3");
}

// ---- erasure ------------------------------------------------------------------------------------

namespace {

// Everything that a member leaves behind, with "wangxiaoming" in all that is its own.
void live(Store& store) {
    const std::string id = "m-wangxiaoming";
    const PlanVersion plan = store.add_plan(at(0), "hash", "{}");
    const RuleId rule = store.find_or_add_rule("p", "r", at(0)).id;
    store.put_group({.id = "g1", .owner = id, .staff = {{"admin", {id}}}});
    store.put_member({.id = id,
                      .name = "name wangxiaoming",
                      .groups = {"g1"},
                      .tags = {"t"},
                      .attributes = {{"phone", "138 wangxiaoming"}}});
    store.put_member({.id = "m2", .name = "Other", .invited_by = id});
    store.add_event({.id = "order of wangxiaoming",
                     .type = "order",
                     .group = "g1",
                     .member = id,
                     .at = at(1),
                     .received_at = at(1),
                     .fields = {{"note", "from wangxiaoming"}}});
    store.add_event({.id = "e2",
                     .type = "invited",
                     .member = "m2",
                     .at = at(2),
                     .received_at = at(2),
                     .fields = {{"who", id}, {"text", "hello"}}});
    store.add_points({.member = id,
                      .amount = 7,
                      .reason = "purchase",
                      .at = at(1),
                      .rule = rule,
                      .event = "order of wangxiaoming"});
    store.put_entry({rule, SubjectKind::member, id, ""}, {at(1), 1});
    store.set_condition(rule, id, true);
    const auto run_of = [&](const std::string& key, SubjectKind kind, const std::string& subject,
                            std::optional<std::string> event, const std::string& text) {
        const FiringId firing = store
                                    .add_firing({.rule = rule,
                                                 .key = key,
                                                 .plan = plan,
                                                 .subject_kind = kind,
                                                 .event = std::move(event),
                                                 .expanded = true,
                                                 .expanded_through = subject})
                                    .value();
        const RunId run =
            store.add_run({.firing = firing, .rule = rule, .subject = subject, .due_at = at(9)})
                .value();
        const DeliveryId sent = store.add_delivery({.run = run,
                                                    .channel = "hook",
                                                    .message = store.intern_message({.text = text}),
                                                    .planned_for = at(1),
                                                    .due_at = at(1)});
        store.mark_attempting(sent);
        store.settle(sent, DeliveryState::sent, "", at(1));
        store.add_contact({.subject_kind = SubjectKind::member,
                           .subject = id,
                           .delivery = sent,
                           .rule = rule,
                           .at = at(1)});
        store.add_channel_use({"hook", at(1), sent, SubjectKind::member, id});
        store.add_delivery({.run = run,
                            .step = 1,
                            .channel = "hook",
                            .message = store.intern_message({.text = text + ", later"}),
                            .planned_for = at(9),
                            .due_at = at(9)});
    };
    const auto member = SubjectKind::member;
    run_of("2026-01-01T08:00:00 UTC", member, id, std::nullopt, "daily for wangxiaoming");
    run_of("event:order of wangxiaoming", SubjectKind::group, "g1", "order of wangxiaoming",
           "welcome wangxiaoming");
    run_of("when:60000 " + id, member, id, std::nullopt, "a condition of wangxiaoming");
    run_of("2026-01-02T08:00:00 UTC", member, to_subject({id, "g1"}), std::nullopt,
           "in a group: wangxiaoming");
}

std::string bytes_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace

TEMPLATE_TEST_CASE("what is erased is nowhere, and what counts stays", "[store][privacy]",
                   MemoryStore, FileStore) {
    TestType fixture;
    Store& store = *fixture;
    live(store);
    const std::string id = "m-wangxiaoming";
    const auto planned = store.count_deliveries();
    REQUIRE(store.erase_member(id, "erased-1", at(5), "li"));
    CHECK_FALSE(store.erase_member(id, "erased-2", at(6), "li"));
    CHECK(store.is_erased(id));
    CHECK_FALSE(store.is_erased("m2"));
    CHECK_FALSE(store.find_member(id));
    CHECK(store.find_group("g1") == Group{.id = "g1"});
    CHECK_FALSE(store.find_member("m2")->invited_by);
    // Sums and counts.
    CHECK(store.list_points("erased-1", 0, 10).front().amount == 7);
    CHECK(store.events_of(SubjectKind::group, "g1", "order", at(0), at(9)).size() == 1);
    CHECK(store.find_event("e2")->fields ==
          std::map<std::string, std::string>{{"text", "hello"}, {"who", "erased-1"}});
    CHECK(store.count_deliveries() == planned);
    for (const DueDelivery& due : store.list_deliveries({})) {
        CHECK(due.text.empty());
        const bool was_sent = due.delivery.step == 0;
        CHECK(due.delivery.state == (was_sent ? DeliveryState::sent : DeliveryState::exited));
        CHECK(due.delivery.reason == (was_sent ? "" : "erased"));
        CHECK((due.subject == "erased-1" || due.subject == "g1"));
        CHECK(store.find_run(due.delivery.run)->reason == "erased");
    }
    // It does not come back.
    store.put_member({.id = id, .name = "again"});
    store.join({id, "g1"}, at(7));
    CHECK_FALSE(store.find_member(id));
    CHECK_FALSE(store.add_event({.id = "e9", .type = "order", .member = id, .at = at(8)}));
    CHECK_FALSE(store.add_event({.id = "order of wangxiaoming", .type = "order", .at = at(8)}));
}

TEST_CASE("what others' runs, staff and figures have of a member goes with it",
          "[store][privacy]") {
    FileStore fixture;
    Store& store = *fixture;
    const auto path = fixture.folder / "sop.db";
    const std::string id = "m-wangxiaoming";
    const Target target{SubjectKind::member, id};
    const PlanVersion plan = store.add_plan(at(0), "hash", "{}");
    const RuleId rule = store.find_or_add_rule("p", "r", at(0)).id;
    store.put_group({.id = "g1"});
    store.join({id, "g1"}, at(1));
    store.join({id, "g2"}, at(1));
    store.figures().end_stay("g2", id, at(2));
    store.leave({id, "g2"});
    const FiringId firing = store.add_firing({.rule = rule, .key = "k", .plan = plan}).value();
    const RunId run =
        store.add_run({.firing = firing, .rule = rule, .subject = "g1", .due_at = at(9)}).value();
    const auto plan_delivery = [&](std::size_t step, const std::string& text,
                                   std::optional<Target> to) {
        return store.add_delivery({.run = run,
                                   .step = step,
                                   .channel = "hook",
                                   .message = store.intern_message({.text = text}),
                                   .planned_for = at(9),
                                   .due_at = at(9),
                                   .target = std::move(to)});
    };
    const DeliveryId sent_to = plan_delivery(0, "dear wangxiaoming", target);
    const DeliveryId invites = plan_delivery(1, "2 to g1", std::nullopt);
    store.put_command(invites, {.verb = "invite", .fields = {{"by", id}}, .members = {id, "m2"}});
    store.add_invitation("g1", id, invites);
    const TaskId asked = store.add_task({.run = run,
                                         .rule = rule,
                                         .text = "call wangxiaoming",
                                         .role = "admin",
                                         .member = id,
                                         .due_at = at(60)});
    const TaskId answered =
        store.add_task({.run = run, .rule = rule, .text = "t", .role = "admin", .due_at = at(60)});
    store.settle_task(answered, {TaskState::done, at(2), id, "wangxiaoming was here"});
    store.add_turn("slogan", target);
    store.figures().add_tier_change(
        {.rule = rule, .kind = SubjectKind::member, .subject = id, .at = at(1), .level = "vip"});
    const auto measure = store.figures().find_or_add_measure("member UTC count", true);
    const SubjectDay day{.subject = id, .day = date::local_days{}, .count = {.count = 3}};
    store.figures().put_day(measure.id, day);
    store.add_event(event_of({.ids = {id}, .left = {{id, "g2"}}}, "import 1", at(2)));

    REQUIRE(store.erase_member(id, "erased-1", at(5), "li"));
    const DueDelivery sent = store.find_delivery(sent_to).value();
    CHECK(sent.delivery.state == DeliveryState::exited);
    CHECK(sent.delivery.reason == "erased");
    CHECK(sent.subject == "erased-1");
    CHECK(sent.text.empty());
    CHECK(store.find_run(run)->reason.empty());
    CHECK(store.find_command(invites)->members == std::vector<std::string>{"m2"});
    CHECK(store.invited_to("g1").empty());
    CHECK(store.find_task(asked)->state == TaskState::cancelled);
    CHECK(store.find_task(asked)->text.empty());
    CHECK(store.find_task(answered)->by == "erased-1");
    CHECK(store.turns_of("slogan", target) == 0);
    // Counted on, under the pseudonym.
    CHECK(store.figures().past_stays_of("erased-1").size() == 2);
    CHECK(store.figures()
              .tier_changes_of(SubjectKind::member, "erased-1", at(0), at(9))
              .front()
              .level == "vip");
    CHECK(store.figures().find_day(measure.id, "erased-1", day.day)->count == 3);
    fold_log(path.string());
    CHECK(bytes_of(path).find("wangxiaoming") == std::string::npos);
}

TEST_CASE("who brought a member stays as it was told first", "[store][directory]") {
    MemoryStore fixture;
    Store& store = *fixture;
    store.put_member({.id = "m1"});
    store.put_member({.id = "m0"});
    store.note_inviter("m1", "m2");
    store.note_inviter("m1", "m3");
    store.note_inviter("m9", "m2");
    CHECK(store.find_member("m1")->invited_by == "m2");
    CHECK_FALSE(store.find_member("m9"));
    store.erase_member("m2", "erased-1", at(5), "li");
    CHECK(store.find_member("m1")->invited_by == "m2");
    store.put_member({.id = "m2"});
    store.erase_member("m2", "erased-1", at(5), "li");
    store.note_inviter("m0", "m2");
    CHECK_FALSE(store.find_member("m0")->invited_by);
}

TEST_CASE("no trace of what was erased is left in the file", "[store][privacy]") {
    FileStore fixture;
    const auto path = fixture.folder / "sop.db";
    live(*fixture);
    fold_log(path.string());
    REQUIRE(bytes_of(path).find("wangxiaoming") != std::string::npos);
    REQUIRE((*fixture).erase_member("m-wangxiaoming", "erased-1", at(5), "li"));
    fold_log(path.string());
    CHECK(bytes_of(path).find("wangxiaoming") == std::string::npos);
    fixture.store.reset();
    vacuum(path.string());
    for (const char* suffix : {"", "-wal", "-shm"})
        CHECK(bytes_of(path.string() + suffix).find("wangxiaoming") == std::string::npos);
}

}  // namespace sop::runtime
