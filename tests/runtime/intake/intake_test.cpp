#include "runtime/intake/intake.h"

#include <fmt/format.h>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "runtime/intake/intake_queue.h"
#include "runtime/store/sqlite/sqlite_store.h"
#include "tests/support/sources.h"
#include "tests/support/temporary_folder.h"

namespace sop::runtime {

using namespace sop::tests;
using namespace std::chrono_literals;
using Texts = std::vector<std::string>;

namespace {

const Instant now = Instant(date::sys_days(date::year(2026) / 11 / 19)) + 12h;

lang::Plan plan_with(const std::string& events) {
    return plan_of("sop 1\ntag member\n" + events +
                   "\nchannel hook { kind webhook }\nplaybook p { timezone UTC\n"
                   "for members tagged member; via hook; r: on join { send \"Hi\" } }\n");
}

void deploy(Store& store, const lang::Plan& plan) {
    store.add_plan(now, lang::content_hash(plan), lang::to_json(plan));
}

std::unique_ptr<Store> store_with_plan() {
    auto store = open_memory_store();
    deploy(*store, plan_with("event order { amount: money }"));
    return store;
}

std::string order(const std::string& id, const std::string& more = {}) {
    return fmt::format(
        R"({{"id":"{}","type":"order","member":"m1",{}"fields":{{"amount":"1 CNY"}}}})", id, more);
}

std::string at(const std::string& time) {
    return fmt::format(R"("at":"{}",)", time);
}

std::vector<IncomingLine> lines_of(const Texts& texts) {
    std::vector<IncomingLine> lines;
    for (const std::string& text : texts)
        lines.push_back({text, static_cast<std::int64_t>(lines.size()) + 1});
    return lines;
}

// "accepted", "duplicate", or why it was rejected.
std::string outcome(const Taken& taken) {
    return std::string(taken.reason ? to_text(*taken.reason) : to_text(taken.outcome));
}

Texts outcomes(const std::vector<Taken>& taken) {
    Texts texts;
    for (const Taken& each : taken) texts.push_back(outcome(each));
    return texts;
}

Texts take(Store& store, const Texts& lines, IntakeRules rules = {}) {
    return outcomes(Intake(store, rules).take(lines_of(lines), "test", now));
}

// "accepted 2", "rejected not JSON 1", …
Texts counts(Store& store) {
    Texts texts;
    for (const IntakeCount& each : store.intake_counts())
        texts.push_back(fmt::format("{}{}{} {}", to_text(each.outcome),
                                    each.reason.empty() ? "" : " ", each.reason, each.count));
    return texts;
}

}  // namespace

TEST_CASE("a wrong line stops nothing, is recorded and counted", "[intake]") {
    const auto store = store_with_plan();
    CHECK(take(*store, {order("o1"), "not \x01 json", order("o2"), R"({"type":"x"})"}) ==
          Texts{"accepted", "not JSON", "accepted", "unknown event"});
    CHECK(store->find_event("o1")->received_at == now);
    CHECK(store->find_event("o2"));
    CHECK(counts(*store) == Texts{"accepted 2", "rejected not JSON 1", "rejected unknown event 1"});
    CHECK(store->rejected_events(10) ==
          std::vector<RejectedEvent>{{now, "test", 4, "unknown event",
                                      "no playbook declares the event `x`; known are dissolved, "
                                      "join, leave, message, opt_in, opt_out, order",
                                      R"({"type":"x"})"},
                                     {now, "test", 2, "not JSON",
                                      "the line is not JSON, from its byte 2 on", "not   json"}});
}

TEST_CASE("with `stop` nothing behind the first wrong line is taken", "[intake]") {
    const auto store = store_with_plan();
    Intake intake(*store, {});
    const auto taken = intake.take(lines_of({order("o1"), "{}", order("o2")}), "test", now,
                                   Intake::WhenWrong::stop);
    CHECK(outcomes(taken) == Texts{"accepted", "wrong shape"});
    CHECK(store->find_event("o1"));
    CHECK_FALSE(store->find_event("o2"));
    CHECK(counts(*store) == Texts{"accepted 1", "rejected wrong shape 1"});
}

TEST_CASE(
    "a second event of an id is a duplicate, or wrong when it says otherwise; the first stands",
    "[intake]") {
    const auto store = store_with_plan();
    const std::string other =
        R"({"id":"o1","type":"order","member":"m1","fields":{"amount":"2 CNY"}})";
    CHECK(take(*store, {order("o1"), order("o1"), other}) ==
          Texts{"accepted", "duplicate", "different content"});
    CHECK(take(*store, {order("o1"), other, order("o2", R"("shop":1,)"), order("o2")}) ==
          Texts{"duplicate", "different content", "accepted", "different content"});
    CHECK(store->find_event("o1")->fields.at("amount") == "1 CNY");
    CHECK(store->find_event("o2")->extra == R"({"shop":1})");
    CHECK(store->rejected_events(1)[0].message ==
          "there is an event `o2` of 2026-11-19T12:00:00Z that says otherwise, and it stands");
    CHECK(counts(*store) == Texts{"accepted 2", "duplicate 2", "rejected different content 3"});
}

TEST_CASE("an id is known for as long as ids are kept", "[intake]") {
    const auto store = store_with_plan();
    const Instant long_ago = now - date::days{100};
    Intake intake(*store, {});
    REQUIRE(outcomes(intake.take(lines_of({order("o1"), order("last")}), "test", long_ago)) ==
            Texts{"accepted", "accepted"});
    for (const char* id : {"o1", "last"}) store->mark_processed(id);
    store->sweep(Kept::events, {}, now - date::days{90}, 100);
    REQUIRE_FALSE(store->find_event("o1"));
    // What it said is not known any more.
    CHECK(take(*store, {order("o1")}) == Texts{"duplicate"});
    store->sweep(Kept::event_ids, {}, now, 100);
    CHECK(take(*store, {order("o1")}) == Texts{"accepted"});
}

TEST_CASE("an event without an id is another each time", "[intake]") {
    const auto store = store_with_plan();
    const std::string line = R"({"type":"order","member":"m1","fields":{"amount":"1 CNY"}})";
    const auto taken = Intake(*store, {}).take(lines_of({line, line}), "test", now);
    CHECK(outcomes(taken) == Texts{"accepted", "accepted"});
    CHECK(taken[0].id != taken[1].id);
    CHECK(store->find_event(taken[0].id));
}

TEST_CASE("an event of the future waits, one too far ahead or too old is refused", "[intake]") {
    const auto store = store_with_plan();
    const IntakeRules rules{.future_max = 24h, .past_max = date::days{10}};
    CHECK(
        take(*store,
             {order("soon", at("2026-11-20T12:00:00Z")),
              order("far", at("2026-11-20T12:00:00.001Z")),
              order("old", at("2026-11-09T12:00:00Z")), order("older", at("2026-11-09T11:59:59Z"))},
             rules) == Texts{"accepted", "future", "accepted", "past"});
    CHECK(store->due_events(now, 10).size() == 1);
    CHECK(store->due_events(now + 24h, 10).size() == 2);
    CHECK(take(*store, {order("ancient", at("1999-01-01T00:00:00Z"))},
               {.past_max = std::nullopt}) == Texts{"accepted"});
    CHECK(store->rejected_events(2)[1].message ==
          "`at` is 2026-11-20T12:00:00.001Z, and it came at 2026-11-19T12:00:00Z, more than "
          "future_max in sop.toml before; see to the clock of its sender");
}

TEST_CASE("a line that is too long is refused with its beginning", "[intake]") {
    const auto store = store_with_plan();
    const auto taken =
        Intake(*store, {.line_max = 2000}).take({{std::string(1000, 'x'), 7, true}}, "test", now);
    CHECK(outcomes(taken) == Texts{"too long"});
    const auto rejected = store->rejected_events(1).at(0);
    CHECK(rejected.message == "it has more than 2000 bytes; see to line_max in sop.toml");
    CHECK(rejected.excerpt == std::string(200, 'x') + "…");
}

TEST_CASE("an excerpt is one line of text, whatever came", "[intake]") {
    CHECK(excerpt_of("a\tb\nc\x7f\xff中\xe4\xb8") ==
          "a b c \xEF\xBF\xBD中\xEF\xBF\xBD\xEF\xBF\xBD");
    std::string wide;
    for (int i = 0; i < 100; ++i) wide += "中";
    CHECK(excerpt_of(wide) == wide.substr(0, 201) + "…");
}

TEST_CASE("events are checked by the plan in force", "[intake]") {
    const auto store = open_memory_store();
    Intake intake(*store, {});
    CHECK_THROWS_AS(intake.take(lines_of({order("o1")}), "test", now), IntakeError);
    deploy(*store, plan_with("event order { amount: money }"));
    CHECK(outcomes(intake.take(lines_of({order("o1")}), "test", now)) == Texts{"accepted"});
    deploy(*store, plan_with("event order { amount: money, sku: text }"));
    CHECK(outcomes(intake.take(lines_of({order("o2")}), "test", now)) == Texts{"wrong field"});
    CHECK(store->rejected_events(10).size() == 1);
}

TEST_CASE("nothing of a batch is kept when the store fails", "[intake]") {
    const TemporaryFolder folder;
    const std::string path = (folder / "sop.db").string();
    const auto store = open_sqlite_store(path);
    deploy(*store, plan_with("event order { amount: money }"));
    const auto other = open_sqlite_store(path, {.busy_timeout = 5ms});
    Intake intake(*other, {});
    {
        const auto held = store->begin();
        CHECK_THROWS_AS(intake.take(lines_of({order("o1")}), "test", now), StoreError);
    }
    CHECK_FALSE(store->find_event("o1"));
    CHECK(outcomes(intake.take(lines_of({order("o1")}), "test", now)) == Texts{"accepted"});
}

TEST_CASE("several bring events at once and each is told of its own", "[intake][queue]") {
    const TemporaryFolder folder;
    const std::string path = (folder / "sop.db").string();
    const auto store = open_sqlite_store(path);
    deploy(*store, plan_with("event order { amount: money }"));
    const ManualClock clock(now);
    std::atomic<int> commits{0};
    {
        IntakeQueue queue(open_sqlite_store(path), clock, {.source = "http", .lines_max = 3},
                          [&commits] { ++commits; });
        CHECK(queue.take({}).empty());
        std::vector<std::thread> senders;
        std::vector<Texts> told(8);
        for (std::size_t i = 0; i < told.size(); ++i) {
            senders.emplace_back([&, i] {
                Texts lines;
                for (std::size_t k = 0; k <= i; ++k)
                    lines.push_back(order(fmt::format("{}-{}", i, k)));
                lines.push_back("wrong");
                for (const Taken& each : queue.take(lines_of(lines)))
                    told[i].push_back(fmt::format("{} {} {}", each.line, each.id, outcome(each)));
            });
        }
        for (std::thread& sender : senders) sender.join();
        for (std::size_t i = 0; i < told.size(); ++i) {
            Texts expected;
            for (std::size_t k = 0; k <= i; ++k)
                expected.push_back(fmt::format("{} {}-{} accepted", k + 1, i, k));
            expected.push_back(fmt::format("{}  not JSON", i + 2));
            CHECK(told[i] == expected);
        }
    }
    CHECK(commits >= 44 / 3);
    CHECK(commits <= 44);
    CHECK(counts(*store) == Texts{"accepted 36", "rejected not JSON 8"});
}

TEST_CASE("who brings events to a store that fails is told", "[intake][queue]") {
    const TemporaryFolder folder;
    const std::string path = (folder / "sop.db").string();
    const auto store = open_sqlite_store(path);
    const ManualClock clock(now);
    IntakeQueue queue(open_sqlite_store(path), clock, {}, [] {});
    CHECK_THROWS_AS(queue.take(lines_of({order("o1")})), IntakeError);
    deploy(*store, plan_with("event order { amount: money }"));
    CHECK(outcomes(queue.take(lines_of({order("o1")}))) == Texts{"accepted"});
}

}  // namespace sop::runtime
