// One `test` block of a playbook, run: the executor itself over a store in memory, on a clock that
// jumps from one instant to the next. Nothing is sent.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "lang/calendar/zone.h"
#include "lang/plan.h"
#include "lang/test_case.h"
#include "runtime/executor/answering_channels.h"
#include "runtime/store/store.h"

namespace sop::runtime {

// A message that was planned in a test, and what became of it.
struct TestPost {
    SubjectKind subject_kind = SubjectKind::group;
    std::string subject{};
    std::string rule{};  // "members.flash_sale"
    std::string step{};  // its path (flow.h), "start - 10m"
    Instant at{};        // what expectations compare: the planned time, spread and quiet included
    DeliveryState state = DeliveryState::sent;
    std::string reason{};
    std::string text{};  // empty when it was skipped before its text was made
    MessageForm form{};
    std::string subject_name{};
};

// Steps by rule and path, those of branches too: what tests reached, or all there are.
using CoveredSteps = std::set<std::pair<std::string, std::string>>;
CoveredSteps steps_of(const lang::Plan& plan);

struct TestRun {
    Instant from{};
    Instant to{};                   // exclusive
    std::vector<TestPost> posts{};  // in the order of time
    CoveredSteps reached{};
    std::vector<std::string> troubles{};  // what went wrong inside the executor
};

// Deploys the plan at the start of the test and goes on until its end (end_of). The plan and the
// test must be of one compilation, and the plan one that can be executed (unsupported.h). Throws
// StoreError, and ZoneDataError for zone data that became unreadable since.
TestRun run_test(const lang::TestCase& test, const lang::Plan& plan,
                 const lang::calendar::ZoneDatabase& zones, const Answer& answer = take_message);

}  // namespace sop::runtime
