#include "tests/support/platform.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace sop::tests {

using runtime::AskResult;
using runtime::Attempt;
using runtime::AttemptResult;
using runtime::DeliveryId;

namespace {

AttemptResult result_of(DeliveryId delivery, const Answer& answer) {
    using Kind = AttemptResult::Kind;
    Kind kind = Kind::unknown;
    if (answer.kind == Answer::Kind::sent) kind = Kind::sent;
    if (answer.kind == Answer::Kind::retry) kind = Kind::retry;
    if (answer.kind == Answer::Kind::failed) kind = Kind::failed;
    return {delivery, kind, answer.reason, answer.retry_after};
}

}  // namespace

bool Platform::has_taken(const std::string& key) const {
    for (std::size_t i = 0; i < attempts.size(); ++i) {
        if (attempts[i].key == key && reached[i]) return true;
    }
    return false;
}

void PlatformChannel::start(std::vector<Attempt> attempts) {
    for (Attempt& attempt : attempts) {
        if (platform_.is_process_dead()) throw Killed{};
        if (under_way_.size() >= platform_.in_flight_max) platform_.is_overrun = true;
        platform_.attempts.push_back(attempt);
        platform_.attempted_at.push_back(clock_.now());
        platform_.answered.push_back(Answer::Kind::never);
        platform_.reached.push_back(false);
        if (platform_.kill_at && platform_.attempts.size() >= *platform_.kill_at) {
            platform_.kill_at.reset();
            throw Killed{};
        }
        const Answer answer = platform_.answer(attempt);
        platform_.answered.back() = answer.kind;
        platform_.reached.back() = answer.is_taken();
        under_way_.emplace(attempt.delivery, UnderWay{answer, stopwatch_.now() + answer.delay});
        platform_.in_flight_seen = std::max(platform_.in_flight_seen, under_way_.size());
    }
    wakeup_.notify();
}

std::vector<AttemptResult> PlatformChannel::collect() {
    if (std::exchange(platform_.breaks_on_collect, false)) {
        throw std::runtime_error("out of order");
    }
    std::vector<AttemptResult> results = std::exchange(given_up_, {});
    for (auto each = under_way_.begin(); each != under_way_.end();) {
        if (!is_answered(each->second)) {
            ++each;
            continue;
        }
        results.push_back(result_of(each->first, each->second.answer));
        each = under_way_.erase(each);
    }
    return results;
}

void PlatformChannel::abandon() {
    for (const auto& [delivery, attempt] : under_way_) {
        given_up_.push_back(
            {delivery, AttemptResult::Kind::unknown, "stopped while waiting for the answer"});
    }
    under_way_.clear();
    for (const auto& [delivery, question] : questions_)
        questions_given_up_.push_back({delivery, AskResult::Kind::not_known, "given up"});
    questions_.clear();
}

// The truth is that of the moment it is asked for.
void PlatformChannel::ask(const std::vector<Attempt>& last_attempts) {
    for (const Attempt& attempt : last_attempts) {
        if (platform_.is_process_dead()) throw Killed{};
        if (questions_.size() >= platform_.questions_max) platform_.is_overrun = true;
        platform_.questions.push_back(attempt);
        platform_.asked_at.push_back(clock_.now());
        if (platform_.kill_at_question &&
            platform_.questions.size() >= *platform_.kill_at_question) {
            platform_.kill_at_question.reset();
            throw Killed{};
        }
        const AskAnswer answer = platform_.ask_answer(attempt);
        auto kind = AskResult::Kind::not_known;
        if (answer.kind == AskAnswer::Kind::truth)
            kind = platform_.has_taken(attempt.key) ? AskResult::Kind::taken
                                                    : AskResult::Kind::not_taken;
        questions_.emplace(attempt.delivery,
                           Question{{attempt.delivery, kind, answer.reason, answer.retry_after},
                                    answer.kind != AskAnswer::Kind::never,
                                    stopwatch_.now() + answer.delay});
    }
    wakeup_.notify();
}

std::vector<AskResult> PlatformChannel::collect_answers() {
    std::vector<AskResult> results = std::exchange(questions_given_up_, {});
    std::erase_if(questions_, [&](const auto& entry) {
        const Question& question = entry.second;
        const bool is_over = question.is_answered && question.answered_at <= stopwatch_.now();
        if (is_over) results.push_back(question.result);
        return is_over;
    });
    return results;
}

std::optional<Instant> PlatformChannel::next_answer() const {
    std::optional<Instant> next;
    for (const auto& [delivery, question] : questions_) {
        if (!question.is_answered) continue;
        if (!next || question.answered_at < *next) next = question.answered_at;
    }
    for (const auto& [delivery, attempt] : under_way_) {
        if (attempt.answer.kind == Answer::Kind::never) continue;
        if (!next || attempt.answered_at < *next) next = attempt.answered_at;
    }
    return next;
}

bool PlatformChannel::is_answered(const UnderWay& attempt) const {
    return attempt.answer.kind != Answer::Kind::never && attempt.answered_at <= stopwatch_.now();
}

}  // namespace sop::tests
