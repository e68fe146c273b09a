// A world while it lasts: the process that dies and starts again, the platforms, and what befalls
// them.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lang/calendar/zone.h"
#include "runtime/executor/observer.h"
#include "tests/sim/audit.h"
#include "tests/sim/dice.h"
#include "tests/sim/scenario.h"
#include "tests/sim/simulation.h"
#include "tests/sim/version_desk.h"
#include "tests/sim/walls.h"
#include "tests/support/machine.h"

namespace sop::sim {

// How a platform answers for a while.
enum class Mood { good, slow, busy, asks_to_wait, refusing, silent, mixed };

class SimulatedWorld : private runtime::Observer {
  public:
    SimulatedWorld(std::uint64_t seed, const ScenarioOptions& options);
    SimulationResult run();

  private:
    // ---- the course of things: simulated_world.cpp
    void live(Instant end);
    void work_until(Instant until);
    void begin_work();
    void import_people();
    void deploy_wanted();
    void take_requests();
    void heal();
    void finish();
    // Does it, unless the process dies of it.
    template <typename Act>
    void survive(Act act);
    void has_died();
    void check();
    void look() { audit_.history().look(machine_.store(), machine_.now()); }
    Mood mood_of(const std::string& channel);
    tests::Answer answer(const std::string& channel, const runtime::Attempt& attempt);
    tests::AskAnswer answer_question(const std::string& channel, const runtime::Attempt& attempt);

    // ---- what befalls it: disturbances.cpp
    void disturb();
    void send_events();
    void send_event();
    void make_order(runtime::Event& event);
    void answer_task();
    void plan_fault();
    void fill_disk();
    void step_clock();
    void stop();
    void deploy_next();
    void ask_for_version();
    // With the plan of a deploy.
    runtime::VersionRequest choose_request(std::optional<std::size_t>& plan);
    void plan_kill(std::int64_t call);
    void change_mood();
    void change_tag();
    void pause_or_resume();
    void resume_all();
    void change_zones();
    void damage_zones();
    const lang::calendar::ZoneDatabase& make_zones(
        const Clocks& clocks, const std::optional<std::string>& damaged = std::nullopt);

    void trouble(const std::string& message) override { log("trouble: " + message); }
    void log(const std::string& line);

    Dice dice_;
    ScenarioOptions options_;
    Scenario scenario_;
    Audit audit_;
    tests::Machine machine_;
    VersionDesk versions_{audit_.history()};
    Places places_;
    std::map<std::string, Mood> moods_;
    std::vector<std::string> groups_;
    std::vector<std::string> members_;

    std::optional<std::size_t> to_deploy_ = 0;  // by the process itself
    bool is_deploying_ = false;                 // or was when it died
    std::size_t next_plan_ = 1;
    bool is_imported_ = false;
    std::vector<runtime::Event> events_;
    // Executors refer to them.
    std::vector<std::unique_ptr<const lang::calendar::ZoneDatabase>> zone_data_;
    Clocks installed_clocks_;
    Instant next_disturbance_{std::chrono::hours{1}};
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

template <typename Act>
void SimulatedWorld::survive(Act act) {
    try {
        return act();
    } catch (const runtime::StoreError& error) {
        machine_.close();
        log(std::string("the process ends: ") + error.what());
    } catch (const tests::Killed&) {
        machine_.die();
        log("the process is killed");
    }
    has_died();
}

}  // namespace sop::sim
