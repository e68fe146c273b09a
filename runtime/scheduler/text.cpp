#include "runtime/scheduler/text.h"

#include "runtime/scheduler/event_match.h"

namespace sop::runtime {

namespace {

std::string instant_text(Instant instant, lang::ValueType type, const lang::calendar::Zone& zone) {
    const date::local_seconds local = zone.to_local(date::floor<std::chrono::seconds>(instant));
    switch (type) {
        case lang::ValueType::date:
            return date::format("%F", local);
        case lang::ValueType::time:
            return date::format("%R", local);
        default:
            return date::format("%F %R", local);
    }
}

std::string group_text(const Subject& subject, const std::string& field) {
    const auto* group = std::get_if<Group>(&subject);
    if (group == nullptr) return {};
    if (field == "id") return group->id;
    if (field == "name") return group->name;
    if (field == "owner") return group->owner;
    return {};
}

std::string member_text(const Subject& subject, const std::string& field) {
    const auto* member = std::get_if<Member>(&subject);
    if (member == nullptr) return {};
    if (field == "id") return member->id;
    if (field == "name") return member->name;
    return {};
}

std::string event_text(const lang::FieldReference& reference, const TextFacts& facts) {
    if (facts.event == nullptr) return {};
    const Event& event = *facts.event;
    if (reference.field == "id") return event.id;
    if (reference.field == "at" || reference.field.starts_with("at.")) {
        return instant_text(event.at, reference.type, facts.zone);
    }
    if (reference.field == "group") return event.group.value_or("");
    if (reference.field == "member") return event.member.value_or("");
    return event_field(facts.plan, event, reference.field).value_or("");
}

std::string field_text(const lang::FieldReference& reference, const TextFacts& facts) {
    using Owner = lang::FieldReference::Owner;
    switch (reference.owner) {
        case Owner::group:
            return group_text(facts.subject, reference.field);
        case Owner::member:
            return member_text(facts.subject, reference.field);
        case Owner::event:
            return event_text(reference, facts);
        case Owner::start:
            return instant_text(facts.window.start, reference.type, facts.zone);
        case Owner::end:
            return instant_text(facts.window.end, reference.type, facts.zone);
        // What asks for these is not deployed (unsupported.h).
        case Owner::run:
        case Owner::join:
        case Owner::collected:
        case Owner::draw:
        case Owner::subject:
            break;
    }
    return {};
}

}  // namespace

std::string_view subject_id(const Subject& subject) {
    if (const auto* group = std::get_if<Group>(&subject)) return group->id;
    if (const auto* member = std::get_if<Member>(&subject)) return member->id;
    return {};
}

std::string render_text(const lang::TextTemplate& text, const TextFacts& facts) {
    std::string rendered;
    for (const auto& part : text.parts) {
        if (const auto* plain = std::get_if<std::string>(&part)) {
            rendered += *plain;
        } else {
            const auto& value = std::get<lang::Hole>(part).value;
            if (value.field) rendered += field_text(*value.field, facts);
        }
    }
    return rendered;
}

}  // namespace sop::runtime
