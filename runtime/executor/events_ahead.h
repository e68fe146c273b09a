// The next events of the inbox, read once for many of them.
//
// What is read ahead holds good within one transaction, in which nobody else adds events.
#pragma once

#include <deque>
#include <optional>

#include "runtime/store/store.h"

namespace sop::runtime {

class EventsAhead {
  public:
    EventsAhead(Store& store, std::size_t read_max) : store_(store), read_max_(read_max) {}

    // When the next one is to be taken; it may be later than now.
    std::optional<Instant> next_at();
    // The next one up to `until`, which is no later than `now`; nullptr for none. Good until the
    // next call of anything here. In the open transaction.
    const Event* find(Instant until, Instant now);
    // The one found is processed.
    void drop();
    // One that was just added to the store.
    void add(const Event& event);
    // At the end of the transaction.
    void forget();

  private:
    bool is_ahead(const Event& event) const;

    Store& store_;
    std::size_t read_max_;
    std::deque<Event> events_{};  // in the order (at, id)
    // All events up to here are read, and those of this very time up to that id; nothing while none
    // is.
    std::optional<Event> read_through_{};
};

}  // namespace sop::runtime
