// Tasks and approvals: what staff are asked, until when, and what they answer.
//
// One with branches is waited for as an event is: its answer, or the end of its time, says which
// branch is taken. A task without branches stands by itself, and the run goes on.
#pragma once

#include <optional>
#include <string>

#include "lang/plan.h"
#include "runtime/scheduler/flow.h"
#include "runtime/store/store.h"

namespace sop::runtime {

// An action that asks staff for something, as both have it.
struct StaffRequest {
    bool is_approval = false;
    const lang::TextTemplate* text = nullptr;  // nullptr for an approval
    const std::string* role = nullptr;
    const lang::calendar::Span* within = nullptr;
    const Block* answered = nullptr;    // done, yes
    const Block* unanswered = nullptr;  // late, no: also when it was rejected

    bool is_waited_for() const { return is_approval || !answered->empty() || !unanswered->empty(); }
};
// Nothing for another action.
std::optional<StaffRequest> staff_request(const lang::Action& action);

// Staff are reminded once, at half the time.
Instant reminder_at(Instant made_at, Instant due_at);

// ---- answers

// An event of sop's own: what became of the task whose number is in `task`. `as` is "done" or
// "rejected", `by` and `note` may be missing. Its id is that of the task, so that a task is
// answered once.
inline constexpr const char* task_answer_event = "sop.task";
inline constexpr const char* task_answer_task = "task";
inline constexpr const char* task_answer_as = "as";
inline constexpr const char* task_answer_by = "by";
inline constexpr const char* task_answer_note = "note";

Event task_answer(TaskId task, const TaskEnd& end);
std::string task_answer_id(TaskId task);

struct TaskAnswer {
    TaskId task = 0;
    TaskEnd end{};
};
// Nothing for one that does not say so.
std::optional<TaskAnswer> read_task_answer(const Event& event);

}  // namespace sop::runtime
