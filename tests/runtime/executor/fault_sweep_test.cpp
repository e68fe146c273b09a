// A morning of an executor on a store whose disk fails once: at the first call, at the second, at
// each. Whatever fails, the morning must end as it does undisturbed: on the channel `hook`, whose
// platform is asked, without any doubt.
//
// `[long]` takes every call; the others every so many, as far as the time allows.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <string>
#include <tuple>

#include "tests/support/draft.h"
#include "tests/support/machine.h"

namespace sop::runtime {
namespace {

using namespace sop::tests;

constexpr int groups = 24;  // g03 is asked twice
constexpr std::size_t places = 4;

lang::Plan morning_plan(bool with_noon) {
    Draft draft;
    draft.plan.channels = {{"chat", "webhook"}, {"hook", "webhook"}};
    draft.plan.events = {{"joined", {}}};
    draft.rule("check_in", daily({8h}, 1h)).steps = {
        {"start", at_start(), {draft.post("Good morning"), lang::ChangeTag{true, "greeted"}}},
        {"after 10m",
         after(10min),
         {draft.post("Still here?"), lang::ChangeTag{false, "curious"}}}};
    for (const char* name : {"news", "offer"}) {
        lang::Rule& rule = draft.rule(name, daily({name == std::string("news") ? 8h : 8h + 5min}));
        rule.via = std::vector<std::string>{"chat"};
        rule.guards.edit().limits = {{1, SubjectKind::group, lang::calendar::EveryNth::Unit::day}};
        rule.audience.edit().tagged = {{"reader"}};
        rule.steps = {{"start", at_start(), {draft.post("Read this")}}};
    }
    draft.rule("welcome", on_event("joined"), SubjectKind::member).steps = {
        {"start", at_start(), {draft.post("Welcome"), lang::ChangeTag{true, "welcomed"}}},
        {"after 15m", after(15min), {draft.post("Are you well?")}}};
    if (with_noon) {
        draft.rule("coffee", daily({8h + 30min})).steps = {
            {"start", at_start(), {draft.post("Coffee")}}};
    }
    return draft.plan;
}

// Answers by who is asked, so that each morning is the same.
Answer answer_of(const Attempt& attempt) {
    Answer answer{.delay = 300ms};
    if (attempt.target == "g03" && attempt.number == 1) {
        answer.kind = Answer::Kind::retry;
        answer.reason = "busy";
    }
    return answer;
}

using MessageName = std::tuple<std::string, std::string, std::string, std::size_t>;

class Morning {
  public:
    Morning() : machine(instant("2026-11-16 07:00"), {{"chat", "hook"}, 10, nullptr, {"hook"}}) {
        for (auto& [name, platform] : machine.platforms()) {
            platform.in_flight_max = places;
            platform.answer = answer_of;
        }
    }

    // Lives through it, starting again whenever the process dies.
    void live() {
        begin();
        finish();
    }

    void begin() {
        survive([this] {
            machine.executor().deploy(morning_plan(false));
            import();
        });
    }

    void finish() {
        run_until("2026-11-16 08:02");
        survive([this] {
            for (const char* member : {"m1", "m2", "m3"}) join(member, "early");
            machine.store().add_tag(SubjectKind::group, "g01", "curious");
        });
        run_until("2026-11-16 08:12");
        survive([this] {
            join("m1", "again");
            machine.executor().deploy(morning_plan(true));
        });
        run_until("2026-11-16 08:20");
        // The log is folded back, and written anew.
        survive([this] { machine.stop(5s); });
        run_until("2026-11-16 09:10");
        survive([this] { machine.stop(5s); });
        survive([this] { read_messages(); });
    }

    Machine machine;
    int deaths = 0;
    std::map<MessageName, std::string> messages;
    int events = 0;
    std::vector<std::vector<std::string>> tags;
    bool is_done = false;

  private:
    template <typename Act>
    void survive(Act act) {
        for (;;) {
            try {
                if (!machine.is_running()) machine.start();
                act();
                return;
            } catch (const StoreError&) {
                machine.close();
            } catch (const Killed&) {
                machine.die();
            }
            if (++deaths > 3) throw std::logic_error("it does not get up again");
        }
    }

    void run_until(const std::string& local) {
        survive([&] { machine.run_for(instant(local) - machine.now()); });
    }

    void import() {
        Store& store = machine.store();
        const auto transaction = store.begin();
        for (int i = 1; i <= groups; ++i) {
            // Caps count what others send, and who is first is a matter of chance: readers get
            // nothing but what is capped.
            store.put_group({fmt::format("g{:02}", i),
                             fmt::format("Group {}", i),
                             "",
                             {i % 2 == 0 ? "reader" : "member"}});
        }
        for (const char* member : {"m1", "m2", "m3"}) {
            store.put_member({member, member, {"g01"}, {"member"}});
        }
        transaction->commit();
    }

    void join(const std::string& member, const std::string& when) {
        machine.store().add_event(
            {member + when, "joined", std::nullopt, member, machine.now(), machine.now(), {}});
    }

    void read_messages() {
        messages.clear();
        for (const DueDelivery& due : machine.store().list_deliveries({})) {
            const MessageName name{due.rule, due.firing.key, due.subject, due.delivery.step};
            REQUIRE_FALSE(messages.contains(name));
            messages[name] = std::string(to_text(due.delivery.state));
        }
        events = 0;
        for (const char* id : {"m1early", "m2early", "m3early", "m1again"}) {
            events += machine.store().find_event(id).has_value() ? 1 : 0;
        }
        tags.clear();
        for (int i = 1; i <= groups; ++i) {
            tags.push_back(machine.store().find_group(fmt::format("g{:02}", i)).value().tags);
        }
        is_done = !machine.store().next_run_due() && !machine.store().next_event_at() &&
                  machine.store().firings_to_expand(1).empty();
    }
};

const Morning& undisturbed() {
    static Morning morning;
    static const bool lived = (morning.live(), true);
    REQUIRE(lived);
    return morning;
}

bool is_of_chat(const std::string& rule) {
    return rule == "news" || rule == "offer";
}

// A message whose attempt was marked when the process died is in doubt, and no other is.
void check_ends(const Morning& morning) {
    const auto& expected = undisturbed().messages;
    std::size_t doubts = 0;
    for (const auto& [name, state] : expected) {
        const auto found = morning.messages.find(name);
        REQUIRE(found != morning.messages.end());
        if (found->second == state) continue;
        CAPTURE(std::get<0>(name), std::get<2>(name), found->second, state);
        CHECK(is_of_chat(std::get<0>(name)));
        CHECK(state == "sent");
        CHECK(found->second == "unknown");
        ++doubts;
    }
    CHECK(morning.messages.size() == expected.size());
    CHECK(doubts <= places);
    if (morning.deaths == 0) CHECK(doubts == 0);
}

// Only what was certainly not taken is tried again; on `hook` an answer may have been lost.
void check_attempts(Morning& morning) {
    for (auto& [channel, platform] : morning.machine.platforms()) {
        CHECK_FALSE(platform.is_overrun);
        std::map<std::string, std::size_t> last;
        for (std::size_t i = 0; i < platform.attempts.size(); ++i) {
            const auto [before, is_first] = last.try_emplace(platform.attempts[i].key, i);
            if (is_first) continue;
            CAPTURE(platform.attempts[i].rule, platform.attempts[i].target);
            if (channel == "hook") {
                CHECK_FALSE(platform.reached[before->second]);
            } else {
                CHECK(platform.answered[before->second] == Answer::Kind::retry);
            }
            before->second = i;
        }
    }
}

void check(Morning& morning) {
    check_ends(morning);
    check_attempts(morning);
    CHECK(morning.events == undisturbed().events);
    CHECK(morning.tags == undisturbed().tags);
    CHECK(morning.is_done);
    CHECK(morning.machine.integrity() == "ok");
}

struct Sweep {
    const char* name;
    DiskCall call;
    DiskFault::Kind kind;
    PowerCut cut{};
};

using Kind = DiskFault::Kind;
using Kept = PowerCut::Kept;

const std::vector<Sweep> failures{
    {"opening fails", DiskCall::open, Kind::error},
    {"reading fails", DiskCall::read, Kind::error},
    {"writing fails", DiskCall::write, Kind::error},
    {"the disk is full", DiskCall::write, Kind::full},
    {"syncing fails", DiskCall::sync, Kind::error},
    {"truncating fails", DiskCall::truncate, Kind::error},
    {"asking for the size fails", DiskCall::size, Kind::error},
    {"locking fails", DiskCall::lock, Kind::error},
    {"a lock is taken", DiskCall::lock, Kind::busy},
    {"sharing memory fails", DiskCall::share, Kind::error},
    {"removing fails", DiskCall::remove, Kind::error},
    {"looking for a file fails", DiskCall::lookup, Kind::error},
};

const std::vector<Sweep> deaths{
    {"kill before a write", DiskCall::write, Kind::kill},
    {"kill before a sync", DiskCall::sync, Kind::kill},
    {"kill after a sync", DiskCall::sync, Kind::kill_after},
    {"kill at a lock", DiskCall::lock, Kind::kill},
    {"power cut before a sync", DiskCall::sync, Kind::power_cut, {Kept::nothing}},
    {"power cut after a sync", DiskCall::sync, Kind::power_cut_after, {Kept::nothing}},
    {"power cut before a sync, the last write torn",
     DiskCall::sync,
     Kind::power_cut,
     {Kept::all_but_torn}},
    {"power cut before a sync, some sectors written",
     DiskCall::sync,
     Kind::power_cut,
     {Kept::some}},
    {"power cut after a write, the last torn",
     DiskCall::write,
     Kind::power_cut_after,
     {Kept::all_but_torn}},
    {"power cut after a write, some sectors written",
     DiskCall::write,
     Kind::power_cut_after,
     {Kept::some}},
    {"power cut when a file is removed", DiskCall::remove, Kind::power_cut_after, {Kept::some}},
};

const std::vector<Sweep> memory{{"memory runs out", DiskCall::memory, Kind::error}};

// Each `stride`th call fails in a morning of its own; about `mornings` of them when that is given.
void sweep(const std::vector<Sweep>& sweeps, std::int64_t mornings) {
    for (const Sweep& each : sweeps) {
        Morning counted;
        counted.live();
        const std::int64_t calls = counted.machine.disk().calls(each.call);
        INFO(each.name);
        REQUIRE(calls > 0);
        const std::int64_t stride = mornings == 0 ? 1 : std::max<std::int64_t>(1, calls / mornings);
        int struck = 0;
        for (std::int64_t number = 1; number <= calls; number += stride) {
            CAPTURE(number, calls);
            Morning morning;
            PowerCut cut = each.cut;
            cut.seed = static_cast<std::uint64_t>(number);
            morning.machine.disk().plan({each.call, number, each.kind, cut});
            morning.live();
            struck += morning.machine.disk().has_fault() ? 0 : 1;
            // One that did not strike is not meant for who looks at the file afterwards.
            morning.machine.disk().forget_fault();
            check(morning);
        }
        CHECK(struck > 0);
    }
}

}  // namespace

TEST_CASE("an undisturbed morning sends everything", "[executor][fault]") {
    const Morning& morning = undisturbed();
    std::map<std::string, int> states;
    for (const auto& [name, state] : morning.messages) ++states[state];
    // Twice "check_in", "coffee" and "news" once, for half of the groups each; "offer" is capped.
    CHECK(states == std::map<std::string, int>{{"sent", 4 * groups / 2 + 6}, {"skipped", 12}});
    CHECK(morning.events == 4);
    CHECK(morning.is_done);
    CHECK(morning.deaths == 0);
}

TEST_CASE("a call to the disk that fails loses nothing and repeats nothing", "[executor][fault]") {
    sweep(failures, 8);
}

TEST_CASE("a kill or a cut of the power loses nothing and repeats nothing", "[executor][fault]") {
    sweep(deaths, 8);
}

TEST_CASE("memory that runs out loses nothing and repeats nothing", "[executor][fault]") {
    sweep(memory, 40);
}

TEST_CASE("no call to the disk may fail without being survived", "[executor][fault][long]") {
    sweep(failures, 0);
}

TEST_CASE("no moment for a kill or a cut of the power is left out", "[executor][fault][long]") {
    sweep(deaths, 0);
}

TEST_CASE("a thousand times memory runs out", "[executor][fault][long]") {
    sweep(memory, 1000);
}

}  // namespace sop::runtime
