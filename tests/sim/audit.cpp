#include "tests/sim/audit.h"

#include <date/tz.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <stdexcept>

#include "tests/support/draft.h"

namespace sop::sim {

namespace {

using namespace std::chrono_literals;
using runtime::Attempt;
using runtime::DeliveryState;
using runtime::DueDelivery;
using std::chrono::milliseconds;
using std::chrono::seconds;
using tests::Answer;

date::local_time<milliseconds> on_the_wall(Instant at, const std::string& zone) {
    return date::locate_zone(zone)->to_local(at);
}

bool is_in(const lang::QuietHours& quiet, milliseconds time) {
    if (quiet.from < quiet.until) return quiet.from <= time && time < quiet.until;
    return time >= quiet.from || time < quiet.until;
}

bool is_guarded(const lang::Rule& rule, const NumberedStep& step) {
    return !(rule.audience.kind == lang::SubjectKind::member && step.is_answer);
}

const lang::Deliver* deliver_of(const lang::Step& step) {
    for (const lang::Action& action : step.actions) {
        if (const auto* deliver = std::get_if<lang::Deliver>(&action)) return deliver;
    }
    return nullptr;
}

// The day, or the week from Monday, that a moment lies in.
std::pair<date::local_days, date::local_days> period_of(lang::calendar::EveryNth::Unit unit,
                                                        Instant at, const std::string& zone) {
    const auto day = date::floor<date::days>(on_the_wall(at, zone));
    if (unit == lang::calendar::EveryNth::Unit::day) return {day, day + date::days{1}};
    const auto monday = day - (date::weekday{day} - date::Monday);
    return {monday, monday + date::days{7}};
}

std::string utc(Instant at) {
    return date::format("%F %T", at);
}

template <typename Plan>
auto find_rule(Plan& plan, const std::string& playbook, const std::string& rule)
    -> decltype(&plan.playbooks[0].rules[0]) {
    for (auto& book : plan.playbooks) {
        if (book.name != playbook) continue;
        for (auto& each : book.rules) {
            if (each.name == rule) return &each;
        }
    }
    return nullptr;
}

// But for the texts, which are numbered anew in each version.
bool is_same(lang::Rule a, lang::Rule b) {
    for (lang::Rule* rule : {&a, &b}) {
        for (const NumberedStep& step : numbered_steps(*rule)) {
            for (lang::Action& action : step.step->actions) {
                if (auto* deliver = std::get_if<lang::Deliver>(&action)) deliver->content = 0;
            }
        }
    }
    return a == b;
}

std::vector<DueDelivery> all_deliveries(runtime::Store& store) {
    return store.list_deliveries({.limit = runtime::every_row});
}

std::string occasion(const std::string& playbook, const std::string& rule,
                     const std::string& subject, Instant at) {
    return fmt::format("{} {} {} {}", playbook, rule, subject, utc(at));
}

// When the first step of a rule with fixed times of day is planned, on the dates between the two
// moments; without the times that clocks skip or repeat, of which nothing is said here.
std::vector<Instant> times_of(const lang::Rule& rule, Instant first, Instant last) {
    std::vector<Instant> found;
    const auto* trigger = std::get_if<lang::CalendarTrigger>(&rule.trigger);
    if (trigger == nullptr) return found;
    const auto* times = std::get_if<lang::calendar::TimesOfDay>(&trigger->schedule.times);
    if (times == nullptr) return found;
    const auto* days = std::get_if<lang::calendar::Weekdays>(&trigger->schedule.days);
    const auto* zone = date::locate_zone(rule.timezone);
    const auto& offset = rule.steps[0].when.offset;
    const seconds shift = offset.backwards ? -offset.span.elapsed : offset.span.elapsed;
    const auto end = date::floor<date::days>(zone->to_local(last)) - date::days{1};
    for (auto day = date::floor<date::days>(zone->to_local(first)) + date::days{2}; day < end;
         day += date::days{1}) {
        if (days != nullptr && !days->set.has(date::weekday{day}.iso_encoding() - 1)) continue;
        for (const seconds time : times->times) {
            if (zone->get_info(day + time).result != date::local_info::unique) continue;
            found.push_back(zone->to_sys(day + time) + shift);
        }
    }
    return found;
}

// An answer that was lost with the process leaves the message in doubt.
bool may_end_as(Answer::Kind answer, DeliveryState state) {
    if (state == DeliveryState::unknown) return true;
    switch (answer) {
        case Answer::Kind::sent:
            return state == DeliveryState::sent;
        case Answer::Kind::failed:
            return state == DeliveryState::failed;
        case Answer::Kind::retry:
            return state == DeliveryState::failed || state == DeliveryState::skipped ||
                   state == DeliveryState::exited || state == DeliveryState::pending;
        case Answer::Kind::unknown:
        case Answer::Kind::never:
            break;
    }
    return false;
}

bool is_open(DeliveryState state) {
    return state == DeliveryState::pending || state == DeliveryState::attempting;
}

}  // namespace

void Audit::report(const Made& made, const std::string& what) {
    violations_.push_back(fmt::format("{} UTC, {} for {}, key {}: {}", utc(made.at), made.rule,
                                      made.target, made.key, what));
}

Audit::Named Audit::name(const Attempt& attempt) {
    std::size_t version = 0;
    std::size_t step = 0;
    char event[64] = "";
    if (std::sscanf(attempt.text.c_str(), "v%zu i%zu e%63s", &version, &step, event) != 3 ||
        version >= plans_.size()) {
        throw std::logic_error("a text that no plan has: " + attempt.text);
    }
    lang::Rule* rule = find_rule(plans_[version], attempt.playbook, attempt.rule);
    if (rule == nullptr)
        throw std::logic_error("a rule that its plan does not have: " + attempt.rule);
    return {rule, step, numbered_steps(*rule).at(step), event};
}

void Audit::attempted(const Attempt& attempt, Instant now, Instant elapsed, const Answer& answer) {
    const Named named = name(attempt);
    const bool is_group = attempt.target_kind == lang::SubjectKind::group;
    Made made{attempt.key,
              attempt.delivery,
              attempt.playbook + "." + attempt.rule + "/" + attempt.step,
              (is_group ? "group " : "member ") + attempt.target,
              now,
              elapsed,
              clock_steps_,
              is_guarded(*named.rule, named.step),
              reconciling_.contains(named.rule->via.front()),
              answer};
    if (now < attempt.planned_for) report(made, "sent before its time");
    if (named.step.path != attempt.step) report(made, "the text of another step");
    check_repetition(attempt, made);
    check_identity(attempt, named);
    if (made.is_guarded) {
        check_quiet(named, made);
        check_caps(named, made);
        check_spacing(named, made);
    }
    check_lateness(attempt, named, made);
    by_key_[made.key].push_back(attempts_.size());
    by_target_[made.target].push_back(attempts_.size());
    attempts_.push_back(std::move(made));
}

void Audit::check_repetition(const Attempt& attempt, const Made& made) {
    const auto before = by_key_.find(made.key);
    if (before == by_key_.end()) {
        if (attempt.number != 1 && !asked_in_vain_.contains(made.key))
            report(made, "tried again without having been tried");
        return;
    }
    const Made& last = attempts_[before->second.back()];
    if (made.is_reconciled ? last.answer.is_taken() : last.answer.kind != Answer::Kind::retry)
        report(made, "sent again though it may have been taken at " + utc(last.at));
    if (before->second.size() >= 6) report(made, "tried more than 6 times");
    if (last.delivery != made.delivery) report(made, "one key for two messages");
    if (last.clock_steps != made.clock_steps) return;
    const milliseconds first_wait = 750ms * (1 << (before->second.size() - 1));
    // Where it was asked about, what it was answered before may have been lost with the process.
    const milliseconds asked_for = made.is_reconciled ? 0ms : last.answer.retry_after.value_or(0ms);
    if (made.elapsed - last.elapsed < std::max(first_wait, asked_for))
        report(made, "tried again too soon");
}

void Audit::check_identity(const Attempt& attempt, const Named& named) {
    std::string what =
        fmt::format("{} {} {} {}", attempt.playbook, attempt.rule, named.number, attempt.target);
    if (named.event != "-") {
        what += " " + named.event;
    } else if (named.number == 0) {
        what += " " + utc(attempt.planned_for);
    } else {
        // Two runs that were late together may have steps planned for one moment.
        return;
    }
    const auto [known, is_new] = key_of_.try_emplace(what, attempt.key);
    if (!is_new && known->second != attempt.key)
        violations_.push_back("two messages for one occasion: " + what);
}

void Audit::check_quiet(const Named& named, const Made& made) {
    const auto& quiet = named.rule->guards.quiet;
    if (!quiet || deliver_of(*named.step.step)->at_once) return;
    const auto local = on_the_wall(made.at, named.rule->timezone);
    if (is_in(*quiet, local - date::floor<date::days>(local))) report(made, "sent in quiet hours");
}

void Audit::check_caps(const Named& named, const Made& made) {
    for (const lang::PostLimit& limit : named.rule->guards.limits) {
        if (limit.per != named.rule->audience.kind) continue;
        const auto period = period_of(limit.period, made.at, named.rule->timezone);
        int reached = 0;
        for (const std::size_t i : by_target_[made.target]) {
            const Made& other = attempts_[i];
            if (!other.is_guarded || !other.answer.is_taken() || other.key == made.key) continue;
            const auto local = on_the_wall(other.at, named.rule->timezone);
            reached += period.first <= local && local < period.second ? 1 : 0;
        }
        if (reached >= limit.count)
            report(made, fmt::format("over its cap: {} of {}", reached + 1, limit.count));
    }
}

void Audit::check_spacing(const Named& named, const Made& made) {
    if (named.rule->guards.space == 0s) return;
    for (const std::size_t i : by_target_[made.target]) {
        const Made& other = attempts_[i];
        if (!other.is_guarded || !other.answer.is_taken() || other.key == made.key) continue;
        if (other.at <= made.at && made.at - other.at < named.rule->guards.space)
            report(made, "too close to the message at " + utc(other.at));
    }
}

void Audit::check_lateness(const Attempt& attempt, const Named& named, const Made& made) {
    const lang::Rule& rule = *named.rule;
    const lang::Guards& guards = rule.guards;
    if (guards.deliver_within_written) {
        if (made.at > attempt.planned_for + rule.deliver_within)
            report(made, "later than `deliver within`");
    }
    // Quiet hours and `late … spaced` move it on, for as long as they last.
    if (guards.quiet || guards.late.spaced > 0s) return;
    const Instant wanted = attempt.planned_for + guards.spread;
    const seconds allowed = guards.late.skip ? seconds{60} : rule.late_within;
    if (!guards.deliver_within_written) {
        const bool may_be_later = !guards.late.skip && rule.late_within > rule.deliver_within;
        if (made.at > wanted + rule.deliver_within + (may_be_later ? rule.late_within : 0s))
            report(made, "waited longer than it may");
    }
    const auto received = received_.find(named.event);
    if (received != received_.end() && received->second.second == clock_steps_ &&
        named.number == 0 && received->second.first > wanted + allowed) {
        report(made, "of an event that came too late");
    }
    for (const auto& [from, to] : absences_) {
        if (to <= made.at && to - std::max(wanted, from) > allowed)
            report(made,
                   fmt::format("missed from {} to {}, planned for {}, wanted by {}, {} s allowed",
                               utc(from), utc(to), utc(attempt.planned_for), utc(wanted),
                               allowed.count()));
    }
}

void Audit::event_received(const std::string& id, Instant now) {
    received_.try_emplace(id, now, clock_steps_);
}

void Audit::absent(Instant from, Instant to) {
    absences_.emplace_back(from, to);
}

void Audit::clock_stepped(milliseconds by) {
    ++clock_steps_;
    // What was missed may now be lived through.
    if (by < 0ms) absences_.clear();
}

void Audit::check_store(runtime::Store& store, std::size_t places) {
    const auto transaction = store.begin();
    std::int64_t summed = 0;
    for (const auto& row : store.summarize_deliveries()) summed += row.count;
    std::int64_t planned = 0;
    std::size_t under_way = 0;
    for (const DueDelivery& due : all_deliveries(store)) {
        ++planned;
        under_way += due.delivery.state == DeliveryState::attempting ? 1 : 0;
        if (is_open(due.delivery.state) == due.delivery.settled_at.has_value())
            violations_.push_back(fmt::format("delivery {} is {} and {}settled", due.delivery.id,
                                              to_text(due.delivery.state),
                                              due.delivery.settled_at ? "" : "not "));
        if (due.delivery.state == DeliveryState::pending && !due.delivery.due_at)
            violations_.push_back(fmt::format("delivery {} waits for nothing", due.delivery.id));
    }
    if (summed != planned)
        violations_.push_back(fmt::format("{} planned, {} accounted for", planned, summed));
    if (under_way > places)
        violations_.push_back(fmt::format("{} under way in {} places", under_way, places));
}

void Audit::check_end(runtime::Store& store, const std::set<std::string>& permanent,
                      std::size_t plans_deployed, Instant first, Instant last) {
    std::map<runtime::DeliveryId, DueDelivery> rows;
    std::set<std::string> planned;
    for (DueDelivery& due : all_deliveries(store)) {
        if (due.delivery.state == DeliveryState::attempting)
            violations_.push_back(fmt::format("delivery {} is never settled", due.delivery.id));
        if (due.delivery.step == 0)
            planned.insert(occasion(due.playbook, due.rule, due.subject, due.delivery.planned_for));
        rows.emplace(due.delivery.id, std::move(due));
    }
    if (!store.firings_to_expand(1).empty()) violations_.push_back("a firing is never expanded");
    check_outcomes(rows);

    for (const auto& playbook : plans_.front().playbooks) {
        for (const lang::Rule& rule : playbook.rules) {
            const bool is_kept = std::all_of(
                plans_.begin(), plans_.begin() + static_cast<std::ptrdiff_t>(plans_deployed),
                [&](const lang::Plan& plan) {
                    const auto* same = find_rule(plan, playbook.name, rule.name);
                    return same != nullptr && is_same(*same, rule);
                });
            if (!is_kept || rule.audience.tagged.size() != 1 ||
                deliver_of(rule.steps[0]) == nullptr)
                continue;
            for (const Instant at : times_of(rule, first, last)) {
                for (const std::string& subject : permanent) {
                    const bool is_group = subject.front() == 'g';
                    if (is_group != (rule.audience.kind == lang::SubjectKind::group)) continue;
                    const auto what = occasion(playbook.name, rule.name, subject, at);
                    if (!planned.contains(what))
                        violations_.push_back("nothing was planned: " + what);
                }
            }
        }
    }
}

void Audit::asked(const Attempt& attempt, const tests::AskAnswer& answer) {
    // Also about one that never came here: the process died when it was just to be sent.
    asked_in_vain_[attempt.key] += answer.kind == tests::AskAnswer::Kind::truth ? 0 : 1;
}

// Nobody got it twice, which the attempts show, and what the store says is so. Only a platform that
// could not be asked leaves a doubt.
void Audit::check_reconciled(const std::vector<std::size_t>& indexes, DeliveryState state) {
    const Made& last = attempts_[indexes.back()];
    if (state == DeliveryState::unknown) {
        if (asked_in_vain_[last.key] < 60)
            report(last, "ended as unknown, and could be asked about");
    } else if (last.answer.is_taken() != (state == DeliveryState::sent)) {
        report(last, fmt::format("was {}taken and ended as {}",
                                 last.answer.is_taken() ? "" : "not ", to_text(state)));
    }
}

// What the platform saw last of a message, and what the store made of it.
void Audit::check_outcomes(const std::map<runtime::DeliveryId, DueDelivery>& rows) {
    std::set<runtime::DeliveryId> taken;
    for (const auto& [key, indexes] : by_key_) {
        const Made& made = attempts_[indexes.back()];
        if (made.answer.is_taken()) taken.insert(made.delivery);
        const auto row = rows.find(made.delivery);
        if (row == rows.end() ||
            !made.rule.starts_with(row->second.playbook + "." + row->second.rule + "/")) {
            report(made, "is not in the store");
            continue;
        }
        const DeliveryState state = row->second.delivery.state;
        if (made.is_reconciled) {
            check_reconciled(indexes, state);
        } else if (!may_end_as(made.answer.kind, state)) {
            report(made, fmt::format("ended as {}", to_text(state)));
        }
    }
    for (const auto& [id, row] : rows) {
        if (row.delivery.state == DeliveryState::sent && !taken.contains(id))
            violations_.push_back(fmt::format("delivery {} was never sent", id));
    }
}

}  // namespace sop::sim
