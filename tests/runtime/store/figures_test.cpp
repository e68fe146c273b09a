// Counts, stays, tiers and flows as the store keeps them, and what is not spent of points.
#include "runtime/store/figures.h"

#include <catch2/catch.hpp>

#include "tests/support/draft.h"
#include "tests/support/stores.h"

namespace sop::runtime {

namespace {

using tests::FileStore;
using tests::MemoryStore;

date::local_days day(int number) {
    return date::local_days{date::days{number}};
}

Instant at(int second) {
    return Instant{std::chrono::seconds{second}};
}

Stay stay(const std::string& member, std::optional<Instant> joined_at,
          std::optional<Instant> left_at) {
    return {.group = "g1", .member = member, .joined_at = joined_at, .left_at = left_at};
}

}  // namespace

TEMPLATE_TEST_CASE("a measure is made once and remembers how far it was counted",
                   "[store][figures]", MemoryStore, FileStore) {
    TestType held;
    Store& store = *held;
    Figures& figures = store.figures();
    CHECK_FALSE(figures.find_measure("group UTC count(order)"));
    const StoredMeasure made = figures.find_or_add_measure("group UTC count(order)", false);
    CHECK(made == StoredMeasure{.id = made.id, .key = "group UTC count(order)"});
    CHECK(figures.find_or_add_measure("group UTC count(order)", true) == made);
    figures.set_counted_through(made.id, "e77", true);
    const StoredMeasure counted{made.id, made.key, "e77", true};
    CHECK(figures.find_measure(made.key) == counted);
    const StoredMeasure other = figures.find_or_add_measure("group UTC sum(order.amount)", true);
    CHECK(figures.list_measures() == std::vector{counted, other});
}

TEMPLATE_TEST_CASE("counts of days are kept by measure and subject", "[store][figures]",
                   MemoryStore, FileStore) {
    TestType held;
    Store& store = *held;
    Figures& figures = store.figures();
    const MeasureId orders = figures.find_or_add_measure("orders", true).id;
    const MeasureId sales = figures.find_or_add_measure("sales", true).id;
    using namespace std::string_literals;
    const SubjectDay first{"g1", day(1), {1, "", ""}};
    const SubjectDay changed{"g1", day(1), {2, "7 CNY", "\0\1\xff"s}};
    const SubjectDay later{"g1", day(3), {5, "", ""}};
    const SubjectDay other{"g2", day(2), {9, "", ""}};
    for (const SubjectDay& each : {first, changed, later, other}) figures.put_day(orders, each);
    figures.put_day(sales, first);
    CHECK(figures.find_day(orders, "g1", day(1)) == changed.count);
    CHECK_FALSE(figures.find_day(orders, "g1", day(2)));
    CHECK(figures.days_of(orders, "g1", day(1), day(4)) == std::vector{changed, later});
    CHECK(figures.days_of(orders, "g1", day(1), day(3)) == std::vector{changed});
    CHECK(figures.days_of_all(orders, day(2), day(4)) == std::vector{later, other});
    figures.remove_measure(orders);
    CHECK(figures.days_of_all(orders, day(0), day(9)).empty());
    CHECK(figures.days_of_all(sales, day(0), day(9)) == std::vector{first});
    CHECK_FALSE(figures.find_measure("orders"));
}

TEMPLATE_TEST_CASE("stays are kept when they end, and staff is left out", "[store][figures]",
                   MemoryStore, FileStore) {
    TestType held;
    Store& store = *held;
    Figures& figures = store.figures();
    store.put_group({.id = "g1", .name = "G", .owner = "boss"});
    store.put_member({.id = "boss", .name = "Boss", .groups = {"g1"}});
    store.put_member({.id = "old", .name = "Old", .groups = {"g1"}});
    store.join({"m1", "g1"}, at(10));
    store.join({"m2", "g1"}, at(20));
    figures.end_stay("g1", "m1", at(30));
    store.leave({"m1", "g1"});
    store.join({"m1", "g1"}, at(40));
    // Nobody, somebody else's group, and a leave that came late.
    figures.end_stay("g1", "m9", at(50));
    figures.end_stay("g2", "m1", at(50));
    figures.end_stay("g1", "m2", at(15));
    const std::vector expected{stay("m1", at(40), std::nullopt), stay("m1", at(10), at(30)),
                               stay("m2", at(20), std::nullopt),
                               stay("old", std::nullopt, std::nullopt)};
    CHECK(figures.stays_in("g1") == expected);
    CHECK(figures.all_stays() == expected);
    CHECK(figures.stays_in("g2").empty());
    CHECK(figures.past_stays_of("m1") == std::vector{stay("m1", at(10), at(30))});
    CHECK(figures.past_stays_of("m2").empty());
    // Whoever has a role is staff, as the owner is.
    store.put_group({.id = "g1", .owner = "boss", .staff = {{"admin", {"m1", "old"}}}});
    CHECK(figures.stays_in("g1") == std::vector{stay("m2", at(20), std::nullopt)});
    CHECK(figures.all_stays() == figures.stays_in("g1"));
}

TEMPLATE_TEST_CASE("changes of tiers are told for a subject and for a tier", "[store][figures]",
                   MemoryStore, FileStore) {
    TestType held;
    Store& store = *held;
    Figures& figures = store.figures();
    const RuleId tier = store.find_or_add_rule("tier", "groups: a/b", at(0)).id;
    const auto change = [&](const std::string& subject, int when, const std::string& before,
                            const std::string& level) {
        return TierChange{tier, SubjectKind::group, subject, at(when), before, level, "because"};
    };
    const auto up = change("g1", 10, "", "a");
    const auto down = change("g1", 20, "a", "");
    const auto other = change("g2", 10, "a", "b");
    for (const TierChange& each : {up, other, down}) figures.add_tier_change(each);
    CHECK(figures.tier_changes_of(SubjectKind::group, "g1", at(0), at(99)) ==
          std::vector{up, down});
    CHECK(figures.tier_changes_of(SubjectKind::group, "g1", at(0), at(20)) == std::vector{up});
    CHECK(figures.tier_changes_of(SubjectKind::member, "g1", at(0), at(99)).empty());
    CHECK(figures.latest_tier_changes(tier) == std::vector{down, other});
    CHECK(figures.latest_tier_changes(tier + 1).empty());
}

TEMPLATE_TEST_CASE("flow counts add up by the day", "[store][figures]", MemoryStore, FileStore) {
    TestType held;
    Store& store = *held;
    Figures& figures = store.figures();
    for (const auto& [step, what, when, count] :
         {std::tuple{"start", "reached", 1, 3}, std::tuple{"start", "reached", 1, 4},
          std::tuple{"start", "reached", 2, 5}, std::tuple{"end", "reached", 2, 2}})
        figures.add_flow_count({1, step, what, day(when), count});
    CHECK(figures.flow_counts(day(1), day(3)) ==
          std::vector<FlowCount>{{1, "end", "reached", day(1), 2},
                                 {1, "start", "reached", day(1), 12}});
    CHECK(figures.flow_counts(day(1), day(2)) ==
          std::vector<FlowCount>{{1, "start", "reached", day(1), 7}});
}

TEMPLATE_TEST_CASE("events are read by their ids, and whether any was processed",
                   "[store][figures]", MemoryStore, FileStore) {
    TestType held;
    Store& store = *held;
    for (const char* id : {"c", "a", "b"})
        store.add_event({.id = id, .type = "order", .at = at(1), .received_at = at(1)});
    CHECK_FALSE(store.has_processed_events());
    store.mark_processed("b");
    CHECK(store.has_processed_events());
    const auto events = store.events_by_id("a", 1);
    REQUIRE(events.size() == 1);
    CHECK(events.front().id == "b");
    CHECK(events.front().processed);
    CHECK(store.events_by_id("c", 9).empty());
}

namespace {

template <typename AnyStore>
struct Purse {
    AnyStore held;
    Store& store = *held;

    Purse() {
        for (const char* member : {"m1", "m2"}) store.put_member({.id = member, .name = member});
    }
    void change(std::int64_t amount, int when, std::optional<std::int64_t> undoes = {},
                const std::string& member = "m1") {
        CHECK(store.add_points(
            {.member = member, .amount = amount, .reason = "r", .at = at(when), .undoes = undoes}));
    }
    // "amount@second" of what is not spent.
    std::vector<std::string> unspent() {
        std::vector<std::string> texts;
        for (const UnspentPoints& each : store.unspent_points(99))
            texts.push_back(std::to_string(each.amount) + "@" +
                            std::to_string(each.at.time_since_epoch() / std::chrono::seconds{1}));
        return texts;
    }
};
using Unspent = std::vector<std::string>;

}  // namespace

TEMPLATE_TEST_CASE("points are spent from the oldest on", "[store][points]", MemoryStore,
                   FileStore) {
    Purse<TestType> purse;
    purse.change(10, 100);
    purse.change(20, 50);  // came late
    purse.change(5, 200);
    CHECK(purse.unspent() == Unspent{"20@50", "10@100", "5@200"});
    purse.change(-25, 300);
    CHECK(purse.unspent() == Unspent{"5@100", "5@200"});
    // What is taken back goes first, wherever it stands.
    const std::int64_t newest = purse.store.list_points("m1", 0, 9).at(2).id;
    purse.change(-5, 400, newest);
    CHECK(purse.unspent() == Unspent{"5@100"});
    // A debt is paid first.
    purse.change(-12, 500);
    CHECK(purse.store.points_of("m1") == -7);
    CHECK(purse.unspent().empty());
    purse.change(10, 600);
    CHECK(purse.unspent() == Unspent{"3@600"});
}

TEMPLATE_TEST_CASE("what expires is an entry of its own", "[store][points]", MemoryStore,
                   FileStore) {
    Purse<TestType> purse;
    purse.change(10, 100);
    purse.change(7, 150, {}, "m2");
    purse.change(-4, 200);
    purse.store.expire_points(purse.store.unspent_points(1).at(0), "expired", at(300));
    CHECK(purse.store.points_of("m1") == 0);
    const auto entries = purse.store.list_points("m1", 0, 9);
    CHECK(entries.back().amount == -6);
    CHECK(entries.back().reason == "expired");
    CHECK(purse.unspent() == Unspent{"7@150"});
    // Of somebody who is not there nothing is left either.
    UnspentPoints nobody = purse.store.unspent_points(1).at(0);
    nobody.member = "gone";
    purse.store.expire_points(nobody, "expired", at(300));
    CHECK(purse.unspent().empty());
}

TEMPLATE_TEST_CASE("who has the most points, now and then", "[store][points]", MemoryStore,
                   FileStore) {
    Purse<TestType> purse;
    purse.change(10, 100);
    purse.change(30, 200);
    purse.change(20, 100, {}, "m2");
    purse.store.put_member({.id = "m3", .name = "none"});
    CHECK(purse.store.most_points(std::nullopt, 9) ==
          std::vector<MemberPoints>{{"m1", "m1", 40}, {"m2", "m2", 20}});
    CHECK(purse.store.most_points(std::nullopt, 1).size() == 1);
    CHECK(purse.store.most_points(at(150), 9) ==
          std::vector<MemberPoints>{{"m2", "m2", 20}, {"m1", "m1", 10}});
}

}  // namespace sop::runtime
