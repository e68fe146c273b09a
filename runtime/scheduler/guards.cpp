#include "runtime/scheduler/guards.h"

#include <algorithm>

#include "lang/quiet_hours.h"
#include "runtime/scheduler/event_match.h"
#include "runtime/scheduler/lateness.h"
#include "runtime/scheduler/stable_hash.h"

namespace sop::runtime {

namespace {

namespace calendar = lang::calendar;
using std::chrono::milliseconds;
using std::chrono::seconds;

bool is_inside(const Window& window, Instant planned_for) {
    return window.start <= planned_for && planned_for < window.end;
}

// What a person does at this moment is answered at any hour. In a rule for groups an answer to its
// wait may be another person's.
bool answers_at_once(const lang::Rule& rule, Position message, const lang::Deliver& deliver) {
    if (deliver.to || deliver.verb != lang::Verb::send) return false;
    return rule.audience->kind == lang::SubjectKind::member ? is_answer(rule, message)
                                                            : is_at_event(rule, message);
}

bool is_welcome(const lang::Rule& rule, Position message, const lang::Deliver& deliver) {
    const auto* trigger = std::get_if<lang::EventTrigger>(&rule.trigger);
    return trigger != nullptr && trigger->event == join_event && !deliver.to &&
           is_at_event(rule, message);
}

// Whether it goes to the audience, or to the rule's subject where there is none.
bool goes_to(const lang::Deliver& deliver, const lang::Audience* to) {
    return to == nullptr ? !deliver.to : deliver.to && *deliver.to == *to;
}

// A share of the spread that is always the subject's own.
milliseconds spread_of(const lang::Rule& rule, std::string_view subject, milliseconds most) {
    const milliseconds spread = std::min(milliseconds{rule.guards->spread}, most);
    if (spread <= milliseconds{0}) return milliseconds{0};
    const auto steps = static_cast<std::uint64_t>(spread.count());
    return milliseconds{static_cast<std::int64_t>(stable_hash({rule.name, ":", subject}) % steps)};
}

date::local_days first_day(calendar::EveryNth::Unit unit, date::local_days day) {
    switch (unit) {
        case calendar::EveryNth::Unit::day:
            return day;
        case calendar::EveryNth::Unit::week:
            return day - (date::weekday{day} - date::Monday);
        case calendar::EveryNth::Unit::month:
            break;
    }
    const date::year_month_day written{day};
    return date::local_days{written.year() / written.month() / 1};
}

date::local_days next_first_day(calendar::EveryNth::Unit unit, date::local_days first) {
    switch (unit) {
        case calendar::EveryNth::Unit::day:
            return first + date::days{1};
        case calendar::EveryNth::Unit::week:
            return first + date::days{7};
        case calendar::EveryNth::Unit::month:
            break;
    }
    return first_day(unit, first + date::days{31});
}

// The guarded ones among the messages of a step planned then that are wanted before `before`.
std::int64_t messages_before(const lang::Rule& rule, const FixedStep& step,
                             const calendar::Zone& zone, Instant before, const lang::Audience* to) {
    const auto quiet =
        rule.guards->quiet ? quiet_end(*rule.guards->quiet, zone, step.planned_for) : std::nullopt;
    const auto& actions = step_at(rule, step.index).actions;
    std::int64_t messages = 0;
    for (std::size_t action = 0; action < actions.size(); ++action) {
        if (!is_guarded(rule, {step.index, action})) continue;
        const auto& deliver = std::get<lang::Deliver>(actions[action]);
        if (!goes_to(deliver, to)) continue;
        const bool passes = !quiet || deliver.at_once;
        if (passes ? step.planned_for < before : !rule.guards->quiet->skip && *quiet < before)
            ++messages;
    }
    return messages;
}

}  // namespace

bool is_guarded(const lang::Rule& rule, Position message) {
    const auto* deliver = std::get_if<lang::Deliver>(&action_of(rule, message));
    if (deliver == nullptr) return false;
    switch (deliver->verb) {
        case lang::Verb::post:
        case lang::Verb::send:
        case lang::Verb::announce:
            return !answers_at_once(rule, message, *deliver) &&
                   !is_welcome(rule, message, *deliver);
        case lang::Verb::reply:
        case lang::Verb::warn:
            break;
    }
    return false;
}

std::optional<Instant> quiet_end(const lang::QuietHours& quiet, const calendar::Zone& zone,
                                 Instant at) {
    const auto whole = date::floor<seconds>(at);
    const date::local_seconds local = zone.to_local(whole);
    const auto day = date::floor<date::days>(local);
    const seconds time = local - day;
    if (!lang::is_quiet(quiet, time)) return std::nullopt;
    const auto last_day = quiet.until <= time ? day + date::days{1} : day;
    const Instant end = zone.to_instant(last_day + quiet.until);
    // In an hour that comes twice the end that is still to come.
    if (end > at) return end;
    return zone.to_instant(last_day + quiet.until,
                           {calendar::GapPolicy::shift, calendar::OverlapPolicy::second});
}

Instant give_up_at(const lang::Rule& rule, const Window& window, Instant planned_for,
                   Instant wanted_at) {
    if (rule.guards->deliver_within_written) return planned_for + rule.deliver_within;
    const bool may_be_later = !rule.guards->late.skip && rule.late_within > rule.deliver_within;
    const Instant begun = may_be_later ? wanted_at + rule.late_within : wanted_at;
    const Instant waited = begun + rule.deliver_within;
    return is_inside(window, planned_for) ? std::min(waited, window.end) : waited;
}

bool has_expired(const lang::Rule& rule, const Window& window, Instant planned_for,
                 Instant wanted_at, Instant now) {
    const bool closes = !rule.guards->deliver_within_written && is_inside(window, planned_for);
    return now > give_up_at(rule, window, planned_for, wanted_at) || (closes && now >= window.end);
}

std::optional<Instant> place(const lang::Rule& rule, const calendar::Zone& zone,
                             const Window& window, Instant planned_for, std::string_view subject,
                             bool guarded) {
    const Instant last = give_up_at(rule, window, planned_for, planned_for);
    const Instant spread = planned_for + spread_of(rule, subject, last - planned_for);
    if (!guarded || !rule.guards->quiet) return spread;
    const auto end = quiet_end(*rule.guards->quiet, zone, spread);
    if (!end) return spread;
    if (rule.guards->quiet->skip) return std::nullopt;
    if (has_expired(rule, window, planned_for, *end, *end)) return std::nullopt;
    return end;
}

Period period_of(calendar::EveryNth::Unit unit, const calendar::Zone& zone, Instant at) {
    const auto day = date::floor<date::days>(zone.to_local(date::floor<seconds>(at)));
    const date::local_days first = first_day(unit, day);
    return {zone.to_instant(first), zone.to_instant(next_first_day(unit, first))};
}

std::chrono::milliseconds length_of(lang::ChannelLimit::Per per) {
    switch (per) {
        case lang::ChannelLimit::Per::second:
            return std::chrono::seconds{1};
        case lang::ChannelLimit::Per::minute:
            return std::chrono::minutes{1};
        case lang::ChannelLimit::Per::hour:
            return std::chrono::hours{1};
        case lang::ChannelLimit::Per::day:
            return date::days{1};
    }
    return date::days{1};
}

Instant quota_begin(const lang::ChannelLimit& quota, const lang::calendar::Zone& zone,
                    Instant now) {
    if (quota.per != lang::ChannelLimit::Per::day) return now - length_of(quota.per);
    constexpr milliseconds just_before{1};
    return period_of(lang::calendar::EveryNth::Unit::day, zone, now).from - just_before;
}

Admission admit(const lang::Rule& rule, SubjectKind target, const calendar::Zone& zone,
                Contacts& contacts, Instant now) {
    for (const lang::PostLimit& limit : rule.guards->limits) {
        if (limit.per != target) continue;
        const Period period = period_of(limit.period, zone, now);
        const std::int64_t left = limit.count - contacts.made(period);
        if (left <= 0 || left <= contacts.reserved(period, rule.guards->priority, now))
            return {Admission::Kind::capped};
    }
    if (rule.guards->space > seconds{0}) {
        const auto latest = contacts.latest();
        if (latest && *latest + rule.guards->space > now)
            return {Admission::Kind::wait, *latest + rule.guards->space};
    }
    return {};
}

std::vector<const lang::Audience*> other_audiences(const lang::Rule& rule) {
    std::vector<const lang::Audience*> audiences;
    for (std::size_t step = 0; step < count_steps(rule); ++step) {
        const auto& actions = step_at(rule, step).actions;
        for (std::size_t action = 0; action < actions.size(); ++action) {
            const auto* deliver = std::get_if<lang::Deliver>(&actions[action]);
            if (deliver == nullptr || !deliver->to || !is_guarded(rule, {step, action})) continue;
            const bool is_known =
                std::any_of(audiences.begin(), audiences.end(),
                            [&](const lang::Audience* known) { return *known == *deliver->to; });
            if (!is_known) audiences.push_back(&*deliver->to);
        }
    }
    return audiences;
}

std::int64_t messages_to_come(const lang::Rule& rule, const calendar::Zone& zone, Instant after,
                              Instant before, const lang::Audience* to) {
    // The length of its run as far as it is fixed, and a day for changes of the clock.
    auto sample = next_firing(rule, zone, after);
    if (!sample) sample = next_firing(rule, zone, Instant{});
    if (!sample) return 0;
    const auto steps = fixed_steps(rule, 0, std::nullopt, sample->window, zone);
    if (steps.empty()) return 0;
    const milliseconds slack = date::days{1};
    const milliseconds length = steps.back().planned_for - sample->window.start + slack;
    Instant start = after - std::max(length, slack);
    std::int64_t messages = 0;
    for (int i = 0; i < occurrences_searched_max; ++i) {
        const auto firing = next_firing(rule, zone, start);
        if (!firing || firing->begins_at >= before) break;
        for (const FixedStep& step : fixed_steps(rule, 0, std::nullopt, firing->window, zone)) {
            if (step.planned_for <= after) continue;
            messages += messages_before(rule, step, zone, before, to);
        }
        start = firing->window.start;
    }
    return messages;
}

}  // namespace sop::runtime
