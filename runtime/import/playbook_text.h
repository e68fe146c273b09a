// An imported schedule as the text of a playbook, with comments that say where each rule is from.
#pragma once

#include <string>

#include "runtime/import/imported_schedule.h"

namespace sop::runtime::importing {

struct PlaybookOptions {
    std::string file;  // that was read, for the comments
    std::string playbook = "imported";
    std::string zone;
    std::string audience = "groups";
    std::string channel = "log";
};

// In English words and not yet laid out: `lang::format_source` does both. A channel other than
// `log` is declared as one that only logs, for its kind is not known; tags are declared.
std::string playbook_text(const ImportedSchedule& schedule, const PlaybookOptions& options);

}  // namespace sop::runtime::importing
