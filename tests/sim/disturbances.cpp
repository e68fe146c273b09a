// What befalls a world: events, faults, people and platforms.
#include <fmt/format.h>

#include <algorithm>

#include "runtime/scheduler/staff.h"
#include "tests/sim/enrichment.h"
#include "tests/sim/simulated_world.h"

namespace sop::sim {

using namespace std::chrono_literals;
using runtime::StoreError;
using std::chrono::milliseconds;
using tests::DiskCall;
using tests::DiskFault;
using tests::PowerCut;

void SimulatedWorld::disturb() {
    switch (dice_.below(17)) {
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
            return ask_for_version();
        case 11:
        case 12:
            return change_mood();
        case 13:
        case 14:
            return pause_or_resume();
        case 15:
            return change_zones();
        default:
            return change_tag();
    }
}

void SimulatedWorld::send_events() {
    if (!machine_.is_running()) return;
    for (auto i = dice_.between(1, 5); i > 0; --i) send_event();
    if (!scenario_.has_games) return;
    for (auto i = dice_.between(0, 2); i > 0; --i) answer_task();
}

// As `sop tasks done` and `sop tasks reject` do; perhaps of one that is over.
void SimulatedWorld::answer_task() {
    const auto tasks = machine_.store().list_tasks({.limit = runtime::every_row});
    if (tasks.empty()) return;
    const runtime::Task& task = dice_.chance(70) ? tasks.back() : tasks[dice_.below(tasks.size())];
    runtime::TaskEnd end{.at = machine_.now(), .by = "lily"};
    end.state = dice_.chance(70) ? runtime::TaskState::done : runtime::TaskState::rejected;
    log(fmt::format("task {} is {}", task.id, to_text(end.state)));
    machine_.store().add_event(runtime::task_answer(task.id, end));
}

void SimulatedWorld::send_event() {
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
        if (scenario_.has_games) make_order(event);
    }
    event.received_at = machine_.now();
    log(fmt::format("event {} {} of {}", event.id, event.type, date::format("%F %T", event.at)));
    if (machine_.store().add_event(event)) {
        audit_.event_received(event.id, machine_.now());
        events_.push_back(event);
    }
}

// Often for a list that is open; an order says how many, and some come back.
void SimulatedWorld::make_order(runtime::Event& event) {
    if (!events_.empty() && dice_.chance(20)) {
        event.type = returned_event;
        event.fields[returned_order] = dice_.pick(events_).id;
        return;
    }
    auto& store = machine_.store();
    const std::string group = dice_.pick(groups_);
    const std::string member = dice_.pick(members_);
    const auto is_open = [&](runtime::SubjectKind kind, const std::string& subject) {
        return !store.collections_at(kind, subject, machine_.now()).empty();
    };
    if (is_open(runtime::SubjectKind::group, group) ||
        is_open(runtime::SubjectKind::member, member)) {
        event.type = ordered_event;
        event.group = group;
        event.member = member;
        event.at = machine_.now();
    }
    if (event.type == ordered_event && dice_.chance(70))
        event.fields[ordered_items] = std::to_string(dice_.between(1, 4));
}

void SimulatedWorld::plan_fault() {
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

void SimulatedWorld::fill_disk() {
    full_until_ = machine_.elapsed() + dice_.between(1min, 20min);
    machine_.disk().set_full(true);
    log("the disk is full");
}

void SimulatedWorld::step_clock() {
    const milliseconds most =
        dice_.pick(std::vector<milliseconds>{1s, 10s, 1min, 5min, 1h, 24h, 48h});
    const milliseconds by = dice_.chance(50) ? most : -most;
    const Instant before = machine_.now();
    const auto due = machine_.is_running() ? machine_.executor().next_due() : std::nullopt;
    machine_.step_clock(by);
    log(fmt::format("the clock steps by {} ms", by.count()));
    audit_.clock_stepped(by, machine_.now());
    if (by < 0ms) away_since_ = std::min(away_since_, machine_.now());
    if (by > 0ms && machine_.is_running())
        audit_.history().absent(
            due ? std::max(before, std::min(*due, machine_.now())) : machine_.now(),
            machine_.now());
}

void SimulatedWorld::stop() {
    if (machine_.is_running()) {
        machine_.stop(5s);
        is_there_ = false;
        away_since_ = machine_.now();
    }
    const milliseconds longest = dice_.pick(std::vector<milliseconds>{1min, 20min, 5h, 60h});
    start_again_ = machine_.elapsed() + dice_.between(1s, longest);
    log("stopped");
}

void SimulatedWorld::change_mood() {
    const std::string& channel = dice_.pick(scenario_.channels);
    Mood& mood = moods_.at(channel);
    mood = dice_.chance(40) ? Mood::good
                            : dice_.pick(std::vector{Mood::slow, Mood::busy, Mood::asks_to_wait,
                                                     Mood::refusing, Mood::silent, Mood::mixed});
    log(fmt::format("{} is now in mood {}", channel, static_cast<int>(mood)));
}

void SimulatedWorld::change_tag() {
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

// ---- versions -----------------------------------------------------------------------------------

void SimulatedWorld::deploy_next() {
    if (to_deploy_ || next_plan_ == scenario_.plans.size()) return;
    to_deploy_ = next_plan_++;
    if (machine_.is_running()) deploy_wanted();
}

// As `sop deploy`, `sop rollback` and `sop migrate` do. The process may die before it looks, while
// it does what is asked, and before the answer is read.
void SimulatedWorld::ask_for_version() {
    if (!machine_.is_running()) return;
    std::optional<std::size_t> plan;
    const auto request = choose_request(plan);
    if (dice_.chance(30)) plan_kill(dice_.between(1, 12));
    const auto id = versions_.ask(machine_.store(), request, plan);
    log(fmt::format("request {}: {}", id, to_text(request.kind)));
    if (dice_.chance(10)) {
        versions_.withdraw(machine_.store(), id);
        log("it is withdrawn");
    }
    if (dice_.chance(15)) throw tests::Killed{};
    take_requests();
}

runtime::VersionRequest SimulatedWorld::choose_request(std::optional<std::size_t>& plan) {
    using Kind = runtime::VersionRequestKind;
    const auto& versions = audit_.history().versions();
    runtime::VersionRequest request;
    request.asked_at = machine_.now();
    request.kind = dice_.pick(
        std::vector{Kind::deploy, Kind::rollback, Kind::migrate, Kind::migrate, Kind::migrate});
    const bool says_which = dice_.chance(request.kind == Kind::rollback ? 30 : 40);
    if (request.kind == Kind::deploy) {
        const bool is_new = next_plan_ < scenario_.plans.size() && dice_.chance(70);
        plan = is_new ? next_plan_++ : dice_.below(scenario_.plans.size());
        request.plan = lang::to_json(scenario_.plans[*plan]);
    } else if (says_which && !versions.empty()) {
        request.version = dice_.pick(versions).number;
    }
    request.dry_run = request.kind == Kind::migrate && dice_.chance(20);
    return request;
}

// At one of the next calls to the disk that write.
void SimulatedWorld::plan_kill(std::int64_t call) {
    using Kind = DiskFault::Kind;
    DiskFault fault;
    fault.call = dice_.pick(std::vector{DiskCall::write, DiskCall::sync});
    fault.kind = dice_.pick(std::vector{Kind::kill, Kind::kill_after, Kind::power_cut});
    fault.number = call;
    machine_.disk().plan(fault);
}

// ---- pauses -------------------------------------------------------------------------------------

namespace {

using runtime::Pause;

const Pause* find_pause(const std::vector<Pause>& pauses, const Pause& name) {
    const auto found = std::find_if(pauses.begin(), pauses.end(), [&name](const Pause& pause) {
        return pause.playbook == name.playbook && pause.rule == name.rule;
    });
    return found == pauses.end() ? nullptr : &*found;
}

}  // namespace

// As `sop pause` and `sop resume` do.
void SimulatedWorld::pause_or_resume() {
    if (!machine_.is_running()) return;
    auto pauses = machine_.store().list_pauses();
    if (!pauses.empty() && dice_.chance(60)) {
        Pause pause = dice_.pick(pauses);
        pause.resumed_at = machine_.now();
        log(fmt::format("{}.{} is resumed", pause.playbook, pause.rule));
        return machine_.store().put_pause(pause);
    }
    Pause pause;
    const lang::Playbook& playbook = dice_.pick(scenario_.plans[0].playbooks);
    pause.playbook = playbook.name;
    if (!playbook.rules.empty() && dice_.chance(70)) pause.rule = dice_.pick(playbook.rules).name;
    pause.mode = dice_.chance(65) ? runtime::PauseMode::hold : runtime::PauseMode::skip;
    const Pause* known = find_pause(pauses, pause);
    pause.since = known == nullptr ? machine_.now() : known->since;
    log(fmt::format("{}.{} is paused: {}", pause.playbook, pause.rule, to_text(pause.mode)));
    machine_.store().put_pause(pause);
}

void SimulatedWorld::resume_all() {
    for (Pause pause : machine_.store().list_pauses()) {
        if (pause.resumed_at) continue;
        pause.resumed_at = machine_.now();
        machine_.store().put_pause(pause);
    }
}

// ---- zone data ----------------------------------------------------------------------------------

const lang::calendar::ZoneDatabase& SimulatedWorld::make_zones(
    const Clocks& clocks, const std::optional<std::string>& damaged) {
    zone_data_.push_back(
        make_zone_data(clocks, fmt::format("2026f-{}", zone_data_.size()), damaged));
    return *zone_data_.back();
}

// They come with SIGHUP, or are found at the next start. Some cannot be used.
void SimulatedWorld::change_zones() {
    const bool is_planned = !audit_.history().versions().empty();
    if (machine_.is_running() && is_planned && dice_.chance(10)) return damage_zones();
    installed_clocks_ = change_clocks(dice_, installed_clocks_, zone_names);
    const auto& zones = make_zones(installed_clocks_);
    machine_.install_zones(zones);
    log("zone data " + zones.release());
    for (const auto& [zone, other] : installed_clocks_)
        log(fmt::format("  {} has the clocks of {}", zone, other));
    if (!machine_.is_running() || dice_.chance(30)) return;
    const Clocks before = audit_.history().clocks();
    audit_.history().clocks_changed(installed_clocks_);
    machine_.executor().change_zones(zones);
    log("they are in use");
    audit_.check_moved_times(machine_.store(), before, installed_clocks_, machine_.now());
}

// Those before stay in use.
void SimulatedWorld::damage_zones() {
    const auto& playbook =
        dice_.pick(scenario_.plans[audit_.history().versions().back().plan].playbooks);
    if (playbook.rules.empty()) return;
    const std::string zone = dice_.pick(playbook.rules).timezone;
    try {
        machine_.executor().change_zones(make_zones(audit_.history().clocks(), zone));
        damage_.push_back("damaged zone data are in use");
    } catch (const lang::calendar::ZoneDataError& error) {
        log(std::string("zone data are refused: ") + error.what());
    }
}

}  // namespace sop::sim
