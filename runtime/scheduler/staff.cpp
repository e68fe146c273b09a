#include "runtime/scheduler/staff.h"

#include <charconv>

namespace sop::runtime {

namespace {

std::string field_of(const Event& event, const char* name) {
    const auto found = event.fields.find(name);
    return found == event.fields.end() ? std::string{} : found->second;
}

}  // namespace

std::optional<StaffRequest> staff_request(const lang::Action& action) {
    if (const auto* task = std::get_if<lang::Task>(&action))
        return StaffRequest{false,         &task->text,        &task->role,
                            &task->within, &task->done.list(), &task->late.list()};
    if (const auto* approve = std::get_if<lang::Approve>(&action))
        return StaffRequest{true,
                            nullptr,
                            &approve->role,
                            &approve->within,
                            &approve->yes.list(),
                            &approve->no.list()};
    return std::nullopt;
}

Instant reminder_at(Instant made_at, Instant due_at) {
    return made_at + (due_at - made_at) / 2;
}

std::string task_answer_id(TaskId task) {
    return "task:" + std::to_string(task);
}

Event task_answer(TaskId task, const TaskEnd& end) {
    Event event{.id = task_answer_id(task), .type = task_answer_event};
    event.at = end.at;
    event.received_at = end.at;
    event.fields = {{task_answer_task, std::to_string(task)},
                    {task_answer_as, std::string(to_text(end.state))}};
    if (!end.by.empty()) event.fields.emplace(task_answer_by, end.by);
    if (!end.note.empty()) event.fields.emplace(task_answer_note, end.note);
    return event;
}

std::optional<TaskAnswer> read_task_answer(const Event& event) {
    TaskAnswer answer;
    const std::string task = field_of(event, task_answer_task);
    const auto [end, error] = std::from_chars(task.data(), task.data() + task.size(), answer.task);
    if (error != std::errc() || end != task.data() + task.size()) return std::nullopt;
    const std::string as = field_of(event, task_answer_as);
    if (as != to_text(TaskState::done) && as != to_text(TaskState::rejected)) return std::nullopt;
    answer.end = {as == to_text(TaskState::done) ? TaskState::done : TaskState::rejected, event.at,
                  field_of(event, task_answer_by), field_of(event, task_answer_note)};
    return answer;
}

}  // namespace sop::runtime
