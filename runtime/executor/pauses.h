// Pauses that people asked for, brought into effect.
//
// They stand in the store, where another process puts them. `hold` is to a rule what a stop is to
// the executor: firings are made and find their audience on time, but no run takes a step, none
// begins by an event, and nothing is sent; afterwards all of it goes on in the order of its time,
// through the late rule. `skip`
// lets runs walk on: what they would have done is `skipped` "paused". What is under way when a
// pause begins ends as it does.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "runtime/executor/guardian.h"
#include "runtime/executor/plan_book.h"
#include "runtime/executor/reports.h"
#include "runtime/executor/walker.h"
#include "runtime/store/store.h"

namespace sop::runtime {

class Pauses {
  public:
    Pauses(Store& store, PlanBook& plans, Guardian& guardian, Reports& reports)
        : store_(store), plans_(plans), guardian_(guardian), reports_(reports) {}

    // Takes up what was asked for since the last time. Costs one small query when there is nothing.
    void apply(Walker& walker, Instant now);
    // There are other rules; the next `apply` looks at all of them.
    void refresh() { applied_.reset(); }

  private:
    void go_on(const StoredRule& rule, Walker& walker, Instant now);

    Store& store_;
    PlanBook& plans_;
    Guardian& guardian_;
    Reports& reports_;
    std::optional<std::vector<Pause>> applied_;
};

}  // namespace sop::runtime
