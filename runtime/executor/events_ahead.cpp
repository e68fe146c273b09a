#include "runtime/executor/events_ahead.h"

#include <algorithm>
#include <iterator>
#include <tuple>

namespace sop::runtime {

namespace {

bool comes_before(const Event& first, const Event& second) {
    return std::tie(first.at, first.id) < std::tie(second.at, second.id);
}

}  // namespace

std::optional<Instant> EventsAhead::next_at() {
    if (!events_.empty()) return events_.front().at;
    return store_.next_event_at();
}

const Event* EventsAhead::find(Instant until, Instant now) {
    if (events_.empty()) {
        auto read = store_.due_events(now, read_max_);
        if (read.empty()) return nullptr;
        read_through_ = read.back();
        events_.assign(std::make_move_iterator(read.begin()), std::make_move_iterator(read.end()));
    }
    return events_.front().at <= until ? &events_.front() : nullptr;
}

void EventsAhead::drop() {
    events_.pop_front();
}

bool EventsAhead::is_ahead(const Event& event) const {
    return read_through_ && !events_.empty() && comes_before(event, *read_through_);
}

void EventsAhead::add(const Event& event) {
    // What lies behind is read when its turn comes.
    if (!is_ahead(event)) return;
    events_.insert(std::upper_bound(events_.begin(), events_.end(), event, comes_before), event);
}

void EventsAhead::forget() {
    events_.clear();
    read_through_.reset();
}

}  // namespace sop::runtime
