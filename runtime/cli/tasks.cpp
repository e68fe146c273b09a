#include "lang/suggestion.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/csv_text.h"
#include "runtime/cli/exit_code.h"
#include "runtime/cli/seed.h"
#include "runtime/cli/stored_plans.h"
#include "runtime/cli/terminal.h"
#include "runtime/clock/instant_text.h"
#include "runtime/scheduler/staff.h"
#include "runtime/store/nudge.h"
#include "runtime/zoneinfo/zoneinfo.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>

namespace sop::runtime::cli {

namespace {

constexpr std::size_t text_cells = 40;

struct Line {
    Task task{};
    std::string rule{};   // "members.sale"
    std::string state{};  // "overdue" for an open one whose time is over
};

std::string state_text(const Task& task, Instant now) {
    const bool is_overdue = task.state == TaskState::open && now >= task.due_at;
    return is_overdue ? "overdue" : std::string(to_text(task.state));
}

std::vector<Line> read_tasks(const TasksOptions& options, Store& store, Instant now) {
    std::map<RuleId, std::string> rules;
    for (const StoredRule& rule : store.list_rules())
        rules[rule.id] = rule.playbook + "." + rule.name;
    TaskFilter filter{.role = options.role, .group = options.group, .limit = every_row};
    if (!options.all) filter.state = TaskState::open;
    std::vector<Line> lines;
    for (Task& task : store.list_tasks(filter)) {
        std::string state = state_text(task, now);
        if (options.overdue && state != "overdue") continue;
        const std::string rule = rules[task.rule];
        lines.push_back({std::move(task), rule, std::move(state)});
    }
    return lines;
}

// That nothing is to be done is not said of a name that was misspelt.
void require_known(const TasksOptions& options, const lang::Plan& plan, Store& store) {
    const bool is_role = !options.role || std::find(plan.roles.begin(), plan.roles.end(),
                                                    *options.role) != plan.roles.end();
    if (!is_role) {
        throw CommandError(fmt::format("no playbook declares the role `{}`{}", *options.role,
                                       lang::did_you_mean(*options.role, plan.roles)));
    }
    if (options.group && !store.find_group(*options.group))
        throw CommandError(fmt::format("there is no group `{}`", *options.group));
}

std::string kind_of(const Task& task) {
    return task.is_approval ? "approve" : "task";
}

void print_text(const std::vector<Line>& lines, bool shows_ends, const lang::calendar::Zone& zone) {
    if (lines.empty()) {
        fmt::print("no task\n");
        return;
    }
    Table table{{{"task", Table::Align::right},
                 {"what"},
                 {"due"},
                 {"state"},
                 {"role"},
                 {"group"},
                 {"member"},
                 {"text"},
                 {"rule"}},
                {}};
    if (shows_ends) {
        for (const char* title : {"by", "at", "note"}) table.columns.push_back({title});
    }
    for (const auto& [task, rule, state] : lines) {
        std::vector<std::string> row{std::to_string(task.id),
                                     kind_of(task),
                                     local_text(task.due_at, zone),
                                     state,
                                     task.role,
                                     task.group.value_or(""),
                                     task.member.value_or(""),
                                     shortened(task.text, text_cells),
                                     rule};
        if (shows_ends) {
            row.push_back(task.by);
            row.push_back(task.settled_at ? local_text(*task.settled_at, zone) : "");
            row.push_back(task.note);
        }
        table.rows.push_back(std::move(row));
    }
    fmt::print("{}", render_table(table));
}

void print_csv(const std::vector<Line>& lines, OutputFormat format) {
    fmt::print("{}", csv_head({"task", "what", "due_at", "state", "role", "group", "member", "text",
                               "rule", "made_at", "settled_at", "by", "note"},
                              format));
    for (const auto& [task, rule, state] : lines) {
        fmt::print(
            "{}",
            csv_line({std::to_string(task.id), kind_of(task), instant_text(task.due_at), state,
                      task.role, task.group.value_or(""), task.member.value_or(""), task.text, rule,
                      instant_text(task.made_at),
                      task.settled_at ? instant_text(*task.settled_at) : "", task.by, task.note},
                     format));
    }
}

void print_json(const std::vector<Line>& lines) {
    auto tasks = nlohmann::json::array();
    for (const auto& [task, rule, state] : lines) {
        nlohmann::json line{{"task", task.id},
                            {"what", kind_of(task)},
                            {"due_at", instant_text(task.due_at)},
                            {"state", state},
                            {"role", task.role},
                            {"text", task.text},
                            {"rule", rule},
                            {"made_at", instant_text(task.made_at)}};
        if (task.group) line["group"] = *task.group;
        if (task.member) line["member"] = *task.member;
        if (task.settled_at) line["settled_at"] = instant_text(*task.settled_at);
        if (!task.by.empty()) line["by"] = task.by;
        if (!task.note.empty()) line["note"] = task.note;
        tasks.push_back(std::move(line));
    }
    fmt::print("{}\n", nlohmann::json{{"format_version", 1}, {"tasks", tasks}}.dump());
}

// Why it cannot be answered; it is late at most.
void require_unanswered(const Task& task) {
    if (task.state == TaskState::open || task.state == TaskState::late) return;
    throw CommandError(fmt::format("task {} is {} already{}", task.id, to_text(task.state),
                                   task.by.empty() ? "" : ", by " + task.by));
}

}  // namespace

int tasks(const TasksOptions& options) {
    const Config config = load_config(options.folder);
    const auto store = open_existing(config, true);
    const auto snapshot = store->begin();
    const lang::calendar::ZoneDatabase zones(zoneinfo_folder(options.zoneinfo));
    const lang::Plan plan = plan_in_force(*store, config);
    const auto zone = first_zone(plan, zones);
    const auto lines = read_tasks(options, *store, SystemClock().now());
    if (lines.empty()) require_known(options, plan, *store);
    switch (options.format) {
        case OutputFormat::json:
            print_json(lines);
            break;
        case OutputFormat::csv:
        case OutputFormat::excel:
            print_csv(lines, options.format);
            break;
        default:
            print_text(lines, options.all, *zone);
    }
    return exit_fine;
}

int answer_task(const TaskAnswerOptions& options) {
    const Config config = load_config(options.folder);
    const auto store = open_existing(config, false);
    const auto task = store->find_task(options.task);
    if (!task)
        throw CommandError(
            fmt::format("there is no task {}; `sop tasks` lists those there are", options.task));
    require_unanswered(*task);
    const TaskState as = options.done ? TaskState::done : TaskState::rejected;
    const bool added = store->add_event(
        task_answer(task->id, {as, SystemClock().now(), options.by, options.note}));
    if (added) send_nudge(config.store);
    fmt::print("task {} {}\n", task->id, added ? std::string(to_text(as)) : "was answered already");
    return exit_fine;
}

}  // namespace sop::runtime::cli
