#include "tests/sim/simulation.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "tests/sim/audit.h"
#include "tests/support/machine.h"

namespace sop::sim {

namespace {

using namespace std::chrono_literals;
using runtime::Attempt;
using runtime::Instant;
using runtime::StoreError;
using std::chrono::milliseconds;
using tests::Answer;
using tests::AskAnswer;
using tests::DiskCall;
using tests::DiskFault;
using tests::Killed;
using tests::PowerCut;

// How a platform answers for a while.
enum class Mood { good, slow, busy, asks_to_wait, refusing, silent, mixed };

class Simulation : private runtime::Observer {
  public:
    Simulation(std::uint64_t seed, const ScenarioOptions& options)
        : dice_(seed),
          options_(options),
          scenario_(make_scenario(dice_, options)),
          // The last channel's platform is asked about what nobody can tell.
          reconciling_({scenario_.channels.back()}),
          audit_(scenario_.plans, reconciling_),
          machine_(scenario_.start,
                   {scenario_.channels, static_cast<std::size_t>(dice_.between(2, 40)), this,
                    reconciling_}) {
        for (auto& [name, platform] : machine_.platforms()) {
            platform.in_flight_max = static_cast<std::size_t>(dice_.between(1, 8));
            places_ += platform.in_flight_max;
            moods_[name] = Mood::good;
            platform.answer = [this, channel = name](const Attempt& attempt) {
                return answer(channel, attempt);
            };
            platform.ask_answer = [this, channel = name](const Attempt& attempt) {
                return answer_question(channel, attempt);
            };
        }
        for (const auto& group : scenario_.groups) groups_.push_back(group.id);
        for (const auto& member : scenario_.members) members_.push_back(member.id);
    }

    SimulationResult run() {
        live(Instant{scenario_.length});
        if (!options_.calm) {
            heal();
            live(Instant{scenario_.length} + date::days{4});
        }
        finish();
        SimulationResult result{.log = std::move(log_),
                                .violations = audit_.violations(),
                                .simulated = machine_.elapsed() - Instant{},
                                .attempts = audit_.attempts(),
                                .messages = messages_,
                                .deaths = deaths_};
        for (const auto& [channel, platform] : machine_.platforms()) {
            if (platform.is_overrun)
                damage_.push_back("more under way than " + channel + " has places");
        }
        result.violations.insert(result.violations.end(), damage_.begin(), damage_.end());
        return result;
    }

  private:
    void live(Instant end);
    void work_until(Instant until);
    void begin_work();
    void heal();
    void finish();
    // Does it, unless the process dies of it.
    template <typename Act>
    void survive(Act act);
    void check();

    Answer answer(const std::string& channel, const Attempt& attempt);
    AskAnswer answer_question(const std::string& channel, const Attempt& attempt);
    Mood mood_of(const std::string& channel);

    void disturb();
    void send_events();
    void send_event();
    void plan_fault();
    void fill_disk();
    void step_clock();
    void stop();
    void deploy_next();
    void change_mood();
    void change_tag();

    void trouble(const std::string& message) override { log("trouble: " + message); }
    void log(const std::string& line) {
        log_ += date::format("%F %T ", machine_.now()) + line + "\n";
    }

    Dice dice_;
    ScenarioOptions options_;
    Scenario scenario_;
    std::set<std::string> reconciling_;
    Audit audit_;
    tests::Machine machine_;
    std::size_t places_ = 0;
    std::map<std::string, Mood> moods_;
    std::vector<std::string> groups_;
    std::vector<std::string> members_;

    std::size_t deployed_ = 0;  // plans that are known to be
    std::size_t wanted_ = 1;    // plans that are to be
    bool is_imported_ = false;
    std::vector<runtime::Event> events_;
    Instant next_disturbance_{1h};
    Instant start_again_{};
    std::optional<Instant> full_until_{};
    Instant away_since_ = scenario_.start;  // on the wall
    bool is_there_ = false;
    bool is_healed_ = false;
    std::vector<std::string> damage_;  // what the audit does not see
    std::size_t deaths_ = 0;
    std::size_t messages_ = 0;
    std::string log_;
};

// ---- the course of things -----------------------------------------------------------------------

template <typename Act>
void Simulation::survive(Act act) {
    try {
        return act();
    } catch (const StoreError& error) {
        machine_.close();
        log(std::string("the process ends: ") + error.what());
    } catch (const Killed&) {
        machine_.die();
        log("the process is killed");
    }
    ++deaths_;
    // One that did not get up was not there.
    if (std::exchange(is_there_, false)) away_since_ = machine_.now();
    start_again_ = machine_.elapsed() + dice_.between(0ms, 90s);
}

void Simulation::live(Instant end) {
    while (machine_.elapsed() < end) {
        Instant next = end;
        if (!options_.calm && !is_healed_) next = std::min(next, next_disturbance_);
        if (full_until_) next = std::min(next, *full_until_);
        survive([&] { work_until(next); });
        if (full_until_ && machine_.elapsed() >= *full_until_) {
            full_until_.reset();
            machine_.disk().set_full(false);
            log("the disk has room again");
        }
        if (!options_.calm && !is_healed_ && machine_.elapsed() >= next_disturbance_) {
            next_disturbance_ = machine_.elapsed() + dice_.between(1min, 5h);
            survive([this] { disturb(); });
        }
    }
}

void Simulation::work_until(Instant until) {
    if (!machine_.is_running()) {
        if (start_again_ > machine_.elapsed()) {
            machine_.pass(std::min(until, start_again_) - machine_.elapsed());
            if (start_again_ > machine_.elapsed()) return;
        }
        begin_work();
    }
    machine_.run_for(until - machine_.elapsed());
    check();
}

// A start, and what the people wanted of the last process that it may not have done.
void Simulation::begin_work() {
    audit_.absent(away_since_, machine_.now());
    machine_.start();
    is_there_ = true;
    log("started");
    if (!is_imported_) {
        const auto transaction = machine_.store().begin();
        for (const auto& group : scenario_.groups) machine_.store().put_group(group);
        for (const auto& member : scenario_.members) machine_.store().put_member(member);
        transaction->commit();
        is_imported_ = true;
    }
    while (deployed_ < wanted_) {
        machine_.executor().deploy(scenario_.plans[deployed_]);
        log(fmt::format("plan {} is in force", deployed_));
        ++deployed_;
    }
}

void Simulation::check() {
    audit_.check_store(machine_.store(), places_);
}

void Simulation::heal() {
    is_healed_ = true;
    full_until_.reset();
    machine_.disk().set_full(false);
    machine_.disk().forget_fault();
    for (auto& [channel, mood] : moods_) mood = Mood::good;
    log("from here on nothing breaks");
}

void Simulation::finish() {
    // What is under way comes to its end.
    machine_.executor().drain(machine_.now() + 2min);
    audit_.check_end(machine_.store(), scenario_.permanent, deployed_, scenario_.start,
                     std::min(machine_.now(), scenario_.start + (machine_.elapsed() - Instant{})));
    for (const auto& row : machine_.store().summarize_deliveries()) {
        messages_ += static_cast<std::size_t>(row.count);
        log(fmt::format("{}.{}: {} {} {}", row.playbook, row.rule, row.count, to_text(row.state),
                        row.reason));
    }
    machine_.stop(5s);
    const std::string integrity = machine_.integrity();
    log("integrity: " + integrity);
    if (integrity != "ok") damage_.push_back("the store is damaged: " + integrity);
}

// ---- the platforms ------------------------------------------------------------------------------

Mood Simulation::mood_of(const std::string& channel) {
    const Mood mood = moods_.at(channel);
    if (mood != Mood::mixed) return mood;
    return dice_.pick(std::vector{Mood::good, Mood::slow, Mood::busy, Mood::refusing, Mood::silent,
                                  Mood::asks_to_wait});
}

Answer Simulation::answer(const std::string& channel, const Attempt& attempt) {
    using Kind = Answer::Kind;
    Answer given{.kind = Kind::sent, .delay = dice_.between(20ms, 800ms)};
    switch (mood_of(channel)) {
        case Mood::good:
        case Mood::mixed:
            break;
        case Mood::slow:
            given.delay = dice_.between(2s, 50s);
            break;
        case Mood::busy:
            given.kind = Kind::retry;
            given.reason = "busy";
            break;
        case Mood::asks_to_wait:
            given.kind = Kind::retry;
            given.reason = "asked to wait";
            given.retry_after = dice_.between(1s, 15min);
            break;
        case Mood::refusing:
            given.kind = Kind::failed;
            given.reason = "refused";
            break;
        case Mood::silent:
            given.kind = Kind::unknown;
            given.reason = "no answer";
            given.delay = 30s;
            if (reconciling_.contains(channel)) given.taken = dice_.chance(50);
            break;
    }
    log(fmt::format("{}: {}.{} {} for {}, try {}: {} {}", channel, attempt.playbook, attempt.rule,
                    attempt.text, attempt.target, attempt.number, static_cast<int>(given.kind),
                    given.reason));
    // More than that is not waited for.
    Answer heard = given;
    if (heard.retry_after) heard.retry_after = std::min(*heard.retry_after, milliseconds{10min});
    audit_.attempted(attempt, machine_.now(), machine_.elapsed(), heard);
    return given;
}

// True, or none.
AskAnswer Simulation::answer_question(const std::string& channel, const Attempt& attempt) {
    using Kind = AskAnswer::Kind;
    AskAnswer given{.delay = dice_.between(20ms, 800ms)};
    switch (mood_of(channel)) {
        case Mood::good:
        case Mood::mixed:
            break;
        case Mood::slow:
            given.delay = dice_.between(2s, 50s);
            break;
        case Mood::busy:
        case Mood::refusing:
            given.kind = Kind::not_known;
            given.reason = "cannot tell";
            break;
        case Mood::asks_to_wait:
            given.kind = Kind::not_known;
            given.reason = "asked to wait";
            given.retry_after = dice_.between(1s, 15min);
            break;
        case Mood::silent:
            given.kind = Kind::not_known;
            given.reason = "no answer";
            given.delay = 30s;
            break;
    }
    log(fmt::format("{}: asked about {} for {}: {} {}", channel, attempt.text, attempt.target,
                    static_cast<int>(given.kind), given.reason));
    audit_.asked(attempt, given);
    return given;
}

void Simulation::change_mood() {
    const std::string& channel = dice_.pick(scenario_.channels);
    Mood& mood = moods_.at(channel);
    mood = dice_.chance(40) ? Mood::good
                            : dice_.pick(std::vector{Mood::slow, Mood::busy, Mood::asks_to_wait,
                                                     Mood::refusing, Mood::silent, Mood::mixed});
    log(fmt::format("{} is now in mood {}", channel, static_cast<int>(mood)));
}

// ---- what befalls it ----------------------------------------------------------------------------

void Simulation::disturb() {
    switch (dice_.below(12)) {
        case 0:
        case 1:
        case 2:
            return send_events();
        case 3:
        case 4:
            return plan_fault();
        case 5:
            return fill_disk();
        case 6:
            return step_clock();
        case 7:
            return stop();
        case 8:
            return deploy_next();
        case 9:
        case 10:
            return change_mood();
        default:
            return change_tag();
    }
}

void Simulation::send_events() {
    if (!machine_.is_running()) return;
    for (auto i = dice_.between(1, 5); i > 0; --i) send_event();
}

void Simulation::send_event() {
    runtime::Event event;
    if (!events_.empty() && dice_.chance(20)) {
        event = dice_.pick(events_);
    } else {
        event.id = fmt::format("e{}", events_.size());
        event.type = dice_.pick(scenario_.event_types);
        if (dice_.chance(80)) event.group = dice_.chance(5) ? "nobody" : dice_.pick(groups_);
        if (dice_.chance(80)) event.member = dice_.chance(5) ? "nobody" : dice_.pick(members_);
        event.at = machine_.now();
        if (dice_.chance(30)) event.at -= dice_.between(1s, dice_.chance(50) ? 10min : 48h);
        if (dice_.chance(5)) event.at += dice_.between(1s, 1h);
    }
    event.received_at = machine_.now();
    log(fmt::format("event {} {} of {}", event.id, event.type, date::format("%F %T", event.at)));
    if (machine_.store().add_event(event)) {
        audit_.event_received(event.id, machine_.now());
        events_.push_back(event);
    }
}

void Simulation::plan_fault() {
    using Kind = DiskFault::Kind;
    using Kept = PowerCut::Kept;
    DiskFault fault;
    fault.cut = {dice_.pick(std::vector{Kept::nothing, Kept::all_but_torn, Kept::some}),
                 dice_.below(1000000)};
    if (dice_.chance(60)) {
        fault.call = dice_.pick(std::vector{DiskCall::write, DiskCall::write, DiskCall::sync});
        fault.kind = dice_.pick(std::vector{Kind::kill, Kind::kill_after, Kind::power_cut,
                                            Kind::power_cut_after, Kind::error, Kind::full});
    } else if (dice_.chance(20)) {
        fault.call = DiskCall::memory;
    } else {
        fault.call = dice_.pick(std::vector{DiskCall::open, DiskCall::read, DiskCall::size,
                                            DiskCall::lock, DiskCall::share, DiskCall::lookup});
        fault.kind = fault.call == DiskCall::lock && dice_.chance(50) ? Kind::busy : Kind::error;
    }
    fault.number = dice_.between(1, fault.call == DiskCall::memory ? 5000 : 60);
    machine_.disk().plan(fault);
    log(fmt::format("fault {} at call {} of kind {}", static_cast<int>(fault.kind), fault.number,
                    static_cast<int>(fault.call)));
}

void Simulation::fill_disk() {
    full_until_ = machine_.elapsed() + dice_.between(1min, 20min);
    machine_.disk().set_full(true);
    log("the disk is full");
}

void Simulation::step_clock() {
    const milliseconds most =
        dice_.pick(std::vector<milliseconds>{1s, 10s, 1min, 5min, 1h, 24h, 48h});
    const milliseconds by = dice_.chance(50) ? most : -most;
    const Instant before = machine_.now();
    const auto due = machine_.is_running() ? machine_.executor().next_due() : std::nullopt;
    machine_.step_clock(by);
    log(fmt::format("the clock steps by {} ms", by.count()));
    audit_.clock_stepped(by);
    if (by < 0ms) away_since_ = std::min(away_since_, machine_.now());
    if (by > 0ms && machine_.is_running())
        audit_.absent(due ? std::max(before, std::min(*due, machine_.now())) : machine_.now(),
                      machine_.now());
}

void Simulation::stop() {
    if (machine_.is_running()) {
        machine_.stop(5s);
        is_there_ = false;
        away_since_ = machine_.now();
    }
    const milliseconds longest = dice_.pick(std::vector<milliseconds>{1min, 20min, 5h, 60h});
    start_again_ = machine_.elapsed() + dice_.between(1s, longest);
    log("stopped");
}

void Simulation::deploy_next() {
    if (wanted_ == scenario_.plans.size()) return;
    ++wanted_;
    if (!machine_.is_running()) return;
    machine_.executor().deploy(scenario_.plans[deployed_]);
    log(fmt::format("plan {} is in force", deployed_));
    ++deployed_;
}

void Simulation::change_tag() {
    if (!machine_.is_running()) return;
    const bool is_group = dice_.chance(50);
    const std::string subject = dice_.pick(is_group ? groups_ : members_);
    const bool is_permanent = scenario_.permanent.contains(subject);
    const std::string tag = is_permanent || dice_.chance(50) ? "reader" : "member";
    const auto kind = is_group ? runtime::SubjectKind::group : runtime::SubjectKind::member;
    const bool add = dice_.chance(50);
    log(fmt::format("{} {} {}", subject, add ? "gets" : "loses", tag));
    if (add) {
        machine_.store().add_tag(kind, subject, tag);
    } else {
        machine_.store().remove_tag(kind, subject, tag);
    }
}

}  // namespace

SimulationResult simulate(std::uint64_t seed, const ScenarioOptions& options) {
    return Simulation(seed, options).run();
}

}  // namespace sop::sim
