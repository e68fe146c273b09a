#include "runtime/executor/entries.h"

#include <algorithm>
#include <optional>

#include "runtime/scheduler/guards.h"

namespace sop::runtime {

namespace {

using Unit = lang::calendar::EveryNth::Unit;

constexpr const char* last_run = "run";

const lang::EventTrigger* trigger_of(const LoadedRule& rule) {
    return std::get_if<lang::EventTrigger>(&rule.rule->trigger);
}

std::string name_of(std::optional<Unit> period) {
    if (!period) return {};
    switch (*period) {
        case Unit::day:
            return "day";
        case Unit::week:
            return "week";
        case Unit::month:
            return "month";
    }
    return {};
}

Instant beginning(const lang::Allowance& allowance, const LoadedRule& rule, Instant at) {
    return allowance.period ? period_of(*allowance.period, *rule.zone, at).from : Instant{};
}

// Whose entries an allowance counts; nothing when the event names none.
std::optional<EntryKey> key_of(const lang::Allowance& allowance, const LoadedRule& rule,
                               const std::string& subject, const Event& event) {
    EntryKey key{rule.id, allowance.per, subject, name_of(allowance.period)};
    if (allowance.per == rule.rule->audience->kind) return key;
    const auto& other = allowance.per == SubjectKind::member ? event.member : event.group;
    if (!other) return std::nullopt;
    key.subject = *other;
    return key;
}

EntryKey key_of_run(const LoadedRule& rule, const std::string& subject) {
    return {rule.id, rule.rule->audience->kind, subject, last_run};
}

}  // namespace

bool Entries::may_begin(const LoadedRule& rule, const std::string& subject, const Event& event) {
    const lang::EventTrigger* trigger = trigger_of(rule);
    if (trigger == nullptr) return true;
    for (const lang::Allowance& allowance : trigger->allowances) {
        const auto key = key_of(allowance, rule, subject, event);
        if (!key) continue;
        const auto entry = store_.find_entry(*key);
        const bool counts = entry && entry->since >= beginning(allowance, rule, event.at);
        if (counts && entry->count >= allowance.times) return false;
    }
    if (!trigger->again_after) return true;
    const auto last = store_.find_entry(key_of_run(rule, subject));
    return !last || event.at >= span_after(*trigger->again_after, last->since, *rule.zone);
}

void Entries::begun(const LoadedRule& rule, const std::string& subject, const Event& event) {
    const lang::EventTrigger* trigger = trigger_of(rule);
    if (trigger == nullptr) return;
    for (const lang::Allowance& allowance : trigger->allowances) {
        const auto key = key_of(allowance, rule, subject, event);
        if (!key) continue;
        const Instant since = beginning(allowance, rule, event.at);
        Entry entry = store_.find_entry(*key).value_or(Entry{since, 0});
        if (entry.since < since) entry = {since, 0};
        ++entry.count;
        store_.put_entry(*key, entry);
    }
    if (trigger->again_after && trigger->again_from_start)
        store_.put_entry(key_of_run(rule, subject), {event.at, 1});
}

bool Entries::begin_once(const LoadedRule& rule, const std::string& subject, Instant at) {
    const EntryKey key{rule.id, rule.rule->audience->kind, subject, {}};
    if (store_.find_entry(key)) return false;
    store_.put_entry(key, {at, 1});
    return true;
}

void Entries::ended(const LoadedRule& rule, const std::string& subject, Instant at) {
    const lang::EventTrigger* trigger = trigger_of(rule);
    if (trigger == nullptr || !trigger->again_after || trigger->again_from_start) return;
    store_.put_entry(key_of_run(rule, subject), {at, 1});
}

}  // namespace sop::runtime
