#include "runtime/cli/exit_code.h"
#include "runtime/cli/rehearsal.h"
#include "runtime/cli/terminal.h"
#include "runtime/cli/time_argument.h"
#include "runtime/clock/instant_text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <functional>

namespace sop::runtime::cli {

namespace {

using nlohmann::json;
using Side = RehearsalChange::Side;
using Kind = RehearsalChange::Kind;

constexpr int format_version = 1;
constexpr std::size_t promises_told_max = 20;
constexpr std::size_t change_text_cells = 30;

json json_of(const std::optional<std::string>& text) {
    return text ? json(*text) : json(nullptr);
}

json json_of(const RehearsalFilter& filter) {
    return {{"group", json_of(filter.group)},
            {"member", json_of(filter.member)},
            {"rule", json_of(filter.rule)}};
}

std::string kind_text(SubjectKind kind) {
    return kind == SubjectKind::group ? "group" : kind == SubjectKind::member ? "member" : "nobody";
}

std::string subjects_text_of(const json& entry) {
    TimelineEntry shape;
    shape.count = entry.at("count").get<std::int64_t>();
    const auto kind = entry.at("for").get<std::string>();
    shape.kind = kind == "group"    ? SubjectKind::group
                 : kind == "member" ? SubjectKind::member
                                    : SubjectKind::playbook;
    const auto subjects = entry.at("subjects").get<std::size_t>();
    const std::string several = static_cast<std::size_t>(shape.count) == subjects
                                    ? ""
                                    : fmt::format("{} to ", count_text(shape.count));
    if (shape.kind == SubjectKind::playbook) return subjects_text(shape);
    return fmt::format("{}{} {}{}", several, count_text(static_cast<std::int64_t>(subjects)), kind,
                       subjects == 1 ? "" : "s");
}

json timeline_json(const Rehearsal& rehearsal) {
    json timeline = json::array();
    for (const auto& [key, entry] : rehearsal.timeline) {
        timeline.push_back({{"local_time", date::format("%FT%T", std::get<0>(key))},
                            {"rule", entry.rule},
                            {"step", entry.step},
                            {"count", entry.count},
                            {"for", kind_text(entry.kind)},
                            {"subjects", entry.subjects.size()},
                            {"outcome", entry.outcome},
                            {"text", entry.text},
                            {"subjects_digest", fmt::format("{:016x}", entry.subjects_digest)},
                            {"texts_digest", fmt::format("{:016x}", entry.texts_digest)}});
        if (!entry.command.empty()) timeline.back()["command"] = entry.command;
    }
    return timeline;
}

json load_json(const Rehearsal& rehearsal) {
    json channels = json::array();
    for (const auto& [name, load] : rehearsal.channels) {
        json promises = json::array();
        for (const auto& [minute, promise] : load.worst_promises(promises_told_max)) {
            promises.push_back(
                {{"at", instant_text(minute)},
                 {"messages", promise.count},
                 {"last_out",
                  promise.last_out ? json(instant_text(*promise.last_out)) : json(nullptr)},
                 {"minutes_late", promise.minutes_late(minute)},
                 {"given_up", promise.given_up},
                 {"still_waiting", promise.waiting}});
        }
        const auto busiest = load.busiest();
        channels.push_back(
            {{"channel", name},
             {"budget", load.budget ? json(budget_text(load.budget)) : json(nullptr)},
             {"went_out", load.went_out},
             {"given_up", load.given_up},
             {"busiest_minute",
              busiest ? json{{"at", instant_text(busiest->first)}, {"messages", busiest->second}}
                      : json(nullptr)},
             {"worst_promises", promises}});
    }
    return channels;
}

json json_of(const std::optional<Side>& side) {
    if (!side) return nullptr;
    json value{{"local_time", side->local_time},
               {"outcome", side->outcome},
               {"to", side->to},
               {"count", side->count},
               {"text", side->text}};
    return value;
}

json json_of(const RehearsalComparison& comparison) {
    json changes = json::array();
    for (const auto& change : comparison.changes) {
        const Side& any = change.after ? *change.after : *change.before;
        changes.push_back({{"change", to_text(change.kind)},
                           {"rule", any.rule},
                           {"step", any.step},
                           {"before", json_of(change.before)},
                           {"after", json_of(change.after)},
                           {"differs", change.differs}});
        if (!any.command.empty()) changes.back()["command"] = any.command;
    }
    return {{"with", comparison.with}, {"same", comparison.same}, {"changes", changes}};
}

json report_json(const Rehearsal& rehearsal) {
    json rules = json::array();
    for (const auto& [path, rule] : rehearsal.rules) {
        rules.push_back({{"rule", path},
                         {"title", rule.title},
                         {"firings", rule.firings},
                         {"messages", rule.messages},
                         {"outcomes", rule.outcomes}});
    }
    const EventFile events = rehearsal.events.value_or(EventFile{});
    return {{"format_version", format_version},
            {"from", instant_text(rehearsal.from)},
            {"to", instant_text(rehearsal.to)},
            {"timezone", rehearsal.zone->name()},
            {"zone_data", rehearsal.zone_data},
            {"groups", rehearsal.directory.groups},
            {"members", rehearsal.directory.members},
            {"filter", json_of(rehearsal.filter)},
            {"events",
             {{"taken", events.taken},
              {"repeated", events.repeated},
              {"left_out", events.left_out},
              {"began_no_rule", rehearsal.idle_events}}},
            {"messages", rehearsal.messages},
            {"rules", rules},
            {"timeline", timeline_json(rehearsal)},
            {"load", load_json(rehearsal)},
            {"troubles", rehearsal.troubles}};
}

std::vector<Side> sides_of(const json& report) {
    std::vector<Side> sides;
    for (const auto& entry : report.at("timeline")) {
        Side side;
        side.local_time = entry.at("local_time").get<std::string>();
        side.rule = entry.at("rule").get<std::string>();
        side.step = entry.at("step").get<std::string>();
        side.command = entry.value("command", "");
        side.outcome = entry.at("outcome").get<std::string>();
        side.text = entry.at("text").get<std::string>();
        side.to = subjects_text_of(entry);
        side.count = entry.at("count").get<std::int64_t>();
        side.subjects_digest = entry.at("subjects_digest").get<std::string>();
        side.texts_digest = entry.at("texts_digest").get<std::string>();
        sides.push_back(std::move(side));
    }
    return sides;
}

// The Monday of its week.
std::string week_of(const std::string& local_time) {
    const date::local_days day = parse_date(local_time.substr(0, 10), "local_time");
    return date::format("%F", day - (date::weekday(day) - date::Monday));
}

// One side of a comparison: those that have found no counterpart yet, by a key.
struct Unmatched {
    std::vector<Side> sides;
    std::vector<bool> is_matched = std::vector<bool>(sides.size(), false);
};

using Key = std::function<std::string(const Side&)>;

// Pairs those with the same key, in the order of time.
std::vector<std::pair<Side, Side>> match(Unmatched& before, Unmatched& after, const Key& key) {
    std::map<std::string, std::vector<std::size_t>> waiting;
    for (std::size_t i = after.sides.size(); i-- > 0;) {
        if (!after.is_matched[i]) waiting[key(after.sides[i])].push_back(i);
    }
    std::vector<std::pair<Side, Side>> pairs;
    for (std::size_t i = 0; i < before.sides.size(); ++i) {
        if (before.is_matched[i]) continue;
        const auto found = waiting.find(key(before.sides[i]));
        if (found == waiting.end() || found->second.empty()) continue;
        const std::size_t other = found->second.back();
        found->second.pop_back();
        before.is_matched[i] = after.is_matched[other] = true;
        pairs.emplace_back(before.sides[i], after.sides[other]);
    }
    return pairs;
}

// A text that names its reader is another for another audience, which is told once.
std::vector<std::string> differences(const Side& before, const Side& after) {
    std::vector<std::string> differs;
    if (before.count != after.count) differs.emplace_back("count");
    const bool has_same_audience = before.subjects_digest == after.subjects_digest;
    if (!has_same_audience) differs.emplace_back("audience");
    if (before.text != after.text ||
        (has_same_audience && before.texts_digest != after.texts_digest))
        differs.emplace_back("text");
    return differs;
}

std::string day_of(const RehearsalChange& change) {
    return (change.after ? *change.after : *change.before).local_time;
}

std::string time_of(const std::string& local_time) {
    return local_time.substr(11, local_time.ends_with(":00") ? 5 : 8);
}

std::string note_of(const RehearsalChange& change) {
    if (!change.before || !change.after) return {};
    std::vector<std::string> notes;
    const auto& [before, after] = std::pair(*change.before, *change.after);
    if (before.local_time != after.local_time) {
        const bool is_same_day = before.local_time.substr(0, 10) == after.local_time.substr(0, 10);
        notes.push_back("was at " + (is_same_day ? "" : before.local_time.substr(0, 10) + " ") +
                        time_of(before.local_time));
    }
    if (before.outcome != after.outcome) notes.push_back("was " + before.outcome);
    for (const std::string& what : change.differs) {
        if (what == "count") notes.push_back("was to " + before.to);
        if (what == "audience" && before.to == after.to) notes.emplace_back("to others");
        if (what == "text") {
            notes.push_back(before.text == after.text
                                ? std::string("another text for some")
                                : "said: " + shortened(before.text, change_text_cells));
        }
    }
    return fmt::format("{}", fmt::join(notes, "; "));
}

}  // namespace

std::string_view to_text(Kind kind) {
    switch (kind) {
        case Kind::added:
            return "added";
        case Kind::removed:
            return "removed";
        case Kind::moved:
            return "moved";
        case Kind::outcome:
            return "outcome";
        case Kind::changed:
            return "changed";
    }
    return "changed";
}

RehearsalComparison compare_rehearsals(const std::string& file, const std::string& earlier,
                                       const Rehearsal& rehearsal) {
    const json now = report_json(rehearsal);
    Unmatched before;
    try {
        const json report = json::parse(earlier);
        if (report.at("format_version") != format_version) {
            throw CommandError(fmt::format(
                "{}: is of another version of the format; rehearse anew with this sop", file));
        }
        for (const char* what : {"from", "to", "filter"}) {
            if (report.at(what) == now.at(what)) continue;
            throw CommandError(fmt::format(
                "{}: is another rehearsal, `{}` is {} there and {} here; rehearse the same days, "
                "narrowed in the same way",
                file, what, report.at(what).dump(), now.at(what).dump()));
        }
        before = Unmatched{sides_of(report)};
        for (const Side& side : before.sides) {
            if (side.local_time.size() != 19) throw CommandError(file + ": has a damaged time");
        }
    } catch (const json::exception&) {
        throw CommandError(fmt::format(
            "{}: is not what `sop rehearse --format json` prints; make it with that", file));
    }
    Unmatched after{sides_of(now)};
    const auto step = [](const Side& side) {
        return side.rule + "\n" + side.step + "\n" + side.command + "\n";
    };
    RehearsalComparison comparison{file};
    const auto add_pairs = [&](Kind kind, const Key& key) {
        for (auto& [old_side, new_side] : match(before, after, key)) {
            auto differs = differences(old_side, new_side);
            if (kind == Kind::changed && differs.empty()) {
                ++comparison.same;
            } else {
                comparison.changes.push_back({kind, old_side, new_side, std::move(differs)});
            }
        }
    };
    // The nearest counterpart first.
    add_pairs(Kind::changed,
              [&](const Side& side) { return step(side) + side.local_time + "\n" + side.outcome; });
    add_pairs(Kind::outcome, [&](const Side& side) { return step(side) + side.local_time; });
    add_pairs(Kind::moved, [&](const Side& side) {
        return step(side) + side.local_time.substr(0, 10) + "\n" + side.outcome;
    });
    add_pairs(Kind::moved, [&](const Side& side) {
        return step(side) + week_of(side.local_time) + "\n" + side.outcome;
    });
    for (std::size_t i = 0; i < before.sides.size(); ++i) {
        if (!before.is_matched[i])
            comparison.changes.push_back({Kind::removed, before.sides[i], std::nullopt, {}});
    }
    for (std::size_t i = 0; i < after.sides.size(); ++i) {
        if (!after.is_matched[i])
            comparison.changes.push_back({Kind::added, std::nullopt, after.sides[i], {}});
    }
    std::stable_sort(comparison.changes.begin(), comparison.changes.end(),
                     [](const auto& a, const auto& b) { return day_of(a) < day_of(b); });
    return comparison;
}

std::string comparison_text(const RehearsalComparison& comparison) {
    std::map<Kind, std::int64_t> counts;
    for (const auto& change : comparison.changes) ++counts[change.kind];
    std::string text = fmt::format(
        "Compared with {}: {} added, {} removed, {} moved, {} with another outcome, {} otherwise "
        "changed; {} the same.\n",
        comparison.with, count_text(counts[Kind::added]), count_text(counts[Kind::removed]),
        count_text(counts[Kind::moved]), count_text(counts[Kind::outcome]),
        count_text(counts[Kind::changed]), count_text(comparison.same));
    std::map<std::string, Table> days;
    for (const auto& change : comparison.changes) {
        const Side& side = change.after ? *change.after : *change.before;
        Table& table = days[side.local_time.substr(0, 10)];
        table.columns = {{""}, {""}, {""}, {""}, {"", Table::Align::right}, {""}, {""}, {""}};
        table.rows.push_back({time_of(side.local_time), std::string(to_text(change.kind)),
                              side.rule, side.step, side.to, side.outcome,
                              shortened(side.text, change_text_cells), note_of(change)});
    }
    for (const auto& [day, table] : days) {
        const std::string lines = render_table(table, 2);
        text += "\n" + day + "\n" + lines.substr(lines.find('\n') + 1);
    }
    return text;
}

std::string rehearsal_json(const Rehearsal& rehearsal, const RehearsalComparison* comparison) {
    json report = report_json(rehearsal);
    if (comparison != nullptr) report["comparison"] = json_of(*comparison);
    return report.dump();
}

}  // namespace sop::runtime::cli
