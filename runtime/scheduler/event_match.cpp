#include "runtime/scheduler/event_match.h"

#include <algorithm>

#include "runtime/scheduler/evaluation.h"

namespace sop::runtime {

namespace {

const lang::EventType* find_type(const lang::Plan& plan, const std::string& name) {
    const auto found = std::find_if(plan.events.begin(), plan.events.end(),
                                    [&](const lang::EventType& type) { return type.name == name; });
    return found == plan.events.end() ? nullptr : &*found;
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
    if (!pattern.argument) return true;
    const lang::EventType* type = find_type(plan, event.type);
    return type != nullptr && !type->fields.empty() &&
           event_field(plan, event, type->fields.front().name) == pattern.argument;
}

bool matches(const lang::EventPattern& pattern, const Event& event, const Facts& facts) {
    return may_match(facts.plan, pattern, event) &&
           (!pattern.where || holds_of(*pattern.where, event, facts));
}

const std::optional<std::string>& event_subject(const lang::Rule& rule, const Event& event) {
    return rule.audience.kind == lang::SubjectKind::member ? event.member : event.group;
}

}  // namespace sop::runtime
