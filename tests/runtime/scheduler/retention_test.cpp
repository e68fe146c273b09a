#include "runtime/scheduler/retention.h"

#include <catch2/catch.hpp>

namespace sop::runtime {

using date::days;

TEST_CASE("each kind of row is kept as long as is said for it", "[retention]") {
    const RetentionPolicy policy{.messages = days{60},
                                 .events = days{50},
                                 .event_ids = days{500},
                                 .zone_changes = std::nullopt};
    const Instant now = Instant(days{20000});
    struct Row {
        Kept kept;
        std::optional<Instant> before;
    };
    const Row rows[] = {{Kept::deliveries, now - days{60}}, {Kept::runs, now - days{60}},
                        {Kept::firings, now - days{60}},    {Kept::plans, now - days{60}},
                        {Kept::events, now - days{50}},     {Kept::event_ids, now - days{500}},
                        {Kept::zone_changes, std::nullopt}};
    for (const Row& row : rows) CHECK(let_go_before(policy, row.kept, now) == row.before);
}

TEST_CASE("a sweep is due once a day, whatever the clock does", "[retention]") {
    const Instant now = Instant(days{20000});
    CHECK(sweep_is_due(std::nullopt, now));
    CHECK_FALSE(sweep_is_due(now, now));
    CHECK_FALSE(sweep_is_due(now - std::chrono::hours{23}, now));
    CHECK(sweep_is_due(now - std::chrono::hours{24}, now));
    CHECK(sweep_is_due(now + std::chrono::milliseconds{1}, now));
}

}  // namespace sop::runtime
