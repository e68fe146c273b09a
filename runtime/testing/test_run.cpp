#include "runtime/testing/test_run.h"

#include <algorithm>
#include <chrono>

#include "runtime/executor/executor.h"
#include "runtime/intake/event_reader.h"
#include "runtime/scheduler/flow.h"
#include "runtime/store/sqlite/sqlite_store.h"

namespace sop::runtime {

namespace {

class TestObserver : public Observer {
  public:
    TestObserver(const lang::Plan& plan, TestRun& run) : plan_(plan), run_(run) {}

    void stepped(const std::string& playbook, const std::string& rule, std::size_t step) override {
        for (const auto& each : plan_.playbooks) {
            if (each.name != playbook) continue;
            for (const auto& candidate : each.rules) {
                if (candidate.name == rule)
                    run_.reached.emplace(lang::rule_path(each, candidate),
                                         step_path(candidate, step));
            }
        }
    }
    void trouble(const std::string& message) override { run_.troubles.push_back(message); }

  private:
    const lang::Plan& plan_;
    TestRun& run_;
};

void fill_directory(const lang::TestCase& test, Store& store) {
    const auto sorted = [](std::vector<std::string> names) {
        std::sort(names.begin(), names.end());
        names.erase(std::unique(names.begin(), names.end()), names.end());
        return names;
    };
    for (const auto& group : test.groups)
        store.put_group({group.id, group.id, "", sorted(group.tags)});
    for (const auto& member : test.members)
        store.put_member({member.id, member.id, sorted(member.groups), sorted(member.tags)});
}

void fill_pools(const lang::TestCase& test, Store& store) {
    for (const auto& pool : test.pools) {
        for (const auto& code : pool.codes) store.add_code(pool.name, code);
    }
}

// Whom an event names and nobody knows comes into being with it, a member in the event's group.
void bring_in(const lang::TestCase::Event& event, Store& store) {
    if (event.group && !store.find_group(*event.group))
        store.put_group({*event.group, *event.group, "", {}});
    if (!event.member || store.find_member(*event.member)) return;
    std::vector<std::string> groups;
    if (event.group) groups.push_back(*event.group);
    store.put_member({*event.member, *event.member, std::move(groups), {}});
}

void happen(const lang::TestCase::Event& event, Instant at, const lang::Plan& plan, Store& store) {
    const auto transaction = store.begin();
    bring_in(event, store);
    store.add_event(checked_event(
        plan, {event.id, event.type, event.group, event.member, at, at, event.fields}));
    transaction->commit();
}

std::vector<TestPost> list_posts(const lang::Plan& plan, Store& store) {
    std::map<std::string, const lang::Rule*> rules;
    for (const auto& playbook : plan.playbooks) {
        for (const auto& rule : playbook.rules) rules[lang::rule_path(playbook, rule)] = &rule;
    }
    DeliveryFilter filter;
    filter.limit = every_row;
    std::vector<TestPost> posts;
    for (auto& due : store.list_deliveries(filter)) {
        std::string path = due.playbook + "." + due.rule;
        std::string step = step_path(*rules.at(path), due.delivery.step);
        posts.push_back({due.subject_kind, std::move(due.subject), std::move(path), std::move(step),
                         due.delivery.wanted_at(), due.delivery.state, due.delivery.reason,
                         std::move(due.text)});
    }
    std::stable_sort(posts.begin(), posts.end(),
                     [](const TestPost& a, const TestPost& b) { return a.at < b.at; });
    return posts;
}

}  // namespace

CoveredSteps steps_of(const lang::Plan& plan) {
    CoveredSteps steps;
    for (const auto& playbook : plan.playbooks) {
        for (const auto& rule : playbook.rules) {
            for (std::size_t step = 0; step < count_steps(rule); ++step)
                steps.emplace(lang::rule_path(playbook, rule), step_path(rule, step));
        }
    }
    return steps;
}

TestRun run_test(const lang::TestCase& test, const lang::Plan& plan,
                 const lang::calendar::ZoneDatabase& zones, const Answer& answer) {
    const auto zone = zones.find(test.timezone);
    TestRun run;
    run.from = zone->to_instant(test.start);
    run.to = zone->to_instant(lang::end_of(test));

    const auto store = open_memory_store();
    fill_directory(test, *store);
    fill_pools(test, *store);
    ManualClock clock(run.from);
    Wakeup wakeup;
    TestObserver observer(plan, run);
    Channels channels;
    add_answering_channels(plan, answer, channels);
    Executor executor(*store, clock, wakeup, zones, std::move(channels), {}, &observer);
    executor.recover();
    executor.deploy(plan);
    const auto never = [] { return false; };
    for (const auto& event : test.events) {
        const Instant at = zone->to_instant(event.at);
        executor.run(never, at);
        happen(event, at, plan, *store);
    }
    executor.run(never, run.to);
    run.posts = list_posts(plan, *store);
    return run;
}

}  // namespace sop::runtime
