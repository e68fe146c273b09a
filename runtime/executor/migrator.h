// Moves open runs of earlier versions to the plan in force.
//
// A run that is moved is over by its old version, and a new one goes on for it: another row, of a
// firing of its own, so that what was done and what is pending stays told by the plan it was
// planned by, down to the key of each message. A firing that still has to find its audience goes on
// finding it by the new version.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/error.h"
#include "runtime/executor/plan_book.h"
#include "runtime/scheduler/migration.h"
#include "runtime/store/store.h"

namespace sop::runtime {

struct MigrationOptions {
    std::optional<PlanVersion> from{};  // only runs of this version
    std::vector<StepMapping> mapping{};
    bool dry_run = false;
    std::size_t page_rows = 500;
    Instant now{};
};

struct MigrationResult {
    std::int64_t runs = 0;
    std::string text{};  // a line for each rule and version
};

// Not one run can be moved, as some cannot: which, and what to write.
class MigrationError : public Error {
  public:
    using Error::Error;
};

// Runs in the open transaction, which must not be committed when it throws MigrationError or
// PlanError.
MigrationResult migrate(Store& store, PlanBook& plans, PlanVersion in_force,
                        const MigrationOptions& options);

}  // namespace sop::runtime
