// The part of the walker that looks at conditions: `when member.points >= 100`.
//
// A condition is judged after the events of an instant for whoever they touched, and for all at the
// local midnight when it asks for days. Whoever is touched by what comes late is looked at as of
// then and as of now: it fires when it was so then, or is so with it. What it was the last time is
// in the store, so that a rule fires when it becomes so, and not each time it is.
#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "runtime/executor/walker.h"
#include "runtime/scheduler/evaluation.h"

namespace sop::runtime {

namespace {

constexpr std::chrono::milliseconds just_after{1};

const lang::ConditionTrigger& condition_of(const LoadedRule& rule) {
    return std::get<lang::ConditionTrigger>(rule.rule->trigger);
}

}  // namespace

// Those who are in the audience when a rule is deployed are looked at once; what is so already does
// not become so, unless the rule says `including now`.
void Walker::look_at_new_conditions(const LoadedPlan& loaded) {
    looked_through_ = store_.looked_through().value_or(Instant{});
    for (const RuleId id : loaded.conditions) {
        const LoadedRule& rule = loaded.rules.at(id);
        if (rule.trouble || is_condition_known(loaded, rule)) continue;
        Firing firing;
        firing.rule = id;
        firing.key = first_look_key(loaded.version);
        firing.plan = loaded.version;
        firing.subject_kind = rule.rule->audience->kind;
        firing.start_at = loaded.deployed_at;
        firing.end_at = loaded.deployed_at;
        if (store_.add_firing(firing)) store_.forget_conditions(id);
    }
}

// The version before it asked for the same of the same people.
bool Walker::is_condition_known(const LoadedPlan& loaded, const LoadedRule& rule) {
    if (loaded.version == 1) return false;
    try {
        const LoadedPlan& before = plans_.plan(loaded.version - 1);
        const LoadedRule* found = before.rules.find(rule.id);
        return found != nullptr && found->rule->trigger == rule.rule->trigger &&
               found->rule->audience == rule.rule->audience;
    } catch (const PlanError&) {
        return false;
    }
}

std::size_t Walker::expand_condition(const LoadedRule& rule, const Firing& firing, Instant now,
                                     std::size_t room) {
    const LoadedPlan& loaded = plans_.plan(firing.plan);
    const bool is_first = firing.key == first_look_key(firing.plan);
    const bool fires = !is_first || condition_of(rule).including_now;
    const auto page = audiences_.page(loaded.plan, *rule.rule->audience, *rule.zone,
                                      firing.start_at, firing.expanded_through, room);
    for (const std::string& subject : page.subjects)
        look_at_condition(loaded, rule, {subject, firing.start_at, fires}, now);
    look_through(firing.start_at);
    store_.set_expanded(firing.id, page.through, page.is_last);
    return page.is_last ? page.subjects.size() + 1 : room;
}

void Walker::touch(SubjectKind kind, const std::string& subject, Instant at) {
    if (in_force_ == nullptr || in_force_->conditions.empty()) return;
    const auto [entry, is_new] = touched_.try_emplace({kind, subject}, at);
    if (!is_new) entry->second = std::max(entry->second, at);
}

// Runs that begin may touch others, and the same again; as a rule fires once for a subject at one
// instant, that has an end.
void Walker::look_at_touched(Instant now) {
    while (!touched_.empty()) {
        for (const auto& [who, at] : std::exchange(touched_, {})) {
            const bool is_late = at < looked_through_;
            for (const RuleId id : in_force_->conditions) {
                const LoadedRule& rule = in_force_->rules.at(id);
                if (rule.trouble || rule.rule->audience->kind != who.first) continue;
                for (const std::string& subject : touched_subjects(rule, who.second)) {
                    look_at_condition(*in_force_, rule, {subject, at, true, is_late}, now);
                    if (is_late)
                        look_at_condition(*in_force_, rule, {subject, looked_through_}, now);
                }
            }
            look_through(at);
        }
    }
}

void Walker::look_through(Instant at) {
    if (at <= looked_through_) return;
    looked_through_ = at;
    store_.set_looked_through(at);
}

// A member is touched in all of its groups.
std::vector<std::string> Walker::touched_subjects(const LoadedRule& rule,
                                                  const std::string& subject) {
    if (!rule.rule->audience->of_groups) return {subject};
    std::vector<std::string> subjects;
    if (const auto member = store_.find_member(subject)) {
        for (const std::string& group : member->groups)
            subjects.push_back(to_subject({subject, group}));
    }
    return subjects;
}

void Walker::look_at_condition(const LoadedPlan& loaded, const LoadedRule& rule, const Look& look,
                               Instant now) {
    // After the events of that instant.
    const Instant judged_at = look.at + just_after;
    const Window window{look.at, look.at};
    const Subject subject = find_subject(store_, rule.rule->audience->kind, look.subject);
    const Facts facts{loaded.plan, *rule.zone, window, subject, nullptr, judged_at, &records_};
    const bool is_so = audiences_.contains(loaded.plan, *rule.rule->audience, *rule.zone, judged_at,
                                           look.subject) &&
                       holds(condition_of(rule).condition, facts);
    if (look.is_late && !is_so) return;
    const bool has_changed = store_.set_condition(rule.id, look.subject, is_so);
    if (!has_changed || !is_so || !look.fires) return;
    if (condition_of(rule).once && !entries_.begin_once(rule, look.subject, look.at)) return;
    start_condition_run(loaded, rule, look, now);
}

void Walker::start_condition_run(const LoadedPlan& loaded, const LoadedRule& rule, const Look& look,
                                 Instant now) {
    Firing firing;
    firing.rule = rule.id;
    firing.key = condition_firing_key(look.subject, look.at);
    firing.plan = loaded.version;
    firing.subject_kind = rule.rule->audience->kind;
    firing.start_at = look.at;
    firing.end_at = look.at;
    firing.expanded = true;
    firing.expanded_through = look.subject;
    begin_firing_of_one(rule, firing, look.subject, nullptr, now);
}

}  // namespace sop::runtime
