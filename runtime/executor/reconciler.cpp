#include "runtime/executor/reconciler.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "runtime/executor/attempts.h"
#include "runtime/executor/settlement.h"
#include "runtime/scheduler/retry.h"

namespace sop::runtime {

namespace {

constexpr const char* taken = "taken, says the platform";

std::string with_detail(const std::string& text, const std::string& detail) {
    return detail.empty() ? text : text + ": " + detail;
}

}  // namespace

std::size_t Reconciler::Line::free_places() const {
    const std::size_t places = channel->questions_max();
    return places > under_way.size() ? places - under_way.size() : 0;
}

void Reconciler::add_channel(const std::string& name, Channel& channel) {
    lines_.push_back({name, &channel});
}

void Reconciler::ask_about(DeliveryId delivery, const std::string& key, const std::string& reason,
                           Instant now) {
    store_.ask_about(delivery, now + ask_delay(0, key, std::nullopt).value(), reason);
}

bool Reconciler::has_work(Instant now) {
    for (Line& line : lines_) collect(line);
    return !answers_.empty() || std::any_of(lines_.begin(), lines_.end(), [&](const Line& line) {
        const auto first = waiting(line);
        return !first.empty() && *first.front().delivery.due_at <= now;
    });
}

void Reconciler::mark(Instant now) {
    for (const Answer& answer : std::exchange(answers_, {})) record(answer, now);
    for (Line& line : lines_) mark(line, now);
}

void Reconciler::start() {
    for (Line& line : lines_) start(line);
}

std::optional<Instant> Reconciler::next_due() {
    std::optional<Instant> earliest;
    for (const Line& line : lines_) {
        const auto first = waiting(line);
        if (first.empty()) continue;
        const Instant due = *first.front().delivery.due_at;
        earliest = std::min(due, earliest.value_or(due));
    }
    return earliest;
}

void Reconciler::collect(Line& line) {
    try {
        for (AskResult& result : line.channel->collect_answers()) {
            // Only the first answer to a question of ours counts.
            auto question = line.under_way.extract(result.delivery);
            if (question) answers_.push_back({std::move(result), std::move(question.mapped())});
        }
    } catch (const std::exception& error) {
        lose(line, error);
    }
}

// The edge around one channel, as the dispatcher has it: it is told to give up, so that no answer
// of before is taken for one to a later question.
void Reconciler::lose(Line& line, const std::exception& error) {
    const std::string reason = fmt::format("channel `{}` broke: {}", line.name, error.what());
    reports_.trouble(reason);
    for (auto& [id, key] : std::exchange(line.under_way, {}))
        answers_.push_back({{id, AskResult::Kind::not_known, reason}, std::move(key)});
    line.channel->abandon();
}

// The earliest due for which there are places, due yet or not.
std::vector<DueDelivery> Reconciler::waiting(const Line& line) {
    const std::size_t places = line.free_places();
    if (places == 0) return {};
    // What is under way is still due in the store.
    auto found = store_.asked_about(line.name, line.under_way.size() + places);
    std::erase_if(found, [&line](const DueDelivery& due) {
        return line.under_way.contains(due.delivery.id);
    });
    if (found.size() > places) found.resize(places);
    return found;
}

void Reconciler::mark(Line& line, Instant now) {
    for (const DueDelivery& due : waiting(line)) {
        if (*due.delivery.due_at > now) return;
        try {
            const LoadedRule& rule = plans_.rule(due.firing.plan, due.firing.rule);
            line.marked.push_back(
                attempt_at(store_, due, *rule.rule, std::max(due.delivery.attempts, 1)));
        } catch (const PlanError& error) {
            // Without its plan nobody knows its key.
            end(due, DeliveryState::unknown, error.what(), now);
        }
    }
}

void Reconciler::start(Line& line) {
    if (line.marked.empty()) return;
    for (const Attempt& attempt : line.marked)
        line.under_way.emplace(attempt.delivery, attempt.key);
    try {
        line.channel->ask(std::exchange(line.marked, {}));
    } catch (const std::exception& error) {
        lose(line, error);
    }
}

void Reconciler::record(const Answer& answer, Instant now) {
    auto due = store_.find_delivery(answer.result.delivery);
    if (!due || !due->delivery.asks) return;
    switch (answer.result.kind) {
        case AskResult::Kind::taken:
            return end(*due, DeliveryState::sent, taken, now);
        case AskResult::Kind::not_taken:
            return go_on(std::move(*due), answer, now);
        case AskResult::Kind::not_known:
            return ask_again(*due, answer, now);
    }
}

void Reconciler::ask_again(const DueDelivery& due, const Answer& answer, Instant now) {
    const int asks = *due.delivery.asks + 1;
    const auto delay = ask_delay(asks, answer.key, answer.result.retry_after);
    if (!delay) {
        const std::string reason = fmt::format("asked {} times whether it was taken", asks);
        return end(due, DeliveryState::unknown, with_detail(reason, answer.result.reason), now);
    }
    store_.ask_again(due.delivery.id, now + *delay,
                     with_detail("asked whether it was taken", answer.result.reason));
}

// It was not taken: as after any attempt that was certainly not.
void Reconciler::go_on(DueDelivery due, const Answer& answer, Instant now) {
    Delivery& delivery = due.delivery;
    delivery.in_doubt = false;
    guardian_.limits().none_taken(
        {delivery.channel, now, delivery.id, due.subject_kind, due.subject});
    if (delivery.unless_taken) return end(due, *delivery.unless_taken, delivery.reason, now);
    const std::string reason = with_detail("not taken, says the platform", answer.result.reason);
    const auto delay = retry_delay(delivery.attempts, answer.key, std::nullopt);
    if (!delay) return end(due, DeliveryState::failed, reason, now);
    // Wanted later, if the clock was set back meanwhile.
    const Instant due_at = std::max(now + *delay, delivery.wanted_at());
    store_.stop_asking(delivery.id, due_at, reason);
    guardian_.waits(contact_of(due), due_at);
}

void Reconciler::end(const DueDelivery& due, DeliveryState state, const std::string& reason,
                     Instant now) {
    settle_finally(store_, plans_, guardian_, reports_, due, {state, reason}, now);
}

}  // namespace sop::runtime
