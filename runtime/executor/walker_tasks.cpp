// The part of the walker that asks staff, reminds them, and takes their answers.
#include <fmt/core.h>

#include "runtime/clock/instant_text.h"
#include "runtime/executor/run_state.h"
#include "runtime/executor/walker.h"
#include "runtime/scheduler/staff.h"

namespace sop::runtime {

namespace {

constexpr std::size_t of_the_reminder = 1;

Command command_of(const Task& task, const char* verb, std::vector<std::string> staff) {
    return {.verb = verb,
            .fields = {{"task", std::to_string(task.id)},
                       {"role", task.role},
                       {"due_at", instant_text(task.due_at)}},
            .members = std::move(staff)};
}

}  // namespace

void Walker::record(const StepRecord& step, const AskedStaff& asked) {
    Task task{.run = step.run.id, .rule = step.run.rule};
    task.step = step.delivery.step;
    task.action = step.delivery.action;
    task.is_approval = asked.is_approval;
    task.text = asked.text;
    task.role = asked.role;
    task.group = asked.group;
    task.member = asked.member;
    task.made_at = step.delivery.planned_for;
    task.due_at = asked.due_at;
    const Instant half = reminder_at(step.context.now, task.due_at);
    if (half < task.due_at) task.remind_at = half;
    task.id = store_.add_task(task);
    tell_staff(step, task, asked.is_approval ? approval_command : task_command, asked.staff);
}

// Without a way out the task stands in the list all the same.
void Walker::tell_staff(const StepRecord& step, const Task& task, const char* verb,
                        const std::vector<std::string>& staff) {
    if (step.context.rule.via->empty()) return;
    if (staff.empty()) return record(step, Withhold{DeliveryState::refused, "no holder"});
    record(step, Order{command_of(task, verb, staff), {}, task.text});
}

// It is not held back, and never too late.
void Walker::record(const StepRecord& step, const Order& order) {
    if (can_order(step, order)) {
        add_order(step, order);
        return;
    }
    StepRecord failed = step;
    if (!order.channel.empty()) failed.delivery.channel = order.channel;
    record(failed, Withhold{DeliveryState::failed,
                            fmt::format("channel `{}` is not set up", failed.delivery.channel)});
}

bool Walker::can_order(const StepRecord& step, const Order& order) const {
    return order.channel.empty() ? step.context.channel.has_value()
                                 : channels_.contains(order.channel);
}

DeliveryId Walker::add_order(const StepRecord& step, const Order& order) {
    Delivery delivery = step.delivery;
    if (!order.channel.empty()) delivery.channel = order.channel;
    if (step.context.now > delivery.planned_for) delivery.moved_to = step.context.now;
    delivery.due_at = delivery.wanted_at();
    delivery.message = store_.intern_message({.text = order.text});
    delivery.id = store_.add_delivery(delivery);
    store_.put_command(delivery.id, order.command);
    return delivery.id;
}

// ---- reminders ----------------------------------------------------------------------------------

std::size_t Walker::remind_staff(Instant until, Instant now, std::size_t room) {
    const auto tasks = store_.due_reminders(until, room);
    for (const Task& task : tasks) {
        const Instant remind_at = task.remind_at.value();
        store_.set_reminded(task.id);
        try {
            remind(task, remind_at, now);
        } catch (const StoreError&) {
            throw;
        } catch (const std::exception& error) {
            reports_.trouble(
                fmt::format("nobody is reminded of task {}: {}", task.id, error.what()));
        }
    }
    return tasks.size();
}

void Walker::remind(const Task& task, Instant remind_at, Instant now) {
    // One that is over before the executor got to it was reminded of in vain.
    const auto run = store_.find_run(task.run);
    if (!run || now >= task.due_at) return;
    const Firing firing = firing_of(*run);
    const LoadedRule& rule = plans_.rule(firing.plan, task.rule);
    const StepContext context = context_of(rule, firing, now);
    StepRecord step{context, rule, *run, {}};
    step.delivery = delivery_of(context, *run, task.step, remind_at, channel_of(context));
    step.delivery.action =
        delivery_number(step_at(*rule.rule, task.step), task.action, of_the_reminder);
    if (context.skips_paused && !context.rule.via->empty())
        return record(step, Withhold{DeliveryState::skipped, "paused"});
    tell_staff(step, task, reminder_command, staff_of(task));
}

// As the directory has them now.
std::vector<std::string> Walker::staff_of(const Task& task) {
    if (task.group) return records_.staff_of(*task.group, task.role);
    const auto member = task.member ? store_.find_member(*task.member) : std::nullopt;
    if (!member) return {};
    for (const std::string& group : member->groups) {
        auto staff = records_.staff_of(group, task.role);
        if (!staff.empty()) return staff;
    }
    return {};
}

// ---- answers ------------------------------------------------------------------------------------

// How many tasks it settles: none for another event.
std::size_t Walker::take_task_answer(const Event& event, Instant now) {
    if (event.type != task_answer_event) return 0;
    const auto answer = read_task_answer(event);
    const auto task = answer ? store_.find_task(answer->task) : std::nullopt;
    const bool can_change =
        task && (task->state == TaskState::open || task->state == TaskState::late);
    if (!can_change) {
        reports_.trouble(fmt::format("event {}: there is no such task that is open", event.id));
        return 0;
    }
    store_.settle_task(task->id, answer->end);
    const auto run = store_.find_run(task->run);
    const bool goes_on = task->state == TaskState::open && run && is_waiting_for(*run, *task);
    if (goes_on)
        on_run(*run, now,
               [&] { end_wait(*run, answer->end.state == TaskState::done, event.at, now); });
    return 1;
}

bool Walker::is_waiting_for(const Run& run, const Task& task) {
    return run.state == RunState::waiting && position_of(run) == Position{task.step, task.action};
}

// The time of a run's wait is over: so is that of the task it waits for.
void Walker::settle_unanswered(const Run& run, Instant at) {
    for (const Task& task : store_.open_tasks_of_run(run.id)) {
        if (is_waiting_for(run, task)) store_.settle_task(task.id, {TaskState::late, at, {}, {}});
    }
}

// Of a run that came to its end early; those of one that walked all its steps stand.
void Walker::cancel_tasks(const Run& run, Instant now) {
    if (run.state != RunState::done || run.reason.empty()) return;
    for (const Task& task : store_.open_tasks_of_run(run.id))
        store_.settle_task(task.id, {TaskState::cancelled, now, {}, run.reason});
}

}  // namespace sop::runtime
