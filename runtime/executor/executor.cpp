#include "runtime/executor/executor.h"

#include <algorithm>

#include "runtime/executor/recovery.h"
#include "runtime/executor/zone_change.h"

namespace sop::runtime {

namespace {

// A wait as long gives back memory, no more often than that.
constexpr std::chrono::minutes long_rest{1};
// Of an executor that is never idle, so many rounds to a page of the sweep.
constexpr int rounds_to_a_page = 10;

}  // namespace

Executor::Executor(Store& store, Clock& clock, Wakeup& wakeup,
                   const lang::calendar::ZoneDatabase& zones, Channels channels,
                   ExecutorOptions options, Observer* observer)
    : store_(store),
      clock_(clock),
      wakeup_(wakeup),
      options_(options),
      observer_(observer),
      reports_(observer),
      plans_(store, zones),
      guardian_(store),
      pauses_(store, plans_, guardian_, reports_),
      dispatcher_(store, plans_, guardian_, std::move(channels), reports_),
      walker_(store, plans_, guardian_, dispatcher_.channel_names(), options.page_rows, reports_),
      sweeper_(store, options.retention, reports_) {}

void Executor::go_on_with_latest_plan() {
    const auto latest = store_.latest_plan();
    if (!latest) return;
    try {
        walker_.take_over(latest->version, clock_.now());
    } catch (const PlanError& error) {
        // Nothing new begins until a plan that can be read is deployed; the messages are settled
        // all the same.
        reports_.trouble(error.what());
    }
}

bool Executor::change_zones(const lang::calendar::ZoneDatabase& zones) {
    const bool changed = change_zone_data(store_, plans_, zones, UnusableZone::refuse,
                                          options_.page_rows, clock_.now(), reports_);
    // Also when nothing changed: a rule whose zone could not be read may now be in order.
    plans_.use(zones);
    go_on_with_latest_plan();
    reports_.tell();
    return changed;
}

void Executor::take_stock() {
    // Before anything is planned or found late by the data of now.
    change_zone_data(store_, plans_, plans_.zones(), UnusableZone::leave, options_.page_rows,
                     clock_.now(), reports_);
    go_on_with_latest_plan();
    reports_.tell();
}

void Executor::recover() {
    take_stock();
    guardian_.come_back_after_stop(clock_.now());
    recover_outbox(store_, plans_, walker_, guardian_, dispatcher_, options_.page_rows,
                   clock_.now(), reports_);
}

void Executor::wake(std::optional<Instant> deadline) {
    const Instant now = clock_.now();
    guardian_.be_present(deadline ? std::min(*deadline, now) : now);
}

bool Executor::turn() {
    const Instant now = clock_.now();
    if (const auto by = clock_watch_.find_step(clock_)) reports_.clock_stepped(*by);
    if (const auto since = guardian_.come_back(now)) {
        reports_.was_away(*since);
        settle_missed(store_, plans_, walker_, guardian_, dispatcher_, options_.page_rows, *since,
                      now, reports_);
    }
    pauses_.apply(walker_, now);
    const bool worked = work(now) || walker_.catch_up();
    busy_rounds_ = worked ? busy_rounds_ + 1 : 0;
    const bool sweeps = busy_rounds_ % rounds_to_a_page == 0 && sweeper_.sweep(now);
    reports_.tell();
    return worked || sweeps;
}

bool Executor::work(Instant now) {
    const bool walks = walker_.has_work(now);
    const bool dispatches = dispatcher_.has_work(now);
    if (!walks && !dispatches) return false;
    // One wait for the disk: what is planned and finds a place is marked in the same commit.
    const auto transaction = store_.begin();
    if (walks) walker_.advance(now);
    dispatcher_.mark(now);
    transaction->commit();
    dispatcher_.start(now);
    return true;
}

std::optional<Instant> Executor::next_due() {
    const auto walking = walker_.next_due();
    const auto sending = dispatcher_.next_due();
    if (walking && sending) return std::min(*walking, *sending);
    return walking ? walking : sending;
}

void Executor::run(const std::function<bool()>& stopped, std::optional<Instant> until) {
    while (!stopped()) {
        if (until && clock_.now() >= *until) return;
        if (turn()) continue;
        const auto due = next_due();
        const auto deadline = due && until ? std::min(*due, *until) : (due ? due : until);
        rest(deadline);
        clock_.wait(deadline, wakeup_);
        wake(deadline);
    }
}

// A burst of work fills the store's memory, which then nobody needs for hours.
void Executor::rest(std::optional<Instant> until) {
    const auto elapsed = clock_.elapsed();
    if (until && *until - clock_.now() < long_rest) return;
    if (rested_at_ && elapsed - *rested_at_ < long_rest) return;
    rested_at_ = elapsed;
    store_.release_memory();
    if (observer_ != nullptr) observer_->resting();
}

void Executor::drain(Instant deadline) {
    while (dispatcher_.in_flight() > 0 && clock_.now() < deadline) {
        if (!dispatcher_.record_outcomes(clock_.now())) clock_.wait(deadline, wakeup_);
    }
    dispatcher_.abandon();
    dispatcher_.record_outcomes(clock_.now());
    reports_.tell();
}

}  // namespace sop::runtime
