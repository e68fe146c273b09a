// The runs of a subject that go on now, for people who ask about it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lang/calendar/zone.h"
#include "runtime/cli/stored_plans.h"
#include "runtime/store/store.h"

namespace sop::runtime::cli {

struct OpenRun {
    std::string path{};  // "members.funnel"
    std::string firing{};
    std::string step{};   // where it stands (scheduler/flow.h)
    std::string state{};  // "running", "waiting", "held"
    std::string event{};  // that it waits for: "opened(a2)"; else empty
    // When it goes on, at the latest; nothing while the message before its wait has no outcome.
    std::optional<Instant> due_at{};
};

// In the order in which they came.
std::vector<OpenRun> list_open_runs(Store& store, StoredPlans& plans, SubjectKind kind,
                                    const std::string& subject);

// "members.funnel waits in `start` for `order`, until 2026-11-18 09:00"
std::string describe(const OpenRun& run, const lang::calendar::Zone& zone);

}  // namespace sop::runtime::cli
