#include "runtime/scheduler/flow.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <stdexcept>

#include "runtime/scheduler/staff.h"

namespace sop::runtime {

namespace {

struct Branch {
    std::string label;
    const Block* steps;
};

// In the order in which they are written.
struct BranchesOf {
    std::vector<Branch> operator()(const lang::Wait& wait) const {
        return {{"yes", &wait.yes.list()}, {"no", &wait.no.list()}};
    }
    std::vector<Branch> operator()(const lang::If& choice) const {
        std::vector<Branch> branches;
        for (const auto& branch : choice.branches) {
            const char* label = !branch.condition ? "else" : branches.empty() ? "if" : "else if";
            branches.push_back({label, &branch.steps});
        }
        return branches;
    }
    std::vector<Branch> operator()(const lang::Split& split) const {
        std::vector<Branch> branches;
        for (const auto& branch : split.branches) branches.push_back({branch.name, &branch.steps});
        return branches;
    }
    std::vector<Branch> operator()(const lang::ChangePoints& points) const {
        return {{"yes", &points.granted.list()}, {"no", &points.refused.list()}};
    }
    std::vector<Branch> operator()(const lang::Task& task) const {
        return {{"done", &task.done.list()}, {"late", &task.late.list()}};
    }
    std::vector<Branch> operator()(const lang::Approve& approve) const {
        return {{"yes", &approve.yes.list()}, {"no", &approve.no.list()}};
    }
    std::vector<Branch> operator()(const lang::Collect& collect) const {
        return {{"every", &collect.listed.list()},
                {"refused", &collect.refused.list()},
                {"full", &collect.full.list()}};
    }
    std::vector<Branch> operator()(const lang::Draw& draw) const {
        return {{"winner", &draw.winner.list()}, {"all", &draw.all.list()}};
    }
    std::vector<Branch> operator()(const lang::Give& give) const {
        return {{"yes", &give.given.list()}, {"no", &give.refused.list()}};
    }
    template <typename Other>
    std::vector<Branch> operator()(const Other&) const {
        return {};
    }
};

std::vector<Branch> branches_of(const lang::Action& action) {
    return std::visit(BranchesOf{}, action);
}

std::size_t count(const Block& steps);

// With those of its branches.
std::size_t count(const lang::Step& step) {
    std::size_t number = 1;
    for (const auto& action : step.actions) {
        for (const Branch& branch : branches_of(action)) number += count(*branch.steps);
    }
    return number;
}

std::size_t count(const Block& steps) {
    std::size_t number = 0;
    for (const auto& step : steps) number += count(step);
    return number;
}

// Looks for the step numbered `wanted` in a block whose first has the number `number`.
class Search {
  public:
    explicit Search(std::size_t wanted) : wanted_(wanted) {}

    std::optional<StepPlace> find(const Block& block, std::size_t number,
                                  std::optional<Position> inside) const {
        for (const auto& step : block) {
            const std::size_t next = number + count(step);
            if (number == wanted_) {
                const bool is_last = &step == &block.back();
                return StepPlace{&step, inside, &block,
                                 is_last ? std::nullopt : std::optional(next)};
            }
            if (wanted_ < next) return find_inside(step, number);
            number = next;
        }
        return std::nullopt;
    }

  private:
    std::optional<StepPlace> find_inside(const lang::Step& step, std::size_t number) const {
        std::size_t first = number + 1;
        for (std::size_t action = 0; action < step.actions.size(); ++action) {
            for (const Branch& branch : branches_of(step.actions[action])) {
                const std::size_t after = first + count(*branch.steps);
                if (wanted_ < after) return find(*branch.steps, first, Position{number, action});
                first = after;
            }
        }
        return std::nullopt;
    }

    std::size_t wanted_;
};

// The name of a branch of an action among all of the step's.
std::string branch_path(const lang::Step& step, std::size_t action, const Block& block) {
    std::map<std::string, int> seen;
    for (std::size_t i = 0; i <= action; ++i) {
        for (const Branch& branch : branches_of(step.actions[i])) {
            const int number = ++seen[branch.label];
            if (branch.steps != &block) continue;
            return number == 1 ? branch.label : fmt::format("{} ({})", branch.label, number);
        }
    }
    throw std::out_of_range("a step stands in no branch of the action that holds it");
}

// `or_answer`: the event that answered a wait counts as well.
bool stands_at_event(const lang::Rule& rule, Position position, bool or_answer) {
    const StepPlace place = place_of(rule, position.step);
    const auto& actions = place.step->actions;
    const auto end =
        actions.begin() + static_cast<std::ptrdiff_t>(std::min(position.action, actions.size()));
    // Time has passed since the step began.
    if (std::any_of(actions.begin(), end, waits)) return false;
    if (!place.inside) {
        return std::holds_alternative<lang::EventTrigger>(rule.trigger) &&
               place.step->when == lang::StepTime{};
    }
    if (!is_at_once(*place.step)) return false;
    const lang::Step& holder = step_at(rule, place.inside->step);
    const lang::Action& action = holder.actions[place.inside->action];
    if (const auto* wait = std::get_if<lang::Wait>(&action))
        return or_answer && place.block == &wait->yes.list();
    if (waits(action)) return false;
    if (const auto* collect = std::get_if<lang::Collect>(&action))
        return place.block == &collect->refused.list();
    if (std::holds_alternative<lang::Draw>(action)) return false;
    return stands_at_event(rule, *place.inside, or_answer);
}

}  // namespace

bool is_message(const lang::Action& action) {
    return std::holds_alternative<lang::Deliver>(action);
}

bool makes_deliveries(const lang::Action& action) {
    return is_message(action) || std::holds_alternative<lang::Task>(action) ||
           std::holds_alternative<lang::Approve>(action) ||
           std::holds_alternative<lang::CreateGroup>(action) ||
           std::holds_alternative<lang::Invite>(action) ||
           std::holds_alternative<lang::DissolveGroup>(action) ||
           std::holds_alternative<lang::RemoveMember>(action) ||
           std::holds_alternative<lang::Call>(action);
}

std::size_t delivery_number(const lang::Step& step, std::size_t action, std::size_t nth) {
    return action + nth * step.actions.size();
}

const lang::Action& action_of(const lang::Rule& rule, Position delivery) {
    const auto& actions = step_at(rule, delivery.step).actions;
    if (actions.empty()) throw std::out_of_range("a step without actions made a delivery");
    return actions[delivery.action % actions.size()];
}

bool waits(const lang::Action& action) {
    if (const auto request = staff_request(action)) return request->is_waited_for();
    return std::holds_alternative<lang::Wait>(action);
}

StepPlace place_of(const lang::Rule& rule, std::size_t step) {
    const auto found = Search(step).find(rule.steps, 0, std::nullopt);
    if (!found)
        throw std::out_of_range(fmt::format("the rule `{}` has no step {}", rule.name, step + 1));
    return *found;
}

const lang::Step& step_at(const lang::Rule& rule, std::size_t step) {
    return *place_of(rule, step).step;
}

bool has_step(const lang::Rule& rule, std::size_t step) {
    return step < count_steps(rule);
}

std::size_t count_steps(const lang::Rule& rule) {
    return count(rule.steps);
}

std::optional<std::size_t> first_of(const lang::Rule& rule, Position position, const Block& block) {
    if (block.empty()) return std::nullopt;
    const lang::Step& step = step_at(rule, position.step);
    std::size_t first = position.step + 1;
    for (std::size_t action = 0; action <= position.action; ++action) {
        for (const Branch& branch : branches_of(step.actions.at(action))) {
            if (branch.steps == &block) return first;
            first += count(*branch.steps);
        }
    }
    throw std::out_of_range(
        fmt::format("no such branch in step {} of the rule `{}`", position.step + 1, rule.name));
}

std::string step_path(const lang::Rule& rule, std::size_t step) {
    const StepPlace place = place_of(rule, step);
    if (!place.inside) return place.step->name;
    const lang::Step& holder = step_at(rule, place.inside->step);
    const std::string branch = step_path(rule, place.inside->step) + " / " +
                               branch_path(holder, place.inside->action, *place.block);
    const bool is_branch_itself = place.step == &place.block->front() && is_at_once(*place.step);
    return is_branch_itself ? branch : branch + " / " + place.step->name;
}

std::optional<std::size_t> following_step(const lang::Rule& rule, Position position) {
    const StepPlace place = place_of(rule, position.step);
    const auto& actions = place.step->actions;
    const auto rest =
        actions.begin() + static_cast<std::ptrdiff_t>(std::min(position.action, actions.size()));
    if (std::any_of(rest, actions.end(), waits)) return std::nullopt;
    if (place.next) return place.next;
    if (!place.inside || is_run_of_its_own(rule, *place.inside)) return std::nullopt;
    return following_step(rule, {place.inside->step, place.inside->action + 1});
}

bool is_run_of_its_own(const lang::Rule& rule, Position holder) {
    const lang::Action& action = step_at(rule, holder.step).actions.at(holder.action);
    return std::holds_alternative<lang::Collect>(action) ||
           std::holds_alternative<lang::Draw>(action);
}

std::optional<Position> game_around(const lang::Rule& rule, std::size_t step) {
    for (auto holder = place_of(rule, step).inside; holder;
         holder = place_of(rule, holder->step).inside) {
        if (is_run_of_its_own(rule, *holder)) return holder;
    }
    return std::nullopt;
}

bool is_at_once(const lang::Step& step) {
    return step.when.anchor == lang::StepTime::Anchor::previous &&
           step.when.offset == lang::calendar::Offset{} &&
           step.when.next == lang::StepTime::Next::none;
}

bool is_answer(const lang::Rule& rule, Position position) {
    return stands_at_event(rule, position, true);
}

bool is_at_event(const lang::Rule& rule, Position position) {
    return stands_at_event(rule, position, false);
}

const lang::Wait* wait_after(const lang::Rule& rule, Position message) {
    const auto& actions = step_at(rule, message.step).actions;
    if (message.action + 1 >= actions.size()) return nullptr;
    return std::get_if<lang::Wait>(&actions[message.action + 1]);
}

}  // namespace sop::runtime
