#include "lang/rule_cycles.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "lang/overload.h"

namespace sop::lang {

namespace {

struct Starter {
    const Playbook* playbook;
    const Rule* rule;
    std::set<std::size_t> starts{};
};

template <typename Visit>
void visit_actions(const std::vector<Step>& steps, const Visit& visit);

// What an action holds.
template <typename Visit>
void visit_inside(const Action& action, const Visit& visit) {
    const auto inside = [&](const auto&... blocks) { (visit_actions(blocks, visit), ...); };
    std::visit(Overload{[&](const ChangePoints& one) { inside(one.granted, one.refused); },
                        [&](const Task& one) { inside(one.done, one.late); },
                        [&](const Approve& one) { inside(one.yes, one.no); },
                        [&](const Collect& one) { inside(one.listed, one.refused, one.full); },
                        [&](const Draw& one) { inside(one.winner, one.all); },
                        [&](const Wait& one) { inside(one.yes, one.no); },
                        [&](const If& one) {
                            for (const auto& branch : one.branches) inside(branch.steps);
                        },
                        [&](const Split& one) {
                            for (const auto& branch : one.branches) inside(branch.steps);
                        },
                        [](const auto&) {}},
               action);
}

template <typename Visit>
void visit_actions(const std::vector<Step>& steps, const Visit& visit) {
    for (const Step& step : steps) {
        for (const Action& action : step.actions) {
            visit(action);
            visit_inside(action, visit);
        }
    }
}

class CycleSearch {
  public:
    explicit CycleSearch(const Plan& plan) : plan_(plan) {
        for (const Playbook& playbook : plan.playbooks) {
            for (const Rule& rule : playbook.rules) {
                const std::size_t at = rules_.size();
                rules_.push_back({&playbook, &rule});
                by_path_.emplace(rule_path(playbook, rule), at);
                if (const auto* trigger = std::get_if<EventTrigger>(&rule.trigger))
                    by_event_[trigger->event].push_back(at);
            }
        }
        for (Starter& starter : rules_) find_starts(starter);
        leave_out_ends();
    }

    std::vector<std::vector<std::string>> run() const {
        std::vector<std::vector<std::string>> cycles;
        std::set<std::size_t> told;
        for (std::size_t at = 0; at < rules_.size(); ++at) {
            if (rules_[at].starts.empty() || told.contains(at)) continue;
            const auto cycle = shortest_way_back(at);
            told.insert(cycle.begin(), cycle.end());
            if (cycle.empty()) continue;
            std::vector<std::string> paths;
            for (const std::size_t rule : cycle)
                paths.push_back(rule_path(*rules_[rule].playbook, *rules_[rule].rule));
            cycles.push_back(std::move(paths));
        }
        return cycles;
    }

  private:
    void find_starts(Starter& starter) {
        visit_actions(starter.rule->steps, [&](const Action& action) {
            if (const auto* run = std::get_if<StartRule>(&action)) {
                const auto other = by_path_.find(starter.playbook->name + "." + run->rule);
                if (other != by_path_.end() && rules_[other->second].rule != starter.rule)
                    starter.starts.insert(other->second);
            }
            if (const auto* emit = std::get_if<Emit>(&action)) {
                for (const std::size_t other : by_event_[emit->event]) {
                    if (may_start(*emit, std::get<EventTrigger>(rules_[other].rule->trigger)))
                        starter.starts.insert(other);
                }
            }
        });
    }

    // What leads to no rule that leads on is on no circle; without it a long chain costs little.
    void leave_out_ends() {
        std::vector<std::vector<std::size_t>> started_by(rules_.size());
        std::vector<std::size_t> ends;
        for (std::size_t at = 0; at < rules_.size(); ++at) {
            for (const std::size_t other : rules_[at].starts) started_by[other].push_back(at);
            if (rules_[at].starts.empty()) ends.push_back(at);
        }
        for (std::size_t next = 0; next < ends.size(); ++next) {
            for (const std::size_t before : started_by[ends[next]]) {
                if (rules_[before].starts.erase(ends[next]) > 0 && rules_[before].starts.empty())
                    ends.push_back(before);
            }
        }
    }

    // Unless it says another value of the first field than the rule asks for.
    bool may_start(const Emit& emit, const EventTrigger& trigger) const {
        if (emit.event != trigger.event) return false;
        if (!trigger.argument) return true;
        const auto type =
            std::find_if(plan_.events.begin(), plan_.events.end(),
                         [&](const EventType& each) { return each.name == emit.event; });
        if (type == plan_.events.end() || type->fields.empty()) return true;
        const auto given = std::find_if(
            emit.fields.begin(), emit.fields.end(),
            [&](const NamedValue& field) { return field.name == type->fields.front().name; });
        return given == emit.fields.end() || given->value.kind != Expression::Kind::literal ||
               given->value.text == *trigger.argument;
    }

    // From a rule to itself; empty when there is none.
    std::vector<std::size_t> shortest_way_back(std::size_t to) const {
        std::map<std::size_t, std::size_t> came_from;
        std::vector<std::size_t> reached{to};
        for (std::size_t next = 0; next < reached.size(); ++next) {
            for (const std::size_t other : rules_[reached[next]].starts) {
                if (other == to) return way_to(reached[next], to, came_from);
                if (came_from.emplace(other, reached[next]).second) reached.push_back(other);
            }
        }
        return {};
    }

    static std::vector<std::size_t> way_to(std::size_t last, std::size_t from,
                                           const std::map<std::size_t, std::size_t>& came_from) {
        std::vector<std::size_t> way{last};
        while (way.back() != from) way.push_back(came_from.at(way.back()));
        std::reverse(way.begin(), way.end());
        return way;
    }

    const Plan& plan_;
    std::vector<Starter> rules_{};
    std::map<std::string, std::size_t> by_path_{};
    std::map<std::string, std::vector<std::size_t>> by_event_{};
};

}  // namespace

std::vector<std::vector<std::string>> rule_cycles(const Plan& plan) {
    return CycleSearch(plan).run();
}

}  // namespace sop::lang
