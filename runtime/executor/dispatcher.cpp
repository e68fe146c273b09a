#include "runtime/executor/dispatcher.h"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <utility>

#include "runtime/executor/attempts.h"
#include "runtime/executor/orders.h"
#include "runtime/scheduler/lateness.h"
#include "runtime/scheduler/retry.h"

namespace sop::runtime {

namespace {

// Of those for which there is no room, how many are looked at for whether they give up.
constexpr std::size_t waiting_looked_at = 100;
constexpr std::chrono::milliseconds just_after{1};

// What changes the world besides messages is never too late.
bool gives_up(const DueDelivery& due, const lang::Rule& rule) {
    return is_message(action_of(rule, {due.delivery.step, due.delivery.action}));
}

}  // namespace

Dispatcher::Dispatcher(Store& store, PlanBook& plans, Guardian& guardian, Channels channels,
                       Reports& reports)
    : store_(store),
      plans_(plans),
      guardian_(guardian),
      reports_(reports),
      reconciler_(store, plans, guardian, reports) {
    add_channels(std::move(channels));
}

void Dispatcher::add_channels(Channels channels) {
    for (auto& [name, setup] : channels) {
        if (setup.unknown == UnknownPolicy::reconcile) {
            if (setup.channel->questions_max() == 0)
                throw std::invalid_argument(fmt::format("channel `{}` cannot be asked", name));
            reconciler_.add_channel(name, *setup.channel);
        }
        lines_.push_back({name, std::move(setup.channel), setup.unknown});
    }
}

std::set<std::string> Dispatcher::channel_names() const {
    std::set<std::string> names;
    for (const Line& line : lines_) names.insert(line.name);
    return names;
}

std::optional<UnknownPolicy> Dispatcher::unknown_policy(const std::string& channel) const {
    for (const Line& line : lines_) {
        if (line.name == channel) return line.unknown;
    }
    return std::nullopt;
}

std::size_t Dispatcher::Line::free_places() const {
    const std::size_t places = channel->in_flight_max();
    return places > in_flight.size() ? places - in_flight.size() : 0;
}

bool Dispatcher::has_work(Instant now) {
    outcomes_ = collect();
    const bool asks = reconciler_.has_work(now);
    return asks || !outcomes_.empty() ||
           std::any_of(lines_.begin(), lines_.end(),
                       [&](const Line& line) { return is_due(line, now); });
}

void Dispatcher::mark(Instant now) {
    for (const Outcome& outcome : std::exchange(outcomes_, {})) record(outcome, now);
    reconciler_.mark(now);
    for (Line& line : lines_) marked_.push_back(mark_due(line, now));
    guardian_.record_presence(now);
}

void Dispatcher::start(Instant now) {
    auto marked = std::exchange(marked_, {});
    for (std::size_t i = 0; i < marked.size(); ++i) start(lines_[i], std::move(marked[i]), now);
    reconciler_.start();
}

bool Dispatcher::record_outcomes(Instant now) {
    const std::vector<Outcome> outcomes = collect();
    if (outcomes.empty()) return false;
    record_all(outcomes, now);
    return true;
}

std::optional<Instant> Dispatcher::next_due() {
    std::optional<Instant> earliest = reconciler_.next_due();
    for (const Line& line : lines_) {
        if (line.free_places() == 0) continue;
        auto due = store_.next_delivery_due(line.name);
        if (due && line.waits_until) due = std::max(*due, *line.waits_until);
        if (due && (!earliest || *due < *earliest)) earliest = due;
    }
    return earliest;
}

std::size_t Dispatcher::in_flight() const {
    std::size_t count = 0;
    for (const Line& line : lines_) count += line.in_flight.size();
    return count;
}

void Dispatcher::abandon() {
    for (Line& line : lines_) line.channel->abandon();
}

std::vector<Dispatcher::Outcome> Dispatcher::collect() {
    std::vector<Outcome> outcomes;
    for (Line& line : lines_) {
        std::vector<Outcome> collected = collect(line);
        std::move(collected.begin(), collected.end(), std::back_inserter(outcomes));
    }
    return outcomes;
}

std::vector<Dispatcher::Outcome> Dispatcher::collect(Line& line) {
    std::vector<Outcome> outcomes;
    try {
        for (AttemptResult& result : line.channel->collect()) {
            // Only the first answer to an attempt of ours counts.
            auto attempt = line.in_flight.extract(result.delivery);
            if (!attempt) continue;
            outcomes.push_back({std::move(result), std::move(attempt.mapped())});
        }
    } catch (const std::exception& error) {
        for (Outcome& lost : lose(line, error)) outcomes.push_back(std::move(lost));
    }
    return outcomes;
}

// The edge around one channel: an error it should not have let out leaves all it has under way in
// doubt, as it may have gone out, and every other channel as it was. The channel is told to give
// up, so that its places are free again.
std::vector<Dispatcher::Outcome> Dispatcher::lose(Line& line, const std::exception& error) {
    const std::string reason = fmt::format("channel `{}` broke: {}", line.name, error.what());
    reports_.trouble(reason);
    std::vector<Outcome> outcomes;
    for (auto& [id, attempt] : std::exchange(line.in_flight, {})) {
        outcomes.push_back({{id, AttemptResult::Kind::unknown, reason}, std::move(attempt)});
    }
    line.channel->abandon();
    return outcomes;
}

void Dispatcher::record_all(const std::vector<Outcome>& outcomes, Instant now) {
    const auto transaction = store_.begin();
    for (const Outcome& outcome : outcomes) record(outcome, now);
    transaction->commit();
}

void Dispatcher::record(const Outcome& outcome, Instant now) {
    const auto& [result, attempt] = outcome;
    switch (result.kind) {
        case AttemptResult::Kind::sent:
            return end(attempt, {DeliveryState::sent, result.reason}, now);
        case AttemptResult::Kind::failed:
            guardian_.limits().not_taken(attempt.use);
            return end(attempt, {DeliveryState::failed, result.reason}, now);
        case AttemptResult::Kind::unknown:
            if (attempt.unknown == UnknownPolicy::resend)
                return try_again(outcome, DeliveryState::unknown, now);
            return end(attempt, {DeliveryState::unknown, result.reason}, now);
        case AttemptResult::Kind::retry:
            guardian_.limits().not_taken(attempt.use);
            return try_again(outcome, DeliveryState::failed, now);
    }
}

void Dispatcher::try_again(const Outcome& outcome, DeliveryState last_end, Instant now) {
    const auto& [result, attempt] = outcome;
    const auto delivery = store_.find_delivery(result.delivery);
    if (delivery && delivery->delivery.unless_taken)
        return end_given_up(outcome, delivery->delivery, now);
    const auto delay = retry_delay(attempt.attempt, attempt.key, result.retry_after);
    if (!delay) return end(attempt, {last_end, result.reason}, now);
    if (result.kind == AttemptResult::Kind::unknown) {
        // It goes on counting as one that may have reached its subject.
        return store_.resend(result.delivery, now + *delay, result.reason);
    }
    // Wanted later, if the clock was set back meanwhile.
    const Instant due_at = std::max(now + *delay, delivery ? delivery->delivery.wanted_at() : now);
    store_.reschedule(result.delivery, due_at, result.reason);
    if (!attempt.in_doubt) guardian_.waits(attempt.contact, due_at);
}

// Of one that was not to be sent any more while it was under way.
void Dispatcher::end_given_up(const Outcome& outcome, const Delivery& delivery, Instant now) {
    const auto& [result, attempt] = outcome;
    if (result.kind == AttemptResult::Kind::unknown)
        return end(attempt, {DeliveryState::unknown, result.reason}, now);
    end(attempt, {*delivery.unless_taken, delivery.reason}, now);
}

bool Dispatcher::is_due(const Line& line, Instant now) {
    if (line.free_places() == 0) return false;
    const auto due = store_.next_delivery_due(line.name);
    if (!due || *due > now) return false;
    const bool waits = line.waits_until && now < *line.waits_until;
    return !waits || guardian_.limits().room(line.name, now) > 0;
}

std::vector<Dispatcher::Marked> Dispatcher::mark_due(Line& line, Instant now) {
    std::vector<Marked> marked;
    if (!is_due(line, now)) return marked;
    line.waits_until.reset();
    const std::size_t room = std::min(line.free_places(), guardian_.limits().room(line.name, now));
    if (room == 0) {
        line.waits_until = wait_for_room(line, now);
        return marked;
    }
    for (const DueDelivery& due : store_.due_deliveries(line.name, now, room)) {
        auto attempt = prepare(due, now);
        if (!attempt) continue;
        const Contact contact = contact_of(due);
        const ChannelUse use{line.name, now, due.delivery.id, due.subject_kind, due.subject};
        store_.mark_attempting(attempt->delivery);
        guardian_.attempted(contact, now);
        guardian_.limits().attempted(use);
        // It takes room in a budget, and nothing of its subject's quota.
        if (attempt->command) guardian_.limits().not_taken(use);
        InFlight in_flight{
            attempt->key, attempt->number, attempt->playbook,     attempt->rule, contact,
            use,          place_of(due),   due.delivery.in_doubt, line.unknown,  attempt->command};
        marked.push_back({std::move(*attempt), std::move(in_flight)});
    }
    return marked;
}

Instant Dispatcher::wait_for_room(const Line& line, Instant now) {
    Instant until = guardian_.limits().next_room(line.name, now);
    const auto waiting = store_.due_deliveries(line.name, now, waiting_looked_at);
    bool all_ended = true;
    for (const DueDelivery& due : waiting) {
        const auto gives_up_at = end_or_go_on_waiting(due, now);
        if (!gives_up_at) continue;
        all_ended = false;
        until = std::min(until, *gives_up_at);
    }
    const bool are_more = all_ended && waiting.size() == waiting_looked_at;
    return are_more ? now : until;
}

// When one that has no room gives up; nothing when it came to its end now.
std::optional<Instant> Dispatcher::end_or_go_on_waiting(const DueDelivery& due, Instant now) {
    try {
        const LoadedRule& rule = plans_.rule(due.firing.plan, due.firing.rule);
        if (const auto found = find_end(due, *rule.rule, now)) {
            end(due, *found, now);
            return std::nullopt;
        }
        if (!gives_up(due, *rule.rule)) return Instant::max();
        return give_up_at(due, *rule.rule) + just_after;
    } catch (const PlanError& error) {
        end(due, {DeliveryState::failed, error.what()}, now);
        return std::nullopt;
    }
}

// The attempt to make, or nothing when the message came to its end instead or has not its turn yet.
std::optional<Attempt> Dispatcher::prepare(const DueDelivery& due, Instant now) {
    const Delivery& delivery = due.delivery;
    const auto end_as = [&](DeliveryState state, const std::string& reason) {
        end(due, {state, reason}, now);
        return std::nullopt;
    };
    const auto wait_until = [&](Instant at) {
        guardian_.waits(contact_of(due), at);
        return std::nullopt;
    };
    try {
        const LoadedRule& loaded = plans_.rule(due.firing.plan, due.firing.rule);
        const lang::Rule& rule = *loaded.rule;
        if (const auto found = find_end(due, rule, now)) return end_as(found->state, found->reason);
        const Guardian::Turn turn = guardian_.turn_of(due, loaded, plans_, now);
        switch (turn.kind) {
            case Guardian::Turn::Kind::go:
                break;
            case Guardian::Turn::Kind::wait:
                store_.reschedule(delivery.id, turn.until, delivery.reason);
                return wait_until(turn.until);
            case Guardian::Turn::Kind::move:
                store_.move(delivery.id, turn.until);
                return wait_until(turn.until);
            case Guardian::Turn::Kind::end:
                return end_as(turn.state, turn.reason);
        }
        return attempt_at(store_, due, rule, delivery.attempts + 1);
    } catch (const StoreError&) {
        throw;
    } catch (const std::exception& error) {
        return end_as(DeliveryState::failed, error.what());
    }
}

std::optional<End> Dispatcher::find_end(const DueDelivery& due, const lang::Rule& rule,
                                        Instant now) {
    const Delivery& delivery = due.delivery;
    if (!gives_up(due, rule)) return std::nullopt;
    if (guardian_.is_missed(due, rule)) return end_of_waiting(delivery, "late");
    if (has_expired(due, rule, delivery.wanted_at(), now))
        return end_of_waiting(delivery, "budget");
    return std::nullopt;
}

void Dispatcher::start(Line& line, std::vector<Marked> marked, Instant now) {
    if (marked.empty()) return;
    std::vector<Attempt> attempts;
    for (auto& [attempt, in_flight] : marked) {
        line.in_flight.emplace(attempt.delivery, std::move(in_flight));
        attempts.push_back(std::move(attempt));
    }
    try {
        line.channel->start(std::move(attempts));
    } catch (const std::exception& error) {
        record_all(lose(line, error), now);
    }
}

void Dispatcher::end(const DueDelivery& due, const End& end, Instant now) {
    settle(store_, plans_, guardian_, reports_, due, end, now);
}

void Dispatcher::end(const InFlight& attempt, const End& end, Instant now) {
    const DeliveryState state = end_of(end.state, attempt.in_doubt);
    if (state == DeliveryState::unknown && attempt.unknown == UnknownPolicy::reconcile)
        return reconciler_.ask_about(attempt.contact.delivery, attempt.key, end.reason, now);
    store_.settle(attempt.contact.delivery, state, end.reason, now);
    guardian_.settled(attempt.contact, state);
    reports_.settled(attempt.playbook, attempt.rule, state, end.reason);
    if (attempt.command)
        order_ended(store_, attempt.contact.delivery, *attempt.command, state, now);
    begin_wait_after(store_, plans_, attempt.place, now);
}

}  // namespace sop::runtime
