// What a sweep lets go, table by table.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "runtime/store/sqlite/sqlite_store.h"

namespace sop::runtime {
namespace {

Instant at(int day) {
    return Instant(date::days(day));
}

const Instant cutoff = at(100);

// Sweeps one kind of row, in pages so small that it takes several.
int sweep(Store& store, Kept kept) {
    SweepCursor cursor;
    int pages = 0;
    while (const auto next = store.sweep(kept, cursor, cutoff, 2)) {
        cursor = next->through;
        ++pages;
    }
    return pages;
}

void sweep_all(Store& store) {
    for (const Kept kept :
         {Kept::deliveries, Kept::runs, Kept::firings, Kept::events, Kept::event_ids, Kept::plans,
          Kept::zone_changes, Kept::tier_changes, Kept::past_stays, Kept::day_counts})
        sweep(store, kept);
}

struct Rows {
    std::unique_ptr<Store> store = open_memory_store();
    PlanVersion plan = store->add_plan(at(1), "hash", "{}");
    RuleId rule = store->find_or_add_rule("members", "check_in", at(1000)).id;

    FiringId firing(int day, const std::optional<std::string>& event = std::nullopt) {
        return store
            ->add_firing({.rule = rule,
                          .key = event ? "event:" + *event : "day " + std::to_string(day),
                          .plan = plan,
                          .start_at = at(day),
                          .end_at = at(day),
                          .event = event,
                          .expanded = true})
            .value();
    }
    RunId run(FiringId of, RunState state = RunState::done) {
        const bool is_open = state != RunState::done;
        return store
            ->add_run({.firing = of,
                       .rule = rule,
                       .subject = "g1",
                       .state = state,
                       .due_at = is_open ? std::optional(at(101)) : std::nullopt})
            .value();
    }
    DeliveryId delivery(RunId of, DeliveryState state, int settled_day,
                        const std::string& text = "Hello", const std::string& reason = {}) {
        Delivery each{.run = of,
                      .step = steps++,
                      .channel = "hook",
                      .message = store->intern_message({text, {}}),
                      .planned_for = at(1),
                      .state = state,
                      .reason = reason};
        if (state == DeliveryState::pending) {
            each.due_at = at(1);
        } else if (state != DeliveryState::attempting) {
            each.settled_at = at(settled_day);
        }
        return store->add_delivery(each);
    }
    std::vector<DeliveryId> deliveries() {
        std::vector<DeliveryId> ids;
        for (const auto& due : store->list_deliveries({})) ids.push_back(due.delivery.id);
        return ids;
    }

    std::size_t steps = 0;
};

}  // namespace

TEST_CASE("deliveries go when they were settled long enough ago, whatever became of them",
          "[store][retention]") {
    using enum DeliveryState;
    Rows rows;
    const RunId run = rows.run(rows.firing(1));
    std::vector<DeliveryId> kept;
    for (const DeliveryState state :
         {sent, confirmed, skipped, exited, cancelled, refused, failed}) {
        rows.delivery(run, state, 99);
        kept.push_back(rows.delivery(run, state, 100));
    }
    for (const DeliveryState state : {pending, attempting, unknown})
        kept.push_back(rows.delivery(run, state, 50));
    // The newest row stays for its number.
    kept.push_back(rows.delivery(run, sent, 50));
    CHECK(sweep(*rows.store, Kept::deliveries) == 9);
    CHECK(rows.deliveries() == kept);
}

TEST_CASE("what was let go is counted by what became of it, and the totals stay",
          "[store][retention]") {
    Rows rows;
    const RunId run = rows.run(rows.firing(1));
    for (int i = 0; i < 3; ++i) rows.delivery(run, DeliveryState::sent, 50);
    for (const char* day : {"day 1", "day 2"})
        rows.delivery(run, DeliveryState::failed, 50, "Hello", std::string("refused on ") + day);
    rows.delivery(run, DeliveryState::skipped, 50, "Hello", "late");
    rows.delivery(run, DeliveryState::sent, 200);
    CHECK(rows.store->summarize_forgotten().empty());
    sweep(*rows.store, Kept::deliveries);
    const auto lines = [](const std::vector<DeliverySummary>& summary) {
        std::vector<std::string> result;
        for (const auto& row : summary)
            result.push_back(row.playbook + "." + row.rule + " " + std::string(to_text(row.state)) +
                             ": " + row.reason + " " + std::to_string(row.count));
        return result;
    };
    using Lines = std::vector<std::string>;
    CHECK(lines(rows.store->summarize_forgotten()) == Lines{"members.check_in failed:  2",
                                                            "members.check_in sent:  3",
                                                            "members.check_in skipped: late 1"});
    CHECK(lines(rows.store->summarize_deliveries()) == Lines{"members.check_in failed:  2",
                                                             "members.check_in sent:  4",
                                                             "members.check_in skipped: late 1"});
}

TEST_CASE("a text goes with the last message that has it, a contact with its own",
          "[store][retention]") {
    Rows rows;
    const RunId run = rows.run(rows.firing(1));
    const DeliveryId old = rows.delivery(run, DeliveryState::sent, 50, "shared");
    rows.delivery(run, DeliveryState::sent, 50, "alone");
    rows.delivery(run, DeliveryState::sent, 200, "shared");
    rows.store->add_contact({.subject = "g1", .delivery = old, .at = at(50), .made = true});
    const MessageId shared = rows.store->intern_message({"shared", {}});
    const MessageId alone = rows.store->intern_message({"alone", {}});
    const MessageId newest = rows.store->intern_message({"newest", {}});
    sweep(*rows.store, Kept::deliveries);
    CHECK_FALSE(rows.store->has_contacts());
    CHECK(rows.store->intern_message({"shared", {}}) == shared);
    CHECK(rows.store->intern_message({"newest", {}}) == newest);
    CHECK(rows.store->intern_message({"alone", {}}) != alone);
}

TEST_CASE("runs and firings go when nothing of them is left", "[store][retention]") {
    Rows rows;
    const FiringId over = rows.firing(50);
    rows.run(over);
    const FiringId open = rows.firing(51);
    rows.run(open, RunState::running);
    const FiringId in_doubt = rows.firing(52);
    rows.delivery(rows.run(in_doubt), DeliveryState::unknown, 52);
    const FiringId recent = rows.firing(100);
    rows.run(recent);
    const FiringId half = rows.store
                              ->add_firing({.rule = rows.rule,
                                            .key = "half expanded",
                                            .plan = rows.plan,
                                            .start_at = at(53),
                                            .end_at = at(53)})
                              .value();
    const RuleId behind = rows.store->find_or_add_rule("members", "behind", at(40)).id;
    const FiringId not_fired_through = rows.store
                                           ->add_firing({.rule = behind,
                                                         .key = "day 54",
                                                         .plan = rows.plan,
                                                         .start_at = at(54),
                                                         .end_at = at(54),
                                                         .expanded = true})
                                           .value();
    const FiringId newest = rows.firing(55);
    sweep_all(*rows.store);
    CHECK_FALSE(rows.store->find_firing(over));
    for (const FiringId firing : {open, in_doubt, recent, half, not_fired_through, newest}) {
        CAPTURE(firing);
        CHECK(rows.store->find_firing(firing));
    }
    CHECK(rows.store->open_runs(rows.rule, {}, 10).size() == 1);
}

TEST_CASE("an event goes after its firings, and its id is remembered", "[store][retention]") {
    Rows rows;
    const auto add = [&](const std::string& id, int day) {
        return rows.store->add_event(
            {.id = id, .type = "came", .at = at(day), .received_at = at(day)});
    };
    for (const char* id : {"fired", "ignored", "unprocessed"}) CHECK(add(id, 50));
    CHECK(add("recent", 100));
    for (const char* id : {"fired", "ignored", "recent"}) rows.store->mark_processed(id);
    rows.run(rows.firing(50, "fired"), RunState::running);
    sweep_all(*rows.store);
    CHECK_FALSE(rows.store->find_event("ignored"));
    for (const char* id : {"fired", "unprocessed", "recent"}) CHECK(rows.store->find_event(id));
    // The id itself was from before the cutoff as well, and was swept after the events.
    CHECK(add("ignored", 150));
}

TEST_CASE("an id that is remembered is not taken once more", "[store][retention]") {
    Rows rows;
    const Event event{.id = "e1", .type = "came", .at = at(50), .received_at = at(50)};
    CHECK(rows.store->add_event(event));
    rows.store->mark_processed("e1");
    sweep(*rows.store, Kept::events);
    CHECK_FALSE(rows.store->find_event("e1"));
    CHECK_FALSE(rows.store->add_event(event));
    CHECK_FALSE(rows.store->next_event_at());
    sweep(*rows.store, Kept::event_ids);
    CHECK(rows.store->add_event(event));
}

TEST_CASE("the last two plans stay, and those that something is of", "[store][retention]") {
    Rows rows;
    rows.run(rows.firing(50), RunState::running);
    for (int i = 2; i <= 5; ++i) rows.store->add_plan(at(i), "hash", "{}");
    sweep_all(*rows.store);
    for (PlanVersion version = 1; version <= 5; ++version) {
        CAPTURE(version);
        const bool is_kept = version == 1 || version >= 4;
        CHECK(rows.store->find_plan(version).has_value() == is_kept);
    }
}

TEST_CASE("of changes of zone data the last one stays", "[store][retention]") {
    Rows rows;
    for (const char* release : {"2025a", "2025b", "2026a"})
        rows.store->add_zone_change({.release = release, .changed_at = at(50)}, {});
    sweep(*rows.store, Kept::zone_changes);
    CHECK(rows.store->latest_zone_change()->release == "2026a");
}

TEST_CASE("when the last sweep ended is kept", "[store][retention]") {
    Rows rows;
    CHECK_FALSE(rows.store->swept_at());
    rows.store->set_swept_at(at(3));
    rows.store->set_swept_at(at(4));
    CHECK(rows.store->swept_at() == at(4));
}

TEST_CASE("figures go when their time is over, and where each stands stays", "[store][retention]") {
    Rows rows;
    Figures& figures = rows.store->figures();
    const auto change = [&](const std::string& subject, int day, const std::string& level) {
        figures.add_tier_change(
            {.rule = rows.rule, .subject = subject, .at = at(day), .level = level});
    };
    for (const int day : {1, 2, 3}) change("g1", day, "level " + std::to_string(day));
    change("g2", 150, "a");
    const MeasureId orders = figures.find_or_add_measure("orders", true).id;
    for (const int day : {50, 60, 70, 99, 100, 150})
        figures.put_day(orders, {"g1", date::local_days{date::days{day}}, {1, "", ""}});
    for (const int day : {40, 41, 42, 150}) {
        rows.store->join({"m1", "g1"}, at(day - 1));
        figures.end_stay("g1", "m1", at(day));
        rows.store->leave({"m1", "g1"});
    }
    sweep_all(*rows.store);
    const auto latest = figures.latest_tier_changes(rows.rule);
    REQUIRE(latest.size() == 2);
    CHECK(latest[0].level == "level 3");
    CHECK(figures.tier_changes_of(SubjectKind::group, "g1", at(0), at(200)).size() == 1);
    const auto days = figures.days_of(orders, "g1", date::local_days{date::days{0}},
                                      date::local_days{date::days{999}});
    REQUIRE(days.size() == 2);
    CHECK(days[0].day == date::local_days{date::days{100}});
    const auto stays = figures.stays_in("g1");
    REQUIRE(stays.size() == 1);
    CHECK(stays[0].left_at == at(150));
}

}  // namespace sop::runtime
