// Making up for messages of a period that were skipped: what is asked for, and which messages it
// means.
//
// A message that is made up for is the same message: it becomes pending again, with its text by the
// plan that was in force then and its time from now on, so that nobody can get it twice. Lateness,
// its window and its deadline count from when it was asked for; quiet hours, caps, spacing and the
// channel's budget hold as ever. Tags and branches that were passed over stay so: only messages are
// made up for.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "runtime/clock/clock.h"
#include "runtime/store/store.h"

namespace sop::runtime {

// What messages can be skipped for and made up for. Those of conditions, and of the time before a
// rule was deployed, were not to be sent.
inline constexpr std::array<std::string_view, 7> backfilled_reasons{
    "late", "paused", "quiet", "cap", "spacing", "budget", "no calendar data"};

struct BackfillRequest {
    std::string playbook{};
    std::string rule{};  // empty: all of the playbook
    // When the messages were planned; half open.
    Instant from{};
    Instant to{};
    std::set<std::string> reasons{};
    // Of these groups' or members' messages alone.
    std::optional<std::string> group{};
    std::optional<std::string> member{};

    bool operator==(const BackfillRequest&) const = default;
};

// An event of sop's own asks for it, which no playbook can declare.
inline constexpr const char* backfill_event = "sop.backfill";
void write_backfill(const BackfillRequest& request, Event& event);
// Nothing when the event does not say it whole.
std::optional<BackfillRequest> read_backfill(const Event& event);

// Whether one that was skipped in the period is meant.
bool is_asked_for(const BackfillRequest& request, const DueDelivery& due);

}  // namespace sop::runtime
