// Whether a time of day lies in quiet hours.
#pragma once

#include <chrono>

#include "lang/plan.h"

namespace sop::lang {

// `time` since midnight. Hours that end where they begin or before go over midnight.
inline bool is_quiet(const QuietHours& quiet, std::chrono::seconds time) {
    const bool over_midnight = quiet.until <= quiet.from;
    return over_midnight ? time >= quiet.from || time < quiet.until
                         : time >= quiet.from && time < quiet.until;
}

}  // namespace sop::lang
