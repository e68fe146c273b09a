// One world, one time in which nothing is done: what becomes of it does not depend on what kept the
// executor. The worlds are those of the simulator.
//
// The same, whichever way: which messages there are, what each was planned for, what became of it
// and why, and which text was sent when. That is asked for where language.md's rule on `late` says
// so, and may differ in what the rule does not speak of:
//  - What was under way when the time began: a kill leaves it unknown, the others wait for its
//    answer. Here platforms answer at once, so that nothing is.
//  - Within one instant, in what order messages go: a pause ends for one rule after the other. Here
//    what is compared is sorted, and no rule has a cap, spacing or a quota, by which the first of
//    them would have what the second has not.
//  - Whom a firing finds: a pause of hold finds its audience on time, the others when they are
//  back.
//    Here tags change by the rules alone, which do nothing meanwhile.
#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdio>

#include "tests/sim/enrichment.h"
#include "tests/sim/scenario.h"
#include "tests/support/world.h"

namespace sop::sim {

using namespace sop::tests;
using Lines = std::vector<std::string>;

namespace {

enum class Outage { kill, stop, pause, standstill, busy };
const std::vector<Outage> others{Outage::stop, Outage::pause, Outage::standstill, Outage::busy};

std::string name_of(Outage outage) {
    switch (outage) {
        case Outage::kill:
            return "kill";
        case Outage::stop:
            return "stop";
        case Outage::pause:
            return "pause --hold";
        case Outage::standstill:
            return "the process stands still";
        case Outage::busy:
            return "the executor is busy";
    }
    return {};  // not reached: the switch names every kind
}

// Everything that is to happen, made once for all outages of it.
struct Course {
    lang::Plan plan;
    Scenario scenario;
    std::vector<runtime::Event> events;
    std::string start;
    std::string from;
    std::string to;
    std::string end;
};

bool has_wait(const lang::Step& step);

constexpr int codes_enough = 5000;

// Without the steps that count from when a wait was over.
void drop_counted_from_waits(std::vector<lang::Step>& steps) {
    const auto first = std::find_if(steps.begin(), steps.end(), has_wait);
    if (first == steps.end()) return;
    steps.erase(first + 1, steps.end());
    for (lang::Action& action : first->actions) {
        for (auto* branch : branches_of(action)) drop_counted_from_waits(*branch);
    }
}

bool has_wait(const lang::Step& step) {
    return std::any_of(step.actions.begin(), step.actions.end(), [](lang::Action action) {
        const auto branches = branches_of(action);
        return stands_still(action) ||
               std::any_of(branches.begin(), branches.end(), [](const auto* branch) {
                   return std::any_of(branch->begin(), branch->end(), has_wait);
               });
    });
}

// Whether points suffice may depend on what else happens at that instant.
void make_corrections(std::vector<lang::Step>& steps) {
    for (lang::Step& step : steps) {
        for (lang::Action& action : step.actions) {
            if (auto* points = std::get_if<lang::ChangePoints>(&action)) points->correction = true;
            for (auto* branch : branches_of(action)) make_corrections(*branch);
        }
    }
}

lang::Plan with_free_order(lang::Plan plan) {
    for (lang::Playbook& playbook : plan.playbooks) {
        for (lang::Rule& rule : playbook.rules) {
            rule.audience.edit().tagged = {{"member"}};
            const bool waits = std::any_of(rule.steps.begin(), rule.steps.end(), has_wait);
            if (waits && rule.guards->concurrent == lang::Concurrency::queue)
                rule.guards.edit().concurrent = lang::Concurrency::parallel;
            drop_counted_from_waits(rule.steps);
            make_corrections(rule.steps);
            rule.guards.edit().limits.clear();
            rule.guards.edit().space = 0s;
            rule.guards.edit().late.spaced = 0s;
            rule.via = std::vector<std::string>{"hook"};
        }
    }
    for (lang::ChannelDeclaration& channel : plan.channels) {
        channel.budget.reset();
        channel.quota.reset();
    }
    return plan;
}

Course make_course(std::uint64_t seed, bool is_plain) {
    Dice dice(seed);
    Course course;
    course.scenario = make_scenario(dice, {.rules = 8, .calm = true, .plain = is_plain});
    course.plan = with_free_order(course.scenario.plans.front());
    const auto moment = [&](std::chrono::milliseconds after_start) {
        return local_text(course.scenario.start + after_start, "UTC");
    };
    const auto from = dice.between(0ms, std::chrono::milliseconds{30h});
    const auto longest = dice.pick(std::vector<std::chrono::milliseconds>{3min, 20min, 4h, 30h});
    const auto to = from + dice.between(1s, longest);
    course.start = moment(0ms);
    course.from = moment(from);
    course.to = moment(to);
    course.end = moment(to + 48h);
    for (int i = 0; i < 12; ++i) {
        runtime::Event event;
        event.id = fmt::format("e{}", i);
        event.type = dice.pick(course.scenario.event_types);
        event.group = dice.pick(course.scenario.groups).id;
        event.member = dice.pick(course.scenario.members).id;
        event.at = course.scenario.start +
                   (dice.chance(60) ? dice.between(from, to) : dice.between(0ms, to + 12h));
        course.events.push_back(std::move(event));
    }
    return course;
}

// What is planned for the outage's very beginning is done before it.
void be_out(World& world, const Course& course, Outage outage) {
    switch (outage) {
        case Outage::kill:
            return world.crash_until(course.to);
        case Outage::stop:
            world.executor().drain(world.clock().now() + 5s);
            return world.crash_until(course.to);
        case Outage::pause:
            for (const auto& playbook : course.plan.playbooks)
                world.store().put_pause({.playbook = playbook.name, .since = world.clock().now()});
            world.run_until(course.to);
            for (runtime::Pause pause : world.store().list_pauses()) {
                pause.resumed_at = world.clock().now();
                world.store().put_pause(pause);
            }
            return;
        case Outage::standstill:
            return world.sleep_until(course.to);
        case Outage::busy:
            // It comes back to its loop so late, and to a wake-up that was long ago.
            world.sleep_until(course.to);
            return world.executor().wake(instant(course.from, "UTC"));
    }
}

// With the occasion of the run in whose branch it is, not its number, which may differ.
std::string occasion_of(World& world, const std::string& key) {
    runtime::RunId number = 0;
    if (std::sscanf(key.c_str(), "branch:%ld/", &number) != 1) return key;
    const auto run = world.store().find_run(number).value();
    return "branch:" + world.store().find_firing(run.firing)->key + key.substr(key.find('/'));
}

Lines what_became(World& world) {
    Lines lines;
    for (const auto& row : world.store().list_deliveries({.limit = runtime::every_row})) {
        const auto& delivery = row.delivery;
        lines.push_back(fmt::format("{}.{} {} for {}, step {}, planned for {}: {} {} {}",
                                    row.playbook, row.rule, occasion_of(world, row.firing.key),
                                    row.subject, delivery.step,
                                    local_text(delivery.planned_for, "UTC"),
                                    to_text(delivery.state), delivery.reason, row.text));
    }
    for (const auto& member : world.store().directory_page(runtime::SubjectKind::member, {}, 99)) {
        for (const auto& entry : world.store().list_points(member, 0, runtime::every_row))
            lines.push_back(fmt::format("{} got {} points at {} for {}", member, entry.amount,
                                        local_text(entry.at, "UTC"), entry.reason));
    }
    for (const auto& task : world.store().list_tasks({.limit = runtime::every_row}))
        lines.push_back(fmt::format("task of {} until {}: {}", local_text(task.made_at, "UTC"),
                                    local_text(task.due_at, "UTC"), to_text(task.state)));
    for (const Delivered& each : world.delivered())
        lines.push_back(fmt::format("sent at {}: {} / {} to {}: {}", each.at, each.rule, each.step,
                                    each.target, each.text));
    std::sort(lines.begin(), lines.end());
    return lines;
}

Lines live_through(const Course& course, Outage outage) {
    World world{course.plan, course.start, {.zone = "UTC"}};
    for (const auto& group : course.scenario.groups) world.store().put_group(group);
    for (const auto& member : course.scenario.members) world.store().put_member(member);
    world.store().set_draw_secret("nobody knows");
    for (int i = 0; i < codes_enough; ++i)
        world.store().add_code(pool_name, fmt::format("code {}", i));
    for (runtime::Event event : course.events) world.store().add_event(event);
    world.run_until(course.from);
    be_out(world, course, outage);
    world.run_until(course.end);
    return what_became(world);
}

// What only one of the two has.
Lines difference(const Lines& one, const Lines& other) {
    Lines lines;
    std::set_difference(one.begin(), one.end(), other.begin(), other.end(),
                        std::back_inserter(lines));
    return lines;
}

// How many messages were late.
std::size_t check_seed(std::uint64_t seed, bool is_plain = true) {
    const Course course = make_course(seed, is_plain);
    const Lines killed = live_through(course, Outage::kill);
    for (const Outage outage : others) {
        const Lines other = live_through(course, outage);
        INFO("seed " << seed << ", away from " << course.from << " to " << course.to
                     << " UTC: kill and " << name_of(outage));
        CHECK(difference(killed, other) == Lines{});
        CHECK(difference(other, killed) == Lines{});
    }
    return static_cast<std::size_t>(std::count_if(
        killed.begin(), killed.end(),
        [](const std::string& line) { return line.find(": skipped late") != std::string::npos; }));
}

void check_seeds(std::uint64_t first, std::uint64_t last, bool is_plain = true) {
    std::size_t late = 0;
    for (std::uint64_t seed = first; seed <= last; ++seed) late += check_seed(seed, is_plain);
    // Outages in which nothing is missed prove nothing.
    CHECK(late > last - first);
}

}  // namespace

TEST_CASE("what kept the executor makes no difference to what becomes of its messages",
          "[simulation][late][outage]") {
    check_seeds(1, 8);
}

TEST_CASE("what kept the executor makes no difference to points, lists, draws and tasks",
          "[simulation][late][outage]") {
    check_seeds(1, 8, false);
}

// Waits that end a run in a pause (1101, 1166), messages that quiet hours put off into the outage
// and that newer ones overtook (1178, 1219), or whose run an event ended then (1187); events that
// end a run by answering it and are an exit as well (1264, 1284).
TEST_CASE("what kept the executor makes no difference in worlds where it once did",
          "[simulation][late][outage]") {
    for (const std::uint64_t seed : {1101, 1166, 1178, 1187, 1219, 1264, 1284}) check_seed(seed);
}

TEST_CASE("what kept the executor makes no difference in many worlds",
          "[simulation][late][outage][long]") {
    check_seeds(1000, 1400);
}

}  // namespace sop::sim
