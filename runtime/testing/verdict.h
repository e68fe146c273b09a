// What a test expects against what happened in it. Values in, values out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "lang/calendar/zone.h"
#include "lang/test_case.h"
#include "runtime/testing/test_run.h"

namespace sop::runtime {

inline constexpr std::size_t posts_shown_max = 5;

struct Verdict {
    bool holds = false;
    // The time it looks at, half open. A local time that the clock skips or shows twice is read as
    // playbooks do by default: moved by the gap, the first of two.
    Instant from{};
    Instant to{};
    std::int64_t found = 0;  // messages that it asks for and that arrived
    // Of a failure: the messages that explain it, in the order of time. Where too many arrived,
    // those; else what the subject got, or was to get, nearest that time.
    std::vector<TestPost> shown{};
    std::size_t more = 0;  // that explain it too and are not shown

    // The test ends before its time begins, so that it could say nothing; it fails.
    bool looks_at_nothing() const { return from >= to; }
};

// One for each expectation of the test. Times are of the test's zone. What arrived is what was sent
// or confirmed.
std::vector<Verdict> judge(const lang::TestCase& test, const lang::calendar::Zone& zone,
                           const std::vector<TestPost>& posts);

}  // namespace sop::runtime
