// Counts events by the day, each in the transaction that it is processed in, so that a kill counts
// none twice and loses none.
//
// What is counted is what the plan in force asks for and the one before it (scheduler/measure.h): a
// version that is taken back at once costs no history. A late event goes to its own date.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "lang/calendar/zone.h"
#include "runtime/executor/plan_book.h"
#include "runtime/scheduler/measure.h"
#include "runtime/scheduler/tally.h"
#include "runtime/store/store.h"

namespace sop::runtime {

class Counters {
  public:
    Counters(Store& store, PlanBook& plans) : store_(store), plans_(plans) {}

    // By the plan in force; nothing is counted without one.
    void use(const LoadedPlan* in_force);
    // In the open transaction, once for each event.
    void count(const Event& event);
    // Events were processed before they were to be counted. Until they are added what asks for
    // such counts looks at the events.
    bool is_behind() const;
    // Adds a page of them, in the open transaction.
    void catch_up();

  private:
    struct Counted {
        Measure measure;
        const lang::Plan* plan = nullptr;
        std::shared_ptr<const lang::calendar::Zone> zone;
        StoredMeasure stored;
    };

    void add_measures(const LoadedPlan& loaded);
    void count(const Counted& counted, const Event& event);

    Store& store_;
    PlanBook& plans_;
    std::map<std::string, std::vector<Counted>> by_event_{};
};

}  // namespace sop::runtime
