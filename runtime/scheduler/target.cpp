#include "runtime/scheduler/target.h"

#include <utility>

#include "runtime/scheduler/event_match.h"

namespace sop::runtime {

namespace {

constexpr const char* nobody_named = "no value";

Address to_member(const std::optional<std::string>& member) {
    if (!member) return {.problem = nobody_named};
    return {.target = Target{SubjectKind::member, *member}};
}

Address to_where_it_happened(const lang::Deliver& deliver, const Event& event) {
    if (!event.group) return to_member(event.member);
    Address address{.target = Target{SubjectKind::group, *event.group}};
    const bool is_message = event.type == message_event;
    if (is_message) address.reply_to = event.id;
    const bool mentions = !is_message || deliver.verb == lang::Verb::warn;
    if (mentions && event.member) address.mentions.push_back(*event.member);
    return address;
}

Address written_address(const lang::Rule& rule, const lang::Deliver& deliver, const Facts& facts) {
    const bool for_members = rule.audience->kind == SubjectKind::member;
    switch (deliver.verb) {
        case lang::Verb::post:
        case lang::Verb::announce:
            break;
        case lang::Verb::send:
            if (for_members) break;
            return to_member(facts.event == nullptr ? std::nullopt : facts.event->member);
        case lang::Verb::reply:
        case lang::Verb::warn:
            // A rule on a condition has no event, and none is compiled.
            if (facts.event == nullptr) break;
            return to_where_it_happened(deliver, *facts.event);
    }
    const bool is_for_nobody = rule.audience->kind == SubjectKind::playbook;
    return is_for_nobody ? Address{.problem = nobody_named} : Address{};
}

}  // namespace

bool is_gone(const Target& target, const Facts& facts) {
    if (facts.records == nullptr) return false;
    if (!facts.records->name_of(target.kind, target.id)) return true;
    if (target.kind == SubjectKind::group) {
        const auto group = facts.records->find_group(target.id);
        return group && group->dissolved_at;
    }
    const auto member = facts.records->find_member(target.id);
    return member && member->gone_at;
}

Target subject_of(const lang::Rule& rule, const Facts& facts) {
    return {rule.audience->kind, std::string(subject_id(facts.subject))};
}

bool is_to_many(const lang::Rule& rule, const lang::Deliver& deliver) {
    const bool posts = deliver.verb == lang::Verb::post || deliver.verb == lang::Verb::announce;
    return deliver.to || (posts && rule.audience->kind == SubjectKind::playbook);
}

Address address_of(const lang::Rule& rule, const lang::Deliver& deliver, const Facts& facts) {
    Address address = written_address(rule, deliver, facts);
    if (!address.target) return address;
    if (*address.target == subject_of(rule, facts)) {
        address.target.reset();
    } else if (is_gone(*address.target, facts)) {
        address.problem = "gone";
    }
    return address;
}

}  // namespace sop::runtime
