#include "runtime/executor/dispatcher.h"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "runtime/delivery/delivery_key.h"
#include "runtime/scheduler/lateness.h"
#include "runtime/scheduler/retry.h"

namespace sop::runtime {

Dispatcher::Dispatcher(Store& store, PlanBook& plans, Guardian& guardian, Channels channels,
                       Reports& reports)
    : store_(store), plans_(plans), guardian_(guardian), reports_(reports) {
    for (auto& [name, channel] : channels) lines_.push_back({name, std::move(channel), {}});
}

std::set<std::string> Dispatcher::channel_names() const {
    std::set<std::string> names;
    for (const Line& line : lines_) names.insert(line.name);
    return names;
}

std::size_t Dispatcher::Line::free_places() const {
    const std::size_t places = channel->in_flight_max();
    return places > in_flight.size() ? places - in_flight.size() : 0;
}

bool Dispatcher::dispatch(Instant now) {
    const std::vector<Outcome> outcomes = collect();
    const bool any_due = std::any_of(lines_.begin(), lines_.end(),
                                     [&](const Line& line) { return is_due(line, now); });
    if (outcomes.empty() && !any_due) return false;

    std::vector<std::vector<Marked>> marked;
    const auto transaction = store_.begin();
    for (const Outcome& outcome : outcomes) record(outcome, now);
    for (Line& line : lines_) marked.push_back(mark_due(line, now));
    guardian_.record_presence(now);
    transaction->commit();

    for (std::size_t i = 0; i < lines_.size(); ++i) start(lines_[i], std::move(marked[i]), now);
    return true;
}

bool Dispatcher::record_outcomes(Instant now) {
    const std::vector<Outcome> outcomes = collect();
    if (outcomes.empty()) return false;
    record_all(outcomes, now);
    return true;
}

std::optional<Instant> Dispatcher::next_due() {
    std::optional<Instant> earliest;
    for (const Line& line : lines_) {
        if (line.free_places() == 0) continue;
        const auto due = store_.next_delivery_due(line.name);
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
    const auto end_as = [&](DeliveryState state) {
        settle(attempt.contact, attempt.playbook, attempt.rule, state, result.reason, now);
    };
    switch (result.kind) {
        case AttemptResult::Kind::sent:
            return end_as(DeliveryState::sent);
        case AttemptResult::Kind::failed:
            return end_as(DeliveryState::failed);
        case AttemptResult::Kind::unknown:
            // Never sent again by itself: it may have reached people.
            return end_as(DeliveryState::unknown);
        case AttemptResult::Kind::retry:
            if (const auto delay = retry_delay(attempt.attempt, attempt.key, result.retry_after)) {
                store_.reschedule(result.delivery, now + *delay, result.reason);
                return guardian_.waits(attempt.contact, now + *delay);
            }
            return end_as(DeliveryState::failed);
    }
}

bool Dispatcher::is_due(const Line& line, Instant now) {
    if (line.free_places() == 0) return false;
    const auto due = store_.next_delivery_due(line.name);
    return due && *due <= now;
}

std::vector<Dispatcher::Marked> Dispatcher::mark_due(Line& line, Instant now) {
    std::vector<Marked> marked;
    if (line.free_places() == 0) return marked;
    for (const DueDelivery& due : store_.due_deliveries(line.name, now, line.free_places())) {
        auto attempt = prepare(due, now);
        if (!attempt) continue;
        const Contact contact = contact_of(due);
        store_.mark_attempting(attempt->delivery);
        guardian_.attempted(contact, now);
        marked.push_back({std::move(*attempt), contact});
    }
    return marked;
}

// The attempt to make, or nothing when the message came to its end instead or has not its turn yet.
std::optional<Attempt> Dispatcher::prepare(const DueDelivery& due, Instant now) {
    const Delivery& delivery = due.delivery;
    const auto end_as = [&](DeliveryState state, const std::string& reason) {
        settle(contact_of(due), due.playbook, due.rule, state, reason, now);
        return std::nullopt;
    };
    const auto wait_until = [&](Instant at) {
        guardian_.waits(contact_of(due), at);
        return std::nullopt;
    };
    try {
        const LoadedRule& loaded = plans_.rule(due.firing.plan, due.firing.rule);
        const lang::Rule& rule = *loaded.rule;
        const Window window{due.firing.start_at, due.firing.end_at};
        if (guardian_.is_missed(delivery, rule)) {
            if (delivery.attempts > 0) return end_as(DeliveryState::failed, delivery.reason);
            return end_as(DeliveryState::skipped, "late");
        }
        if (has_expired(rule, window, delivery.planned_for, delivery.wanted_at(), now)) {
            // One that was refused all along failed; only one that never had its turn ran out of
            // budget.
            if (delivery.attempts > 0) return end_as(DeliveryState::failed, delivery.reason);
            return end_as(DeliveryState::skipped, "budget");
        }
        const Guardian::Turn turn = guardian_.turn_of(due, loaded, now);
        switch (turn.kind) {
            case Guardian::Turn::Kind::go:
                break;
            case Guardian::Turn::Kind::wait:
                store_.reschedule(delivery.id, turn.until, delivery.reason);
                return wait_until(turn.until);
            case Guardian::Turn::Kind::move:
                store_.move(delivery.id, turn.until);
                return wait_until(turn.until);
            case Guardian::Turn::Kind::skip:
                return end_as(DeliveryState::skipped, turn.reason);
        }
        Attempt attempt;
        attempt.delivery = delivery.id;
        attempt.playbook = due.playbook;
        attempt.rule = due.rule;
        attempt.step = rule.steps.at(delivery.step).name;
        attempt.key = delivery_key(
            {due.playbook, due.rule, due.firing.key, due.subject, attempt.step, delivery.action});
        attempt.target_kind = due.subject_kind;
        attempt.target = due.subject;
        attempt.target_name = due.subject_name;
        attempt.text = due.text;
        attempt.planned_for = delivery.planned_for;
        attempt.number = delivery.attempts + 1;
        return attempt;
    } catch (const StoreError&) {
        throw;
    } catch (const std::exception& error) {
        return end_as(DeliveryState::failed, error.what());
    }
}

void Dispatcher::start(Line& line, std::vector<Marked> marked, Instant now) {
    if (marked.empty()) return;
    std::vector<Attempt> attempts;
    for (auto& [attempt, contact] : marked) {
        line.in_flight.emplace(attempt.delivery, InFlight{attempt.key, attempt.number,
                                                          attempt.playbook, attempt.rule, contact});
        attempts.push_back(std::move(attempt));
    }
    try {
        line.channel->start(std::move(attempts));
    } catch (const std::exception& error) {
        record_all(lose(line, error), now);
    }
}

void Dispatcher::settle(const Contact& contact, const std::string& playbook,
                        const std::string& rule, DeliveryState state, const std::string& reason,
                        Instant now) {
    store_.settle(contact.delivery, state, reason, now);
    guardian_.settled(contact, state);
    reports_.settled(playbook, rule, state, reason);
}

}  // namespace sop::runtime
