// Zone data from a folder of compiled zone files, as Debian's tzdata installs them.
#pragma once

#include <filesystem>

#include "lang/calendar/zone.h"

namespace sop::runtime {

inline constexpr const char* zoneinfo_folder_default = "/usr/share/zoneinfo";

// Reads the list of zones now and each zone when it is asked for. Throws
// lang::calendar::ZoneDataError when the folder or its tzdata.zi cannot be read.
lang::calendar::ZoneSource zoneinfo_folder(
    const std::filesystem::path& folder = zoneinfo_folder_default);

}  // namespace sop::runtime
