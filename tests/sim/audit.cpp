#include "tests/sim/audit.h"

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

// Beyond that nothing a rule here asks for is waited for.
constexpr date::days waits_max{10};
// Attempts that budgets and quotas count.
constexpr std::chrono::hours uses_kept_for{48};
// After so many questions nobody asks any more.
constexpr std::size_t questions_max = 60;

bool is_in(const lang::QuietHours& quiet, milliseconds time) {
    if (quiet.from < quiet.until) return quiet.from <= time && time < quiet.until;
    return time >= quiet.from || time < quiet.until;
}

bool is_guarded(const lang::Rule& rule, const NumberedStep& step) {
    return !(rule.audience->kind == lang::SubjectKind::member && step.is_answer);
}

const lang::Deliver* deliver_of(const lang::Step& step) {
    for (const lang::Action& action : step.actions) {
        if (const auto* deliver = std::get_if<lang::Deliver>(&action)) return deliver;
    }
    return nullptr;
}

// The day, or the week from Monday, that a moment on the wall lies in.
std::pair<date::local_days, date::local_days> period_of(lang::calendar::EveryNth::Unit unit,
                                                        date::local_time<milliseconds> local) {
    const auto day = date::floor<date::days>(local);
    if (unit == lang::calendar::EveryNth::Unit::day) return {day, day + date::days{1}};
    const auto monday = day - (date::weekday{day} - date::Monday);
    return {monday, monday + date::days{7}};
}

milliseconds length_of(lang::ChannelLimit::Per per) {
    switch (per) {
        case lang::ChannelLimit::Per::second:
            return 1s;
        case lang::ChannelLimit::Per::minute:
            return 1min;
        case lang::ChannelLimit::Per::hour:
            return 1h;
        case lang::ChannelLimit::Per::day:
            break;
    }
    return 24h;
}

std::string utc(Instant at) {
    return date::format("%F %T", at);
}

std::vector<DueDelivery> all_deliveries(runtime::Store& store) {
    return store.list_deliveries({.limit = runtime::every_row});
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
                   state == DeliveryState::refused || state == DeliveryState::exited ||
                   state == DeliveryState::cancelled || state == DeliveryState::pending;
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
        version >= history_.plans().size()) {
        throw std::logic_error("a text that no plan has: " + attempt.text);
    }
    const NumberedRule* rule = history_.numbered_rule(version, {attempt.playbook, attempt.rule});
    if (rule == nullptr)
        throw std::logic_error("a rule that its plan does not have: " + attempt.rule);
    return {&rule->rule, step, rule->steps.at(step), event};
}

void Audit::attempted(const std::string& channel, const Attempt& attempt, Instant now,
                      Instant elapsed, const Answer& answer) {
    const bool is_group = attempt.target_kind == lang::SubjectKind::group;
    const auto asked = questions_about_.find(attempt.delivery);
    Made made{attempt.key,
              attempt.delivery,
              attempt.number,
              asked == questions_about_.end() ? 0 : asked->second,
              channel,
              attempt.playbook + "." + attempt.rule + "/" + attempt.step,
              (is_group ? "group " : "member ") + attempt.target,
              now,
              elapsed,
              history_.clock_steps(),
              history_.looks(),
              false,
              attempt.command.has_value(),
              reconciling_.contains(channel),
              answer};
    if (!made.is_order) {
        const Named named = name(attempt);
        made.is_guarded = is_guarded(*named.rule, named.step);
        check_message(attempt, named, made);
    }
    if (now < attempt.planned_for) report(made, "sent before its time");
    check_repetition(made);
    check_pause(attempt, made);
    check_budget(made);
    ++attempts_of_[made.delivery];
    by_channel_[made.channel].push_back(attempts_.size());
    by_key_[made.key].push_back(attempts_.size());
    by_target_[made.target].push_back(attempts_.size());
    attempts_.push_back(std::move(made));
}

// Orders and what staff are told are never held back, and never too late.
void Audit::check_message(const Attempt& attempt, const Named& named, const Made& made) {
    if (named.step.path != attempt.step) report(made, "the text of another step");
    check_identity(attempt, named);
    if (made.is_guarded) {
        check_quiet(named, made);
        check_caps(named, made);
        check_spacing(named, made);
    }
    check_lateness(attempt, named, made);
    check_quota(named, made);
}

void Audit::check_repetition(const Made& made) {
    const auto before = by_key_.find(made.key);
    if (before == by_key_.end()) {
        if (made.number != 1) report(made, "tried again without having been tried");
        return;
    }
    const Made& last = attempts_[before->second.back()];
    if (made.is_reconciled ? last.answer.is_taken() : last.answer.kind != Answer::Kind::retry)
        report(made, "sent again though it may have been taken at " + utc(last.at));
    // A try whose answer was lost with the process does not count; the platform was asked about it.
    const bool was_asked = made.questions > last.questions;
    if (made.number != last.number + 1 && !(was_asked && made.number == last.number))
        report(made, fmt::format("try {} after try {}", made.number, last.number));
    if (made.number > 6) report(made, "tried more than 6 times");
    if (last.delivery != made.delivery) report(made, "one key for two messages");
    if (last.clock_steps != made.clock_steps) return;
    const milliseconds first_wait = 750ms * (1 << std::max(made.number - 2, 0));
    const milliseconds asked_for = was_asked ? 0ms : last.answer.retry_after.value_or(0ms);
    if (made.elapsed - last.elapsed < std::max(first_wait, asked_for))
        report(made, "tried again too soon");
}

void Audit::asked(const std::string& channel, const Attempt& attempt) {
    ++questions_;
    ++questions_about_[attempt.delivery];
    if (!reconciling_.contains(channel))
        violations_.push_back(
            fmt::format("{} was asked about delivery {}", channel, attempt.delivery));
}

void Audit::check_identity(const Attempt& attempt, const Named& named) {
    // Those of the calendar are told apart in the store, by what the wall was to show.
    if (named.event == "-") return;
    const std::string what = fmt::format("{} {} {} {} {}", attempt.playbook, attempt.rule,
                                         attempt.step, attempt.target, named.event);
    const auto [known, is_new] = key_of_.try_emplace(what, attempt.key);
    if (!is_new && known->second != attempt.key)
        violations_.push_back("two messages for one event: " + what);
}

void Audit::check_quiet(const Named& named, const Made& made) {
    const auto& quiet = named.rule->guards->quiet;
    if (!quiet || deliver_of(*named.step.step)->at_once) return;
    const auto local = on_the_wall(history_.clocks(), made.at, named.rule->timezone);
    if (is_in(*quiet, local - date::floor<date::days>(local))) report(made, "sent in quiet hours");
}

void Audit::check_caps(const Named& named, const Made& made) {
    for (const lang::PostLimit& limit : named.rule->guards->limits) {
        if (limit.per != named.rule->audience->kind) continue;
        const std::string& zone = named.rule->timezone;
        const auto period = period_of(limit.period, on_the_wall(history_.clocks(), made.at, zone));
        int reached = 0;
        for (const std::size_t i : by_target_[made.target]) {
            const Made& other = attempts_[i];
            if (!other.is_guarded || !other.answer.is_taken() || other.key == made.key) continue;
            const auto local = on_the_wall(history_.clocks(), other.at, zone);
            reached += period.first <= local && local < period.second ? 1 : 0;
        }
        if (reached >= limit.count)
            report(made, fmt::format("over its cap: {} of {}", reached + 1, limit.count));
    }
}

void Audit::check_spacing(const Named& named, const Made& made) {
    if (named.rule->guards->space == 0s) return;
    for (const std::size_t i : by_target_[made.target]) {
        const Made& other = attempts_[i];
        if (!other.is_guarded || !other.answer.is_taken() || other.key == made.key) continue;
        if (other.at <= made.at && made.at - other.at < named.rule->guards->space)
            report(made, "too close to the message at " + utc(other.at));
    }
}

void Audit::check_lateness(const Attempt& attempt, const Named& named, const Made& made) {
    const lang::Rule& rule = *named.rule;
    const lang::Guards& guards = *rule.guards;
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
    if (received != received_.end() && received->second.second == history_.clock_steps() &&
        named.number == 0 && received->second.first > wanted + allowed) {
        report(made, "of an event that came too late");
    }
    const auto check_kept = [&](const char* how, const std::vector<HeldTime>& times) {
        for (const auto& [from, to] : times) {
            if (to > made.at || to - std::max(wanted, from) <= allowed) continue;
            report(made, fmt::format("{} from {} to {}, planned for {}, wanted by {}, {} s allowed",
                                     how, utc(from), utc(to), utc(attempt.planned_for), utc(wanted),
                                     allowed.count()));
        }
    };
    check_kept("missed", history_.absences());
    check_kept("paused", history_.held_times({attempt.playbook, attempt.rule}));
}

void Audit::check_pause(const Attempt& attempt, const Made& made) {
    if (history_.pause_of({attempt.playbook, attempt.rule}))
        report(made, "sent while its rule was paused");
}

// What is older is no longer in the store, which matters after a clock that went ahead and back.
Instant Audit::forgotten_before(const std::string& channel) const {
    const auto made = by_channel_.find(channel);
    Instant latest = Instant::min() + uses_kept_for;
    if (made == by_channel_.end()) return latest - uses_kept_for;
    for (const std::size_t i : made->second) latest = std::max(latest, attempts_[i].at);
    return latest - uses_kept_for;
}

void Audit::check_budget(const Made& made) {
    const auto channel = history_.channel(made.channel);
    if (!channel.budget) return;
    const Instant since = made.at - length_of(channel.budget->per);
    const Instant forgotten = forgotten_before(made.channel);
    int used = 0;
    for (const std::size_t i : by_channel_[made.channel]) {
        const Made& other = attempts_[i];
        if (other.look < channel.limited_since || other.at < forgotten) continue;
        used += other.at > since && other.at <= made.at ? 1 : 0;
    }
    if (used >= channel.budget->count)
        report(made, fmt::format("over the budget of {}: {} of {}", made.channel, used + 1,
                                 channel.budget->count));
}

// Exclusive.
Instant Audit::quota_begin(const lang::ChannelLimit& quota, const std::string& zone,
                           Instant at) const {
    if (quota.per != lang::ChannelLimit::Per::day) return at - length_of(quota.per);
    // What the wall shows at midnight; the search also finds one that comes twice or not at all.
    const Clocks& clocks = history_.clocks();
    const auto today = date::floor<date::days>(on_the_wall(clocks, at, zone));
    Instant begin = at - 26h;
    for (milliseconds step = 1h; step >= 1ms; step /= 2) {
        while (date::floor<date::days>(on_the_wall(clocks, begin + step, zone)) < today)
            begin += step;
    }
    return begin;
}

void Audit::check_quota(const Named& named, const Made& made) {
    const auto channel = history_.channel(made.channel);
    if (!channel.quota) return;
    const Instant since = quota_begin(*channel.quota, named.rule->timezone, made.at);
    const Instant forgotten = forgotten_before(made.channel);
    std::set<std::string> taken;
    for (const std::size_t i : by_target_[made.target]) {
        const Made& other = attempts_[i];
        const bool counts = !other.is_order && other.channel == made.channel &&
                            other.look >= channel.limited_since && other.at >= forgotten &&
                            other.key != made.key && other.answer.is_taken();
        if (counts && other.at > since && other.at <= made.at) taken.insert(other.key);
    }
    if (static_cast<int>(taken.size()) >= channel.quota->count)
        report(made, fmt::format("over the quota of {}: {} of {}", made.channel, taken.size() + 1,
                                 channel.quota->count));
}

void Audit::event_received(const std::string& id, Instant now) {
    received_.try_emplace(id, now, history_.clock_steps());
}

void Audit::clock_stepped(milliseconds by, Instant now) {
    history_.clock_stepped(by);
    planned_.clock_stepped(now);
}

std::vector<std::string> Audit::violations() const {
    std::vector<std::string> all = violations_;
    for (const auto* others : {&planned_.violations(), &books_.violations()})
        all.insert(all.end(), others->begin(), others->end());
    return all;
}

void Audit::check_store(runtime::Store& store, const Places& places, Instant now) {
    const auto transaction = store.begin();
    std::int64_t summed = 0;
    for (const auto& row : store.summarize_deliveries()) summed += row.count;
    const auto rows = all_deliveries(store);
    const auto planned = static_cast<std::int64_t>(rows.size());
    for (const DueDelivery& due : rows) {
        if (is_open(due.delivery.state) == due.delivery.settled_at.has_value())
            violations_.push_back(fmt::format("delivery {} is {} and {}settled", due.delivery.id,
                                              to_text(due.delivery.state),
                                              due.delivery.settled_at ? "" : "not "));
        if (due.delivery.state == DeliveryState::pending && !due.delivery.due_at)
            violations_.push_back(fmt::format("delivery {} waits for nothing", due.delivery.id));
    }
    if (summed != planned)
        violations_.push_back(fmt::format("{} planned, {} accounted for", planned, summed));
    check_waiting(rows, places, now);
    check_refused(rows);
    planned_.check(rows, now);
    books_.check(store, rows, now);
    first_look_ = history_.looks() + 1;
}

// Attempts that were marked and never reached the platform.
std::size_t Audit::count_lost(const runtime::Delivery& delivery) const {
    const auto made = attempts_of_.find(delivery.id);
    const auto marked = static_cast<std::size_t>(delivery.attempts);
    return marked - std::min(marked, made == attempts_of_.end() ? 0 : made->second);
}

// What is due waits for a place or for room in its channel's budget, and for nothing else.
void Audit::check_waiting(const std::vector<DueDelivery>& rows, const Places& places, Instant now) {
    std::map<std::string, std::size_t> waiting;
    std::map<std::string, std::size_t> under_way;
    std::map<std::string, std::size_t> lost;
    for (const DueDelivery& row : rows) {
        const runtime::Delivery& delivery = row.delivery;
        if (delivery.state == DeliveryState::attempting) ++under_way[delivery.channel];
        lost[delivery.channel] += count_lost(delivery);
        // What is asked about waits for an answer.
        if (delivery.state == DeliveryState::pending && *delivery.due_at <= now && !delivery.asks)
            ++waiting[delivery.channel];
    }
    for (const auto& [channel, most] : places) {
        if (under_way[channel] > most)
            violations_.push_back(fmt::format("{} UTC: {} under way in {} places of {}", utc(now),
                                              under_way[channel], most, channel));
        if (waiting[channel] == 0 || under_way[channel] == most) continue;
        const auto budget = history_.channel(channel).budget;
        std::size_t used = lost[channel];
        for (const std::size_t i : by_channel_[channel])
            used += budget && attempts_[i].at > now - length_of(budget->per) ? 1 : 0;
        if (!budget || used < static_cast<std::size_t>(budget->count))
            violations_.push_back(fmt::format("{} UTC: {} wait for {}, which has room", utc(now),
                                              waiting[channel], channel));
    }
}

// Those that are new.
void Audit::check_refused(const std::vector<DueDelivery>& rows) {
    for (const DueDelivery& row : rows) {
        const runtime::Delivery& delivery = row.delivery;
        // Others were refused by a decision (books_audit.h).
        const bool is_by_channel =
            delivery.state == DeliveryState::refused && delivery.message != 0;
        if (!is_by_channel || !refused_.insert(delivery.id).second) continue;
        const auto rules = history_.channel_since(first_look_, delivery.channel);
        const bool is_due =
            std::any_of(rules.begin(), rules.end(), [&](const History::ChannelRule& rule) {
                return rule.quota && is_over(*rule.quota, row, rows);
            });
        if (delivery.reason != "quota" || !is_due)
            violations_.push_back(
                fmt::format("delivery {} of {}.{} for {} by {}: refused ({}) at "
                            "{} UTC without need",
                            delivery.id, row.playbook, row.rule, row.subject, delivery.channel,
                            delivery.reason, utc(*delivery.settled_at)));
    }
}

// Counting all that the executor may have counted.
bool Audit::is_over(const lang::ChannelLimit& quota, const DueDelivery& row,
                    const std::vector<DueDelivery>& rows) const {
    const DeployedVersion* version = history_.find(row.firing.plan);
    const auto* rule = history_.numbered_rule(version->plan, {row.playbook, row.rule});
    const Instant at = *row.delivery.settled_at;
    const Instant since = quota_begin(quota, rule->rule.timezone, at);
    std::set<runtime::DeliveryId> counted;
    for (const DueDelivery& other : rows) {
        const runtime::Delivery& delivery = other.delivery;
        if (count_lost(delivery) > 0 && other.subject == row.subject &&
            delivery.channel == row.delivery.channel)
            counted.insert(delivery.id);
    }
    const std::string target =
        (row.subject_kind == lang::SubjectKind::group ? "group " : "member ") + row.subject;
    const auto made = by_target_.find(target);
    if (made != by_target_.end()) {
        for (const std::size_t i : made->second) {
            const Made& other = attempts_[i];
            if (other.channel == row.delivery.channel && other.delivery != row.delivery.id &&
                other.at > since && other.at <= at)
                counted.insert(other.delivery);
        }
    }
    return static_cast<int>(counted.size()) >= quota.count;
}

void Audit::check_end(runtime::Store& store, const std::set<std::string>& permanent, Instant first,
                      Instant last) {
    std::map<runtime::DeliveryId, DueDelivery> rows;
    for (DueDelivery& due : all_deliveries(store)) {
        if (due.delivery.state == DeliveryState::attempting)
            violations_.push_back(fmt::format("delivery {} is never settled", due.delivery.id));
        if (due.delivery.state == DeliveryState::pending && *due.delivery.due_at > last + waits_max)
            violations_.push_back(fmt::format("delivery {} waits for ever", due.delivery.id));
        if (due.delivery.asks)
            violations_.push_back(
                fmt::format("delivery {} is asked about for ever", due.delivery.id));
        rows.emplace(due.delivery.id, std::move(due));
    }
    if (!store.firings_to_expand(1).empty()) violations_.push_back("a firing is never expanded");
    check_open_runs(store);
    check_outcomes(rows);
    planned_.check_end(permanent, first, last);
    books_.check_end(store);
}

// Nothing is paused any more.
void Audit::check_open_runs(runtime::Store& store) {
    using runtime::RunState;
    for (const auto& rule : store.list_rules()) {
        for (const auto& run : store.unfinished_runs(rule.id, {}, runtime::every_row)) {
            const bool is_behind = store.has_open_run(rule.id, run.subject);
            if (run.state == RunState::held || run.state == RunState::arrived ||
                (run.state == RunState::queued && !is_behind))
                violations_.push_back(fmt::format(
                    "run {} of {}.{} for {} never goes on: state {}, step {}, action {}", run.id,
                    rule.playbook, rule.name, run.subject, static_cast<int>(run.state),
                    run.next_step, run.next_action));
        }
    }
}

// What the platform saw last of a message, and what the store made of it.
void Audit::check_outcomes(const std::map<runtime::DeliveryId, DueDelivery>& rows) {
    std::set<runtime::DeliveryId> taken;
    for (const auto& [key, indexes] : by_key_) {
        const Made& made = attempts_[indexes.back()];
        if (made.is_reconciled ? made.answer.is_taken() : made.answer.kind == Answer::Kind::sent)
            taken.insert(made.delivery);
        const auto row = rows.find(made.delivery);
        if (row == rows.end() ||
            !made.rule.starts_with(row->second.playbook + "." + row->second.rule + "/")) {
            report(made, "is not in the store");
            continue;
        }
        const DeliveryState state = row->second.delivery.state;
        if (!made.is_reconciled && !may_end_as(made.answer.kind, state))
            report(made, fmt::format("ended as {}", to_text(state)));
    }
    for (const auto& [id, row] : rows) {
        if (row.delivery.state == DeliveryState::sent && !taken.contains(id))
            violations_.push_back(fmt::format("delivery {} was never sent", id));
        if (reconciling_.contains(row.delivery.channel)) check_reconciled(row, taken.contains(id));
        if (row.delivery.state == DeliveryState::failed && !attempts_of_.contains(id) &&
            !questions_about_.contains(id))
            violations_.push_back(
                fmt::format("delivery {} failed untried: {}", id, row.delivery.reason));
    }
}

// Where the platform is asked the store says what is so. Nobody got it twice, which the attempts
// show. Only a platform that could not be asked leaves a doubt.
void Audit::check_reconciled(const DueDelivery& row, bool was_taken) {
    const runtime::Delivery& delivery = row.delivery;
    if (is_open(delivery.state)) return;
    const bool is_doubted = delivery.state == DeliveryState::unknown;
    if (is_doubted ? questions_about_[delivery.id] >= questions_max
                   : was_taken == (delivery.state == DeliveryState::sent))
        return;
    violations_.push_back(fmt::format(
        "delivery {} of {}.{} for {} by {}, asked about {} times, was {}taken and ended as {}: {}",
        delivery.id, row.playbook, row.rule, row.subject, delivery.channel,
        questions_about_[delivery.id], was_taken ? "" : "not ", to_text(delivery.state),
        delivery.reason));
}

}  // namespace sop::sim
