// Who is in an audience now: an indexed walk over its tags, then its condition.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lang/calendar/zone.h"
#include "lang/plan.h"
#include "runtime/executor/store_records.h"
#include "runtime/scheduler/facts.h"
#include "runtime/store/store.h"

namespace sop::runtime {

// Monostate for a group or member that is not there. A group that is dissolved and a member that is
// gone are there.
Subject find_subject(Store& store, SubjectKind kind, const std::string& id);
// Why nothing more is done for it: "dissolved", "left", "gone"; empty when it is there.
std::string why_gone(const Subject& subject, const std::string& id);

struct AudiencePage {
    std::vector<std::string> subjects{};  // in the order of ids
    std::string through{};                // the last that was looked at
    bool is_last = false;
};

// Conditions are judged at `at`, with the zone and the plan of the rule that asks.
class Audiences {
  public:
    explicit Audiences(Store& store) : store_(store), records_(store) {}

    // Looks at `limit` candidates at most, after `after` (exclusive, "" for the beginning).
    // `members_of` is the zone that members have to have, "" for those of whom none is known;
    // nothing for whatever zone.
    AudiencePage page(const lang::Plan& plan, const lang::Audience& audience,
                      const lang::calendar::Zone& zone, Instant at, const std::string& after,
                      std::size_t limit,
                      const std::optional<std::string>& members_of = std::nullopt);
    bool contains(const lang::Plan& plan, const lang::Audience& audience,
                  const lang::calendar::Zone& zone, Instant at, const std::string& subject);

  private:
    AudiencePage candidates(const lang::Audience& audience, const std::string& after,
                            std::size_t limit, const std::optional<std::string>& members_of);
    bool is_in_zone(const std::string& subject, const std::string& zone);
    bool meets(const lang::Plan& plan, const lang::Audience& audience,
               const lang::calendar::Zone& zone, Instant at, const std::string& subject);

    Store& store_;
    StoreRecords records_;
};

}  // namespace sop::runtime
