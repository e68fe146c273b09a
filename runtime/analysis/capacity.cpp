// How long a channel needs for what is promised at one time.
//
// A budget of 20 a minute lets 20 go at once, and the next 20 a minute later, as the executor does
// it (executor/channel_limits.h). What waits is taken first come, first served: that a more urgent
// rule may overtake changes who waits, and not for how long the last one does.
#include "lang/codes.h"
#include "runtime/analysis/findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "runtime/scheduler/guards.h"

namespace sop::runtime {

using namespace lang::literals;

namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;

// "20:00" is not 20:00 any more.
constexpr minutes delay_noticed{5};

struct Batch {
    const Promise* promise = nullptr;
    Instant wanted_at{};
    std::int64_t count = 0;
};

struct Delay {
    const Promise* promise = nullptr;
    Instant last{};
    Instant until{};
    std::int64_t dropped = 0;
    std::int64_t ahead = 0;  // messages that were still waiting before it
    std::size_t times = 0;

    milliseconds length() const { return last - *promise->wanted_at; }
};

// The places of a channel, one after the other.
class Slots {
  public:
    explicit Slots(const lang::ChannelLimit& budget)
        : count_(budget.count), period_(length_of(budget.per)) {}

    // How many wait at that moment; nothing may be asked about an earlier one afterwards.
    std::int64_t waiting(Instant at) {
        advance(at);
        const std::int64_t periods = (window_ - at + period_ - milliseconds{1}) / period_;
        return window_ > at ? (periods - 1) * count_ + used_ : 0;
    }
    // Takes as many of `wanted` as have their place through `until`, and says when the last does.
    std::pair<std::int64_t, Instant> take(std::int64_t wanted, Instant at, Instant until) {
        advance(at);
        std::int64_t taken = 0;
        Instant last = at;
        while (taken < wanted) {
            if (used_ >= count_) {
                window_ += period_;
                used_ = 0;
            }
            if (window_ > until) break;
            const std::int64_t now = std::min(wanted - taken, count_ - used_);
            taken += now;
            used_ += now;
            last = std::max(window_, at);
        }
        return {taken, last};
    }

  private:
    void advance(Instant at) {
        if (window_ + period_ > at) return;
        window_ = at;
        used_ = 0;
    }

    const std::int64_t count_;
    const milliseconds period_;
    Instant window_{};
    std::int64_t used_ = 0;
};

// What a spread rule sends comes evenly over its spread, in parts of a minute.
void add_batches(const PlannedMessage& message, const Promise& promise, std::int64_t count,
                 std::vector<Batch>& batches) {
    const auto parts =
        std::max<std::int64_t>(1, std::chrono::ceil<minutes>(message.rule->guards->spread).count());
    for (std::int64_t part = 0; part < parts; ++part) {
        const std::int64_t share = count * (part + 1) / parts - count * part / parts;
        if (share > 0) batches.push_back({&promise, *promise.wanted_at + minutes{part}, share});
    }
}

class ChannelCapacity {
  public:
    ChannelCapacity(const AnalysisView& view, const lang::ChannelDeclaration& channel)
        : view_(view), channel_(channel) {}

    void run() {
        std::vector<Batch> batches = batches_of_channel();
        std::stable_sort(batches.begin(), batches.end(), [this](const Batch& a, const Batch& b) {
            const auto order = [this](const Batch& batch) {
                return std::tuple(batch.wanted_at, priority(batch), batch.promise->planned_for);
            };
            return order(a) < order(b);
        });
        Slots slots(*channel_.budget);
        std::map<std::size_t, Delay> worst;
        const Promise* before = nullptr;
        for (const Batch& batch : batches) {
            const PlannedMessage& message = view_.message_of(*batch.promise);
            const std::int64_t ahead = slots.waiting(batch.wanted_at);
            const Instant until = give_up_at(*message.rule, batch.promise->window,
                                             batch.promise->planned_for, batch.wanted_at);
            const auto [sent, last] = slots.take(batch.count, batch.wanted_at, until);
            if (last - batch.wanted_at < delay_noticed && sent == batch.count) continue;
            Delay delay{batch.promise, last, until, batch.count - sent, ahead, 0};
            Delay& known = worst[batch.promise->message];
            const std::size_t times = known.times + (before == batch.promise ? 0 : 1);
            before = batch.promise;
            if (known.promise == nullptr || delay.dropped > known.dropped ||
                (delay.dropped == known.dropped && delay.last - batch.wanted_at > known.length()))
                known = delay;
            known.times = times;
        }
        for (const auto& [message, delay] : worst) report(view_.forecast.messages[message], delay);
    }

  private:
    lang::Priority priority(const Batch& batch) const {
        return view_.message_of(*batch.promise).rule->guards->priority;
    }

    std::vector<Batch> batches_of_channel() const {
        std::vector<Batch> batches;
        for (const Promise& promise : view_.forecast.promises) {
            const PlannedMessage& message = view_.message_of(promise);
            if (message.channel != channel_.name || message.conditional || !promise.wanted_at)
                continue;
            const auto count = view_.subjects.sizes[message.audience];
            if (count && *count > 0) add_batches(message, promise, *count, batches);
        }
        return batches;
    }

    void report(const PlannedMessage& message, const Delay& delay) const {
        const std::int64_t promised = *view_.subjects.sizes[message.audience];
        auto& diagnostic =
            delay.dropped > 0
                ? view_.warn(lang::code::over_capacity, message,
                             "`{}` cannot carry all of these messages in time"_say(channel_.name),
                             "{} of {} are not sent"_say(delay.dropped, promised))
                : view_.warn(lang::code::over_capacity, message,
                             "`{}` needs {} minutes for these messages"_say(channel_.name,
                                                                            minutes_of(delay)),
                             "planned for {}, the last goes out at {}"_say(
                                 local_clock(message, *delay.promise->wanted_at),
                                 local_clock(message, delay.last)));
        const auto& budget = *channel_.budget;
        const std::string planned = local_minute(message, *delay.promise->wanted_at);
        diagnostic.notes.push_back("{} messages at {} a {}, on {}"_say(
            promised, budget.count, per_text(budget.per), planned));
        if (delay.ahead > 0)
            diagnostic.notes.push_back(
                "{} messages are still waiting before them"_say(delay.ahead));
        if (delay.times > 1)
            diagnostic.notes.push_back("so it is {} times in all"_say(delay.times));
        if (delay.dropped > 0)
            diagnostic.notes.push_back("after {} it is too late for them, by `deliver within`"_say(
                local_clock(message, delay.until)));
        diagnostic.notes.push_back(
            "begin earlier, write `spread {}m`, share the groups among more channels, or send less"_say(
                needed_minutes(promised)));
    }

    static std::int64_t minutes_of(const Delay& delay) {
        return std::chrono::ceil<minutes>(delay.length()).count();
    }
    // For so many alone.
    std::int64_t needed_minutes(std::int64_t messages) const {
        const auto period = length_of(channel_.budget->per);
        const std::int64_t periods =
            (messages + channel_.budget->count - 1) / channel_.budget->count;
        return std::max<std::int64_t>(1, std::chrono::ceil<minutes>(period * periods).count());
    }

    const AnalysisView& view_;
    const lang::ChannelDeclaration& channel_;
};

}  // namespace

void find_capacity(const AnalysisView& view) {
    for (const auto& channel : view.input.plan.channels) {
        if (channel.budget && channel.budget->count > 0) ChannelCapacity(view, channel).run();
    }
}

}  // namespace sop::runtime
