// Tasks, orders to platforms, and what runs do to groups, as every store keeps them.
#include <catch2/catch.hpp>

#include "runtime/store/store.h"
#include "tests/support/stores.h"

namespace sop::runtime {

namespace {

using Ids = std::vector<TaskId>;

using tests::FileStore;
using tests::MemoryStore;

Instant at(int minute) {
    return Instant(std::chrono::minutes(minute));
}

Task a_task(RunId run, int due, const std::string& role = "owner") {
    return {.run = run,
            .rule = 1,
            .step = 2,
            .action = 1,
            .text = "Call 王",
            .role = role,
            .group = "g1",
            .made_at = at(0),
            .due_at = at(due),
            .remind_at = at(due / 2)};
}

Ids ids_of(const std::vector<Task>& tasks) {
    Ids ids;
    for (const Task& task : tasks) ids.push_back(task.id);
    return ids;
}

}  // namespace

TEMPLATE_TEST_CASE("a task is read as it was written, and listed by state, role and group",
                   "[store][task]", MemoryStore, FileStore) {
    TestType world;
    Store& store = *world;
    Task first = a_task(1, 60);
    first.member = "m1";
    first.is_approval = true;
    first.id = store.add_task(first);
    Task second = a_task(2, 30, "admin");
    second.group.reset();
    second.id = store.add_task(second);
    CHECK(store.find_task(first.id) == first);
    CHECK(store.find_task(second.id) == second);
    CHECK_FALSE(store.find_task(99));
    CHECK(ids_of(store.list_tasks({})) == Ids{1, 2});
    CHECK(ids_of(store.list_tasks({.role = "admin"})) == Ids{2});
    CHECK(ids_of(store.list_tasks({.group = "g1"})) == Ids{1});
    CHECK(ids_of(store.list_tasks({.limit = 1, .after = 1})) == Ids{2});
    CHECK(ids_of(store.open_tasks_of_run(2)) == Ids{2});
    store.settle_task(first.id, {TaskState::done, at(7), "lily", "she comes"});
    CHECK(ids_of(store.list_tasks({.state = TaskState::open})) == Ids{2});
    const Task done = store.find_task(first.id).value();
    CHECK(done.state == TaskState::done);
    CHECK(done.settled_at == at(7));
    CHECK(done.by == "lily");
    CHECK(done.note == "she comes");
    CHECK_FALSE(done.remind_at);
    CHECK(store.open_tasks_of_run(1).empty());
}

TEMPLATE_TEST_CASE("what is settled stays so, but for a late task that is done after all",
                   "[store][task]", MemoryStore, FileStore) {
    TestType world;
    Store& store = *world;
    const TaskId task = store.add_task(a_task(1, 60));
    store.settle_task(task, {TaskState::late, at(60), {}, {}});
    store.settle_task(task, {TaskState::done, at(70), "lily", {}});
    CHECK(store.find_task(task)->state == TaskState::done);
    CHECK_THROWS_AS(store.settle_task(task, {TaskState::rejected, at(80), {}, {}}), StoreError);
    CHECK_THROWS_AS(store.settle_task(99, {TaskState::done, at(80), {}, {}}), StoreError);
}

TEMPLATE_TEST_CASE("reminders come in the order of their times, each once", "[store][task]",
                   MemoryStore, FileStore) {
    TestType world;
    Store& store = *world;
    CHECK_FALSE(store.next_reminder_at());
    store.add_task(a_task(1, 60));
    store.add_task(a_task(2, 30));
    store.add_task(a_task(3, 90));
    CHECK(store.next_reminder_at() == at(15));
    CHECK(ids_of(store.due_reminders(at(30), 10)) == Ids{2, 1});
    CHECK(ids_of(store.due_reminders(at(30), 1)) == Ids{2});
    store.set_reminded(2);
    CHECK(store.next_reminder_at() == at(30));
    store.settle_task(1, {TaskState::cancelled, at(20), {}, "left"});
    CHECK(store.next_reminder_at() == at(45));
}

TEMPLATE_TEST_CASE("a task is moved to another run and place", "[store][task]", MemoryStore,
                   FileStore) {
    TestType world;
    Store& store = *world;
    const TaskId task = store.add_task(a_task(1, 60));
    store.move_task(task, 5, 7, 0);
    CHECK(store.open_tasks_of_run(1).empty());
    const Task moved = store.find_task(task).value();
    CHECK(moved.run == 5);
    CHECK(moved.step == 7);
    CHECK(moved.action == 0);
}

TEMPLATE_TEST_CASE("tasks that are over are let go, open ones and the last stay",
                   "[store][task][retention]", MemoryStore, FileStore) {
    TestType world;
    Store& store = *world;
    for (const RunId run : {1, 2, 3, 4}) store.add_task(a_task(run, 60));
    store.settle_task(1, {TaskState::done, at(10), {}, {}});
    store.settle_task(3, {TaskState::late, at(500), {}, {}});
    store.settle_task(4, {TaskState::done, at(10), {}, {}});
    const auto page = store.sweep(Kept::tasks, {}, at(100), 10);
    REQUIRE(page);
    CHECK(page->let_go == 1);
    CHECK(ids_of(store.list_tasks({})) == Ids{2, 3, 4});
}

TEMPLATE_TEST_CASE("an order stays with its delivery", "[store][task]", MemoryStore, FileStore) {
    TestType world;
    Store& store = *world;
    const RuleId rule = store.find_or_add_rule("members", "sale", at(0)).id;
    const auto firing = store.add_firing({.rule = rule,
                                          .key = "k",
                                          .plan = store.add_plan(at(0), "hash", "{}"),
                                          .start_at = at(0),
                                          .end_at = at(0)});
    const auto run = store.add_run({.firing = *firing, .rule = rule, .subject = "g1"});
    const DeliveryId delivery =
        store.add_delivery({.run = *run, .channel = "hook", .planned_for = at(1), .due_at = at(1)});
    CHECK_FALSE(store.find_command(delivery));
    const Command command{"invite", {{"group", "g\"1"}}, {"m1", "王"}};
    store.put_command(delivery, command);
    CHECK(store.find_command(delivery) == command);
}

TEMPLATE_TEST_CASE("groups of a run keep their order, and one group is of one run",
                   "[store][groups]", MemoryStore, FileStore) {
    TestType world;
    Store& store = *world;
    store.add_run_group(1, "b");
    store.add_run_group(1, "a");
    store.add_run_group(2, "c");
    CHECK(store.groups_of_run(1) == std::vector<std::string>{"b", "a"});
    CHECK(store.groups_of_run(3).empty());
    CHECK_THROWS_AS(store.add_run_group(2, "a"), StoreError);
    store.move_run_groups(1, 7);
    CHECK(store.groups_of_run(1).empty());
    CHECK(store.groups_of_run(7) == std::vector<std::string>{"b", "a"});
}

TEMPLATE_TEST_CASE("nobody is invited to a group twice, unless the invitation did not arrive",
                   "[store][groups]", MemoryStore, FileStore) {
    TestType world;
    Store& store = *world;
    CHECK(store.add_invitation("g1", "m2", 10));
    CHECK(store.add_invitation("g1", "m1", 11));
    CHECK(store.add_invitation("g2", "m2", 12));
    CHECK_FALSE(store.add_invitation("g1", "m2", 13));
    CHECK(store.invited_to("g1") == std::vector<std::string>{"m1", "m2"});
    store.remove_invitations(10);
    CHECK(store.invited_to("g1") == std::vector<std::string>{"m1"});
    CHECK(store.add_invitation("g1", "m2", 14));
}

}  // namespace sop::runtime
