#include "tests/sim/planned_audit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <stdexcept>

namespace sop::sim {

namespace {

using namespace std::chrono_literals;
using runtime::DeliveryState;
using runtime::DueDelivery;
using runtime::PauseMode;
using std::chrono::seconds;

std::string utc(Instant at) {
    return date::format("%F %T", at);
}

const lang::calendar::Schedule* schedule_of(const lang::Rule& rule) {
    const auto* trigger = std::get_if<lang::CalendarTrigger>(&rule.trigger);
    return trigger == nullptr ? nullptr : &trigger->schedule;
}

bool is_elapsed(const lang::calendar::Schedule& schedule) {
    return std::holds_alternative<lang::calendar::ElapsedInterval>(schedule.times);
}

seconds shift_of(const lang::Step& step) {
    const auto& offset = step.when.offset;
    return offset.backwards ? -offset.span.elapsed : offset.span.elapsed;
}

// "2026-11-19T20:00:00 Asia/Shanghai (version 3)" without the end.
std::string without_version(const std::string& key) {
    const auto mark = key.rfind(" (version ");
    return mark == std::string::npos ? key : key.substr(0, mark);
}

// What a key says the wall shows, or the instant of an interval by the stopwatch.
date::local_seconds time_in(const std::string& key) {
    int year = 0;
    int month = 0;
    int day = 0;
    int hour = 0;
    int minute = 0;
    int second = 0;
    if (std::sscanf(key.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d", &year, &month, &day, &hour, &minute,
                    &second) != 6)
        throw std::logic_error("a firing with a key that says no time: " + key);
    return date::local_days{date::year{year} / month / day} + std::chrono::hours{hour} +
           std::chrono::minutes{minute} + seconds{second};
}

// "… Asia/Shanghai second" without the last word.
std::string zone_in(const std::string& key) {
    const std::string zone = key.substr(key.find(' ') + 1);
    return zone.substr(0, zone.find(' '));
}

bool is_on_a_day(const lang::calendar::Schedule& schedule, date::local_seconds nominal) {
    const auto* days = std::get_if<lang::calendar::Weekdays>(&schedule.days);
    const date::weekday weekday{date::floor<date::days>(nominal)};
    return days == nullptr || days->set.has(weekday.iso_encoding() - 1);
}

// Whether the schedule has that time on that date, as far as that is easily said.
bool has_time(const lang::calendar::Schedule& schedule, date::local_seconds nominal) {
    const auto* times = std::get_if<lang::calendar::TimesOfDay>(&schedule.times);
    if (times == nullptr) return true;
    const seconds time = nominal - date::floor<date::days>(nominal);
    return is_on_a_day(schedule, nominal) &&
           std::find(times->times.begin(), times->times.end(), time) != times->times.end();
}

// It was kept from its subject by a decision, not by its channel.
bool is_withheld(DeliveryState state) {
    return state == DeliveryState::skipped || state == DeliveryState::exited ||
           state == DeliveryState::cancelled || state == DeliveryState::refused;
}

bool is_open(DeliveryState state) {
    return state == DeliveryState::pending || state == DeliveryState::attempting;
}

// But for the texts, which are numbered anew in each version.
bool is_same(lang::Rule a, lang::Rule b) {
    for (lang::Rule* rule : {&a, &b}) {
        for (const NumberedStep& step : numbered_steps(*rule)) {
            for (lang::Action& action : step.step->actions) {
                if (auto* deliver = std::get_if<lang::Deliver>(&action)) deliver->content = 0;
                if (auto* task = std::get_if<lang::Task>(&action)) task->text = {};
                if (auto* points = std::get_if<lang::ChangePoints>(&action)) points->reason = {};
            }
        }
    }
    return a == b;
}

bool asks_staff(const lang::Action& action) {
    return std::holds_alternative<lang::Task>(action) ||
           std::holds_alternative<lang::Approve>(action);
}

bool delivers(const lang::Step& step) {
    return std::any_of(step.actions.begin(), step.actions.end(), [](const lang::Action& action) {
        return std::holds_alternative<lang::Deliver>(action);
    });
}

bool has_branches(const lang::Rule& rule) {
    return std::any_of(rule.steps.begin(), rule.steps.end(), [](const lang::Step& step) {
        return std::any_of(step.actions.begin(), step.actions.end(), [](const lang::Action& each) {
            return !std::holds_alternative<lang::Deliver>(each) &&
                   !std::holds_alternative<lang::ChangeTag>(each);
        });
    });
}

std::string occasion(const RuleName& rule, const std::string& subject, date::local_seconds nominal,
                     const std::string& zone) {
    return fmt::format("{}.{} for {} at {} {}", rule.first, rule.second, subject,
                       date::format("%FT%T", nominal), zone);
}

}  // namespace

PlannedAudit::PlannedAudit(const History& history) : history_(history) {}

void PlannedAudit::report(const DueDelivery& row, const std::string& what) {
    violations_.push_back(fmt::format("delivery {} of {}.{} ({}) for {}, planned for {} UTC: {}",
                                      row.delivery.id, row.playbook, row.rule, row.firing.key,
                                      row.subject, utc(row.delivery.planned_for), what));
}

void PlannedAudit::clock_stepped(Instant now) {
    checked_at_ = std::min(checked_at_, now);
}

void PlannedAudit::check(const std::vector<DueDelivery>& rows, Instant now) {
    for (const DueDelivery& row : rows) {
        const DeliveryState state = row.delivery.state;
        const auto [known, is_new] = seen_.try_emplace(row.delivery.id, state);
        if (is_new) check_new(row);
        const bool was_settled = !is_new && !is_open(known->second);
        if (was_settled && known->second != state)
            report(row, fmt::format("was {} and is {}", to_text(known->second), to_text(state)));
        if (!is_open(state) && !was_settled) check_settled(row);
        known->second = state;
    }
    checked_at_ = now;
    first_look_ = history_.looks() + 1;
}

void PlannedAudit::check_new(const DueDelivery& row) {
    const DeployedVersion* version = history_.find(row.firing.plan);
    if (version == nullptr) return report(row, "by a version that never was");
    const RuleName name{row.playbook, row.rule};
    const NumberedRule* rule = history_.numbered_rule(version->plan, name);
    if (rule == nullptr) return report(row, "by a version that has no such rule");
    const NumberedStep& step = rule->steps.at(row.delivery.step);
    const std::string key = without_version(row.firing.key);
    const Planned planned{row,       name,       *version, rule->rule,
                          step.path, *step.step, key,      key != row.firing.key};
    const lang::Action& action = action_of(*step.step, row.delivery.action);
    check_identity(planned, action);
    check_pause(planned);
    if (!std::holds_alternative<lang::Deliver>(action)) return;
    if (!row.text.empty() && !row.text.starts_with(fmt::format("v{} ", version->plan)))
        report(row, "the text of another version: " + row.text);
    check_time(planned);
    check_owner(planned);
    check_lateness(planned);
}

// Of one step at most one of a kind, but for a reminder of what staff were asked.
void PlannedAudit::check_identity(const Planned& planned, const lang::Action& action) {
    const std::size_t nth = planned.row.delivery.action / planned.step.actions.size();
    const std::string what =
        fmt::format("{}.{} {} {} {} {} {}", planned.name.first, planned.name.second,
                    planned.row.subject, planned.key, planned.path, action.index(), nth);
    if (!identities_.insert(what).second) report(planned.row, "a second message for " + what);
    if (nth > (asks_staff(action) ? 1U : 0U)) report(planned.row, "one too many for its action");
    if (!std::holds_alternative<lang::Deliver>(action)) return;
    const auto* schedule = schedule_of(planned.rule);
    if (schedule == nullptr || is_elapsed(*schedule) || planned.row.delivery.step != 0) return;
    occasions_.insert(
        occasion(planned.name, planned.row.subject, time_in(planned.key), zone_in(planned.key)));
}

// By the zone data in force: those since the last check, as nobody can tell at which moment it was
// decided.
void PlannedAudit::check_time(const Planned& planned) {
    const auto* schedule = schedule_of(planned.rule);
    const lang::StepTime& when = planned.step.when;
    const bool is_top = planned.path.find('/') == std::string::npos;
    if (schedule == nullptr || !is_top || when.anchor != lang::StepTime::Anchor::start) return;
    const date::local_seconds nominal = time_in(planned.key);
    const Instant start = planned.row.delivery.planned_for - shift_of(planned.step);
    const bool is_first = planned.row.delivery.step == 0;
    // A step behind branches comes when they are walked.
    const bool may_be_later = planned.is_migrated || (!is_first && has_branches(planned.rule));
    if (is_elapsed(*schedule)) {
        // Moved from a version in which it had times of day.
        if (!planned.key.ends_with('Z')) return;
        const Instant named{nominal.time_since_epoch()};
        if (may_be_later ? start < named : start != named)
            report(planned.row, "not at the instant it is named by");
        return;
    }
    if (planned.is_migrated) return;
    const std::string zone = zone_in(planned.key);
    if (zone != planned.rule.timezone) report(planned.row, "named by another zone");
    if (!has_time(*schedule, nominal)) report(planned.row, "at a time its rule does not have");
    // A later step may have been held back by the one above, which was done by other zone data.
    if (!is_first && history_.has_changed_clocks(zone)) return;
    const auto clocks = history_.clocks_since(first_look_);
    if (std::none_of(clocks.begin(), clocks.end(), [&](const Clocks& each) {
            return may_show(each, start, nominal, zone) ||
                   (may_be_later && on_the_wall(each, start, zone) > nominal);
        }))
        report(planned.row, "at a wrong time by the zone data in force");
}

// Each nominal instant belongs to one version: that in force when the first of its steps and its
// start was to come.
void PlannedAudit::check_owner(const Planned& planned) {
    const runtime::Delivery& delivery = planned.row.delivery;
    const auto* schedule = schedule_of(planned.rule);
    if (schedule == nullptr || planned.is_migrated) return;
    if (delivery.planned_for < planned.version.deployed_at && !is_withheld(delivery.state))
        report(planned.row, "planned before its version was deployed, and not skipped");
    if (delivery.step != 0 || history_.was_set_back() ||
        history_.has_changed_clocks(planned.rule.timezone))
        return;
    const Instant begins = delivery.planned_for;
    const Instant start = begins - shift_of(planned.rule.steps[0]);
    if (start < planned.version.deployed_at)
        report(planned.row, fmt::format("of version {}, deployed later", planned.version.number));
    const DeployedVersion* next = history_.successor(planned.version);
    if (next != nullptr && std::min(begins, start) >= next->deployed_at)
        report(planned.row, fmt::format("of version {}, though version {} was in force",
                                        planned.version.number, next->number));
    const DeployedVersion* before = history_.find(planned.version.number - 1);
    const lang::Rule* rule =
        before == nullptr ? nullptr : find_rule(history_.plan_of(*before), planned.name);
    if (rule == nullptr || rule->trigger != planned.rule.trigger ||
        rule->timezone != planned.rule.timezone || start < before->deployed_at)
        return;
    if (start + std::min(shift_of(rule->steps[0]), 0s) < planned.version.deployed_at)
        report(planned.row, fmt::format("had begun by version {}", before->number));
}

void PlannedAudit::check_pause(const Planned& planned) {
    if (!history_.is_paused_since(first_look_, planned.name)) return;
    if (history_.pause_of(planned.name) == PauseMode::hold)
        report(planned.row, "decided while its rule was paused");
    else if (!is_withheld(planned.row.delivery.state))
        report(planned.row, "not skipped while its rule was paused");
}

// Whatever kept the executor from it.
void PlannedAudit::check_lateness(const Planned& planned) {
    const lang::Guards& guards = *planned.rule.guards;
    if (is_withheld(planned.row.delivery.state) || guards.quiet || checked_at_ == Instant::min())
        return;
    const seconds allowed = guards.late.skip ? seconds{60} : planned.rule.late_within;
    const Instant latest = planned.row.delivery.planned_for + guards.spread + allowed;
    if (checked_at_ > latest)
        report(planned.row,
               fmt::format("decided after {} and not skipped as late", utc(checked_at_)));
}

void PlannedAudit::check_settled(const DueDelivery& row) {
    const runtime::Delivery& delivery = row.delivery;
    const RuleName name{row.playbook, row.rule};
    if (delivery.state == DeliveryState::skipped) {
        static const std::set<std::string> reasons{
            "late",      "before admission", "quiet",           "cap", "spacing", "budget",
            "condition", "paused",           "no calendar data"};
        if (!reasons.contains(delivery.reason))
            report(row, "skipped for no reason there is: " + delivery.reason);
    }
    if (delivery.reason == "paused" && !history_.has_skipped_since(first_look_, name))
        report(row, "skipped as paused, and its rule was not");
    if (delivery.state == DeliveryState::skipped && delivery.reason == "budget") {
        const DeployedVersion* version = history_.find(row.firing.plan);
        const lang::Rule& rule = history_.numbered_rule(version->plan, name)->rule;
        const auto* schedule = schedule_of(rule);
        Instant gives_up = delivery.planned_for + rule.deliver_within;
        const bool has_window = schedule != nullptr && schedule->window;
        if (has_window && !rule.guards->deliver_within_written)
            gives_up = std::min(gives_up, row.firing.end_at);
        if (*delivery.settled_at < gives_up) report(row, "gave up waiting too soon");
    }
}

void PlannedAudit::check_moved_times(runtime::Store& store, const Clocks& before,
                                     const Clocks& after, Instant now) {
    if (history_.versions().empty() || history_.was_set_back()) return;
    const auto told = store.moved_times();
    for (const auto& playbook : history_.plan_of(history_.versions().back()).playbooks) {
        for (const lang::Rule& rule : playbook.rules) {
            const auto move = next_move(rule, before, after, now);
            if (!move || move->before == move->after) continue;
            const bool is_told = std::any_of(told.begin(), told.end(), [&](const auto& each) {
                return each.playbook == playbook.name && each.rule == rule.name &&
                       each.step.empty() && each.local == move->local &&
                       each.before == move->before && each.after == move->after;
            });
            if (!is_told)
                violations_.push_back(fmt::format("nobody is told that {}.{} moves from {} to {}",
                                                  playbook.name, rule.name, utc(move->before),
                                                  utc(move->after)));
        }
    }
}

std::optional<PlannedAudit::Move> PlannedAudit::next_move(const lang::Rule& rule,
                                                          const Clocks& before, const Clocks& after,
                                                          Instant now) const {
    const auto* schedule = schedule_of(rule);
    const auto* times =
        schedule == nullptr ? nullptr : std::get_if<lang::calendar::TimesOfDay>(&schedule->times);
    // One whose first step comes before its start may have begun.
    if (times == nullptr || shift_of(rule.steps[0]) < 0s) return std::nullopt;
    constexpr date::days week{7};
    const auto today = date::floor<date::days>(on_the_wall(before, now, rule.timezone));
    for (auto day = today; day <= today + week; day += date::days{1}) {
        if (!is_on_a_day(*schedule, day)) continue;
        for (const seconds time : times->times) {
            const auto old = unique_instant(before, day + time, rule.timezone);
            const auto moved = unique_instant(after, day + time, rule.timezone);
            if (!old || !moved) return std::nullopt;
            if (*old <= now) continue;
            return Move{date::format("%FT%T ", day + time) + rule.timezone, *old, *moved};
        }
    }
    return std::nullopt;
}

bool PlannedAudit::is_unique(date::local_seconds nominal, const std::string& zone) const {
    const auto clocks = history_.all_clocks();
    return std::all_of(clocks.begin(), clocks.end(), [&](const Clocks& each) {
        return unique_instant(each, nominal, zone).has_value();
    });
}

void PlannedAudit::check_end(const std::set<std::string>& permanent, Instant first, Instant last) {
    if (history_.versions().empty()) return;
    const lang::Plan& plan = history_.plan_of(history_.versions().front());
    for (const auto& playbook : plan.playbooks) {
        for (const lang::Rule& rule : playbook.rules) {
            const RuleName name{playbook.name, rule.name};
            const auto& versions = history_.versions();
            const bool is_kept =
                std::all_of(versions.begin(), versions.end(), [&](const DeployedVersion& version) {
                    const auto* same = find_rule(history_.plan_of(version), name);
                    return same != nullptr && is_same(*same, rule);
                });
            if (!is_kept || rule.audience->tagged.size() != 1 || !delivers(rule.steps[0])) continue;
            for (const auto nominal : times_between(rule, first, last)) {
                for (const std::string& subject : permanent) {
                    const bool is_group = subject.front() == 'g';
                    if (is_group != (rule.audience->kind == lang::SubjectKind::group)) continue;
                    const auto what = occasion(name, subject, nominal, rule.timezone);
                    if (!occasions_.contains(what))
                        violations_.push_back("nothing was planned: " + what);
                }
            }
        }
    }
}

// The fixed times of day of a rule on the dates between the two moments; without the times that
// clocks skip or repeat by any zone data there were, of which nothing is said here.
std::vector<date::local_seconds> PlannedAudit::times_between(const lang::Rule& rule, Instant first,
                                                             Instant last) const {
    std::vector<date::local_seconds> found;
    const auto* schedule = schedule_of(rule);
    const auto* times =
        schedule == nullptr ? nullptr : std::get_if<lang::calendar::TimesOfDay>(&schedule->times);
    if (times == nullptr) return found;
    const auto date_of = [&](Instant at) {
        return date::floor<date::days>(on_the_wall(history_.clocks(), at, rule.timezone));
    };
    for (auto day = date_of(first) + date::days{2}; day < date_of(last) - date::days{1};
         day += date::days{1}) {
        if (!is_on_a_day(*schedule, day)) continue;
        for (const seconds time : times->times) {
            if (is_unique(day + time, rule.timezone)) found.push_back(day + time);
        }
    }
    return found;
}

}  // namespace sop::sim
