// Crontabs, of users and of the system, as Debian's cron reads them.
#pragma once

#include <string>

#include "runtime/import/imported_schedule.h"

namespace sop::runtime::importing {

struct CrontabOptions {
    bool system = false;  // the sixth field is a user
};

// A rule has a zone of its own where the file says one (CRON_TZ=, TZ=). What a line posts is read
// from the shapes people use: echo, printf, the JSON that curl sends, what `%` hands to a command.
ImportedSchedule read_crontab(const std::string& text, const CrontabOptions& options);

}  // namespace sop::runtime::importing
