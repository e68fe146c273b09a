#include "runtime/cli/member_export.h"

#include <map>
#include <nlohmann/json.hpp>

#include "runtime/clock/instant_text.h"

namespace sop::runtime::cli {

namespace {

using nlohmann::json;

constexpr std::size_t page_rows = 1000;

using RuleNames = std::map<RuleId, std::string>;

RuleNames names_of_rules(Store& store) {
    RuleNames names;
    for (const StoredRule& rule : store.list_rules())
        names[rule.id] = rule.playbook + "." + rule.name;
    return names;
}

json memberships_of(const std::string& member, Store& store) {
    json memberships = json::array();
    const Member record = store.find_member(member).value();
    for (const std::string& group : record.groups) {
        json entry{{"group", group}};
        const auto joined = store.find_membership({member, group});
        if (joined && joined->at) entry["joined"] = instant_text(*joined->at);
        memberships.push_back(std::move(entry));
    }
    return memberships;
}

json points_of(const std::string& member, Store& store, const RuleNames& rules) {
    json entries = json::array();
    for (std::int64_t after = 0;;) {
        const auto page = store.list_points(member, after, page_rows);
        for (const PointEntry& entry : page) {
            after = entry.id;
            const auto rule = rules.find(entry.rule);
            json line{{"at", instant_text(entry.at)},
                      {"amount", entry.amount},
                      {"reason", entry.reason},
                      {"taken_back", entry.undoes.has_value()}};
            if (rule != rules.end()) line["rule"] = rule->second;
            if (entry.event) line["event"] = *entry.event;
            entries.push_back(std::move(line));
        }
        if (page.size() < page_rows) return entries;
    }
}

json events_of(const std::string& member, Store& store) {
    json events = json::array();
    for (std::pair<Instant, std::string> after{Instant::min(), ""};;) {
        const auto page = store.events_about(member, after, page_rows);
        for (const Event& event : page) {
            after = {event.at, event.id};
            json line{{"id", event.id},
                      {"type", event.type},
                      {"at", instant_text(event.at)},
                      {"received_at", instant_text(event.received_at)},
                      {"fields", event.fields}};
            if (event.group) line["group"] = *event.group;
            if (!event.extra.empty()) line["extra"] = json::parse(event.extra);
            events.push_back(std::move(line));
        }
        if (page.size() < page_rows) return events;
    }
}

json messages_of(const std::string& member, Store& store) {
    json messages = json::array();
    for (const DueDelivery& due : store.list_deliveries(
             {.subject_kind = SubjectKind::member, .subject = member, .limit = every_row})) {
        const Delivery& delivery = due.delivery;
        json line{{"message", delivery.id},
                  {"rule", due.playbook + "." + due.rule},
                  {"planned_for", instant_text(delivery.planned_for)},
                  {"channel", delivery.channel},
                  {"outcome", std::string(to_text(delivery.state))},
                  {"reason", delivery.reason},
                  {"text", due.text}};
        if (delivery.settled_at) line["settled_at"] = instant_text(*delivery.settled_at);
        if (due.in_group) line["in_group"] = *due.in_group;
        messages.push_back(std::move(line));
    }
    return messages;
}

// How often it began rules that say how often they may.
json entries_of(const std::string& member, Store& store, const RuleNames& rules) {
    json entries = json::array();
    for (const auto& [rule, name] : rules) {
        for (const char* period : {"", "day", "week", "month", "run", "wall time"}) {
            const auto entry = store.find_entry({rule, SubjectKind::member, member, period});
            if (!entry) continue;
            entries.push_back({{"rule", name},
                               {"period", *period == '\0' ? "ever" : period},
                               {"since", instant_text(entry->since)},
                               {"count", entry->count}});
        }
    }
    return entries;
}

json runs_of(const std::string& member, Store& store, const RuleNames& rules) {
    json runs = json::array();
    const auto add = [&](const std::string& subject, const std::string& group) {
        for (const Run& run : store.unfinished_runs_of(SubjectKind::member, subject)) {
            json line{{"step", run.next_step}};
            if (const auto rule = rules.find(run.rule); rule != rules.end())
                line["rule"] = rule->second;
            if (!group.empty()) line["in_group"] = group;
            runs.push_back(std::move(line));
        }
    };
    add(member, "");
    const Member record = store.find_member(member).value();
    for (const std::string& group : record.groups) add(to_subject({member, group}), group);
    return runs;
}

json past_stays_of(const std::string& member, Store& store) {
    json stays = json::array();
    for (const Stay& stay : store.figures().past_stays_of(member)) {
        json line{{"group", stay.group}, {"left", instant_text(stay.left_at.value())}};
        if (stay.joined_at) line["joined"] = instant_text(*stay.joined_at);
        stays.push_back(std::move(line));
    }
    return stays;
}

json levels_of(const std::string& member, Store& store, const RuleNames& rules) {
    json levels = json::array();
    for (const TierChange& change : store.figures().tier_changes_of(
             SubjectKind::member, member, Instant::min(), Instant::max())) {
        json line{{"at", instant_text(change.at)}, {"level", change.level}, {"why", change.why}};
        if (const auto rule = rules.find(change.rule); rule != rules.end())
            line["tier"] = rule->second;
        levels.push_back(std::move(line));
    }
    return levels;
}

json tasks_of(const std::string& member, Store& store, const RuleNames& rules) {
    json tasks = json::array();
    for (TaskId after = 0;;) {
        const auto page = store.list_tasks({.limit = page_rows, .after = after});
        for (const Task& task : page) {
            after = task.id;
            if (task.member != member && task.by != member) continue;
            json line{{"task", task.id},
                      {"made_at", instant_text(task.made_at)},
                      {"role", task.role},
                      {"text", task.text},
                      {"state", std::string(to_text(task.state))},
                      {"by", task.by},
                      {"note", task.note}};
            if (const auto rule = rules.find(task.rule); rule != rules.end())
                line["rule"] = rule->second;
            tasks.push_back(std::move(line));
        }
        if (page.size() < page_rows) return tasks;
    }
}

}  // namespace

void add_history(json& object, const std::string& member, Store& store) {
    const RuleNames rules = names_of_rules(store);
    object["memberships"] = memberships_of(member, store);
    object["past_memberships"] = past_stays_of(member, store);
    object["levels"] = levels_of(member, store, rules);
    object["tasks"] = tasks_of(member, store, rules);
    object["ledger"] = points_of(member, store, rules);
    object["events"] = events_of(member, store);
    object["messages"] = messages_of(member, store);
    object["entries"] = entries_of(member, store, rules);
    object["runs"] = runs_of(member, store, rules);
}

}  // namespace sop::runtime::cli
