#include "runtime/scheduler/event_match.h"

#include <algorithm>

#include "lang/unicode.h"
#include "runtime/scheduler/evaluation.h"
#include "runtime/scheduler/flow.h"

namespace sop::runtime {

namespace {

const lang::EventType* find_type(const lang::Plan& plan, const std::string& name) {
    const auto found = std::find_if(plan.events.begin(), plan.events.end(),
                                    [&](const lang::EventType& type) { return type.name == name; });
    return found == plan.events.end() ? nullptr : &*found;
}

std::string field_or_nothing(const Event& event, const char* name) {
    const auto found = event.fields.find(name);
    return found == event.fields.end() ? std::string{} : found->second;
}

std::string trimmed(const std::string& text) {
    constexpr const char* blanks = " \t\r\n";
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

bool contains(const std::string& folded_text, const std::string& word) {
    return folded_text.find(lang::folded(word)) != std::string::npos;
}

bool says(const lang::Plan& plan, const lang::MessageCondition& condition, const Event& event) {
    // Folding makes a full-width space an ordinary one.
    const std::string text = trimmed(lang::folded(field_or_nothing(event, message_text)));
    switch (condition.kind) {
        case lang::MessageCondition::Kind::saying:
            return text == trimmed(lang::folded(condition.text));
        case lang::MessageCondition::Kind::containing:
            return contains(text, condition.text);
        case lang::MessageCondition::Kind::matching:
            break;
    }
    const auto list =
        std::find_if(plan.words.begin(), plan.words.end(),
                     [&](const lang::WordList& words) { return words.name == condition.text; });
    return list != plan.words.end() &&
           std::any_of(list->words.begin(), list->words.end(),
                       [&text](const std::string& word) { return contains(text, word); });
}

}  // namespace

std::optional<std::string> event_field(const lang::Plan& plan, const Event& event,
                                       const std::string& field) {
    if (const auto found = event.fields.find(field); found != event.fields.end()) {
        return found->second;
    }
    if (const lang::EventType* type = find_type(plan, event.type)) {
        for (const lang::EventField& declared : type->fields) {
            if (declared.name == field) return declared.default_value;
        }
    }
    return std::nullopt;
}

bool may_match(const lang::Plan& plan, const lang::EventPattern& pattern, const Event& event) {
    if (pattern.event != event.type) return false;
    if (pattern.tag && field_or_nothing(event, changed_tag) != *pattern.tag) return false;
    if (pattern.message && !says(plan, *pattern.message, event)) return false;
    if (!pattern.argument) return true;
    const lang::EventType* type = find_type(plan, event.type);
    return type != nullptr && !type->fields.empty() &&
           event_field(plan, event, type->fields.front().name) == pattern.argument;
}

bool matches(const lang::EventPattern& pattern, const Event& event, const Facts& facts) {
    return may_match(facts.plan, pattern, event) &&
           (!pattern.where || holds_of(*pattern.where, event, facts));
}

namespace {

// Of the exits and waits of a rule.
template <typename Look>
void for_each_awaited(const lang::Rule& rule, const Look& look) {
    for (const lang::ExitEvent& exit : rule.exits) look(exit.event);
    for (std::size_t step = 0; step < count_steps(rule); ++step) {
        for (const lang::Action& action : step_at(rule, step).actions) {
            if (const auto* wait = std::get_if<lang::Wait>(&action)) look(wait->event);
        }
    }
}

}  // namespace

std::set<std::string> watched_tags(const lang::Rule& rule) {
    std::set<std::string> tags;
    const auto watch = [&tags](const lang::EventPattern& pattern) {
        if (pattern.tag) tags.insert(*pattern.tag);
    };
    if (const auto* trigger = std::get_if<lang::EventTrigger>(&rule.trigger)) watch(*trigger);
    for_each_awaited(rule, watch);
    return tags;
}

std::set<std::string> awaited_events(const lang::Rule& rule) {
    std::set<std::string> types;
    for_each_awaited(rule,
                     [&types](const lang::EventPattern& pattern) { types.insert(pattern.event); });
    return types;
}

std::optional<std::string> event_subject(const lang::Rule& rule, const Event& event) {
    if (rule.audience->of_groups) {
        if (!event.group || !event.member) return std::nullopt;
        return to_subject({*event.member, *event.group});
    }
    switch (rule.audience->kind) {
        case lang::SubjectKind::group:
            return event.group;
        case lang::SubjectKind::member:
            return event.member;
        case lang::SubjectKind::playbook:
            break;
    }
    return std::nullopt;
}

}  // namespace sop::runtime
