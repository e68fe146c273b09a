// How often subjects may begin event rules: `once`, `at most N per member per day`, `again after`.
//
// What is counted outlives runs and events. An event that comes late, in a period before the one
// that is counted, counts to that one.
#pragma once

#include <string>

#include "runtime/executor/plan_book.h"
#include "runtime/store/store.h"

namespace sop::runtime {

class Entries {
  public:
    explicit Entries(Store& store) : store_(store) {}

    // Whether the rule lets the subject begin by this event.
    bool may_begin(const LoadedRule& rule, const std::string& subject, const Event& event);
    // It begins, or waits for its turn.
    void begun(const LoadedRule& rule, const std::string& subject, const Event& event);
    // Whether it is the first time; then it begins.
    bool begin_once(const LoadedRule& rule, const std::string& subject, Instant at);
    // A run that began is over.
    void ended(const LoadedRule& rule, const std::string& subject, Instant at);

  private:
    Store& store_;
};

}  // namespace sop::runtime
