#include "runtime/scheduler/tier.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

#include "runtime/scheduler/evaluation.h"
#include "runtime/scheduler/expression_text.h"

namespace sop::runtime {

namespace {

using lang::Expression;
using Kind = Expression::Kind;

std::string name_of(const lang::Tier& tier) {
    std::string name = tier.audience.kind == SubjectKind::group ? "groups: " : "members: ";
    for (std::size_t i = 0; i < tier.levels.size(); ++i)
        name += (i == 0 ? "" : "/") + tier.levels[i].tag;
    return name;
}

bool is_asked_for(const Expression& expression) {
    switch (expression.kind) {
        case Kind::field:
        case Kind::column:
        case Kind::metric:
        case Kind::tagged:
        case Kind::count:
        case Kind::sum:
        case Kind::distinct:
        case Kind::streak:
            return true;
        default:
            return false;
    }
}

// "gmv(last 7 days) is 8200 CNY" for all that is compared, each once.
void note_values(const Expression& expression, const Facts& facts,
                 std::vector<std::string>& notes) {
    if (!is_asked_for(expression)) {
        for (const Expression& operand : expression.operands) note_values(operand, facts, notes);
        return;
    }
    std::string note = fmt::format("{} is {}", expression_text(expression),
                                   hole_text(expression, facts).value_or("without a value"));
    if (std::find(notes.begin(), notes.end(), note) == notes.end())
        notes.push_back(std::move(note));
}

}  // namespace

lang::Playbook tier_playbook(const lang::Plan& plan) {
    lang::Playbook playbook{.name = "tier", .title = {}, .rules = {}};
    std::map<std::string, int> times;
    for (const lang::Tier& tier : plan.tiers) {
        lang::Rule rule;
        rule.name = name_of(tier);
        if (const int nth = ++times[rule.name]; nth > 1) rule.name += fmt::format(" ({})", nth);
        rule.timezone = tier.timezone;
        rule.audience = tier.audience;
        rule.trigger = lang::CalendarTrigger{tier.schedule};
        rule.steps.push_back({.name = "start", .when = {}, .actions = {}});
        playbook.rules.push_back(std::move(rule));
    }
    return playbook;
}

std::vector<lang::Playbook> playbooks_of(const lang::Plan& plan) {
    std::vector<lang::Playbook> playbooks = plan.playbooks;
    if (!plan.tiers.empty()) playbooks.push_back(tier_playbook(plan));
    return playbooks;
}

TierDecision decide_tier(const lang::Tier& tier, const Facts& facts) {
    TierDecision decision;
    for (std::size_t i = 0; i < tier.levels.size() && !decision.level; ++i) {
        const lang::Tier::Level& level = tier.levels[i];
        const bool fits = !level.condition || holds(*level.condition, facts);
        if (fits) decision.level = i;
        decision.why += fmt::format("{}{}: ", decision.why.empty() ? "" : "; ", level.tag);
        if (!level.condition) {
            decision.why += "else";
            continue;
        }
        std::vector<std::string> notes;
        note_values(*level.condition, facts, notes);
        decision.why +=
            fmt::format("{} is {}{}{}", expression_text(*level.condition), fits ? "so" : "not so",
                        notes.empty() ? "" : ", ", fmt::join(notes, ", "));
    }
    return decision;
}

}  // namespace sop::runtime
