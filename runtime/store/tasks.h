// What staff are asked to do, and what became of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/clock/clock.h"

namespace sop::runtime {

using TaskId = std::int64_t;

enum class TaskState {
    open,
    done,       // or approved
    rejected,   // it will not be done, or was not approved
    late,       // its time ended, and the run went on without it
    cancelled,  // its run ended early
};
std::string_view to_text(TaskState state);

struct Task {
    TaskId id = 0;
    std::int64_t run = 0;
    std::int64_t rule = 0;
    std::size_t step = 0;  // of the run, as flow.h counts them
    std::size_t action = 0;
    bool is_approval = false;
    std::string text{};
    std::string role{};
    std::optional<std::string> group{};
    std::optional<std::string> member{};
    Instant made_at{};
    Instant due_at{};
    std::optional<Instant> remind_at{};  // nothing once staff were reminded, or it is settled
    TaskState state = TaskState::open;
    std::optional<Instant> settled_at{};
    std::string by{};  // who settled it; empty when nobody did
    std::string note{};

    bool operator==(const Task&) const = default;
};

// How it ended.
struct TaskEnd {
    TaskState state = TaskState::done;
    Instant at{};
    std::string by{};
    std::string note{};
};

struct TaskFilter {
    std::optional<TaskState> state{};
    std::optional<std::string> role{};
    std::optional<std::string> group{};
    std::size_t limit = 1000;
    TaskId after = 0;  // exclusive
};

class TaskStore {
  public:
    virtual ~TaskStore() = default;
    virtual TaskId add_task(const Task& task) = 0;
    virtual std::optional<Task> find_task(TaskId id) = 0;
    // In the order of ids.
    virtual std::vector<Task> list_tasks(const TaskFilter& filter) = 0;
    // The open ones of a run, in the order of ids.
    virtual std::vector<Task> open_tasks_of_run(std::int64_t run) = 0;
    // An open one, or one that was late.
    virtual void settle_task(TaskId id, const TaskEnd& end) = 0;
    // Those whose staff are to be reminded by then, in the order (remind_at, id), but for the tasks
    // of rules that are held.
    virtual std::vector<Task> due_reminders(Instant until, std::size_t limit) = 0;
    // When the first of them is, however late.
    virtual std::optional<Instant> next_reminder_at() = 0;
    virtual void set_reminded(TaskId id) = 0;
    // It belongs to another run, which goes on for its own, and is at another place there.
    virtual void move_task(TaskId id, std::int64_t run, std::size_t step, std::size_t action) = 0;
};

}  // namespace sop::runtime
