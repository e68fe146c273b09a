#include "tests/sim/enrichment.h"

#include <fmt/format.h>

#include <algorithm>

#include "tests/support/draft.h"

namespace sop::sim {

namespace {

namespace calendar = lang::calendar;
using namespace std::chrono_literals;
using lang::Expression;
using std::chrono::minutes;
using Owner = lang::FieldReference::Owner;
using Kind = Expression::Kind;

const lang::Type number{lang::ValueType::number, {}};
const lang::Type boolean{lang::ValueType::boolean, {}};

Expression literal(std::int64_t value) {
    return {Kind::literal, number, std::to_string(value)};
}

Expression at_least(Expression value, std::int64_t least) {
    return {Kind::greater_or_equal, boolean, {}, {std::move(value), literal(least)}};
}

// Within a window there is time for lists and draws.
bool has_window(const lang::Rule& rule) {
    const auto* trigger = std::get_if<lang::CalendarTrigger>(&rule.trigger);
    return trigger != nullptr && trigger->schedule.window;
}

bool is_on(const lang::Rule& rule, const std::string& event) {
    const auto* trigger = std::get_if<lang::EventTrigger>(&rule.trigger);
    return trigger != nullptr && trigger->event == event;
}

}  // namespace

void Enrichment::declare(lang::Plan& plan) {
    for (lang::EventType& type : plan.events) {
        if (type.name == ordered_event)
            type.fields = {{ordered_items, lang::ValueType::number, false, "1"}};
    }
    plan.events.push_back(
        {returned_event, {{returned_order, lang::ValueType::event, false, {}, ordered_event}}});
    plan.events.push_back({noted_event, {}});
    plan.tags.insert(plan.tags.end(), level_tags.begin(), level_tags.end());
    plan.roles = {"owner"};
    plan.pools = {pool_name};
    if (dice_.chance(50))
        plan.points_expiry =
            lang::PointsExpiry{{0, 0, minutes{dice_.between(60, 4000)}}, "Asia/Shanghai"};
    if (dice_.chance(40)) return;
    lang::Tier tier;
    tier.audience = {lang::SubjectKind::group, {{"member"}}};
    tier.timezone = "Asia/Shanghai";
    tier.schedule.times =
        calendar::DailyInterval{minutes{dice_.between(60, 300)}, minutes{1}, 23h + 59min};
    for (std::size_t i = 0; i < level_tags.size(); ++i) {
        Expression count{Kind::count, number, ordered_event};
        count.period = lang::Period{lang::Period::Kind::today};
        tier.levels.push_back(
            {level_tags[i], at_least(std::move(count), static_cast<int>(level_tags.size() - i))});
    }
    plan.tiers.push_back(std::move(tier));
}

void Enrichment::enrich(lang::Rule& rule) {
    change_trigger(rule);
    if (!dice_.chance(65)) return;
    const bool leads_on = !is_on(rule, noted_event) && !is_on(rule, "tagged");
    add_actions(rule, rule.steps, leads_on);
    if (has_window(rule)) add_games(rule);
}

void Enrichment::make_leaf(lang::Rule& rule) {
    rule.trigger = tests::on_event(noted_event);
    rule.steps.front().when = {};
    rule.guards.edit().concurrent = lang::Concurrency::parallel;
}

// Of a rule on events: other events, or how often somebody may begin it.
void Enrichment::change_trigger(lang::Rule& rule) {
    auto* trigger = std::get_if<lang::EventTrigger>(&rule.trigger);
    if (trigger == nullptr) return;
    const bool is_for_groups = rule.audience->kind == lang::SubjectKind::group;
    const auto kind = dice_.below(8);
    if (kind == 0) {
        trigger->event = noted_event;
    } else if (kind <= 2) {
        trigger->event = returned_event;
        rule.steps.back().actions.push_back(
            lang::TakeBack{{tests::field(Owner::event, returned_order, lang::ValueType::event)}});
    } else if (kind == 3 && is_for_groups) {
        trigger->event = "tagged";
        trigger->tag = dice_.pick(level_tags);
    } else if (kind == 3) {
        rule.trigger = lang::ConditionTrigger{
            at_least(tests::field(Owner::member, "points", lang::ValueType::number),
                     dice_.between(5, 40)),
            false, dice_.chance(30)};
        rule.guards.edit().concurrent = lang::Concurrency::skip;
        return;
    }
    if (!dice_.chance(50)) return;
    lang::Allowance allowance;
    allowance.times = static_cast<int>(dice_.between(1, 2));
    allowance.per = rule.audience->kind;
    if (dice_.chance(60)) allowance.period = calendar::EveryNth::Unit::day;
    trigger->allowances.push_back(allowance);
}

// Open long enough for somebody to come.
void Enrichment::add_games(lang::Rule& rule) {
    std::get<lang::CalendarTrigger>(rule.trigger).schedule.window =
        calendar::Span{0, 0, minutes{dice_.between(60, 1000)}};
    if (dice_.chance(60)) rule.steps.front().actions.push_back(make_collect(rule));
    if (dice_.chance(50)) rule.steps.back().actions.push_back(make_draw(rule));
    if (dice_.chance(50)) {
        lang::Step end{"end", tests::at_end(), {}};
        end.actions.push_back(make_draw(rule));
        rule.steps.push_back(std::move(end));
    }
}

// To steps of all depths, behind what they do.
void Enrichment::add_actions(const lang::Rule& rule, std::vector<lang::Step>& steps,
                             bool leads_on) {
    for (lang::Step& step : steps) {
        for (lang::Action& action : step.actions) {
            if (auto* wait = std::get_if<lang::Wait>(&action)) {
                add_actions(rule, wait->yes.edit(), leads_on);
                add_actions(rule, wait->no.edit(), leads_on);
            } else if (auto* choice = std::get_if<lang::If>(&action)) {
                for (auto& branch : choice->branches) add_actions(rule, branch.steps, leads_on);
            } else if (auto* split = std::get_if<lang::Split>(&action)) {
                for (auto& branch : split->branches) add_actions(rule, branch.steps, leads_on);
            }
        }
        const bool stops =
            !step.actions.empty() && std::holds_alternative<lang::Stop>(step.actions.back());
        if (!stops && dice_.chance(50)) step.actions.push_back(make_action(rule, leads_on));
    }
}

lang::Action Enrichment::make_action(const lang::Rule& rule, bool leads_on) {
    switch (dice_.below(leads_on ? 10 : 8)) {
        case 0:
        case 1:
        case 2: {
            const auto amount = dice_.between(1, 20);
            lang::ChangePoints change;
            change.amount = literal(amount);
            if (dice_.chance(45))
                change.amount = lang::Expression{Kind::negate, number, {}, {literal(amount)}};
            change.correction = dice_.chance(10);
            change.granted = make_branch(rule);
            change.refused = make_branch(rule);
            return change;
        }
        case 3:
            return lang::Give{pool_name, make_branch(rule), make_branch(rule)};
        case 4:
        case 5: {
            lang::Task task;
            task.role = "owner";
            task.within.elapsed = minutes{dice_.between(5, 600)};
            if (dice_.chance(70)) task.done = make_branch(rule);
            if (dice_.chance(70)) task.late = make_branch(rule);
            return task;
        }
        case 6: {
            lang::Approve approve;
            approve.role = "owner";
            approve.within.elapsed = minutes{dice_.between(5, 600)};
            approve.yes = make_branch(rule);
            approve.no = make_branch(rule);
            return approve;
        }
        case 7:
            return lang::Call{rule.via->front(), {}};
        case 8:
            return lang::StartRule{leaf_rule};
        default:
            return lang::Emit{noted_event, {}};
    }
}

lang::Collect Enrichment::make_collect(const lang::Rule& rule) {
    lang::Collect collect;
    collect.event.event = ordered_event;
    if (dice_.chance(60)) collect.field = ordered_items;
    if (dice_.chance(70)) collect.limit = static_cast<int>(dice_.between(1, 6));
    if (dice_.chance(40)) collect.per_member = static_cast<int>(dice_.between(1, 3));
    if (dice_.chance(50)) collect.back_on = lang::EventPattern{returned_event};
    collect.every = minutes{dice_.between(5, 60)};
    collect.listed = make_branch(rule);
    collect.refused = make_branch(rule);
    collect.full = make_branch(rule);
    return collect;
}

lang::Draw Enrichment::make_draw(const lang::Rule& rule) {
    lang::Draw draw;
    draw.winners = static_cast<int>(dice_.between(1, 3));
    draw.from.event = ordered_event;
    draw.once_per_member = dice_.chance(50);
    draw.winner = make_branch(rule);
    if (!draw.winner.empty() && dice_.chance(50))
        draw.winner.edit().front().actions.push_back(lang::Give{pool_name, {}, {}});
    draw.all = make_branch(rule);
    return draw;
}

std::vector<lang::Step> Enrichment::make_branch(const lang::Rule& rule) {
    if (dice_.chance(25)) return {};
    lang::Deliver deliver;
    deliver.verb =
        rule.audience->kind == lang::SubjectKind::group ? lang::Verb::post : lang::Verb::send;
    return {{"start", tests::after(0s), {deliver}}};
}

}  // namespace sop::sim
