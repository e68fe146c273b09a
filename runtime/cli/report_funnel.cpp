// `sop report funnel`: how many came to each step of a rule, and what became of them there.
#include "lang/suggestion.h"
#include "runtime/cli/exit_code.h"
#include "runtime/cli/report.h"
#include "runtime/cli/sheet.h"
#include "runtime/executor/flow_counts.h"
#include "runtime/scheduler/flow.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace sop::runtime::cli {

namespace {

constexpr std::size_t bar_cells = 12;

struct StepFlow {
    std::int64_t reached = 0;
    std::int64_t answered = 0;
    std::int64_t not_answered = 0;
    std::map<std::string, std::int64_t> left{};  // by reason

    std::int64_t left_in_all() const {
        std::int64_t sum = 0;
        for (const auto& [reason, count] : left) sum += count;
        return sum;
    }
};
using RuleFlow = std::map<std::string, StepFlow>;  // by the path of the step

void add(StepFlow& flow, const FlowCount& count) {
    const std::string_view left_for = flow_left_for;
    if (count.what == flow_reached) flow.reached += count.count;
    if (count.what == flow_answered) flow.answered += count.count;
    if (count.what == flow_not_answered) flow.not_answered += count.count;
    if (count.what.starts_with(left_for))
        flow.left[count.what.substr(left_for.size())] += count.count;
}

std::map<std::string, RuleFlow> read_flows(const ReportScene& scene) {
    std::map<RuleId, std::string> names;
    for (const StoredRule& rule : scene.store.list_rules())
        names[rule.id] = rule.playbook + "." + rule.name;
    std::map<std::string, RuleFlow> flows;
    const auto counts =
        scene.store.figures().flow_counts(scene.span.from, scene.span.until + date::days{1});
    for (const FlowCount& count : counts) add(flows[names[count.rule]][count.step], count);
    return flows;
}

std::string reasons_text(const StepFlow& flow) {
    std::string text;
    for (const auto& [reason, count] : flow.left)
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, reason);
    return text;
}

// In the order of the rule's steps; those that only earlier versions had come behind.
std::vector<std::string> steps_in_order(const lang::Rule* rule, const RuleFlow& flow) {
    std::vector<std::string> steps;
    for (std::size_t i = 0; rule != nullptr && i < count_steps(*rule); ++i)
        steps.push_back(step_path(*rule, i));
    for (const auto& [step, counts] : flow) {
        if (std::find(steps.begin(), steps.end(), step) == steps.end()) steps.push_back(step);
    }
    return steps;
}

const lang::Rule* find_rule(const lang::Plan& plan, const std::string& name) {
    for (const lang::Playbook& playbook : plan.playbooks) {
        for (const lang::Rule& rule : playbook.rules) {
            if (lang::rule_path(playbook, rule) == name) return &rule;
        }
    }
    return nullptr;
}

void add_rows(Sheet& sheet, const std::string& name, const lang::Rule* rule, RuleFlow& flow,
              bool is_text) {
    const auto steps = steps_in_order(rule, flow);
    const std::int64_t entered = steps.empty() ? 0 : flow[steps.front()].reached;
    for (const std::string& step : steps) {
        const StepFlow& counts = flow[step];
        const double share =
            entered > 0 ? static_cast<double>(counts.reached) / static_cast<double>(entered) : 0;
        std::vector<std::string> row{name, step, std::to_string(counts.reached),
                                     entered > 0 ? fmt::format("{:.4f}", share) : ""};
        if (is_text) row.push_back(bar(share, bar_cells));
        row.insert(row.end(), {std::to_string(counts.answered), std::to_string(counts.not_answered),
                               std::to_string(counts.left_in_all()), reasons_text(counts)});
        sheet.rows.push_back(std::move(row));
    }
}

}  // namespace

int report_funnel(const ReportScene& scene) {
    auto flows = read_flows(scene);
    std::set<std::string> known;
    for (const lang::Playbook& playbook : scene.plan.playbooks) {
        for (const lang::Rule& rule : playbook.rules) known.insert(lang::rule_path(playbook, rule));
    }
    for (const auto& [name, flow] : flows) known.insert(name);
    for (const std::string& name : scene.options.rules) {
        if (known.contains(name)) continue;
        throw CommandError(fmt::format("there is no rule `{}`{}", name,
                                       lang::did_you_mean(name, {known.begin(), known.end()})));
    }
    const bool is_text = scene.options.format == OutputFormat::text;
    using enum Sheet::Kind;
    Sheet sheet{{{"rule"}, {"step"}, {"reached", number}, {"share", number}}, {}};
    if (is_text) sheet.columns.push_back({""});
    sheet.columns.insert(
        sheet.columns.end(),
        {{"answered", number}, {"not_answered", number}, {"left", number}, {"left_for", text}});
    for (const std::string& name : known) {
        const auto& wanted = scene.options.rules;
        const bool is_named = std::find(wanted.begin(), wanted.end(), name) != wanted.end();
        if (wanted.empty() ? !flows.contains(name) : !is_named) continue;
        add_rows(sheet, name, find_rule(scene.plan, name), flows[name], is_text);
    }
    fmt::print("{}", render(sheet, scene.options.format,
                            {{"from", lang::calendar::date_text(scene.span.from)},
                             {"until", lang::calendar::date_text(scene.span.until)}}));
    return exit_fine;
}

}  // namespace sop::runtime::cli
