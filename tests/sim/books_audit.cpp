#include "tests/sim/books_audit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <limits>
#include <stdexcept>
#include <tuple>
#include <utility>

#include "tests/sim/enrichment.h"

namespace sop::sim {

namespace {

using namespace std::chrono_literals;
using lang::SubjectKind;
using runtime::ActionOfRun;
using runtime::DeliveryState;
using runtime::DueDelivery;
using runtime::Event;
using runtime::PointEntry;
using runtime::Store;
using runtime::Task;
using runtime::TaskState;

constexpr const char* expired = "expired";

std::vector<std::string> everybody(Store& store, SubjectKind kind) {
    return store.directory_page(kind, {}, runtime::every_row);
}

// "branch:12/3/1/winner/e17": of the action 1 of step 3 of run 12.
struct BranchName {
    ActionOfRun of{};
    std::string label{};
    std::string what{};
};

std::optional<BranchName> branch_of(const std::string& key) {
    BranchName name;
    char label[32] = "";
    int end = 0;
    if (std::sscanf(key.c_str(), "branch:%ld/%zu/%zu/%31[^/]/%n", &name.of.run, &name.of.step,
                    &name.of.action, label, &end) != 4 ||
        end == 0)
        return std::nullopt;
    name.label = label;
    name.what = key.substr(static_cast<std::size_t>(end));
    name.what = name.what.substr(0, name.what.find(' '));
    return name;
}

bool is_about(const Event& event, SubjectKind kind, const std::string& subject) {
    return (kind == SubjectKind::group ? event.group : event.member) == subject;
}

// How many pieces an order is for, where it counts them.
std::int64_t pieces_of(const lang::Collect& collect, const Event& event) {
    const auto items = event.fields.find(ordered_items);
    return collect.field.empty() || items == event.fields.end() ? 1 : std::stoll(items->second);
}

bool is_waited_for(const lang::Action& action) {
    const auto* task = std::get_if<lang::Task>(&action);
    return task == nullptr || !task->done.empty() || !task->late.empty();
}

}  // namespace

template <typename... Arguments>
void BooksAudit::report(const char* what, const Arguments&... arguments) {
    violations_.push_back(fmt::format(fmt::runtime(what), arguments...));
}

// Nothing where the run is gone, or its version has no such action.
std::optional<BooksAudit::Place> BooksAudit::place_of(Store& store, const ActionOfRun& of) {
    const auto run = store.find_run(of.run);
    const auto firing = run ? store.find_firing(run->firing) : std::nullopt;
    const DeployedVersion* version = firing ? history_.find(firing->plan) : nullptr;
    if (version == nullptr) {
        report("run {} is of no version", of.run);
        return std::nullopt;
    }
    const NumberedRule* rule = history_.numbered_rule(version->plan, rules_.at(run->rule));
    if (rule == nullptr || of.step >= rule->steps.size() ||
        of.action >= rule->steps[of.step].step->actions.size()) {
        report("run {} has no step {} with an action {}", of.run, of.step, of.action);
        return std::nullopt;
    }
    return Place{*run, *firing, &rule->rule, &rule->steps[of.step].step->actions[of.action]};
}

void BooksAudit::check(Store& store, const std::vector<DueDelivery>& rows, Instant now) {
    for (const auto& rule : store.list_rules()) rules_[rule.id] = {rule.playbook, rule.name};
    check_codes(store);
    check_points(store);
    check_lists(store, now);
    check_draws(store);
    check_tasks(store);
    check_tiers(store);
    for (const DueDelivery& row : rows) check_refused(row);
}

void BooksAudit::check_end(Store& store) {
    check_events(store);
    check_winners(store);
    check_allowances(store);
}

// ---- points -------------------------------------------------------------------------------------

void BooksAudit::check_points(Store& store) {
    std::set<std::string> given;
    for (const std::string& member : everybody(store, SubjectKind::member)) {
        std::map<std::int64_t, PointEntry> before;
        std::set<std::int64_t> undone;
        std::int64_t balance = 0;
        for (const PointEntry& entry : store.list_points(member, 0, runtime::every_row)) {
            balance += entry.amount;
            if (entry.undoes) {
                check_undone(store, entry, before);
                if (!undone.insert(*entry.undoes).second)
                    report("points {} of {} are taken back twice", *entry.undoes, member);
            } else {
                check_given(entry, balance, given);
            }
            before.emplace(entry.id, entry);
        }
        if (store.points_of(member) != balance)
            report("{} has {} points, and entries of {}", member, store.points_of(member), balance);
    }
}

// One that a rule gave, or that expired.
void BooksAudit::check_given(const PointEntry& entry, std::int64_t balance,
                             std::set<std::string>& given) {
    const bool goes_below = entry.amount < 0 && balance < 0;
    if (entry.reason == expired) {
        if (goes_below) report("{} has {} points, as some expired", entry.member, balance);
        return;
    }
    std::size_t version = 0;
    std::size_t step = 0;
    std::size_t action = 0;
    if (std::sscanf(entry.reason.c_str(), "v%zu i%zu a%zu", &version, &step, &action) != 3)
        throw std::logic_error("points for a reason that no plan has: " + entry.reason);
    const NumberedRule* rule = history_.numbered_rule(version, rules_.at(entry.rule));
    const NumberedStep& numbered = rule->steps.at(step);
    const auto& change = std::get<lang::ChangePoints>(numbered.step->actions.at(action));
    const bool is_taken = change.amount->kind == lang::Expression::Kind::negate;
    const std::int64_t amount =
        is_taken ? -std::stoll(change.amount->operands[0].text) : std::stoll(change.amount->text);
    if (entry.amount != amount)
        report("{} got {} points for {}, not {}", entry.member, entry.amount, entry.reason, amount);
    if (goes_below && !change.correction)
        report("{} has {} points after {}", entry.member, balance, entry.reason);
    if (!std::holds_alternative<lang::EventTrigger>(rule->rule.trigger)) return;
    const std::string what =
        fmt::format("{} {} {}", entry.rule, entry.event.value_or("no event"), numbered.path);
    if (!given.insert(what).second)
        report("{} got points for {} twice: {}", entry.member, entry.reason, what);
}

void BooksAudit::check_undone(Store& store, const PointEntry& entry,
                              const std::map<std::int64_t, PointEntry>& before) {
    const auto undone = before.find(*entry.undoes);
    if (undone == before.end()) return report("points {} undo what is not there", entry.id);
    const auto event = entry.event ? store.find_event(*entry.event) : std::nullopt;
    const bool is_returned = event && event->type == returned_event &&
                             event->fields.at(returned_order) == undone->second.event;
    if (entry.amount != -undone->second.amount || undone->second.undoes || !is_returned)
        report("points {} of {} do not undo {}", entry.id, entry.member, *entry.undoes);
}

// ---- lists --------------------------------------------------------------------------------------

void BooksAudit::check_lists(Store& store, Instant now) {
    for (const auto kind : {SubjectKind::group, SubjectKind::member}) {
        for (const std::string& subject : everybody(store, kind)) {
            for (const auto& list : store.collections_at(kind, subject, now))
                check_list(store, list, now);
        }
    }
}

void BooksAudit::check_list(Store& store, const runtime::Collection& list, Instant now) {
    const auto place = place_of(store, list.of);
    if (!place) return;
    const auto& collect = std::get<lang::Collect>(*place->action);
    // What came at the very instant at which the run was ended early may have come before that.
    const auto run = store.find_run(list.of.run);
    const Instant last = list.closes_at - (run && !run->reason.empty() ? 0ms : 1ms);
    std::int64_t taken = 0;
    std::map<std::string, std::int64_t> of_member;
    std::set<std::string> events;
    for (const auto& entry : store.collected(list.id)) {
        const auto event = store.find_event(entry.event);
        const bool is_meant = event && event->type == ordered_event && event->processed &&
                              is_about(*event, list.subject_kind, list.subject) &&
                              event->at >= list.opened_at && event->at <= last &&
                              entry.quantity == pieces_of(collect, *event) &&
                              entry.member == event->member.value_or("");
        if (!is_meant) report("event {} is on list {}", entry.event, list.id);
        taken += entry.quantity;
        if (!entry.member.empty()) of_member[entry.member] += entry.quantity;
        events.insert(entry.event);
    }
    if (taken != list.taken) report("list {} has {}, and says {}", list.id, taken, list.taken);
    if (collect.limit != 0 && taken > collect.limit)
        report("list {} has {} of {}", list.id, taken, collect.limit);
    for (const auto& [member, quantity] : of_member) {
        if (collect.per_member != 0 && quantity > collect.per_member)
            report("list {} has {} of {} for {}", list.id, quantity, collect.per_member, member);
    }
    check_full(list, events);
    const bool takes_all = collect.limit == 0 && collect.per_member == 0 && !collect.back_on;
    if (!takes_all) return;
    for (const Event& event : store.events_of(list.subject_kind, list.subject, ordered_event,
                                              list.opened_at, std::min(list.closes_at, now))) {
        if (event.processed && !events.contains(event.id))
            report("event {} is not on list {}", event.id, list.id);
    }
}

// Nothing is added any more.
void BooksAudit::check_full(const runtime::Collection& list, const std::set<std::string>& events) {
    const auto known = full_.find(list.id);
    if (!list.is_full) {
        if (known != full_.end()) report("list {} was full", list.id);
        return;
    }
    if (known != full_.end() &&
        !std::includes(known->second.begin(), known->second.end(), events.begin(), events.end()))
        report("list {} was full, and has more", list.id);
    full_[list.id] = events;
}

// ---- draws --------------------------------------------------------------------------------------

void BooksAudit::check_draws(Store& store) {
    const auto draws =
        store.list_draws(std::numeric_limits<runtime::DrawId>::max(), runtime::every_row);
    if (draws.size() < draws_.size()) report("{} draws, {} before", draws.size(), draws_.size());
    std::set<std::tuple<std::int64_t, std::size_t, std::size_t>> held;
    for (const auto& draw : draws) {
        auto entries = store.draw_entries(draw.id);
        if (!held.insert({draw.of.run, draw.of.step, draw.of.action}).second)
            report("draw {} was held twice", draw.id);
        const auto [known, is_new] = draws_.try_emplace(draw.id, HeldDraw{draw, entries});
        if (is_new)
            check_draw(store, draw, entries);
        else if (known->second.draw != draw || known->second.entries != entries)
            report("draw {} has changed", draw.id);
    }
}

void BooksAudit::check_draw(Store& store, const runtime::StoredDraw& draw,
                            const std::vector<runtime::StoredDrawEntry>& entries) {
    const auto place = place_of(store, draw.of);
    if (!place) return;
    const auto& asked = std::get<lang::Draw>(*place->action);
    std::set<std::string> members;
    std::set<std::string> winners;
    std::set<std::int64_t> places;
    for (const auto& entry : entries) {
        const auto event = store.find_event(entry.event);
        const bool takes_part = event && event->type == ordered_event && event->processed &&
                                is_about(*event, place->firing.subject_kind, place->run.subject) &&
                                event->at >= place->firing.start_at && event->at < draw.drawn_at &&
                                event->member == entry.member;
        if (!takes_part) report("event {} takes part in draw {}", entry.event, draw.id);
        if (!members.insert(entry.member).second && asked.once_per_member)
            report("{} takes part in draw {} twice", entry.member, draw.id);
        if (!entry.place) continue;
        places.insert(*entry.place);
        if (!winners.insert(entry.member).second)
            report("{} wins draw {} twice", entry.member, draw.id);
    }
    const auto most = std::min(members.size(), static_cast<std::size_t>(asked.winners));
    const bool are_in_order =
        places.empty() ||
        (*places.begin() == 1 && *places.rbegin() == static_cast<std::int64_t>(places.size()));
    if (winners.size() != most || places.size() != most || !are_in_order)
        report("draw {} has {} winners of {}", draw.id, winners.size(), most);
}

// What winners are told goes to them, and each of them is told.
void BooksAudit::check_winners(Store& store) {
    std::set<std::pair<runtime::DrawId, std::string>> told;
    for (const DueDelivery& row : store.list_deliveries({.limit = runtime::every_row})) {
        const auto branch = branch_of(row.firing.key);
        if (!branch || branch->label != "winner") continue;
        const auto draw = store.find_draw(branch->of);
        if (!draw) {
            report("delivery {} is of a draw that was not held", row.delivery.id);
            continue;
        }
        told.emplace(draw->id, branch->what);
    }
    for (const auto& [id, held] : draws_) {
        const auto place = place_of(store, held.draw.of);
        if (!place) continue;
        const auto& steps = std::get<lang::Draw>(*place->action).winner;
        for (const auto& entry : held.entries) {
            const bool is_told = told.contains({id, entry.event});
            if (is_told && !entry.place) report("{} did not win draw {}", entry.event, id);
            if (!is_told && entry.place && !steps.empty())
                report("{} won draw {}, and is told nothing", entry.event, id);
        }
    }
}

// ---- codes --------------------------------------------------------------------------------------

void BooksAudit::check_codes(Store& store) {
    std::int64_t given = 0;
    bool is_left = false;
    const auto codes = store.list_codes(pool_name, 0, runtime::every_row);
    for (const auto& code : codes) {
        const auto known = given_.find(code.id);
        if (known != given_.end() && known->second != code.member)
            report("{} was given to {} before", code.code, known->second);
        if (!code.member) {
            is_left = true;
            continue;
        }
        if (is_left) report("{} was given before its turn", code.code);
        given_[code.id] = *code.member;
        ++given;
    }
    is_pool_empty_ = !is_left;
    const auto counts = store.count_pool(pool_name);
    if (counts.given != given || counts.codes != static_cast<std::int64_t>(codes.size()))
        report("{} codes of {} are given, and {} of {} are counted", given, codes.size(),
               counts.given, counts.codes);
}

// ---- what was refused ---------------------------------------------------------------------------

// By a decision, not by a channel's quota.
void BooksAudit::check_refused(const DueDelivery& row) {
    const runtime::Delivery& delivery = row.delivery;
    const bool is_by_decision = delivery.state == DeliveryState::refused && delivery.message == 0;
    if (!is_by_decision || !refused_.insert(delivery.id).second) return;
    const DeployedVersion* version = history_.find(row.firing.plan);
    const NumberedRule* rule = history_.numbered_rule(version->plan, {row.playbook, row.rule});
    const lang::Action& action = action_of(*rule->steps.at(delivery.step).step, delivery.action);
    const bool has_member = row.subject_kind == SubjectKind::member;
    const std::string& reason = delivery.reason;
    bool is_due = false;
    if (const auto* points = std::get_if<lang::ChangePoints>(&action)) {
        const bool takes = points->amount->kind == lang::Expression::Kind::negate;
        is_due = (reason == "balance" && takes && !points->correction) ||
                 (reason == "no value" && !has_member) || (reason == "gone" && !has_member);
    } else if (std::holds_alternative<lang::Give>(action)) {
        is_due = (reason == "pool empty" && is_pool_empty_) ||
                 (!has_member && (reason == "no value" || reason == "gone"));
    } else if (!std::holds_alternative<lang::Deliver>(action)) {
        is_due = reason == "no holder";
    }
    if (!is_due)
        report("delivery {} of {}.{} is refused without need: {}", delivery.id, row.playbook,
               row.rule, reason);
}

// ---- tasks --------------------------------------------------------------------------------------

void BooksAudit::check_tasks(Store& store) {
    std::set<std::tuple<std::int64_t, std::size_t, std::size_t>> asked;
    const auto tasks = store.list_tasks({.limit = runtime::every_row});
    if (tasks.size() < tasks_.size()) report("{} tasks, {} before", tasks.size(), tasks_.size());
    for (const Task& task : tasks) {
        if (!asked.insert({task.run, task.step, task.action}).second)
            report("task {} was asked for before", task.id);
        check_task(store, task);
        tasks_[task.id] = task.state;
    }
}

void BooksAudit::check_task(Store& store, const Task& task) {
    const auto known = tasks_.find(task.id);
    const TaskState before = known == tasks_.end() ? TaskState::open : known->second;
    const bool is_answered = task.state == TaskState::done || task.state == TaskState::rejected;
    const bool may_change = before == TaskState::open || (before == TaskState::late && is_answered);
    if (task.state != before && !may_change)
        report("task {} was {} and is {}", task.id, to_text(before), to_text(task.state));
    const bool is_open = task.state == TaskState::open;
    if (is_open == task.settled_at.has_value() || is_answered != !task.by.empty())
        report("task {} is {}, {}settled by \"{}\"", task.id, to_text(task.state),
               task.settled_at ? "" : "not ", task.by);
    if (task.state == TaskState::late && *task.settled_at < task.due_at)
        report("task {} was late too soon", task.id);
    const auto place = place_of(store, {task.run, task.step, task.action});
    if (!place) return;
    const bool is_over = place->run.state == runtime::RunState::done;
    // What a migration leaves behind stands by itself.
    const bool is_moved = place->run.reason.starts_with("moved to version ");
    const bool ended_early = is_over && !place->run.reason.empty() && !is_moved;
    if (task.state == TaskState::cancelled && !ended_early)
        report("task {} is cancelled, and its run goes on", task.id);
    if (is_open && ended_early)
        report("task {} is open, and its run {} ended early: {}", task.id, task.run,
               place->run.reason);
    const bool is_waiting = place->run.state == runtime::RunState::waiting &&
                            place->run.next_step == task.step &&
                            place->run.next_action == task.action;
    // One that an event of a pause ended waits no longer, and has not come to its end yet.
    const bool goes_on = place->run.reason.empty();
    if (is_waited_for(*place->action) && goes_on && is_waiting != is_open)
        report("task {} is {}, and its run {} {} for it", task.id, to_text(task.state), task.run,
               is_waiting ? "waits" : "does not wait");
}

// ---- tiers --------------------------------------------------------------------------------------

void BooksAudit::check_tiers(Store& store) {
    for (const std::string& id : everybody(store, SubjectKind::group)) {
        const auto tags = store.find_group(id).value().tags;
        std::string level;
        for (const auto& change : store.figures().tier_changes_of(SubjectKind::group, id,
                                                                  Instant::min(), Instant::max())) {
            if (change.before != level || change.level == level)
                report("{} came from level \"{}\" to \"{}\", and was on \"{}\"", id, change.before,
                       change.level, level);
            level = change.level;
        }
        for (const std::string& tag : level_tags) {
            const bool has_tag = std::find(tags.begin(), tags.end(), tag) != tags.end();
            if (has_tag != (tag == level))
                report("{} is on level \"{}\", and {} tagged {}", id, level,
                       has_tag ? "is" : "is not", tag);
        }
    }
}

// ---- events of rules ----------------------------------------------------------------------------

void BooksAudit::check_events(Store& store) {
    std::set<std::tuple<std::int64_t, std::size_t, std::size_t>> emitted;
    for (const Event& event : store.events_by_id("", runtime::every_row)) {
        ActionOfRun of;
        if (std::sscanf(event.id.c_str(), "run:%ld/%zu/%zu", &of.run, &of.step, &of.action) != 3)
            continue;
        if (!event.processed) report("event {} is never taken", event.id);
        if (!emitted.insert({of.run, of.step, of.action}).second)
            report("event {} is sent twice", event.id);
        const auto place = place_of(store, of);
        if (!place) continue;
        const auto* emit = std::get_if<lang::Emit>(place->action);
        const bool is_meant =
            event.type == "sop.run"
                ? std::holds_alternative<lang::StartRule>(*place->action)
                : event.type == (emit == nullptr ? std::string("tagged") : emit->event);
        if (!is_meant) report("event {} is a {}", event.id, event.type);
    }
}

// ---- how often ----------------------------------------------------------------------------------

// Of rules that no version changed: by the events that began their runs.
void BooksAudit::check_allowances(Store& store) {
    std::map<std::string, std::set<std::string>> begun;
    for (const DueDelivery& row : store.list_deliveries({.limit = runtime::every_row})) {
        const RuleName name{row.playbook, row.rule};
        const auto allowance = lasting_allowance(name);
        if (!allowance || !row.firing.event || branch_of(row.firing.key)) continue;
        std::string period;
        if (allowance->period) {
            const auto event = store.find_event(*row.firing.event);
            const auto* rule = find_rule(history_.plan_of(history_.versions().back()), name);
            if (!event || history_.has_changed_clocks(rule->timezone)) continue;
            period = date::format("%F", date::floor<date::days>(on_the_wall(
                                            history_.clocks(), event->at, rule->timezone)));
        }
        auto& events =
            begun[fmt::format("{}.{} for {} {}", row.playbook, row.rule, row.run_subject, period)];
        events.insert(*row.firing.event);
        if (events.size() == static_cast<std::size_t>(allowance->times) + 1)
            report("{} began {} times",
                   fmt::format("{}.{} for {} {}", row.playbook, row.rule, row.run_subject, period),
                   events.size());
    }
}

// Nothing for a rule that has none, or not in all versions.
std::optional<lang::Allowance> BooksAudit::lasting_allowance(const RuleName& name) const {
    std::optional<lang::Allowance> found;
    for (const DeployedVersion& version : history_.versions()) {
        const auto* rule = find_rule(history_.plan_of(version), name);
        const auto* trigger =
            rule == nullptr ? nullptr : std::get_if<lang::EventTrigger>(&rule->trigger);
        if (trigger == nullptr || trigger->allowances.size() != 1) return std::nullopt;
        const lang::Allowance& allowance = trigger->allowances.front();
        if (found && *found != allowance) return std::nullopt;
        found = allowance;
    }
    return found;
}

}  // namespace sop::sim
