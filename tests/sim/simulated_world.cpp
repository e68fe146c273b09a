#include "tests/sim/simulated_world.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "tests/sim/enrichment.h"

namespace sop::sim {

using namespace std::chrono_literals;
using runtime::Attempt;
using std::chrono::milliseconds;
using tests::Answer;
using tests::AskAnswer;

SimulatedWorld::SimulatedWorld(std::uint64_t seed, const ScenarioOptions& options)
    : dice_(seed),
      options_(options),
      scenario_(make_scenario(dice_, options)),
      audit_(scenario_.plans, scenario_.reconciling),
      machine_(scenario_.start, {scenario_.channels, static_cast<std::size_t>(dice_.between(2, 40)),
                                 this, scenario_.reconciling}) {
    for (auto& [name, platform] : machine_.platforms()) {
        platform.in_flight_max = static_cast<std::size_t>(dice_.between(1, 8));
        places_[name] = platform.in_flight_max;
        moods_[name] = Mood::good;
        platform.answer = [this, channel = name](const Attempt& attempt) {
            return answer(channel, attempt);
        };
        platform.questions_max = static_cast<std::size_t>(dice_.between(1, 4));
        platform.ask_answer = [this, channel = name](const Attempt& attempt) {
            return answer_question(channel, attempt);
        };
    }
    for (const auto& group : scenario_.groups) groups_.push_back(group.id);
    for (const auto& member : scenario_.members) members_.push_back(member.id);
}

SimulationResult SimulatedWorld::run() {
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
                            .questions = audit_.questions(),
                            .messages = messages_,
                            .deaths = deaths_};
    for (const auto& [channel, platform] : machine_.platforms()) {
        if (platform.is_overrun)
            damage_.push_back("more under way than " + channel + " has places");
    }
    for (const auto* others : {&versions_.violations(), &std::as_const(damage_)})
        result.violations.insert(result.violations.end(), others->begin(), others->end());
    return result;
}

void SimulatedWorld::log(const std::string& line) {
    log_ += date::format("%F %T ", machine_.now()) + line + "\n";
}

// ---- the course of things -----------------------------------------------------------------------

void SimulatedWorld::has_died() {
    ++deaths_;
    // One that did not get up was not there.
    if (std::exchange(is_there_, false)) away_since_ = machine_.now();
    start_again_ = machine_.elapsed() + dice_.between(0ms, 90s);
}

void SimulatedWorld::live(Instant end) {
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

void SimulatedWorld::work_until(Instant until) {
    if (!machine_.is_running()) {
        if (start_again_ > machine_.elapsed()) {
            machine_.pass(std::min(until, start_again_) - machine_.elapsed());
            if (start_again_ > machine_.elapsed()) return;
        }
        begin_work();
    }
    if (is_healed_) resume_all();
    look();
    machine_.run_for(until - machine_.elapsed());
    check();
}

// A start, and what the people wanted of the last process that it may not have done.
void SimulatedWorld::begin_work() {
    audit_.history().absent(away_since_, machine_.now());
    audit_.history().clocks_changed(installed_clocks_);
    machine_.start();
    is_there_ = true;
    log("started");
    import_people();
    look();
    versions_.find_lost(machine_.store());
    // What a start itself deploys is told apart from what was asked for.
    if (!is_deploying_) {
        for (const auto& line : versions_.read_answers(machine_.store(), false)) log(line);
    }
    deploy_wanted();
    take_requests();
}

void SimulatedWorld::import_people() {
    if (is_imported_) return;
    const auto transaction = machine_.store().begin();
    for (const auto& group : scenario_.groups) machine_.store().put_group(group);
    for (const auto& member : scenario_.members) machine_.store().put_member(member);
    machine_.store().set_draw_secret("nobody knows");
    for (int i = 0; i < codes_max; ++i)
        machine_.store().add_code(pool_name, fmt::format("code {}", i));
    transaction->commit();
    is_imported_ = true;
}

// As a start does with its files.
void SimulatedWorld::deploy_wanted() {
    if (!to_deploy_) return;
    is_deploying_ = true;
    machine_.executor().deploy(scenario_.plans[*to_deploy_]);
    log(fmt::format("plan {} is in force", *to_deploy_));
    to_deploy_.reset();
    is_deploying_ = false;
    look();
    versions_.deployed_otherwise();
}

void SimulatedWorld::take_requests() {
    versions_.count_open_runs_before(machine_.store());
    machine_.executor().take_requests([](const auto&, const auto&) { return runtime::Channels{}; });
    look();
    for (const auto& line : versions_.read_answers(machine_.store(), true)) log(line);
    versions_.count_open_runs_after(machine_.store());
}

void SimulatedWorld::check() {
    audit_.check_store(machine_.store(), places_, machine_.now());
}

void SimulatedWorld::heal() {
    is_healed_ = true;
    full_until_.reset();
    machine_.disk().set_full(false);
    machine_.disk().forget_fault();
    for (auto& [channel, mood] : moods_) mood = Mood::good;
    log("from here on nothing breaks");
}

void SimulatedWorld::finish() {
    // What is under way comes to its end.
    machine_.executor().drain(machine_.now() + 2min);
    audit_.check_end(machine_.store(), scenario_.permanent, scenario_.start,
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

Mood SimulatedWorld::mood_of(const std::string& channel) {
    const Mood mood = moods_.at(channel);
    if (mood != Mood::mixed) return mood;
    return dice_.pick(std::vector{Mood::good, Mood::slow, Mood::busy, Mood::refusing, Mood::silent,
                                  Mood::asks_to_wait});
}

Answer SimulatedWorld::answer(const std::string& channel, const Attempt& attempt) {
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
            break;
    }
    const bool can_be_asked = scenario_.reconciling.contains(channel);
    // One that can be asked is asked often.
    if (can_be_asked && !is_healed_ && dice_.chance(10)) given.kind = Kind::unknown;
    if (given.kind == Kind::unknown) {
        given.reason = "no answer";
        given.delay = 30s;
        // Of others the worst is supposed.
        if (can_be_asked) given.taken = dice_.chance(50);
    }
    log(fmt::format("{}: {}.{} {} for {}, try {}: {} {}{}", channel, attempt.playbook, attempt.rule,
                    attempt.text, attempt.target, attempt.number, static_cast<int>(given.kind),
                    given.reason, given.is_taken() ? ", taken" : ""));
    // More than that is not waited for.
    Answer heard = given;
    if (heard.retry_after) heard.retry_after = std::min(*heard.retry_after, milliseconds{10min});
    audit_.attempted(channel, attempt, machine_.now(), machine_.elapsed(), heard);
    return given;
}

// What it says is so, if it says anything.
AskAnswer SimulatedWorld::answer_question(const std::string& channel, const Attempt& attempt) {
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
    audit_.asked(channel, attempt);
    return given;
}

}  // namespace sop::sim
