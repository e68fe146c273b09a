#include "runtime/cli/rehearsal.h"

#include "runtime/cli/terminal.h"
#include "runtime/scheduler/flow.h"
#include "runtime/scheduler/stable_hash.h"
#include "runtime/scheduler/text.h"
#include "runtime/scheduler/tier.h"

#include <fmt/format.h>

#include <algorithm>

namespace sop::runtime::cli {

namespace {

using std::chrono::minutes;

constexpr minutes span_min{19};  // less says nothing of before and after
constexpr minutes span_before_max{60};
constexpr minutes span_after_max{180};

std::string outcome_text(const Delivery& delivery) {
    if (delivery.state == DeliveryState::attempting) return "pending";
    std::string text(to_text(delivery.state));
    if (!delivery.reason.empty() && delivery.state != DeliveryState::pending)
        text += ": " + delivery.reason;
    return text;
}

// Quiet hours put it off; the spread of one time's posts is not worth a line each.
std::string put_off_text(const Delivery& delivery, const lang::Rule& rule,
                         const lang::calendar::Zone& zone) {
    if (!delivery.moved_to || *delivery.moved_to - delivery.planned_for < rule.guards->spread)
        return {};
    const auto minute = date::floor<minutes>(*delivery.moved_to);
    return fmt::format(", put off to {}", local_text(minute, zone));
}

bool has_gone_out(const Delivery& delivery) {
    return delivery.settled_at &&
           (delivery.state == DeliveryState::sent || delivery.state == DeliveryState::confirmed);
}

bool is_waiting(const Delivery& delivery, Instant end) {
    return (delivery.state == DeliveryState::pending ||
            delivery.state == DeliveryState::attempting) &&
           delivery.wanted_at() < end;
}

void add_load(const Delivery& delivery, Instant end, std::map<std::string, ChannelLoad>& channels) {
    const bool gave_up = delivery.state == DeliveryState::skipped && delivery.reason == "budget";
    const bool went_out = has_gone_out(delivery);
    const bool waits = is_waiting(delivery, end);
    if (!gave_up && !went_out && !waits) return;
    ChannelLoad& load = channels[delivery.channel];
    Promise& promise = load.promises[date::floor<minutes>(delivery.wanted_at())];
    ++promise.count;
    if (gave_up) {
        ++promise.given_up;
        ++load.given_up;
    }
    if (waits) ++promise.waiting;
    if (!went_out) return;
    ++load.went_out;
    ++load.minutes[date::floor<minutes>(*delivery.settled_at)];
    promise.last_out = std::max(promise.last_out.value_or(Instant::min()), *delivery.settled_at);
}

bool is_asked_for(const DueDelivery& due, const RehearsalFilter& filter) {
    if (filter.rule && due.playbook + "." + due.rule != *filter.rule) return false;
    if (!filter.group && !filter.member) return true;
    return (filter.group && due.subject_kind == SubjectKind::group &&
            due.subject == *filter.group) ||
           (filter.member && due.subject_kind == SubjectKind::member &&
            due.subject == *filter.member);
}

}  // namespace

std::int64_t Promise::minutes_late(Minute promised) const {
    return last_out ? (date::floor<minutes>(*last_out) - promised).count() : 0;
}

std::optional<std::pair<Minute, std::int64_t>> ChannelLoad::busiest() const {
    const auto found = std::max_element(minutes.begin(), minutes.end(),
                                        [](auto& a, auto& b) { return a.second < b.second; });
    if (found == minutes.end()) return std::nullopt;
    return *found;
}

std::vector<std::pair<Minute, Promise>> ChannelLoad::worst_promises(std::size_t limit) const {
    std::vector<std::pair<Minute, Promise>> worst(promises.begin(), promises.end());
    const auto badness = [](const auto& one) {
        const auto& [promised, promise] = one;
        return std::tuple(promise.given_up + promise.waiting, promise.minutes_late(promised),
                          promise.count);
    };
    std::stable_sort(worst.begin(), worst.end(),
                     [&](const auto& a, const auto& b) { return badness(a) > badness(b); });
    if (worst.size() > limit) worst.resize(limit);
    return worst;
}

std::pair<Minute, Minute> ChannelLoad::worst_span() const {
    const auto worst = worst_promises(1);
    if (worst.empty()) return {};
    const auto is_busy = [&](Minute minute) {
        return minutes.contains(minute) || promises.contains(minute);
    };
    const Minute middle = worst.front().first;
    Minute first = middle;
    Minute last = middle;
    while (middle - first < span_before_max && is_busy(first - std::chrono::minutes{1}))
        first -= std::chrono::minutes{1};
    while (last - middle < span_after_max && is_busy(last + std::chrono::minutes{1}))
        last += std::chrono::minutes{1};
    return {first, std::max(last, first + span_min)};
}

bool ChannelLoad::keeps_all() const {
    const auto worst = worst_promises(1);
    return worst.empty() ||
           (worst.front().second.given_up == 0 && worst.front().second.waiting == 0 &&
            worst.front().second.minutes_late(worst.front().first) <= 0);
}

std::optional<std::int64_t> ChannelLoad::most_a_minute() const {
    if (!budget) return std::nullopt;
    return budget->per == lang::ChannelLimit::Per::second ? 60 * std::int64_t{budget->count}
                                                          : budget->count;
}

std::string budget_text(const std::optional<lang::ChannelLimit>& budget) {
    if (!budget) return {};
    constexpr std::array<const char*, 4> units{"second", "minute", "hour", "day"};
    return fmt::format("{} per {}", count_text(budget->count),
                       units.at(static_cast<std::size_t>(budget->per)));
}

std::string subjects_text(const TimelineEntry& entry) {
    const bool is_of_nobody = entry.kind == SubjectKind::playbook;
    const auto subjects =
        is_of_nobody ? entry.count : static_cast<std::int64_t>(entry.subjects.size());
    const char* what = entry.kind == SubjectKind::group    ? "group"
                       : entry.kind == SubjectKind::member ? "member"
                                                           : "time";
    const std::string several =
        entry.count == subjects ? "" : fmt::format("{} to ", count_text(entry.count));
    return fmt::format("{}{} {}{}", several, count_text(subjects), what, subjects == 1 ? "" : "s");
}

std::string what_text(const TimelineEntry& entry) {
    if (entry.command.empty()) return entry.text;
    std::string verb = entry.command;
    std::replace(verb.begin(), verb.end(), '_', ' ');
    return entry.text.empty() ? verb : verb + ": " + entry.text;
}

std::string time_text(const TimelineLine& line, const std::string& from) {
    const std::string time = date::format("%T", line.at);
    if (line.instants > 1) return from + time.substr(0, 5);
    const bool is_whole_minute = time.substr(6) == "00";
    return time.substr(0, is_whole_minute ? 5 : 8);
}

void read_rehearsal(const lang::Plan& plan, const RehearsalCounts& counts,
                    const lang::calendar::ZoneDatabase& zones, Store& store, Rehearsal& rehearsal) {
    rehearsal.directory = store.count_directory();
    rehearsal.zone_data = zones.release();
    rehearsal.troubles = counts.troubles;
    if (rehearsal.events) {
        for (const auto& [id, type] : rehearsal.events->types) {
            if (!counts.events.contains(id)) ++rehearsal.idle_events[type];
        }
    }
    for (const auto& channel : plan.channels)
        rehearsal.channels[channel.name].budget = channel.budget;
    std::map<std::string, std::pair<const lang::Rule*, std::shared_ptr<const lang::calendar::Zone>>>
        rules;
    const auto playbooks = playbooks_of(plan);
    for (const auto& playbook : playbooks) {
        for (const auto& rule : playbook.rules) {
            const std::string path = lang::rule_path(playbook, rule);
            rules[path] = {&rule, zones.find(rule.timezone)};
            if (rehearsal.filter.rule && *rehearsal.filter.rule != path) continue;
            auto& summary = rehearsal.rules[path];
            summary.title = rule.title;
            const auto fired = counts.firings.find(path);
            if (fired != counts.firings.end()) summary.firings = fired->second;
        }
    }
    DeliveryFilter filter;
    filter.limit = 5000;
    while (true) {
        const auto page = store.list_deliveries(filter);
        if (page.empty()) break;
        filter.after = page.back().delivery.id;
        for (const auto& due : page) {
            add_load(due.delivery, rehearsal.to, rehearsal.channels);
            if (!is_asked_for(due, rehearsal.filter)) continue;
            const std::string path = due.playbook + "." + due.rule;
            const auto& [rule, zone] = rules.at(path);
            const std::string end = outcome_text(due.delivery);
            const std::string outcome = end + put_off_text(due.delivery, *rule, *zone);
            auto& summary = rehearsal.rules[path];
            ++rehearsal.messages;
            ++summary.messages;
            ++summary.outcomes[end];
            const auto local =
                zone->to_local(date::floor<std::chrono::seconds>(due.delivery.planned_for));
            if (rehearsal.counts_subjects) {
                auto& subject = rehearsal.subjects[{due.subject_kind, due.subject}];
                if (subject.count++ == 0) subject.name = due.subject_name;
                ++subject.outcomes[end];
                ++subject.days[date::floor<date::days>(local)];
            }
            if (has_gone_out(due.delivery)) {
                const auto out = rehearsal.zone->to_local(
                    date::floor<std::chrono::seconds>(*due.delivery.settled_at));
                const auto day = date::floor<date::days>(out);
                ++rehearsal.hours[day].at(
                    static_cast<std::size_t>(date::floor<std::chrono::hours>(out - day).count()));
            }
            const auto command = store.find_command(due.delivery.id);
            const std::string verb = command ? command->verb : "";
            auto& entry = rehearsal.timeline[{local, path, due.delivery.step, outcome, verb}];
            entry.subjects.insert(std::hash<std::string>{}(due.subject));
            entry.subjects_digest += stable_hash({due.subject});
            entry.texts_digest += stable_hash({due.subject, "\n", shown_line(due.text, due.form)});
            if (entry.count++ > 0) continue;
            entry.rule = path;
            entry.step = step_path(*rule, due.delivery.step);
            entry.kind = due.subject_kind;
            entry.outcome = outcome;
            entry.command = verb;
            entry.text = shown_line(due.text, due.form);
        }
    }
    std::erase_if(rehearsal.channels,
                  [](const auto& channel) { return channel.second.promises.empty(); });
}

std::map<date::local_days, std::vector<TimelineLine>> days_of(const Rehearsal& rehearsal) {
    std::map<date::local_days, std::vector<TimelineLine>> days;
    for (const auto& [key, entry] : rehearsal.timeline) {
        const date::local_seconds at = std::get<0>(key);
        auto& lines = days[date::floor<date::days>(at)];
        const auto same = std::find_if(lines.begin(), lines.end(), [&](const TimelineLine& line) {
            return entry.count < 10 &&
                   line.entry.count < 10 * static_cast<std::int64_t>(line.instants) &&
                   line.entry.rule == entry.rule && line.entry.step == entry.step &&
                   line.entry.outcome == entry.outcome && line.entry.command == entry.command;
        });
        if (same != lines.end()) {
            same->entry.count += entry.count;
            same->entry.subjects.insert(entry.subjects.begin(), entry.subjects.end());
            ++same->instants;
        } else {
            lines.push_back({at, entry, 1});
        }
    }
    return days;
}

}  // namespace sop::runtime::cli
