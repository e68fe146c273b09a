#include "tests/support/machine.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "runtime/store/sqlite/sqlite.h"
#include "runtime/store/sqlite/sqlite_store.h"
#include "tests/support/draft.h"

namespace sop::tests {

namespace {

constexpr const char* database = "sop.db";

// More at one moment is no work but a circle.
constexpr int rounds_max = 20000;

}  // namespace

Machine::Machine(Instant start, MachineOptions options)
    : options_(std::move(options)), clock_(*this, start), zones_(&zones()) {
    for (const std::string& channel : options_.channels) {
        platforms_[channel].is_process_dead = [this] { return disk_.is_dead(); };
    }
}

Machine::~Machine() {
    close();
}

void Machine::start() {
    disk_.start();
    try {
        store_ = runtime::open_sqlite_store(database, {.vfs = disk_.vfs()});
        wakeup_ = std::make_unique<runtime::Wakeup>();
        runtime::Channels channels;
        channels_.clear();
        for (const std::string& name : options_.channels) {
            auto channel = std::make_unique<PlatformChannel>(platforms_.at(name), clock_,
                                                             stopwatch_, *wakeup_);
            channels_.push_back(channel.get());
            channels[name] = {std::move(channel), options_.reconciling.contains(name)
                                                      ? runtime::UnknownPolicy::reconcile
                                                      : runtime::UnknownPolicy::hold};
        }
        executor_ = std::make_unique<runtime::Executor>(
            *store_, clock_, *wakeup_, *zones_, std::move(channels),
            runtime::ExecutorOptions{.page_rows = options_.page_rows}, options_.observer);
        executor_->recover();
    } catch (const runtime::StoreError&) {
        close();
        throw;
    }
}

void Machine::close() {
    executor_.reset();
    channels_.clear();
    wakeup_.reset();
    store_.reset();
}

void Machine::die() {
    disk_.kill();
    close();
}

void Machine::stop(std::chrono::milliseconds patience) {
    executor_->drain(now() + patience);
    close();
}

void Machine::work() {
    for (int rounds = 0; executor_->turn(); ++rounds) {
        if (rounds == rounds_max) {
            throw std::logic_error(fmt::format("still not idle after {} rounds at {}", rounds,
                                               local_text(now(), "UTC")));
        }
    }
    const auto due = executor_->next_due();
    if (due && *due <= now()) {
        throw std::logic_error(
            fmt::format("idle, with work due since {}", local_text(*due, "UTC")));
    }
}

void Machine::run_for(std::chrono::milliseconds by) {
    const Instant end = elapsed() + by;
    for (;;) {
        work();
        if (elapsed() >= end) return;
        wait(end);
    }
}

void Machine::wait(Instant end) {
    const auto due = executor_->next_due();
    const Instant latest = now() + (end - elapsed());
    clock_.wait(due ? std::min(*due, latest) : latest, *wakeup_);
    executor_->wake(due);
}

void Machine::pass(std::chrono::milliseconds by) {
    stopwatch_.advance(by);
}

void Machine::step_clock(std::chrono::milliseconds by) {
    const auto due = is_running() ? executor_->next_due() : std::nullopt;
    clock_.step(by);
    if (is_running()) executor_->wake(due);
}

std::optional<Instant> Machine::next_answer() const {
    std::optional<Instant> next;
    for (const PlatformChannel* channel : channels_) {
        const auto answer = channel->next_answer();
        if (answer && (!next || *answer < *next)) next = answer;
    }
    return next;
}

void Machine::WallClock::wait(std::optional<Instant> deadline, runtime::Wakeup& wakeup) {
    if (wakeup.take()) return;
    const auto answer = machine_.next_answer();
    const auto until = deadline ? std::optional(*deadline - now()) : std::nullopt;
    const auto answered = answer ? std::optional(*answer - machine_.elapsed()) : std::nullopt;
    if (!until && !answered) return;
    const auto next = until && answered ? std::min(*until, *answered) : until.value_or(*answered);
    machine_.pass(std::max(next, 0ms));
}

std::string Machine::integrity() {
    runtime::SqliteConnection connection(database, runtime::SqliteConnection::Access::write, 0ms,
                                         disk_.vfs());
    std::string said;
    for (const char* pragma : {"PRAGMA integrity_check", "PRAGMA foreign_key_check"}) {
        runtime::SqliteQuery query = connection.query(pragma);
        while (query.next()) {
            if (!said.empty()) said += "; ";
            said += query.text();
        }
    }
    return said;
}

}  // namespace sop::tests
